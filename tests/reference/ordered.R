# Ordinal logit and multinomial logit: weighted pseudo-likelihood by Newton's method on analytic scores, the derivative
# of the scores by complex steps, covariance by svyrecvar on the influence. svyolr, whose optimiser and numerical second
# derivatives leave three to four digits, must agree to 1e-3 (of the SE); survey has no multinomial model.
# df = degf + 1 - p, the cut points count as one intercept, equations are not multiplied.
source("oracle.R")

logistic <- function(z) 1 / (1 + exp(-z))
ordinal_scores <- function(theta, X, y, K) {
  p <- ncol(X)
  zeta <- theta[p + seq_len(K - 1)]
  eta <- if (p) drop(X %*% theta[seq_len(p)]) else 0
  upper <- ifelse(y == K, 1 + 0i, logistic(zeta[pmin(y, K - 1)] - eta))
  lower <- ifelse(y == 1, 0 + 0i, logistic(zeta[pmax(y - 1, 1)] - eta))
  share <- upper - lower
  f <- upper * (1 - upper) / share; g <- lower * (1 - lower) / share
  cuts <- sapply(seq_len(K - 1), function(k) (y == k) * f - (y == k + 1) * g)
  cbind(-X * (f - g), cuts)
}
multinomial_scores <- function(theta, X, y, K) {
  B <- matrix(theta, ncol = K - 1)
  e <- exp(X %*% B); P <- e / (1 + rowSums(e))
  do.call(cbind, lapply(seq_len(K - 1), function(j) X * ((y == j + 1) - P[, j])))
}
solve_scores <- function(scores, theta, w, X, y, K) {
  w1 <- w / mean(w)
  for (iteration in 1:60) {
    u <- colSums(w1 * Re(scores(theta + 0i, X, y, K)))
    H <- sapply(seq_along(theta), function(j) {
      z <- theta + 0i; z[j] <- z[j] + 1e-30i
      colSums(w1 * Im(scores(z, X, y, K))) / 1e-30
    })
    step <- solve(H, u)
    theta <- theta - step
  }
  stopifnot(max(abs(step)) < 1e-10)
  list(theta = theta, influence = w1 * Re(scores(theta + 0i, X, y, K)) %*% solve(-H))
}

fit_case <- function(id, design, family, y, levels, terms, keys, where = NULL) {
  d <- keep(build(design), where)
  d <- d[complete.cases(d$variables[, c(y, all.vars(terms))]), ]
  d$variables$outcome__ <- factor(d$variables[[y]], levels = levels, ordered = family == "ordinal")
  X <- model.matrix(terms, d$variables)
  K <- length(levels)
  code <- as.integer(d$variables$outcome__)
  w <- 1 / d$prob
  if (family == "ordinal") {
    X <- X[, -1, drop = FALSE]
    shares <- cumsum(tapply(w, code, sum)) / sum(w)
    fit <- solve_scores(ordinal_scores, c(rep(0, ncol(X)), qlogis(shares[-K])), w, X, code, K)
    all_keys <- c(keys, paste(levels[-K], levels[-1], sep = "|"))
    p <- ncol(X) + 1
  } else {
    fit <- solve_scores(multinomial_scores, rep(0, ncol(X) * (K - 1)), w, X, code, K)
    all_keys <- c(outer(c("Intercept", keys), levels[-1], function(k, l) paste0(l, ":", k)))
    p <- ncol(X)
  }
  V <- svyrecvar(fit$influence, d$cluster, d$strata, d$fpc, d$postStrata)
  if (family == "ordinal") {
    peer <- svyolr(update(terms, outcome__ ~ .), d)
    stopifnot(max(abs(c(peer$coefficients, peer$zeta) - fit$theta) / sqrt(diag(V))) < 1e-3, max(abs(sqrt(diag(vcov(peer))) / sqrt(diag(V)) - 1)) < 1e-3)
    message(id, ": svyolr within ", signif(max(abs(sqrt(diag(vcov(peer))) / sqrt(diag(V)) - 1)), 2), " of every SE")
  }
  add(id, "regress_levels", design, list(formula = paste(y, paste(deparse(terms), collapse = "")), family = family, levels = I(levels)),
      expected(all_keys, fit$theta, V, degf(d) + 1 - p, count_rows(d), count_psus(d)), where, tolerance = "iterative")
}

for (family in c("ordinal", "multinomial")) {
  for (d in c("api_strat", "api_clus1", "api_clus2")) {
    fit_case(paste(d, family), d, family, "stype", c("E", "M", "H"), ~meals + mobility, c("meals", "mobility"))
    fit_case(paste(d, family, "domain"), d, family, "stype", c("E", "M", "H"), ~meals, "meals", "api99 > 600")
  }
  for (d in c("awkward", "awkward_two_stage", "lonely_adjust", "awkward_rows")) {
    fit_case(paste(d, family), d, family, "away_gap", c("none", "father", "both"), ~x_gap + sex, c("x_gap", "sex[T.girl]"))
    fit_case(paste(d, family, "domain"), d, family, "away", c("none", "father", "both"), ~x, "x", "regional == 1")
  }
}
finish("ordered")
