# Effects by weighting as stacked estimating equations, solved and differentiated here, covariance by survey.
# Rscript --vanilla causal.R   (needs survey 4.1; reads lalonde.csv, writes clustered.csv, expected.csv, versions.txt)
suppressMessages(library(survey))
control <- glm.control(epsilon = 1e-14, maxit = 100)
expit <- function(z) 1 / (1 + exp(-z))

# --- data ---------------------------------------------------------------------------------------------------------
lalonde <- read.csv("lalonde.csv")
set.seed(20190, kind = "Mersenne-Twister")
psu <- rep(1:36, each = 12)
n <- length(psu)
clustered <- data.frame(psu = psu, stratum = (psu - 1) %/% 9, w = round(exp(rnorm(n, 4, 0.6)), 3))
clustered$age <- sample(6:17, n, TRUE)
clustered$wealth <- round(rnorm(n) + rep(rnorm(36, 0, 0.5), each = 12), 4)
clustered$sex <- sample(c("boy", "girl"), n, TRUE)
clustered$away <- rbinom(n, 1, expit(-0.8 + 0.5 * clustered$wealth - 0.05 * (clustered$age - 11)))
clustered$score <- round(10 + clustered$away * (1 + 0.5 * clustered$wealth) + clustered$wealth + 0.2 * clustered$age +
  rep(rnorm(36, 0, 0.6), each = 12) + rnorm(n, 0, 2), 4)
clustered$absent <- rbinom(n, 1, expit(-1 + 0.4 * clustered$away - 0.3 * clustered$wealth))
clustered$chores <- rpois(n, exp(0.8 + 0.2 * clustered$away + 0.03 * clustered$age))
write.csv(clustered, "clustered.csv", row.names = FALSE, quote = FALSE)
clustered <- read.csv("clustered.csv")

# --- numerical derivative: central differences of four points, error of order h^4 -----------------------------------
jacobian <- function(f, x) {
  sapply(seq_along(x), function(j) {
    h <- 1e-3 * max(abs(x[j]), 1e-3)
    at <- function(k) { z <- x; z[j] <- z[j] + k * h; f(z) }
    (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
  })
}

# Newton on the dual of entropy balancing
tilt_to <- function(X, w, target) {
  lambda <- rep(0, ncol(X))
  for (i in 1:200) {
    f <- w * exp(drop(X %*% lambda))
    step <- solve(crossprod(X, X * f), target - colSums(X * f))
    lambda <- lambda + step
    if (max(abs(step)) < 1e-13) break
  }
  lambda
}

# One estimand of one outcome: parameters in order, psi gives one row per person
effect <- function(data, y, X, D, w, design, method, estimand, adjust, family) {
  w <- w / mean(w); k <- ncol(X)
  beta <- coef(glm.fit(X, D, w, family = quasibinomial(), control = control))
  start <- beta
  if (method == "entropy") {
    tilt <- if (estimand == "ATT") D else rep(1, length(D))
    target <- colSums(X * w * tilt)
    l0 <- tilt_to(X[D == 0, ], w[D == 0], target)
    start <- if (estimand == "ATT") l0 else c(tilt_to(X[D == 1, ], w[D == 1], target), l0)
  }
  pieces <- function(theta) {
    if (method == "entropy") {
      if (estimand == "ATT") {
        f0 <- exp(drop(X %*% theta[1:k]))
        return(list(f = ifelse(D == 1, 1, f0), h = D, psi = X * (D - (1 - D) * f0)))
      }
      f1 <- exp(drop(X %*% theta[1:k])); f0 <- exp(drop(X %*% theta[k + 1:k]))
      return(list(f = ifelse(D == 1, f1, f0), h = rep(1, length(D)), psi = cbind(X * (1 - D * f1), X * (1 - (1 - D) * f0))))
    }
    e <- expit(drop(X %*% theta[1:k]))
    f <- switch(estimand, ATT = ifelse(D == 1, 1, e / (1 - e)), ATE = ifelse(D == 1, 1 / e, 1 / (1 - e)),
                ATO = ifelse(D == 1, 1 - e, e))
    h <- switch(estimand, ATT = D, ATE = rep(1, length(D)), ATO = e * (1 - e))
    list(f = f, h = h, psi = X * (D - e))
  }
  p0 <- length(start); inverse <- family$linkinv
  p <- pieces(start)
  if (!adjust) {
    mean_of <- function(g) sum((w * p$f * y)[D == g]) / sum((w * p$f)[D == g])
    theta <- c(start, mean_of(1), mean_of(0))
    psi <- function(t) { p <- pieces(t); cbind(p$psi, D * p$f * (y - t[p0 + 1]), (1 - D) * p$f * (y - t[p0 + 2])) }
    value <- theta[p0 + 1] - theta[p0 + 2]; pick <- c(rep(0, p0), 1, -1)
  } else {
    g1 <- coef(glm.fit(X[D == 1, ], y[D == 1], w[D == 1], family = family, control = control))
    g0 <- coef(glm.fit(X[D == 0, ], y[D == 0], w[D == 0], family = family, control = control))
    m1 <- inverse(drop(X %*% g1)); m0 <- inverse(drop(X %*% g0)); t <- w * p$h
    middle <- function(m) sum(t * m) / sum(t)
    rest <- function(m, g) sum((w * p$f * (y - m))[D == g]) / sum((w * p$f)[D == g])
    theta <- c(start, g1, g0, middle(m1), middle(m0), rest(m1, 1), rest(m0, 0))
    psi <- function(t) {
      p <- pieces(t); g1 <- t[p0 + 1:k]; g0 <- t[p0 + k + 1:k]; u <- t[p0 + 2 * k + 1:4]
      m1 <- inverse(drop(X %*% g1)); m0 <- inverse(drop(X %*% g0))
      cbind(p$psi, X * D * (y - m1), X * (1 - D) * (y - m0), p$h * (m1 - u[1]), p$h * (m0 - u[2]),
            D * p$f * (y - m1 - u[3]), (1 - D) * p$f * (y - m0 - u[4]))
    }
    last <- tail(theta, 4); value <- last[1] + last[3] - last[2] - last[4]
    pick <- c(rep(0, p0 + 2 * k), 1, -1, 1, -1)
  }
  bread <- -jacobian(function(t) colSums(w * psi(t)), theta)
  influence <- drop((w * psi(theta)) %*% t(solve(bread)) %*% pick)
  total <- svytotal(influence, design)
  c(estimate = value, std_error = sqrt(vcov(total)[1, 1]))
}

cases <- list(
  c("ipw", "ATT"), c("ipw", "ATE"), c("ipw", "ATO"), c("overlap", "ATO"), c("entropy", "ATT"), c("entropy", "ATE"))
rows <- list()
add <- function(sample, outcome, case, adjust, family, result) {
  rows[[length(rows) + 1]] <<- data.frame(sample = sample, outcome = outcome, method = case[1], estimand = case[2],
    adjust = adjust, family = family, estimate = sprintf("%.15g", result[[1]]), std_error = sprintf("%.15g", result[[2]]))
}

plain <- svydesign(ids = ~1, weights = rep(1, nrow(lalonde)), data = lalonde)
# Earnings in thousands keep the numerical derivative well conditioned; the covariate's unit changes no effect.
X <- model.matrix(~ age + educ + race + married + nodegree + I(re74 / 1000) + I(re75 / 1000), lalonde)
for (case in cases) for (adjust in c(FALSE, TRUE)) {
  add("lalonde", "re78", case, adjust, "gaussian",
      effect(lalonde, lalonde$re78, X, lalonde$treat, rep(1, nrow(lalonde)), plain, case[1], case[2], adjust, gaussian()))
}
nested <- svydesign(ids = ~psu, strata = ~stratum, weights = rep(1, nrow(clustered)), data = clustered, nest = TRUE)
X <- model.matrix(~ age + wealth + sex, clustered)
families <- list(score = gaussian(), absent = quasibinomial(), chores = quasipoisson())
words <- c(score = "gaussian", absent = "binomial", chores = "poisson")
for (outcome in names(families)) for (case in cases) for (adjust in c(FALSE, TRUE)) {
  add("clustered", outcome, case, adjust, words[[outcome]],
      effect(clustered, clustered[[outcome]], X, clustered$away, clustered$w, nested, case[1], case[2], adjust, families[[outcome]]))
}
write.csv(do.call(rbind, rows), "expected.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survey", packageVersion("survey"))), "versions.txt")
