# Regressions as svyglm: coefficients, full covariance, df = degf + 1 - p, Wald tests as regTermTest, contrasts.
# Binomial and Poisson are fitted as quasi- families (same estimates and covariance, fractional outcomes allowed).
source("oracle.R")
tight <- glm.control(epsilon = 1e-14, maxit = 200)

# R's names in the library's: stypeH -> stype[T.H]; (Intercept) -> Intercept
rename <- function(names, factors) {
  names[names == "(Intercept)"] <- "Intercept"
  for (f in factors) names <- gsub(paste0("(^|:)", f, "([^:]+)"), paste0("\\1", f, "[T.\\2]"), names)
  names
}

fit_case <- function(id, design, formula, family = "gaussian", link = NULL, factors = character(), where = NULL,
                     terms = list(), contrasts = list()) {
  d <- keep(build(design), where)
  r_family <- switch(family, gaussian = gaussian(), binomial = if (is.null(link)) quasibinomial() else quasibinomial(link),
                     poisson = quasipoisson())
  f <- as.formula(formula)
  environment(f) <- globalenv()
  g <- svyglm(f, d, family = r_family, control = tight)
  # Fisher scoring converges linearly for non-canonical links, so the deviance settles before the last digits of the
  # coefficients do: start again from the answer, one step at a time.
  if (!is.null(link)) for (i in 1:100) {
    begin <<- coef(g)
    g <- svyglm(f, d, family = r_family, control = tight, start = begin)
  }
  used <- g$survey.design
  keys <- rename(names(coef(g)), factors)
  result <- expected(keys, coef(g), vcov(g), g$df.residual, count_rows(used), count_psus(used))
  if (specs[[design]]$weights == "base_zero") result$n <- NULL
  result$tests <- lapply(terms, function(term) {
    t <- regTermTest(g, term, method = "Wald")
    touched <- rename(names(coef(g))[attr(terms(f), "term.labels")[g_assign(g)] %in% term], factors)
    list(keys = I(touched), statistic = as.numeric(t$Ftest), df1 = as.numeric(t$df), df2 = as.numeric(t$ddf), p_value = as.numeric(t$p))
  })
  result$contrasts <- lapply(contrasts, function(weights) {
    vector <- as.numeric(weights[keys]); vector[is.na(vector)] <- 0
    named <- setNames(vector, names(coef(g)))
    k <- svycontrast(g, list(k = named))
    list(weights = as.list(weights), estimate = as.numeric(coef(k)), std_error = as.numeric(SE(k)), df = g$df.residual)
  })
  add(id, "regress", design, c(list(formula = formula, family = family), if (!is.null(link)) list(link = link)), result, where,
      tolerance = if (family == "gaussian") "closed" else "iterative")
}
g_assign <- function(g) { a <- attr(model.matrix(g), "assign"); a[a == 0] <- NA; a }

for (d in c("api_strat", "api_clus1", "api_clus2", "api_equal", "api_weights_only", "api_clus2_infinite")) {
  fit_case(paste(d, "linear"), d, "api00 ~ ell + meals + mobility",
           terms = list("ell", c("ell", "meals")), contrasts = list(c(ell = 1, meals = -2)))
  fit_case(paste(d, "factors"), d, "api00 ~ stype + comp_imp + api99", factors = c("stype", "comp_imp"),
           terms = list("stype"), contrasts = list(c("stype[T.H]" = 1, "stype[T.M]" = -1)))
  fit_case(paste(d, "interaction"), d, "api00 ~ meals * comp_imp", factors = "comp_imp", terms = list("meals:comp_imp"))
  fit_case(paste(d, "logit"), d, "high ~ ell + meals", "binomial", terms = list(c("ell", "meals")))
  fit_case(paste(d, "probit"), d, "high ~ ell + meals", "binomial", "probit")
  fit_case(paste(d, "fractional"), d, "ell_share ~ meals + mobility", "binomial")
  fit_case(paste(d, "poisson"), d, "enroll ~ api99 + meals", "poisson")
  fit_case(paste(d, "domain"), d, "api00 ~ ell + meals", where = "stype != 'H' & api99 > 500")
  fit_case(paste(d, "gap"), d, "api00 ~ avg_ed + ell")
}
for (d in c("awkward", "awkward_fpc", "awkward_two_stage", "awkward_zero", "awkward_rows", "lonely_adjust", "lonely_certainty",
            "lonely_average")) {
  fit_case(paste(d, "linear gaps"), d, "y_gap ~ x_gap + away_gap + sex", factors = c("away_gap", "sex"), terms = list("away_gap"),
           contrasts = list(c("away_gap[T.father]" = 1, "away_gap[T.none]" = -1)))
  fit_case(paste(d, "logit gaps"), d, "anxious ~ x_gap + away_gap", "binomial", factors = "away_gap", terms = list("away_gap"))
  fit_case(paste(d, "extreme"), d, "extreme ~ x", "binomial")
  fit_case(paste(d, "fractional"), d, "share ~ x + sex", "binomial", factors = "sex")
  fit_case(paste(d, "poisson domain"), d, "absent ~ x + sex", "poisson", factors = "sex", where = "regional == 1")
  fit_case(paste(d, "linear domain"), d, "y ~ x + age", where = "regional == 1 & sex == 'girl'")
}
fit_case("nhanes cholesterol", "nhanes", "HI_CHOL ~ agecat + RIAGENDR", "binomial", factors = "agecat", terms = list("agecat"))
fit_case("nhanes2f highbp", "nhanes2f", "highbp ~ zinc + diabetes", "binomial")
finish("glm")
