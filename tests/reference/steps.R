# Sourced by weighting.R and chains.R: descriptions of weighting steps that R and the tests both read.
step <- function(verb, ...) list(verb = verb, arguments = list(...))

# totals: a data frame whose last column is the population count
cells_step <- function(totals) {
  columns <- head(names(totals), -1)
  step("poststratify", columns = I(columns), levels = lapply(seq_len(nrow(totals)), function(i) I(unname(unlist(lapply(totals[i, columns, drop = FALSE], as.character))))),
       totals = I(as.numeric(totals[[ncol(totals)]])))
}
margins_step <- function(margins) step("rake", margins = lapply(margins, as.list))
calibrate_step <- function(totals, distance, bounds = NULL)
  do.call(step, c(list("calibrate", totals = as.list(totals), distance = distance), if (!is.null(bounds)) list(bounds = I(bounds))))

weights_case <- function(id, design, steps, weights, tolerance = "iterative", where = NULL)
  add(paste(id, "weights"), "weights", design, setNames(list(), character()), list(weights = I(as.numeric(weights))), where = where,
      tolerance = tolerance, steps = steps)

# The same six analyses after every step; d is the finished R design.
after <- function(id, design, d, steps, y, z, group, formula, keys, where, tolerance = "iterative", ratio = TRUE) {
  put <- function(name, verb, arguments, estimate, V, sub, key, condition = NULL, df = degf(sub))
    add(paste(id, name), verb, design, arguments, expected(key, estimate, V, df, count_rows(sub), count_psus(sub)),
        where = condition, tolerance = tolerance, steps = steps)
  m <- svymean(formula_of(y), d); put("mean", "mean", list(y = y), coef(m), vcov(m), d, y)
  m <- svytotal(formula_of(y), d); put("total", "total", list(y = y), coef(m), vcov(m), d, y)
  r <- svyratio(formula_of(y), formula_of(z), d)
  put("ratio", "ratio", list(numerator = y, denominator = z), coef(r), vcov(r), d, paste0(y, "/", z))
  s <- keep(d, where)
  m <- svymean(formula_of(y), s); put("mean domain", "mean", list(y = y), coef(m), vcov(m), s, y, where)
  m <- svytotal(formula_of(z), s); put("total domain", "total", list(y = z), coef(m), vcov(m), s, z, where)
  # svyby(covmat = TRUE) of survey 4.1 fails on calibrated designs: the same influence columns by hand, each checked.
  levels <- sort(unique(d$variables[[group]]))
  subs <- lapply(levels, function(l) d[d$variables[[group]] == l, ])
  b <- lapply(subs, function(s) svymean(formula_of(y), s))
  u <- sapply(seq_along(levels), function(i) {
    w <- weights(d) * (d$variables[[group]] == levels[i])
    w * (d$variables[[y]] - as.numeric(coef(b[[i]]))) / sum(w)
  })
  V <- svyrecvar(u, d$cluster, d$strata, d$fpc, d$postStrata)
  stopifnot(all.equal(unname(diag(V)), sapply(b, function(m) as.numeric(vcov(m))), tolerance = 1e-9))
  add(paste(id, "mean by"), "mean", design, list(y = y, by = group),
      expected(paste0(y, "[", levels, "]"), sapply(b, coef), V, sapply(subs, degf), sapply(subs, count_rows), sapply(subs, count_psus)),
      tolerance = tolerance, steps = steps)
  g <- svyglm(as.formula(formula), d, control = glm.control(epsilon = 1e-14))
  put("regression", "regress", list(formula = formula), coef(g), vcov(g), d, keys, df = g$df.residual)
}
