# Proportions of every level, with logit, beta (Korn-Graubard) and Wald intervals.
# logit: svyciprop(method = "xlogit"), the closed form of what method = "logit" reaches by iteration (checked here).
# beta: n of the interval is the number of rows in use, as nrow() of an uncalibrated subset.
source("oracle.R")

proportions <- function(id, design, y, method, by = NULL, where = NULL, levels_y = NULL) {
  d <- keep(build(design), where)
  d <- d[!is.na(d$variables[[y]]), ]
  if (!is.null(by)) d <- d[!is.na(d$variables[[by]]), ]
  values <- if (is.null(levels_y)) sort(unique(d$variables[[y]])) else levels_y
  groups <- if (is.null(by)) list(NULL) else sort(unique(d$variables[[by]]))
  keys <- c(); est <- c(); low <- c(); high <- c(); df <- c(); n <- c(); n_psu <- c(); influence <- list()
  for (v in values) for (g in groups) {
    mask <- if (is.null(g)) rep(TRUE, nrow(d)) else d$variables[[by]] == g
    sub <- d[mask, ]
    sub$variables$hit__ <- as.numeric(sub$variables[[y]] == v)
    r <- svyciprop(~hit__, sub, method = c(logit = "xlogit", beta = "beta", wald = "mean")[[method]], df = degf(sub))
    ci <- attr(r, "ci")
    if (method == "logit" && r > 0.001 && r < 0.999)
      stopifnot(all.equal(as.numeric(ci), as.numeric(attr(svyciprop(~hit__, sub, method = "logit", df = degf(sub)), "ci")), tolerance = 1e-5))
    w <- ifelse(mask, 1 / d$prob, 0)
    influence[[length(influence) + 1]] <- w * ((d$variables[[y]] == v) - as.numeric(r)) / sum(w)
    keys <- c(keys, if (is.null(g)) paste0(y, "[", v, "]") else paste0(y, "[", v, ", ", g, "]"))
    est <- c(est, as.numeric(r)); low <- c(low, ci[1]); high <- c(high, ci[2])
    df <- c(df, degf(sub)); n <- c(n, count_rows(sub)); n_psu <- c(n_psu, count_psus(sub))
    V1 <- svyrecvar(influence[[length(influence)]], d$cluster, d$strata, d$fpc, d$postStrata)
    stopifnot(all.equal(as.numeric(V1), as.numeric(attr(r, "var")), tolerance = 1e-8))
  }
  V <- svyrecvar(do.call(cbind, influence), d$cluster, d$strata, d$fpc, d$postStrata)
  add(id, "proportion", design, c(list(y = y, method = method), if (!is.null(by)) list(by = by)),
      expected(keys, est, V, df, n, n_psu, low, high), where)
}

for (m in c("logit", "beta", "wald")) {
  for (d in c("api_strat", "api_clus1", "api_clus2", "api_weights_only", "api_equal")) {
    proportions(paste(d, m), d, "comp_imp", m)
    proportions(paste(d, m, "by"), d, "comp_imp", m, by = "stype")
    proportions(paste(d, m, "domain"), d, "stype", m, where = "meals > 40")
  }
  proportions(paste("nhanes", m), "nhanes", "race", m)
  proportions(paste("nhanes cholesterol", m), "nhanes", "RIAGENDR", m, by = "agecat")
  for (d in c("awkward", "awkward_fpc", "awkward_two_stage")) {
    proportions(paste(d, m, "away"), d, "away_gap", m)
    proportions(paste(d, m, "away by region"), d, "away_gap", m, by = "region")
    proportions(paste(d, m, "rare"), d, "rare", m)
    proportions(paste(d, m, "extreme domain"), d, "extreme", m, where = "regional == 1")
  }
}
finish("proportion")
