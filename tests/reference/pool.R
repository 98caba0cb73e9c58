# Pooling: estimate and covariance as mitools::MIcombine, df and fraction missing as mice::pool.scalar with the df of the
# design (mitools leaves the factor 1 + 1/m out of the df). The copies are made by mice and written to inputs/.
source("oracle.R")
suppressMessages({library(mice); library(mitools)})
m <- 5
awkward <- read_input("awkward")
filled <- awkward[, c("x_gap", "y_gap", "away_gap", "sex", "age", "score")]
filled$away_gap <- factor(filled$away_gap); filled$sex <- factor(filled$sex)
imputed <- mice(filled, m = m, maxit = 5, seed = 4711, printFlag = FALSE)
copies <- lapply(seq_len(m), function(i) {
  done <- complete(imputed, i)
  out <- awkward
  for (v in c("x_gap", "y_gap", "away_gap")) out[[v]] <- if (v == "away_gap") as.character(done[[v]]) else done[[v]]
  out
})
gaps <- do.call(rbind, lapply(seq_len(m), function(i) do.call(rbind, lapply(c("x_gap", "y_gap", "away_gap"), function(v) {
  rows <- which(is.na(awkward[[v]]))
  data.frame(copy = i, row = rows, variable = v, value = if (v == "away_gap") copies[[i]][[v]][rows] else sprintf("%.17g", copies[[i]][[v]][rows]))
}))))
write.csv(gaps, "inputs/awkward_gaps.csv", row.names = FALSE, quote = FALSE)

pool_case <- function(id, design, verb, arguments, keys, fit, degrees) {
  fits <- lapply(copies, function(frame) fit(build(design, frame)))
  estimates <- lapply(fits, function(f) as.numeric(coef(f))); covariances <- lapply(fits, function(f) as.matrix(vcov(f)))
  combined <- MIcombine(estimates, covariances)
  scalar <- lapply(seq_along(keys), function(j) pool.scalar(sapply(estimates, `[`, j), sapply(covariances, function(v) v[j, j]), n = degrees(fits[[1]], build(design, copies[[1]])) + 1, k = 1))
  df <- sapply(scalar, `[[`, "df")
  result <- expected(keys, coef(combined), vcov(combined), df)
  result$fmi <- I(sapply(scalar, `[[`, "fmi")); result$riv <- I(sapply(scalar, `[[`, "r"))
  add(id, "pool", design, list(verb = verb, arguments = arguments), result, tolerance = "iterative")
}
residual_df <- function(f, d) f$df.residual
design_df <- function(f, d) degf(d)
for (design in c("awkward", "awkward_two_stage", "lonely_adjust")) {
  pool_case(paste(design, "mean"), design, "mean", list(y = "y_gap"), "y_gap", function(d) svymean(~y_gap, d), design_df)
  pool_case(paste(design, "linear"), design, "regress", list(formula = "y_gap ~ x_gap + away_gap + sex"),
            c("Intercept", "x_gap", "away_gap[T.father]", "away_gap[T.none]", "sex[T.girl]"),
            function(d) svyglm(y_gap ~ x_gap + away_gap + sex, d), residual_df)
  pool_case(paste(design, "logit"), design, "regress", list(formula = "anxious ~ x_gap + age", family = "binomial"),
            c("Intercept", "x_gap", "age"), function(d) svyglm(anxious ~ x_gap + age, d, family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 100)), residual_df)
}
finish("pool")
