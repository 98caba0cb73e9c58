# Sampling in three stages with strata of their own, sampling fractions in place of population sizes, weights that
# follow from them, and a stratum of which every unit was drawn. Writes inputs/stages.csv (simulated, seed 11).
source("oracle.R")
source("steps.R")

set.seed(11)
rows <- list()
for (h in 1:4) for (j in seq_len(c(3, 2, 4, 2)[h])) for (k in 1:4) for (m in 1:3)
  rows[[length(rows) + 1]] <- data.frame(h = h, j = j, half = ifelse(k <= 2, 1, 2), k = k, m = m)
stages <- do.call(rbind, rows)
stages$id1 <- stages$h * 10 + stages$j
stages$id2 <- stages$id1 * 10 + stages$k
stages$id3 <- stages$id2 * 10 + stages$m
stages$N1 <- c(10, 2, 9, 6)[stages$h]
stages$N2 <- c(5, 2, 7, 4)[stages$h]
stages$N3 <- c(3, 6, 9, 3)[stages$h]
stages$N12 <- 6
stages$f1 <- c(3, 2, 4, 2)[stages$h] / stages$N1
stages$x <- rnorm(nrow(stages))
stages$y <- rnorm(nrow(stages)) + stages$h + 0.3 * stages$j + 0.5 * stages$x
stages$inside <- rbinom(nrow(stages), 1, 0.5)
stages$w <- exp(rnorm(nrow(stages), 2, 0.4))
frame <- stages[sample(nrow(stages)), ]
frame[] <- lapply(frame, function(v) if (is.double(v)) sprintf("%.17g", v) else as.character(v))
write.csv(frame, file.path("inputs", "stages.csv"), row.names = FALSE, quote = FALSE)

for (d in c("stages_three", "stages_three_strata", "stages_fractions", "stages_unweighted")) {
  design <- build(d)
  part <- keep(design, "inside == 1")
  m <- svymean(~y, design); add(paste(d, "mean"), "mean", d, list(y = "y"), expected("y", coef(m), vcov(m), degf(design), count_rows(design), count_psus(design)))
  m <- svytotal(~y, design); add(paste(d, "total"), "total", d, list(y = "y"), expected("y", coef(m), vcov(m), degf(design)))
  m <- svytotal(~y, part); add(paste(d, "total domain"), "total", d, list(y = "y"), expected("y", coef(m), vcov(m), degf(part), count_rows(part), count_psus(part)), "inside == 1")
  m <- svyratio(~y, ~inside, design); add(paste(d, "ratio"), "ratio", d, list(numerator = "y", denominator = "inside"), expected("y/inside", coef(m), vcov(m), degf(design)))
  g <- svyglm(y ~ x + inside, design); add(paste(d, "linear"), "regress", d, list(formula = "y ~ x + inside"), expected(c("Intercept", "x", "inside"), coef(g), vcov(g), g$df.residual))
  cells <- data.frame(half = c("1", "2"), Freq = c(700, 800))
  p <- postStratify(design, ~half, cells)
  m <- svytotal(~y, p); add(paste(d, "cells total"), "total", d, list(y = "y"), expected("y", coef(m), vcov(m), degf(p)), steps = list(cells_step(cells)))
}
add("stages_unweighted weights", "weights", "stages_unweighted", setNames(list(), character()), list(weights = I(as.numeric(weights(build("stages_unweighted"))))), tolerance = "closed")
r <- as.svrepdesign(build("stages_one"), type = "JKn")
m <- svymean(~y, r)
add("stages_one jkn mean", "mean", "stages_one", list(y = "y"), expected("y", coef(m), vcov(m), degf(build("stages_one"))), steps = list(step("replicate", method = "jkn")))
finish("stages")
