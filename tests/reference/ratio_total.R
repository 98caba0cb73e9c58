# Totals and ratios, whole sample and by groups, with gaps in numerator or denominator.
source("oracle.R")

total_by <- function(id, design, y, by = NULL) {
  d <- build(design)
  d <- d[!is.na(d$variables[[y]]), ]
  if (is.null(by)) {
    m <- svytotal(formula_of(y), d)
    result <- expected(y, coef(m), vcov(m), degf(d), count_rows(d), count_psus(d))
  } else {
    d <- d[!is.na(d$variables[[by]]), ]
    m <- svyby(formula_of(y), formula_of(by), d, svytotal, covmat = TRUE)
    levels <- as.character(m[[by]])
    subs <- lapply(levels, function(l) d[as.character(d$variables[[by]]) == l, ])
    result <- expected(paste0(y, "[", levels, "]"), coef(m), vcov(m), sapply(subs, degf), sapply(subs, count_rows),
                       sapply(subs, count_psus))
  }
  if (specs[[design]]$weights == "base_zero") result$n <- NULL
  add(id, "total", design, c(list(y = y), if (!is.null(by)) list(by = by)), result)
}
ratio_by <- function(id, design, top, bottom, by = NULL, where = NULL) {
  d <- keep(build(design), where)
  d <- d[!is.na(d$variables[[top]]) & !is.na(d$variables[[bottom]]), ]
  key <- paste0(top, "/", bottom)
  if (is.null(by)) {
    m <- svyratio(formula_of(top), formula_of(bottom), d)
    result <- expected(key, coef(m), vcov(m), degf(d), count_rows(d), count_psus(d))
  } else {
    d <- d[!is.na(d$variables[[by]]), ]
    m <- svyby(formula_of(top), formula_of(by), d, svyratio, denominator = formula_of(bottom), covmat = TRUE)
    levels <- as.character(m[[by]])
    subs <- lapply(levels, function(l) d[as.character(d$variables[[by]]) == l, ])
    result <- expected(paste0(key, "[", levels, "]"), m[[2]], vcov(m), sapply(subs, degf), sapply(subs, count_rows),
                       sapply(subs, count_psus))
  }
  add(id, "ratio", design, c(list(numerator = top, denominator = bottom), if (!is.null(by)) list(by = by)), result, where)
}

for (d in c("api_strat", "api_equal", "api_clus1", "api_clus2", "api_clus2_infinite")) {
  total_by(paste(d, "total"), d, "enroll")
  total_by(paste(d, "total by"), d, "enroll", "stype")
  ratio_by(paste(d, "ratio"), d, "api_stu", "enroll")
  ratio_by(paste(d, "ratio by"), d, "api_stu", "enroll", "stype")
  ratio_by(paste(d, "ratio domain"), d, "api_stu", "enroll", where = "meals > 40")
}
for (d in c("awkward", "awkward_two_stage", "awkward_zero", "awkward_rows")) {
  total_by(paste(d, "total"), d, "y_gap")
  total_by(paste(d, "total by"), d, "score", "away_gap")
  if (d == "awkward_zero") next
  ratio_by(paste(d, "ratio"), d, "y_gap", "score")
  ratio_by(paste(d, "ratio by"), d, "y_gap", "x_gap", "region")
  ratio_by(paste(d, "ratio domain"), d, "absent", "y_gap", where = "regional == 1")
}
finish("ratio_total")
