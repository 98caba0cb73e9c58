# Tests of all columns of a term: regTermTest, Wald F and Rao-Scott likelihood ratio.
# The library takes the exact tail for the p-value of the likelihood ratio, where regTermTest takes a
# saddlepoint: p_exact (up to two columns) is exact, p_saddlepoint is R's own, within a factor of 1.2.
source("oracle.R")
tight <- glm.control(epsilon = 1e-14, maxit = 200)

# The direction of a normal vector is independent of its length: the tail is the mean over directions of an F tail.
# For two columns the direction is an angle, and equally spaced angles integrate a periodic function to all digits.
exact_tail <- function(x, lambda, df) {
  if (length(lambda) == 1) return(pf(x / lambda, 1, df, lower.tail = FALSE))
  if (length(lambda) > 2) return(NA)
  angle <- 2 * pi * (1:4096) / 4096
  mean(pf(x / (2 * (lambda[1] * cos(angle)^2 + lambda[2] * sin(angle)^2)), 2, df, lower.tail = FALSE))
}

test_case <- function(id, design, formula, terms, family = "gaussian", where = NULL) {
  d <- keep(build(design), where)
  r_family <- switch(family, gaussian = gaussian(), binomial = quasibinomial(), poisson = quasipoisson())
  f <- as.formula(formula)
  d <- d[complete.cases(d$variables[, all.vars(f)]), ]  # otherwise R refits the smaller model to more rows
  g <- eval(bquote(svyglm(.(f), d, family = r_family, control = tight)))
  assign("d", d, globalenv()); assign("r_family", r_family, globalenv())
  environment(g$formula) <- globalenv()
  wald <- regTermTest(g, terms, method = "Wald")
  lrt <- regTermTest(g, terms, method = "LRT")
  x <- as.numeric(lrt$chisq); lambda <- Re(lrt$lambda)
  q <- length(lambda)
  exact <- exact_tail(x, lambda, lrt$ddf)
  stopifnot(is.na(exact) || abs(log(lrt$p / exact)) < 0.2)
  add(id, "term_test", design, list(formula = formula, family = family, terms = I(terms)),
      list(wald = list(statistic = as.numeric(wald$Ftest), df1 = as.numeric(wald$df), df2 = as.numeric(wald$ddf), p_value = as.numeric(wald$p)),
           likelihood_ratio = list(chisq = x, lambda = I(lambda), df2 = as.numeric(lrt$ddf), p_saddlepoint = as.numeric(lrt$p), p_exact = exact)),
      where, tolerance = if (family == "gaussian") "closed" else "iterative")
}

for (design in c("api_strat", "api_clus1", "api_clus2", "api_equal")) {
  test_case(paste(design, "linear factor"), design, "api00 ~ stype + meals + ell", "stype")
  test_case(paste(design, "linear two terms"), design, "api00 ~ ell + meals + mobility", c("ell", "meals"))
  test_case(paste(design, "linear one column"), design, "api00 ~ ell + meals", "ell")
  test_case(paste(design, "logit"), design, "high ~ stype + ell + meals", c("stype", "ell"), "binomial")
  test_case(paste(design, "poisson"), design, "enroll ~ stype + meals", "stype", "poisson")
  test_case(paste(design, "interaction"), design, "api00 ~ stype * meals", "stype:meals")
}
for (design in c("awkward", "awkward_two_stage", "lonely_adjust")) {
  test_case(paste(design, "gaps"), design, "y_gap ~ x_gap + away_gap + sex", "away_gap")
  test_case(paste(design, "logit"), design, "anxious ~ x + away", "away", "binomial")
  test_case(paste(design, "domain"), design, "absent ~ x + away", c("x", "away"), "poisson", where = "regional == 1")
}
finish("term_tests")
