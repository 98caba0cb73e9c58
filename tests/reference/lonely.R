# One-PSU strata under each rule; with an fpc, stratum 8 (one of one) is a certainty stratum under every rule.
source("oracle.R")
source("steps.R")

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
  # After a step that ties rows together the influence of a domain reaches one-PSU strata outside it: they count too.
  totals <- data.frame(sex = c("boy", "girl"), Freq = c(33000, 32000))
  weighted <- postStratify(design, ~sex, totals)
  for (where in c("regional == 1", "stratum <= 5")) {
    s <- keep(weighted, where)
    m <- svymean(~y, s)
    add(paste(d, "cells, mean domain", where), "mean", d, list(y = "y"), expected("y", coef(m), vcov(m), degf(s), count_rows(s), count_psus(s)),
        where, steps = list(cells_step(totals)))
  }
}
finish("lonely")
