# Average marginal effects by the delta method on svyglm, with the covariates as given (conditional) and as sampled
# (unconditional: the influence of averaging added, both through svyrecvar). Derivatives and differences in closed form.
source("oracle.R")
tight <- glm.control(epsilon = 1e-14, maxit = 200)
ame_case <- function(id, design, formula, family, variable, levels = NULL, where = NULL, exposed = NULL) {
  d <- keep(build(design), where)
  f <- as.formula(formula)
  d <- d[complete.cases(d$variables[, all.vars(f)]), ]
  r_family <- switch(family, binomial = quasibinomial(), poisson = quasipoisson())
  g <- svyglm(f, d, family = r_family, control = tight)
  data <- d$variables
  X <- model.matrix(g)
  link <- g$family
  w <- 1 / d$prob
  inside <- if (is.null(exposed)) rep(TRUE, nrow(data)) else eval(parse(text = exposed), data)
  inside <- inside & w > 0 & is.finite(w)
  w1 <- w / mean(w)
  eta <- drop(X %*% coef(g)); mu <- link$linkinv(eta)
  w1[!is.finite(w1)] <- 0
  bread <- solve(crossprod(sqrt(w1 * link$mu.eta(eta)) * X))
  beta_influence <- (X * (w1 * (model.response(model.frame(g)) - mu))) %*% bread  # canonical links
  beta_se <- sqrt(diag(svyrecvar(beta_influence, d$cluster, d$strata, d$fpc, d$postStrata)))
  stopifnot(max(abs(beta_se / SE(g) - 1)) < 1e-5)  # svyglm keeps the weights of the last step but one
  at <- function(value) { other <- data; other[[variable]] <- value; model.matrix(delete.response(terms(g)), other, xlev = g$xlevels) }
  if (is.null(levels)) {
    b <- coef(g)[[variable]]
    slope <- link$mu.eta(eta)
    second <- if (family == "poisson") slope else slope * (1 - 2 * mu)
    values <- b * slope
    gradient <- function(s) { out <- colSums(s * b * second * X); out[variable] <- out[variable] + sum(s * slope); out }
  } else {
    X1 <- at(levels[2]); X0 <- at(levels[1])
    e1 <- drop(X1 %*% coef(g)); e0 <- drop(X0 %*% coef(g))
    values <- link$linkinv(e1) - link$linkinv(e0)
    gradient <- function(s) colSums(s * (link$mu.eta(e1) * X1 - link$mu.eta(e0) * X0))
  }
  share <- ifelse(inside, w, 0) / sum(w[inside])
  effect <- sum(share * values)
  conditional <- drop(beta_influence %*% gradient(share))
  unconditional <- conditional + share * (values - effect)
  se <- function(u) sqrt(drop(svyrecvar(matrix(u), d$cluster, d$strata, d$fpc, d$postStrata)))
  key <- if (is.null(levels) || is.numeric(levels)) variable else paste0(variable, "[", levels[2], "]")
  add(id, "marginal_effects", design, c(list(formula = formula, family = family, variables = variable), if (!is.null(exposed)) list(where = gsub("&&", "&", exposed))),
      list(key = key, estimate = effect, conditional = se(conditional), unconditional = se(unconditional)), where)
}
for (design in c("api_strat", "api_clus1", "api_clus2", "api_clus1_infinite")) {
  ame_case(paste(design, "logit slope"), design, "high ~ ell + meals", "binomial", "meals")
  ame_case(paste(design, "logit level"), design, "high ~ comp_imp + meals", "binomial", "comp_imp", c("No", "Yes"))
  ame_case(paste(design, "poisson slope"), design, "enroll ~ meals + mobility", "poisson", "meals")
  ame_case(paste(design, "logit exposed"), design, "high ~ comp_imp + meals", "binomial", "comp_imp", c("No", "Yes"), exposed = "comp_imp == 'Yes'")
}
for (design in c("awkward", "awkward_two_stage", "lonely_adjust")) {
  ame_case(paste(design, "gaps"), design, "anxious ~ x_gap + sex", "binomial", "sex", c("boy", "girl"))
  ame_case(paste(design, "binary"), design, "anxious ~ rare + x", "binomial", "rare", c(0, 1), where = "regional == 1")
}
finish("marginal")
