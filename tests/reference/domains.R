# Domains: rows outside count for nothing but their PSUs stay in the variance; df from PSUs and strata in use.
source("oracle.R")

means <- function(id, design, y, where) {
  d <- keep(build(design), where)
  m <- svymean(formula_of(y), d, na.rm = TRUE)
  sub <- d[!is.na(d$variables[[y]]), ]
  add(id, "mean", design, list(y = y), expected(y, coef(m), vcov(m), degf(sub), count_rows(sub), count_psus(sub)), where)
}
totals <- function(id, design, y, where) {
  d <- keep(build(design), where)
  m <- svytotal(formula_of(y), d, na.rm = TRUE)
  sub <- d[!is.na(d$variables[[y]]), ]
  add(id, "total", design, list(y = y), expected(y, coef(m), vcov(m), degf(sub), count_rows(sub), count_psus(sub)), where)
}

wheres <- list(api = c("meals > 50", "stype == 'H'", "api99 > 700 & stype != 'E'"),
               awkward = c("regional == 1", "sex == 'girl' & age >= 14", "y_gap > 11", "stratum == 5",
                           "stratum == 5 & psu == 2"))
for (d in c("api_strat", "api_clus1", "api_clus2", "api_weights_only")) for (w in wheres$api) {
  means(paste(d, "mean", w), d, "api00", w)
  totals(paste(d, "total", w), d, "enroll", paste(w, "& enroll > 0"))
}
for (d in c("awkward", "awkward_fpc", "awkward_two_stage", "awkward_zero", "awkward_rows")) for (w in wheres$awkward) {
  if (w == "stratum == 5 & psu == 2" && d != "awkward_rows") next # df 0: tested in the law tests
  means(paste(d, "mean", w), d, "y_gap", w)
  totals(paste(d, "total", w), d, "score", w)
}
for (i in names(cases)) if (cases[[i]]$design == "awkward_zero") cases[[i]]$expected$n <- NULL
finish("domains")
