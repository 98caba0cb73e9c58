# Means: one, several jointly, by one and two variables; design effects; missing outcomes; the known answers.
source("oracle.R")

mean_of <- function(y, design, deff = FALSE) {
  parts <- lapply(y, function(v) {
    sub <- design[!is.na(design$variables[[v]]), ]
    list(sub = sub, m = svymean(formula_of(v), sub, deff = deff, influence = TRUE))
  })
  list(parts = parts, estimate = sapply(parts, function(p) coef(p$m)))
}

# Several variables keep each its own rows. Their joint covariance is that of the influence columns, zero elsewhere.
joint <- function(y, design, by = NULL) {
  influence <- list(); keys <- c(); estimate <- c(); df <- c(); n <- c(); n_psu <- c(); effect <- c(); replace <- c()
  levels <- if (is.null(by)) NULL else unique(design$variables[, by, drop = FALSE])
  if (!is.null(by)) levels <- levels[complete.cases(levels), , drop = FALSE]
  if (!is.null(by)) levels <- levels[do.call(order, unname(as.list(levels))), , drop = FALSE]
  for (v in y) for (i in seq_len(max(1, NROW(levels)))) {
    mask <- !is.na(design$variables[[v]]) & in_use(design)
    label <- v
    if (!is.null(by)) {
      for (b in by) mask <- mask & design$variables[[b]] %in% levels[i, b]
      label <- paste0(v, "[", paste(sapply(by, function(b) as.character(levels[i, b])), collapse = ", "), "]")
    }
    if (!any(mask)) next
    sub <- design[mask, ]
    m <- svymean(formula_of(v), sub)
    w <- ifelse(mask, 1 / design$prob, 0)
    values <- ifelse(mask, design$variables[[v]], 0)
    influence[[label]] <- w * (values - as.numeric(coef(m))) / sum(w)
    keys <- c(keys, label); estimate <- c(estimate, coef(m)); df <- c(df, degf(sub))
    n <- c(n, count_rows(sub)); n_psu <- c(n_psu, count_psus(sub))
    effect <- c(effect, deff(svymean(formula_of(v), sub, deff = TRUE)))
    replace <- c(replace, deff(svymean(formula_of(v), sub, deff = "replace")))
    # the same number from the influence and from svymean, or the script stops
    v0 <- survey::svyrecvar(influence[[label]], design$cluster, design$strata, design$fpc, design$postStrata)
    stopifnot(all.equal(as.numeric(v0), as.numeric(vcov(m)), tolerance = 1e-10))
  }
  V <- survey::svyrecvar(do.call(cbind, influence), design$cluster, design$strata, design$fpc, design$postStrata)
  expected(keys, estimate, V, df, n, n_psu, deff = I(effect), deff_replace = I(replace))
}

case <- function(id, design, y, by = NULL, where = NULL) {
  d <- keep(build(design), where)
  full <- build(design)
  if (!is.null(where)) {
    # keep all rows so that the influence has zeros outside the domain
    mask <- eval(parse(text = where), full$variables); mask[is.na(mask)] <- FALSE
    full$prob[!mask] <- Inf
    d <- full
  }
  result <- joint(y, d, by)
  if (specs[[design]]$weights == "base_zero") result$n <- NULL
  add(id, "mean", design, c(list(y = if (length(y) == 1) y else I(y)), if (!is.null(by)) list(by = if (length(by) == 1) by else I(by))),
      result, where)
}

for (d in c("api_strat", "api_strat_infinite", "api_equal", "api_weights_only", "api_clus1", "api_clus1_infinite",
            "api_clus2", "api_clus2_infinite")) {
  case(paste0(d, ":api00"), d, "api00")
  case(paste0(d, ":joint"), d, c("api00", "api99", "enroll"))
  case(paste0(d, ":by stype"), d, "api00", "stype")
  case(paste0(d, ":by two"), d, c("api00", "meals"), c("stype", "comp_imp"))
}
case("nhanes:cholesterol", "nhanes", "HI_CHOL")
case("nhanes:by race and sex", "nhanes", "HI_CHOL", c("race", "RIAGENDR"))
case("nhanes2f:zinc", "nhanes2f", "zinc")
case("nhanes2f:by region", "nhanes2f", c("zinc", "highbp"), "region")
for (d in c("awkward", "awkward_fpc", "awkward_two_stage", "awkward_rows", "awkward_zero")) {
  case(paste0(d, ":y"), d, "y")
  case(paste0(d, ":gaps"), d, c("y_gap", "x_gap", "score"))
  case(paste0(d, ":by"), d, c("y_gap", "anxious"), "away_gap")
  case(paste0(d, ":by two"), d, "score", c("sex", "away"))
}
stopifnot(abs(cases[["nhanes2f:zinc"]]$expected$std_error - 0.4944827) < 1e-7,
          abs(cases[["nhanes2f:zinc"]]$expected$conf_low - 87.18207 + 1.00851) < 1e-5)
finish("design_mean")
