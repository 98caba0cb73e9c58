# Random intercepts: lme4 (REML) for estimates, standard errors and variances, nlme for degrees of freedom; limits of the
# intraclass correlation where the REML criterion of lme4 rises by the chi-squared quantile.
source("oracle.R")
suppressMessages({library(lme4); library(nlme)})
mixed_case <- function(id, data, formula, group, factors = character()) {
  frame <- read_input(data)
  frame$group__ <- factor(if (length(group) == 2) paste(frame[[group[1]]], frame[[group[2]]]) else frame[[group]])
  f <- as.formula(formula)
  frame <- frame[complete.cases(frame[, all.vars(f)]), ]
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), calc.derivs = FALSE)
  fit <- lmer(update(f, . ~ . + (1 | group__)), frame, REML = TRUE, control = control)
  other <- lme(f, random = ~ 1 | group__, frame, method = "REML", control = lmeControl(msTol = 1e-12, tolerance = 1e-12))
  criterion <- lmer(update(f, . ~ . + (1 | group__)), frame, REML = TRUE, devFunOnly = TRUE)
  theta <- getME(fit, "theta")
  excess <- function(t) criterion(t) - criterion(theta) - qchisq(0.95, 1)
  low <- if (excess(0) <= 0) 0 else uniroot(excess, c(0, theta), tol = 1e-12)$root
  high <- uniroot(excess, c(theta, 20 * theta + 5), tol = 1e-12)$root
  icc <- function(t) unname(t^2 / (1 + t^2))
  keys <- names(fixef(fit)); keys[1] <- "Intercept"
  for (x in factors) keys <- sub(paste0("^", x, "(.+)$"), paste0(x, "[T.\\1]"), keys)
  add(id, "random_intercept", data, list(formula = formula, group = I(group)),
      list(keys = I(keys), estimate = I(unname(fixef(fit))), std_error = I(sqrt(unname(diag(as.matrix(vcov(fit)))))), df = I(unname(other$fixDF$X)),
           icc = icc(theta), icc_low = icc(low), icc_high = icc(high), group_variance = as.numeric(VarCorr(fit)$group__), residual_variance = sigma(fit)^2,
           groups = nlevels(droplevels(frame$group__))))
}
mixed_case("awkward", "awkward", "y ~ x + sex", c("stratum", "psu"), "sex")
mixed_case("awkward gaps", "awkward", "y_gap ~ x_gap + age", c("stratum", "psu"))
mixed_case("awkward households", "awkward", "score ~ 1", "hh")
mixed_case("awkward outer", "awkward", "y ~ x + stratum", c("stratum", "psu"))
mixed_case("api districts", "apiclus1", "api00 ~ meals + ell", "dnum")
mixed_case("api plain", "apiclus1", "api00 ~ 1", "dnum")
finish("mixed")
