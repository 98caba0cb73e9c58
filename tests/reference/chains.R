# Chains of weighting steps. R's own svyrecvar walks through the steps first to last, which is not the derivative of
# the estimator; here each step is passed through last to first:
#   adjustment within classes   u -> w1 (z - mean of class) for respondents + w0 (mean of class) for everybody sampled
#   response propensity         u -> u + (dT/dgamma) I^-1 w0 x (r - p)
#   cells, margins, calibration u -> w1 (z - X b), b by least squares with the weights before the step
#   known factor                u -> u
#   trimming                    u -> w0 (z of the untrimmed, m for the trimmed) to earlier steps, the rest is settled:
#                               L (z - m) for a trimmed row, c (z - m) for another, m = mean z of the untrimmed,
#                               c = what each of them received, L = the limit
# where z = u / w1, w0 and w1 the weights before and after. Without raking or calibration distances other than linear
# the result is exactly the derivative with respect to how often a PSU is in the sample: checked by numerical
# differentiation (k counts the copies of each row; a copy of a trimmed row is trimmed like the row itself).
source("oracle.R")
source("steps.R")

cells <- function(columns, totals) function(w, data, k) {
  label <- interaction(data[columns], drop = TRUE)
  X <- model.matrix(~label - 1)
  target <- totals[match(levels(label), totals$key), "total"]
  g <- drop(X %*% (target / colSums(X * w * k)))
  list(w = w * g, back = residual_back(X, w, w * g))
}
residual_back <- function(X, w0, w1) function(u) {
  z <- ifelse(w1 != 0, u / w1, 0)
  b <- solve(crossprod(X * w0, X), crossprod(X * w0, z))
  u - w1 * drop(X %*% b)
}
calibration <- function(X_of, target, fun, bounds = c(-Inf, Inf)) function(w, data, k) {
  X <- X_of(data)
  used <- w > 0
  g <- rep(1, length(w))
  kernel <- switch(fun, linear = cal.linear, raking = cal.raking)
  g[used] <- grake(X[used, , drop = FALSE], (w * k)[used], kernel, bounds = list(lower = bounds[1], upper = bounds[2]),
                   population = target, epsilon = 1e-14, verbose = FALSE, maxit = 500)
  list(w = w * g, back = residual_back(X, w, w * g))
}
classes <- function(columns, responded) function(w, data, k) {
  label <- as.character(interaction(data[columns]))
  r <- data[[responded]]
  a <- tapply(w * k, label, sum) / tapply(w * r * k, label, sum)
  w1 <- as.numeric(w * r * a[label])
  list(w = w1, back = function(u) {
    m <- tapply(u, label, sum) / tapply(w1, label, sum)
    as.numeric(u - w1 * m[label] + w * m[label])
  })
}
propensity <- function(formula, responded) function(w, data, k) {
  X <- model.matrix(formula, data)
  r <- data[[responded]]
  fit <- suppressWarnings(glm.fit(X, r, weights = w * k / mean(w), family = quasibinomial(), control = glm.control(epsilon = 1e-15, maxit = 100)))
  p <- fit$fitted.values
  list(w = w * r / p, back = function(u) {
    slope <- -colSums(u * (1 - p) * X)
    information <- crossprod(X * (w * p * (1 - p)), X)
    u + drop((X * (w * (r - p))) %*% solve(information, slope))
  })
}
known <- function(factor_of) function(w, data, k) list(w = w * factor_of(data), back = identity)

trimming <- function(upper) function(w, data, k) {
  cut <- rep(FALSE, length(w)); share <- 0; w1 <- w
  repeat {
    new <- w1 > upper
    if (!any(new)) break
    cut <- cut | new
    share <- sum((k * (w - upper))[cut]) / sum(k[!cut & w > 0])
    w1 <- ifelse(cut, upper, ifelse(w > 0, w + share, 0))
  }
  list(w = w1, back = function(u) {
    z <- ifelse(w1 > 0, u / w1, 0)
    m <- mean(z[!cut & w > 0])
    list(earlier = w * ifelse(cut, m, z), settled = ifelse(cut, upper * (z - m), ifelse(w > 0, share * (z - m), 0)))
  })
}

run_chain <- function(w, data, chain, k = rep(1, length(w))) {
  backs <- list()
  for (f in chain) { s <- f(w, data, k); w <- s$w; backs <- c(list(s$back), backs) }
  list(w = w, back = function(u) {
    settled <- 0
    for (b in backs) {
      u <- b(u)
      if (is.list(u)) { settled <- settled + u$settled; u <- u$earlier }
    }
    u + settled
  })
}

chain_case <- function(id, design, chain, steps, exact = TRUE, tolerance = "closed") {
  d <- build(design)
  data <- d$variables
  base <- weights(d)
  final <- run_chain(base, data, chain)
  weights_case(paste(design, id), design, steps, final$w, tolerance)
  statistics <- list(
    list(name = "mean", verb = "mean", arguments = list(y = "y"), key = "y", mask = TRUE,
         f = function(w) sum(w * data$y) / sum(w), u = function(w, m) w * (data$y - sum(w * data$y) / sum(w)) / sum(w)),
    list(name = "total", verb = "total", arguments = list(y = "score"), key = "score", mask = TRUE,
         f = function(w) sum(w * data$score), u = function(w, m) w * data$score),
    list(name = "mean domain", verb = "mean", arguments = list(y = "score"), key = "score", mask = data$regional == 1, where = "regional == 1",
         f = function(w) sum(w * data$score * (data$regional == 1)) / sum(w * (data$regional == 1)),
         u = function(w, m) { k <- data$regional == 1; w * k * (data$score - sum(w * data$score * k) / sum(w * k)) / sum(w * k) }),
    list(name = "total domain", verb = "total", arguments = list(y = "anxious"), key = "anxious", mask = data$sex == "girl", where = "sex == 'girl'",
         f = function(w) sum(w * data$anxious * (data$sex == "girl")), u = function(w, m) w * data$anxious * (data$sex == "girl")))
  psu <- d$cluster[, 1]
  for (s in statistics) {
    u <- final$back(s$u(final$w))
    used <- final$w > 0 & s$mask
    if (exact) {
      slope <- sapply(unique(psu), function(j) {
        h <- 1e-4
        shift <- function(e) { k <- ifelse(psu == j, 1 + e, 1); k * run_chain(base, data, chain, k)$w }
        (8 * (s$f(shift(h)) - s$f(shift(-h))) - (s$f(shift(2 * h)) - s$f(shift(-2 * h)))) / (12 * h)
      })
      by_psu <- sapply(unique(psu), function(j) sum(u[psu == j]))
      stopifnot(max(abs(slope - by_psu)) < 1e-7 * max(abs(by_psu)))
    }
    V <- svyrecvar(u, d$cluster, d$strata, d$fpc)
    df <- length(unique(d$cluster[used, 1])) - length(unique(d$strata[used, 1]))
    add(paste(design, id, s$name), s$verb, design, s$arguments,
        expected(s$key, s$f(final$w), V, df, sum(used), length(unique(d$cluster[used, 1]))), where = s$where,
        tolerance = tolerance, steps = steps)
  }
}

region <- c(east = 26000, north = 24000, west = 15000)
sex <- c(boy = 33000, girl = 32000)
by_region <- cells("region", data.frame(key = names(region), total = region))
by_sex <- cells("sex", data.frame(key = names(sex), total = sex))
region_step <- cells_step(data.frame(region = names(region), total = region))
sex_step <- cells_step(data.frame(sex = names(sex), total = sex))
rake_margins <- calibration(function(data) model.matrix(~region + sex, data), c(65000, 24000, 15000, 32000), "raking")
rake_step <- margins_step(list(region = region, sex = sex))
linear <- calibration(function(data) cbind(1, data$x, data$sex == "girl"), c(65000, 4000, 32000), "linear")
linear_step <- calibrate_step(c(Intercept = 65000, x = 4000, "sex[girl]" = 32000), "linear")
respond <- step("adjust_nonresponse", responded = "responded", within = "region")
respond_two <- step("adjust_nonresponse", responded = "responded", within = I(c("region", "sex")))
model <- step("adjust_nonresponse", responded = "responded", covariates = I(c("x", "sex", "region")))
age_rule <- known(function(data) 1 + (data$age - 11) / 3)
age_step <- step("scale_weights", age_rule = TRUE)
trim180 <- trimming(180)
trim180_step <- step("trim_weights", upper = 180)

for (d in c("awkward", "awkward_fpc", "awkward_two_stage")) {
  chain_case("classes", d, list(classes("region", "responded")), list(respond))
  chain_case("classes two", d, list(classes(c("region", "sex"), "responded")), list(respond_two))
  chain_case("propensity", d, list(propensity(~x + sex + region, "responded")), list(model), tolerance = "iterative")
  chain_case("classes, cells", d, list(classes("region", "responded"), by_sex), list(respond, sex_step))
  chain_case("propensity, cells", d, list(propensity(~x + sex + region, "responded"), by_sex), list(model, sex_step), tolerance = "iterative")
  chain_case("classes, raking", d, list(classes("region", "responded"), rake_margins), list(respond, rake_step), exact = FALSE, tolerance = "iterative")
  chain_case("trimming", d, list(trim180), list(trim180_step))
  chain_case("cells, trimming", d, list(by_region, trim180), list(region_step, trim180_step))
  chain_case("classes, trimming, cells", d, list(classes("region", "responded"), trim180, by_sex), list(respond, trim180_step, sex_step))
  chain_case("propensity, trimming", d, list(propensity(~x + sex + region, "responded"), trim180), list(model, trim180_step), tolerance = "iterative")
  chain_case("cells, cells", d, list(by_region, by_sex), list(region_step, sex_step))
  chain_case("cells, linear", d, list(by_region, linear), list(region_step, linear_step), tolerance = "iterative")
  chain_case("scale, classes, cells", d, list(age_rule, classes("region", "responded"), by_region), list(age_step, respond, region_step))
  chain_case("propensity, scale, raking", d, list(propensity(~x + sex + region, "responded"), age_rule, rake_margins),
             list(model, age_step, rake_step), exact = FALSE, tolerance = "iterative")
}
finish("chains")
