# Post-stratification, raking, calibration, trimming: weights and the variance that knows the step.
# Raking is calibrate(calfun = "raking") on the margins. R's rake() gives the same weights; its variance removes
# unweighted margin means: equal to calibrate's on equal weights, apart on unequal ones (see "rake_difference").
source("oracle.R")
source("steps.R")

margins <- read_input("apipop_margins")
total_of <- function(variable) { m <- margins[margins$variable == variable, ]; setNames(m$total, m$level) }
N <- margins$total[margins$variable == "Intercept"]
api99_total <- margins$total[margins$variable == "api99"]
stype <- total_of("stype"); wide <- total_of("sch_wide")
cells <- read_input("apipop_cells")
api_after <- function(id, design, d, steps, ...)
  after(id, design, d, steps, "api00", "api_stu", "comp_imp", "api00 ~ ell + meals", c("Intercept", "ell", "meals"), "meals > 40", ...)

for (design in c("api_strat", "api_clus1", "api_clus2", "api_weights_only")) {
  base <- build(design)
  run <- function(id, d, steps, tolerance = "iterative") {
    weights_case(paste(design, id), design, steps, weights(d), tolerance)
    api_after(paste(design, id), design, d, steps, tolerance = tolerance)
  }
  p <- data.frame(stype = names(stype), Freq = stype)
  run("poststratify", postStratify(base, ~stype, p), list(cells_step(p)), "closed")
  p2 <- setNames(cells, c("stype", "sch_wide", "Freq"))
  have <- unique(paste(base$variables$stype, base$variables$sch_wide))
  if (all(paste(p2$stype, p2$sch_wide) %in% have))
    run("poststratify two", postStratify(base, ~stype + sch_wide, p2), list(cells_step(p2)), "closed")
  raked <- calibrate(base, ~stype + sch_wide, c(`(Intercept)` = N, stypeH = stype[["H"]], stypeM = stype[["M"]], sch_wideYes = wide[["Yes"]]),
                     calfun = "raking", epsilon = 1e-14, maxit = 200)
  run("rake", raked, list(margins_step(list(stype = stype, sch_wide = wide))))
  other <- rake(base, list(~stype, ~sch_wide), list(data.frame(stype = names(stype), Freq = stype), data.frame(sch_wide = names(wide), Freq = wide)),
                control = list(maxit = 500, epsilon = 1e-9))
  stopifnot(all.equal(as.numeric(weights(other)), as.numeric(weights(raked)), tolerance = 1e-8))
  add(paste(design, "rake difference"), "rake_difference", design, list(y = "api00"),
      list(calibrate = as.numeric(SE(svymean(~api00, raked))), rake = as.numeric(SE(svymean(~api00, other))),
           equal_weights = diff(range(weights(base))) < 1e-9),
      steps = list(margins_step(list(stype = stype, sch_wide = wide))))
  run("calibrate linear", calibrate(base, ~api99, c(N, api99_total)), list(calibrate_step(c(Intercept = N, api99 = api99_total), "linear")))
  mixed <- c("stype[E]" = stype[["E"]], "stype[H]" = stype[["H"]], "stype[M]" = stype[["M"]], api99 = api99_total)
  mixed_r <- setNames(mixed, c("stypeE", "stypeH", "stypeM", "api99"))
  run("calibrate linear mixed", calibrate(base, ~stype + api99 - 1, mixed_r), list(calibrate_step(mixed, "linear")))
  run("calibrate raking", calibrate(base, ~stype + api99 - 1, mixed_r, calfun = "raking", epsilon = 1e-14, maxit = 200),
      list(calibrate_step(mixed, "raking")))
  limits <- switch(design, api_strat = c(0.85, 1.2), api_clus1 = c(0.6, 2.5), api_clus2 = c(0.2, 3), api_weights_only = c(0.85, 1.2))
  run("calibrate logit", calibrate(base, ~stype + api99 - 1, mixed_r, calfun = "logit", bounds = limits, epsilon = 1e-14, maxit = 200),
      list(calibrate_step(mixed, "logit", limits)))
  free <- weights(calibrate(base, ~stype + api99 - 1, mixed_r)) / weights(base)
  inner <- if (design == "api_clus2") c(0.87, 1.4) else c(quantile(free, 0.02), quantile(free, 0.98)) * c(1.0001, 0.9999)
  bounded <- tryCatch(calibrate(base, ~stype + api99 - 1, mixed_r, calfun = "linear", bounds = inner, epsilon = 1e-12, maxit = 200),
                      error = function(e) NULL)
  message(design, ": linear within ", paste(signif(inner, 4), collapse = " "), if (is.null(bounded)) " impossible" else
          paste(" at a bound:", sum(abs(weights(bounded) / weights(base) - inner[1]) < 1e-9 | abs(weights(bounded) / weights(base) - inner[2]) < 1e-9)))
  if (!is.null(bounded)) run("calibrate linear bounded", bounded, list(calibrate_step(mixed, "linear", unname(inner))))
}

# The awkward sample, whose domain analyses meet gaps and reused ids.
for (design in c("awkward", "awkward_fpc", "awkward_two_stage")) {
  base <- build(design)
  run <- function(id, d, steps, tolerance = "iterative") {
    weights_case(paste(design, id), design, steps, weights(d), tolerance)
    after(paste(design, id), design, d, steps, "y", "score", "away", "y ~ x + age", c("Intercept", "x", "age"), "regional == 1", tolerance = tolerance)
  }
  p <- data.frame(region = c("east", "north", "west"), Freq = c(26000, 24000, 15000))
  run("poststratify", postStratify(base, ~region, p), list(cells_step(p)), "closed")
  sex <- c(boy = 33000, girl = 32000); region <- setNames(p$Freq, p$region)
  raked <- calibrate(base, ~region + sex, c(65000, 24000, 15000, 32000), calfun = "raking", epsilon = 1e-14, maxit = 200)
  run("rake", raked, list(margins_step(list(region = region, sex = sex))))
  trimmed <- trimWeights(base, upper = 180, strict = TRUE)
  # Weights only: R's variance takes trimmed weights as given; chains.R derives the one that knows the excess.
  # With both limits R's recursion forgets which weights it has lifted and lifts them again; the law test says what
  # the library does there (a trimmed weight stays at its limit).
  weights_case(paste(design, "trim upper"), design, list(step("trim_weights", upper = 180)), weights(trimmed), "closed")
  scaled <- build(design)
  factor <- 1 + (scaled$variables$age - 11) / 3
  scaled$prob <- scaled$prob / factor
  run("scale", scaled, list(step("scale_weights", age_rule = TRUE)), "closed")
}
finish("weighting")
