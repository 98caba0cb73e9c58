# Links other than the canonical one, polynomials, no intercept, transformed outcomes (svyglm), and contrasts that are
# not linear (svycontrast differentiates the expression).
source("oracle.R")
tight <- glm.control(epsilon = 1e-14, maxit = 200)

link_case <- function(id, design, formula, keys, family = "gaussian", link = NULL, r_family = gaussian(), start = NULL, where = NULL) {
  d <- keep(build(design), where)
  f <- as.formula(formula)
  environment(f) <- globalenv()
  begin <<- start
  g <- if (is.null(start)) svyglm(f, d, family = r_family, control = tight) else svyglm(f, d, family = r_family, control = tight, start = begin)
  # As in glm.R: the deviance settles before the last digits of the coefficients do.
  if (!is.null(link)) for (i in 1:100) {
    begin <<- coef(g)
    g <- svyglm(f, d, family = r_family, control = tight, start = begin)
  }
  used <- g$survey.design
  add(id, "regress", design, c(list(formula = formula, family = family), if (!is.null(link)) list(link = link)),
      expected(keys, coef(g), vcov(g), g$df.residual, count_rows(used), count_psus(used)), where,
      tolerance = if (is.null(link)) "closed" else "iterative")
}

for (d in c("awkward", "awkward_two_stage", "lonely_adjust")) {
  link_case(paste(d, "cloglog"), d, "anxious ~ x_gap + age", c("Intercept", "x_gap", "age"), "binomial", "cloglog", quasibinomial("cloglog"))
  link_case(paste(d, "log binomial"), d, "rare ~ age", c("Intercept", "age"), "binomial", "log", quasibinomial("log"), start = c(-4, 0))
  link_case(paste(d, "identity binomial"), d, "anxious ~ age", c("Intercept", "age"), "binomial", "identity", quasibinomial("identity"), start = c(0.4, 0))
  link_case(paste(d, "identity poisson"), d, "absent ~ sex", c("Intercept", "sex[T.girl]"), "poisson", "identity", quasipoisson("identity"), start = c(1, 0))
  link_case(paste(d, "log gaussian"), d, "score ~ x", c("Intercept", "x"), "gaussian", "log", gaussian("log"), start = c(1.5, 0.1))
  link_case(paste(d, "polynomial"), d, "y ~ poly(age, 2) + x", c("Intercept", "poly(age, 2)[1]", "poly(age, 2)[2]", "x"))
  link_case(paste(d, "square"), d, "y ~ x + I(x**2)", c("Intercept", "x", "I(x ** 2)"))
  link_case(paste(d, "no intercept"), d, "y ~ 0 + away + x", c("away[both]", "away[father]", "away[none]", "x"))
  link_case(paste(d, "log outcome"), d, "log(base) ~ x + exp(share)", c("Intercept", "x", "exp(share)"), where = "regional == 1")
  design <- build(d)
  m <- svymean(~y + x + share, design)
  for (expression in c("(y - x) / exp(share)", "log(y) - sqrt(share)", "y ** 2 / (1 + share)")) {
    k <- svycontrast(m, eval(parse(text = paste0("quote(", gsub("**", "^", expression, fixed = TRUE), ")"))))
    add(paste(d, expression), "contrast", d, list(y = I(c("y", "x", "share")), expression = expression),
        expected(expression, coef(k), vcov(k), degf(design), count_rows(design), count_psus(design)))
  }
}
finish("links")
