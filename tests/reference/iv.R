# Two-stage least squares by matrix algebra, its influence through svyrecvar; the first stage and the Anderson-Rubin
# test by svyglm and regTermTest, the ends of the Anderson-Rubin set by uniroot on that test. Where every row or PSU is
# drawn alike, estimatr::iv_robust must agree (its CR0 and HC0, times G/(G-1)).
source("oracle.R")
suppressMessages(library(estimatr))

iv_case <- function(id, design, outcome, exogenous, endogenous, instruments, where = NULL, factors = character()) {
  d <- keep(build(design), where)
  d <- d[complete.cases(d$variables[, c(outcome, exogenous, endogenous, instruments)]), ]
  data <- d$variables
  w <- 1 / d$prob; w <- w / mean(w[w > 0]); w[!is.finite(w)] <- 0
  y <- data[[outcome]]
  X <- model.matrix(reformulate(c(exogenous, endogenous), intercept = TRUE), data)
  Z <- model.matrix(reformulate(c(exogenous, instruments), intercept = TRUE), data)
  keys <- colnames(X); keys[1] <- "Intercept"
  sw <- sqrt(w)
  Xhat <- Z %*% qr.coef(qr(sw * Z), sw * X)
  b <- qr.coef(qr(sw * Xhat), sw * y)
  bread <- solve(crossprod(sw * Xhat))
  u <- drop(y - X %*% b)
  V <- svyrecvar((Xhat * (w * u)) %*% bread, d$cluster, d$strata, d$fpc, d$postStrata)
  df <- degf(d) + 1 - ncol(X)

  stage <- svyglm(reformulate(c(exogenous, instruments), endogenous), d)
  f <- regTermTest(stage, reformulate(instruments), method = "Wald")
  at <- which(!colnames(Z) %in% colnames(X))
  Q <- solve(solve(crossprod(sw * Z))[at, at])
  S <- vcov(stage)[at, at, drop = FALSE]
  effective <- drop(coef(stage)[at] %*% Q %*% coef(stage)[at]) / sum(diag(S %*% Q))
  anderson_rubin <- function(value) {
    moved <- d
    moved$variables$shifted__ <- moved$variables[[outcome]] - value * moved$variables[[endogenous]]
    regTermTest(svyglm(reformulate(c(exogenous, instruments), "shifted__"), moved), reformulate(instruments), method = "Wald")
  }
  null <- anderson_rubin(0)
  excess <- function(value) as.numeric(anderson_rubin(value)$Ftest) - qf(0.95, null$df, null$ddf)
  # A grid on the scale of tan, so that it reaches far out, finds the sign changes; uniroot sharpens them.
  grid <- b[endogenous] + sqrt(V[ncol(X), ncol(X)]) * tan(seq(-pi / 2 + 1e-3, pi / 2 - 1e-3, length.out = 121))
  height <- sapply(grid, excess)
  flips <- which(diff(sign(height)) != 0)
  ends <- vapply(flips, function(i) uniroot(excess, grid[c(i, i + 1)], tol = 1e-13 * max(abs(grid[i]), 1e-3))$root, 0)

  peer <- NULL
  formula <- as.formula(paste(outcome, "~", paste(c(exogenous, endogenous), collapse = " + "), "|", paste(c(exogenous, instruments), collapse = " + ")))
  if (is.null(where) && design %in% c("api_clus1_infinite", "api_weights_only")) {
    data$w__ <- 1 / d$prob
    peer <- if (design == "api_weights_only") iv_robust(formula, data, weights = w__, se_type = "HC0") else
      iv_robust(formula, data, weights = w__, clusters = dnum, se_type = "CR0")
    G <- if (design == "api_weights_only") nrow(data) else length(unique(data$dnum))
    stopifnot(max(abs(coef(peer) - b)) < 1e-7 * max(abs(b)), max(abs(peer$std.error * sqrt(G / (G - 1)) / sqrt(diag(V)) - 1)) < 1e-8)
  }
  call <- paste(outcome, "~", paste(c(exogenous, "1"), collapse = " + "), "+ [", endogenous, "~", paste(instruments, collapse = " + "), "]")
  result <- expected(keys, b, V, df, count_rows(d), count_psus(d))
  if (design == "awkward_zero") result$n <- NULL
  result$first_stage <- list(effective_f = effective, statistic = as.numeric(f$Ftest), df1 = as.numeric(f$df), df2 = as.numeric(f$ddf))
  result$anderson_rubin <- list(ends = I(as.numeric(ends)), below = height[1] <= 0, above = height[121] <= 0,
    statistic = as.numeric(null$Ftest), df1 = as.numeric(null$df), df2 = as.numeric(null$ddf))
  add(id, "regress_iv", design, list(formula = call), result, where)
}

for (design in c("api_strat", "api_clus1", "api_clus2", "api_clus1_infinite", "api_weights_only")) {
  iv_case(paste(design, "one"), design, "api00", "ell", "meals", "mobility")
  iv_case(paste(design, "two"), design, "api00", "ell", "meals", c("mobility", "full"))
  iv_case(paste(design, "factor"), design, "api00", "ell", "meals", c("stype", "growth"))
  iv_case(paste(design, "no exogenous"), design, "api00", character(), "meals", "enroll")
  iv_case(paste(design, "domain"), design, "api00", "ell", "meals", c("mobility", "full"), where = "api99 > 550")
}
for (design in c("awkward", "awkward_two_stage", "lonely_adjust", "awkward_rows")) {
  iv_case(paste(design, "gaps"), design, "y_gap", "age", "x_gap", c("score", "absent"))
  iv_case(paste(design, "domain"), design, "y", "age", "x", c("score"), where = "regional == 1")
}
finish("iv")
