# Design-based t test (df as svyttest: design df - 1) and Pearson correlation.
# Correlation: ratio of svyvar's (co)variances, covariance by the delta method on svyvar's own covariance matrix.
source("oracle.R")

t_test <- function(id, design, y, by, where = NULL) {
  d <- keep(build(design), where)
  d <- d[!is.na(d$variables[[y]]) & !is.na(d$variables[[by]]), ]
  d$variables$y__ <- d$variables[[y]]
  d$variables$g__ <- factor(d$variables[[by]])
  r <- svyttest(y__ ~ g__, d)
  add(id, "t_test", design, list(y = y, by = by),
      list(estimate = as.numeric(r$estimate), statistic = as.numeric(r$statistic), df = as.numeric(r$parameter),
           std_error = as.numeric(r$estimate / r$statistic), p_value = as.numeric(r$p.value),
           conf_low = as.numeric(r$conf.int[1]), conf_high = as.numeric(r$conf.int[2]), n = count_rows(d)), where)
}
correlate <- function(id, design, x, y, where = NULL) {
  d <- keep(build(design), where)
  d <- d[!is.na(d$variables[[x]]) & !is.na(d$variables[[y]]), ]
  v <- svyvar(reformulate(c(x, y)), d)
  V <- as.matrix(v)[1:2, 1:2]
  covariance <- attr(v, "var")  # of the four stacked entries
  r <- V[1, 2] / sqrt(V[1, 1] * V[2, 2])
  gradient <- c(-r / (2 * V[1, 1]), 1 / (2 * sqrt(V[1, 1] * V[2, 2])), 1 / (2 * sqrt(V[1, 1] * V[2, 2])), -r / (2 * V[2, 2]))
  se <- sqrt(drop(gradient %*% covariance %*% gradient))
  # Check against own linearisation.
  w <- 1 / d$prob; a <- d$variables[[x]]; b <- d$variables[[y]]
  za <- a - weighted.mean(a, w); zb <- b - weighted.mean(b, w)
  za <- za / sqrt(weighted.mean(za^2, w)); zb <- zb / sqrt(weighted.mean(zb^2, w))
  u <- w * (za * zb - r / 2 * (za^2 + zb^2)) / sum(w)
  own <- sqrt(svyrecvar(u, d$cluster, d$strata, d$fpc, d$postStrata))
  stopifnot(all.equal(as.numeric(own), se, tolerance = 1e-9))
  q <- qt(0.975, degf(d))
  add(id, "correlation", design, list(x = x, y = y),
      list(estimate = r, std_error = se, df = degf(d), conf_low = r - q * se, conf_high = r + q * se, n = count_rows(d)), where)
}

for (d in c("api_strat", "api_clus1", "api_clus2", "api_equal", "api_weights_only")) {
  t_test(paste(d, "t"), d, "api00", "comp_imp")
  t_test(paste(d, "t domain"), d, "enroll", "sch_wide", "stype == 'E'")
  correlate(paste(d, "cor"), d, "api00", "ell")
  correlate(paste(d, "cor domain"), d, "api00", "meals", "stype != 'H'")
}
for (d in c("awkward", "awkward_fpc", "awkward_two_stage", "lonely_adjust")) {
  t_test(paste(d, "t"), d, "y_gap", "sex")
  t_test(paste(d, "t domain"), d, "score", "sex", "regional == 1")
  correlate(paste(d, "cor"), d, "y_gap", "x_gap")
  correlate(paste(d, "cor domain"), d, "y", "score", "regional == 1")
}
finish("ttest_cor")
