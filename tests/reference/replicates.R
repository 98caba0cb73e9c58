# Replication. (1) replicates the library makes itself, compared with as.svrepdesign; (2) replicate weights as a data
# producer delivers them, in inputs/paired.csv and inputs/scd_replicates.csv, which this script writes.
# Replicates are centred at their mean (R's default); df of a replicate-only design is the rank of its weights - 1.
# Replicates made from a full design keep that design's df, PSUs - strata in use. R takes the rank there too, which
# agrees for a whole sample but in a domain counts every stratum once more, and drops fully sampled strata.
source("oracle.R")
source("steps.R")
tight <- glm.control(epsilon = 1e-14, maxit = 200)

rep_case <- function(id, verb, design, arguments, key, estimate, V, d, where = NULL, tolerance = "closed", steps = NULL, df = degf(d), ...)
  add(id, verb, design, arguments, expected(key, estimate, V, df, count_rows(d), ...), where = where, tolerance = tolerance, steps = steps)

analyses <- function(id, design, r, steps, y, z, group, formula, keys, where, binary, base = r) {
  df_of <- function(rows = NULL) degf(keep(base, rows))
  m <- svytotal(formula_of(y), r); rep_case(paste(id, "total"), "total", design, list(y = y), y, coef(m), vcov(m), r, steps = steps, df = df_of())
  m <- svymean(formula_of(c(y, z)), r)
  rep_case(paste(id, "joint mean"), "mean", design, list(y = I(c(y, z))), c(y, z), coef(m), vcov(m), r, steps = steps, df = df_of())
  q <- svyratio(formula_of(y), formula_of(z), r)
  rep_case(paste(id, "ratio"), "ratio", design, list(numerator = y, denominator = z), paste0(y, "/", z), coef(q), vcov(q), r, steps = steps, df = df_of())
  s <- keep(r, where)
  m <- svymean(formula_of(y), s); rep_case(paste(id, "domain"), "mean", design, list(y = y), y, coef(m), vcov(m), s, where, steps = steps, df = df_of(where))
  b <- svyby(formula_of(y), formula_of(group), r, svymean, covmat = TRUE)
  df <- sapply(b[[group]], function(l) df_of(paste0(group, " == '", l, "'")))
  n <- sapply(b[[group]], function(l) count_rows(r[r$variables[[group]] == l, ]))
  add(paste(id, "by"), "mean", design, list(y = y, by = group), expected(paste0(y, "[", b[[group]], "]"), coef(b), vcov(b), df, n), steps = steps)
  f <- as.formula(formula)
  g <- svyglm(f, r, control = tight)
  rep_case(paste(id, "linear"), "regress", design, list(formula = formula), keys, coef(g), vcov(g), r, steps = steps, df = df_of() + 1 - length(coef(g)))
  f <- update(f, paste(binary, "~ ."))
  g <- svyglm(f, r, family = quasibinomial(), control = tight)
  rep_case(paste(id, "logit"), "regress", design, list(formula = paste(binary, "~", as.character(as.formula(formula))[3]), family = "binomial"), keys,
           coef(g), vcov(g), r, tolerance = "iterative", steps = steps, df = df_of() + 1 - length(coef(g)))
  p <- svyciprop(as.formula(paste("~", binary)), r, method = "xlogit", df = df_of())
  zero <- 1 - as.numeric(p)
  V <- as.numeric(attr(p, "var")) * matrix(c(1, -1, -1, 1), 2)
  ci <- as.numeric(attr(p, "ci"))
  rep_case(paste(id, "proportion"), "proportion", design, list(y = binary), paste0(binary, "[", 0:1, "]"), c(zero, as.numeric(p)), V, r, steps = steps, df = df_of(),
           low = c(1 - ci[2], ci[1]), high = c(1 - ci[1], ci[2]))
  x <- r$variables[[y]]; v <- r$variables[[z]]
  k <- withReplicates(r, function(w, data) cov.wt(data[, c(y, z)], wt = w / sum(w), cor = TRUE)$cor[1, 2])
  add(paste(id, "correlation"), "correlation", design, list(x = y, y = z),
      list(estimate = as.numeric(k), std_error = as.numeric(SE(k)), df = df_of(), n = count_rows(r),
           conf_low = as.numeric(k) - qt(0.975, df_of()) * as.numeric(SE(k)), conf_high = as.numeric(k) + qt(0.975, df_of()) * as.numeric(SE(k))), steps = steps)
}
make <- function(method, ...) step("replicate", method = method, ...)
api <- function(id, design, r, steps) analyses(id, design, r, steps, "api00", "api99", "comp_imp", "api00 ~ ell + meals",
  c("Intercept", "ell", "meals"), "meals > 40", "high", build(design))
awk <- function(id, design, r, steps) analyses(id, design, r, steps, "y", "score", "away", "y ~ x + age",
  c("Intercept", "x", "age"), "regional == 1", "anxious", if (is.null(specs[[design]])) r else build(design))

# (1) made here
api("jk1 infinite", "api_clus1_infinite", as.svrepdesign(build("api_clus1_infinite"), type = "JK1"), list(make("jk1")))
api("jk1 fpc", "api_clus1", as.svrepdesign(build("api_clus1"), type = "JK1"), list(make("jk1")))
api("jkn rows fpc", "api_strat", as.svrepdesign(build("api_strat"), type = "JKn"), list(make("jkn")))
awk("jkn", "awkward", as.svrepdesign(build("awkward"), type = "JKn"), list(make("jkn")))
awk("jkn fpc", "awkward_fpc", as.svrepdesign(build("awkward_fpc"), type = "JKn"), list(make("jkn")))

# Steps are run again on every replicate, whether they come before or after the replicates are made.
stype <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
ps <- postStratify(as.svrepdesign(build("api_clus1"), type = "JK1"), ~stype, stype)
api("jk1 then cells", "api_clus1", ps, list(make("jk1"), cells_step(stype)))
api("cells then jk1", "api_clus1", ps, list(cells_step(stype), make("jk1")))
region <- data.frame(region = c("east", "north", "west"), Freq = c(26000, 24000, 15000))
sex <- data.frame(sex = c("boy", "girl"), Freq = c(33000, 32000))
pa <- postStratify(as.svrepdesign(build("awkward"), type = "JKn"), ~region, region)
awk("cells then jkn", "awkward", pa, list(cells_step(region), make("jkn")))
ra <- rake(as.svrepdesign(build("awkward"), type = "JKn", compress = FALSE), list(~region, ~sex), list(region, sex), control = list(maxit = 1000, epsilon = 1e-13))
m <- svymean(~y, ra)
rep_case("rake then jkn mean", "mean", "awkward", list(y = "y"), "y", coef(m), vcov(m), ra, df = degf(build("awkward")), tolerance = "iterative",
         steps = list(margins_step(list(region = setNames(region$Freq, region$region), sex = setNames(sex$Freq, sex$sex))), make("jkn")))
ca <- calibrate(as.svrepdesign(build("awkward"), type = "JKn", compress = FALSE), ~x, c(65000, 4000), compress = FALSE)
m <- svymean(~y, ca)
rep_case("calibrate then jkn mean", "mean", "awkward", list(y = "y"), "y", coef(m), vcov(m), ca, df = degf(build("awkward")), tolerance = "iterative",
         steps = list(calibrate_step(c(Intercept = 65000, x = 4000), "linear"), make("jkn")))

# Balanced replicates: R's Hadamard matrix need not be ours, but every fully balanced set gives linear statistics the
# variance of linearisation. Means and the like are compared on delivered weights below.
two <- build("nhanes2f")
for (m in c("brr", "fay")) {
  r <- as.svrepdesign(two, type = if (m == "brr") "BRR" else "Fay", fay.rho = if (m == "brr") 0 else 0.3)
  t <- svytotal(~highbp, r)
  stopifnot(all.equal(as.numeric(SE(t)), as.numeric(SE(svytotal(~highbp, two))), tolerance = 1e-9))
  add(paste(m, "total"), "total", "nhanes2f", list(y = "highbp"),
      expected("highbp", coef(t), vcov(t), 31, count_rows(r)), steps = list(if (m == "brr") make("brr") else make("fay", fay_rho = 0.3)))
}

# (2) delivered
put <- function(frame, name) {
  frame[] <- lapply(frame, function(x) if (is.double(x)) sprintf("%.17g", x) else as.character(x))
  write.csv(frame, file.path("inputs", paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
}
full <- read_input("awkward")
paired <- full[full$psu_merged <= 2, c("merged", "psu_merged", "base", "x", "y", "score", "sex", "away", "age", "anxious", "regional")]
# strata renumbered so that each has two PSUs; base weights kept
d <- svydesign(ids = ~psu_merged, strata = ~merged, weights = ~base, data = paired, nest = TRUE)
stopifnot(all(tapply(paired$psu_merged, paired$merged, function(p) length(unique(p))) == 2))
set.seed(7)
sets <- list(brr = as.svrepdesign(d, type = "BRR"), fay = as.svrepdesign(d, type = "Fay", fay.rho = 0.3), jkn = as.svrepdesign(d, type = "JKn"),
             boot = as.svrepdesign(d, type = "subbootstrap", replicates = 24))
hadamard16 <- 2 * hadamard(15) - 1
stopifnot(nrow(hadamard16) >= 16)
psu <- as.integer(factor(paste(paired$merged, paired$psu_merged)))
R <- ncol(hadamard16)
sdr <- 1 + 2^-1.5 * (t(hadamard16)[, 1:16] [, psu] - t(hadamard16)[, c(2:16, 1)][, psu])
sets$sdr <- svrepdesign(data = paired, weights = ~base, repweights = t(sdr) * paired$base, type = "successive-difference", combined.weights = TRUE)
frame <- paired
delivered <- list()
for (s in names(sets)) {
  w <- unname(weights(sets[[s]], "analysis"))
  colnames(w) <- paste0(s, seq_len(ncol(w)))
  frame <- cbind(frame, w)
  delivered[[s]] <- list(data = "paired", weights = "base", replicate_weights = I(colnames(w)),
                         replicate_method = c(brr = "brr", fay = "fay", jkn = "jkn", boot = "bootstrap", sdr = "sdr")[[s]],
                         replicate_scale = I(as.numeric(sets[[s]]$scale * sets[[s]]$rscales * rep(1, ncol(w)))))
}
put(frame, "paired")
types <- c(brr = "BRR", fay = "Fay", jkn = "JKn", boot = "bootstrap", sdr = "successive-difference")
paired <- read_input("paired")
for (s in names(sets)) {
  columns <- grep(paste0("^", s, "[0-9]+$"), names(paired))
  scale <- delivered[[s]]$replicate_scale
  r <- svrepdesign(data = paired, weights = ~base, repweights = as.matrix(paired[, columns]), type = "other", combined.weights = TRUE,
                   scale = 1, rscales = as.numeric(scale), mse = FALSE)
  own <- svymean(~y, sets[[s]])
  stopifnot(all.equal(as.numeric(SE(own)), as.numeric(SE(svymean(~y, r))), tolerance = 1e-9))
  awk(paste("delivered", s), paste0("paired_", s), r, NULL)
  q <- svyquantile(~y, r, 0.5, interval.type = "mean", qrule = "math")[[1]]
  v <- expected("y[0.5]", q[, "quantile"], q[, 4]^2, degf(r), count_rows(r), low = q[, 2], high = q[, 3])
  v$vcov <- NULL
  add(paste("delivered", s, "median"), "quantile", paste0("paired_", s), list(y = "y"), v)
  test <- svychisq(~sex + away, r, statistic = "F")
  add(paste("delivered", s, "crosstab"), "crosstab", paste0("paired_", s), list(rows = "sex", columns = "away"),
      list(cells = list(), statistic = as.numeric(test$statistic), df1 = as.numeric(test$parameter["ndf"]), df2 = as.numeric(test$parameter["ddf"]),
           p_value = as.numeric(test$p.value)))
  region_totals <- data.frame(sex = c("boy", "girl"), Freq = c(9000, 8000))
  ps <- postStratify(r, ~sex, region_totals)
  m <- svymean(~y, ps)
  rep_case(paste("delivered", s, "then cells"), "mean", paste0("paired_", s), list(y = "y"), "y", coef(m), vcov(m), ps, steps = list(cells_step(region_totals)))
}
# The example of survey's help page: factors given, combined here with weight 1.
scd <- read_input("scd")
factors <- 2 * cbind(c(1, 0, 1, 0, 1, 0), c(1, 0, 0, 1, 0, 1), c(0, 1, 1, 0, 0, 1), c(0, 1, 0, 1, 1, 0))
scd$one <- 1
colnames(factors) <- paste0("rep", 1:4)
put(cbind(scd, factors), "scd_replicates")
r <- svrepdesign(data = scd, weights = ~one, repweights = factors, type = "BRR", combined.weights = TRUE)
delivered$scd <- list(data = "scd_replicates", weights = "one", replicate_weights = I(colnames(factors)), replicate_method = "brr")
q <- svyratio(~alive, ~arrests, r)
rep_case("scd ratio", "ratio", "scd_brr", list(numerator = "alive", denominator = "arrests"), "alive/arrests", coef(q), vcov(q), r)
t <- svytotal(~alive, r)
add("scd total", "total", "scd_brr", list(y = "alive"), expected("alive", coef(t), vcov(t), degf(r), 6))
names(delivered) <- ifelse(names(delivered) == "scd", "scd_brr", paste0("paired_", names(delivered)))
lines <- sapply(names(delivered), function(k) paste0(toJSON(k, auto_unbox = TRUE), ": ", toJSON(delivered[[k]], auto_unbox = TRUE, digits = I(17))))
writeLines(c("{", paste0(lines, c(rep(",", length(lines) - 1), "")), "}"), "designs_replicates.json")
finish("replicates")
