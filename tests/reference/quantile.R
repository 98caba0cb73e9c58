# Quantiles with Woodruff intervals: qrule "math", interval.type "mean", df = degf of the rows in use.
# No joint covariance is compared: R gives none for quantiles.
source("oracle.R")

quantiles <- function(id, design, y, q, by = NULL, where = NULL) {
  d <- keep(build(design), where)
  d <- d[!is.na(d$variables[[y]]), ]
  if (!is.null(by)) d <- d[!is.na(d$variables[[by]]), ]
  groups <- if (is.null(by)) list(NULL) else sort(unique(d$variables[[by]]))
  keys <- c(); rows <- NULL; df <- c(); n <- c(); n_psu <- c()
  for (p in q) for (g in groups) {
    sub <- if (is.null(g)) d else d[d$variables[[by]] == g, ]
    r <- svyquantile(formula_of(y), sub, p, qrule = "math", interval.type = "mean")[[1]]
    rows <- rbind(rows, r)
    keys <- c(keys, if (is.null(g)) paste0(y, "[", p, "]") else paste0(y, "[", p, ", ", g, "]"))
    df <- c(df, degf(sub)); n <- c(n, count_rows(sub)); n_psu <- c(n_psu, count_psus(sub))
  }
  result <- expected(keys, rows[, "quantile"], diag(rows[, "se"]^2, nrow(rows)), df, n, n_psu, rows[, "ci.2.5"], rows[, "ci.97.5"])
  result$std_error <- I(as.numeric(rows[, "se"]))
  result$vcov <- NULL
  add(id, "quantile", design, c(list(y = y, q = if (length(q) == 1) q else I(q)), if (!is.null(by)) list(by = by)), result, where)
}

for (d in c("api_strat", "api_clus1", "api_clus2", "api_equal", "api_weights_only")) {
  quantiles(paste(d, "median"), d, "api00", 0.5)
  quantiles(paste(d, "quartiles"), d, "enroll", c(0.25, 0.5, 0.75))
  quantiles(paste(d, "median by"), d, "api00", 0.5, by = "stype")
  quantiles(paste(d, "domain"), d, "api00", 0.75, where = "meals > 40")
}
for (d in c("awkward", "awkward_fpc", "awkward_two_stage")) {
  quantiles(paste(d, "continuous with gaps"), d, "y_gap", c(0.1, 0.5, 0.9))
  quantiles(paste(d, "ties"), d, "score", c(0.25, 0.5))
  quantiles(paste(d, "by"), d, "y_gap", 0.5, by = "region")
  quantiles(paste(d, "domain"), d, "score", 0.5, where = "regional == 1")
}
quantiles("nhanes2f zinc", "nhanes2f", "zinc", c(0.1, 0.5))
finish("quantile")
