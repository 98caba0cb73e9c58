# One-PSU strata under each rule; with an fpc, stratum 8 (one of one) is a certainty stratum under every rule.
source("oracle.R")

for (d in grep("^lonely", names(specs), value = TRUE)) {
  design <- build(d)
  one <- function(id, verb, arguments, y, where = NULL, f) {
    s <- keep(design, where)
    s <- s[!is.na(s$variables[[y]]), ]
    m <- f(formula_of(y), s)
    add(paste(d, id), verb, d, arguments, expected(y, coef(m), vcov(m), degf(s), count_rows(s), count_psus(s)), where)
  }
  one("mean", "mean", list(y = "y"), "y", f = svymean)
  one("mean gap", "mean", list(y = "y_gap"), "y_gap", f = svymean)
  one("mean domain", "mean", list(y = "y"), "y", "regional == 1", svymean)
  one("mean domain of two strata", "mean", list(y = "y"), "y", "stratum >= 7", svymean)
  one("total", "total", list(y = "score"), "score", f = svytotal)
  one("total domain", "total", list(y = "score"), "score", "age >= 14 & regional == 1", svytotal)
  r <- svyratio(~y, ~score, design)
  add(paste(d, "ratio"), "ratio", d, list(numerator = "y", denominator = "score"),
      expected("y/score", coef(r), vcov(r), degf(design), count_rows(design), count_psus(design)))
  g <- svyglm(y ~ x + sex, design)
  add(paste(d, "regression"), "regress", d, list(formula = "y ~ x + sex"),
      expected(c("Intercept", "x", "sex[T.girl]"), coef(g), vcov(g), g$df.residual, count_rows(design), count_psus(design)))
}
finish("lonely")
