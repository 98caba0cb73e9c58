# Adjusted p-values: p.adjust, and the sharpened q of Anderson (2008) by his search in steps of 0.001: the largest level
# at which a hypothesis is still rejected by the two-stage procedure of Benjamini, Krieger and Yekutieli (2006).
source("oracle.R")

sharpened <- function(p) {
  m <- length(p); q <- rep(1, m)
  rejected <- function(level) { s <- sort(p); k <- which(s <= level * seq_len(m) / m); if (length(k)) max(k) else 0 }
  for (level in seq(1, 0.001, by = -0.001)) {
    first <- level / (1 + level)
    r1 <- rejected(first)
    r2 <- if (r1 == m) m else rejected(first * m / (m - r1))
    q[rank(p, ties.method = "max") <= r2] <- level
  }
  q
}

set.seed(20251)
sets <- list(one = 0.03, anderson_like = c(0.001, 0.008, 0.039, 0.041, 0.042, 0.060, 0.074, 0.205, 0.212, 0.216),
             ties = c(0.02, 0.02, 0.5, 0.5, 1), none = c(0.4, 0.7, 0.9), all = c(1e-9, 1e-4, 0.003, 0.004),
             uniform = runif(40), mixed = c(runif(20), runif(20)^6))
for (name in names(sets)) {
  p <- sets[[name]]
  add(name, "p_adjust", "none", list(p = I(p)), list(holm = I(p.adjust(p, "holm")), fdr = I(p.adjust(p, "BH")), sharpened_grid = I(sharpened(p))))
}
finish("adjust")
