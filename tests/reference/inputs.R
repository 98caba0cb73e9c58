# Writes every input file under inputs/. Run once; the files are committed.
# api*: California Department of Education, Academic Performance Index 2000 (public data); needed columns only.
# scd: Levy & Lemeshow ambulance example; nhanes: NHANES 2009-10, US National Center for Health
# Statistics (public).
# nhanes2f: NHANES II adult extract, US federal data; pass its csv as the first argument.
# awkward: simulated here, seed 20190411.
suppressMessages(library(survey))

put <- function(frame, name) {
  frame[] <- lapply(frame, function(x) if (is.double(x)) sprintf("%.17g", x) else as.character(x))
  frame[frame == "NA"] <- NA
  write.csv(frame, file.path("inputs", paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
}

data(api)
api_columns <- function(frame, extra) {
  frame <- frame[, c("stype", "sch.wide", "comp.imp", "awards", "dnum", "snum", "api00", "api99", "ell", "meals",
                     "mobility", "full", "emer", "enroll", "api.stu", "growth", "target", "avg.ed", extra)]
  frame$high <- as.integer(frame$api00 > 700)
  frame$ell_share <- frame$ell / 100
  names(frame) <- gsub(".", "_", names(frame), fixed = TRUE)
  frame
}
put(api_columns(apisrs, c("pw", "fpc")), "apisrs")
put(api_columns(apistrat, c("pw", "fpc")), "apistrat")
put(api_columns(apiclus1, c("pw", "fpc")), "apiclus1")
put(api_columns(apiclus2, c("pw", "fpc1", "fpc2")), "apiclus2")

margin <- function(...) {
  counts <- as.data.frame(table(...), stringsAsFactors = FALSE)
  counts[counts$Freq > 0, ]
}
apipop$sch_wide <- apipop$sch.wide
apipop$comp_imp <- apipop$comp.imp
population <- rbind(
  data.frame(variable = "stype", level = levels(apipop$stype), total = as.numeric(table(apipop$stype))),
  data.frame(variable = "sch_wide", level = c("No", "Yes"), total = as.numeric(table(apipop$sch_wide)[c("No", "Yes")])),
  data.frame(variable = "comp_imp", level = c("No", "Yes"), total = as.numeric(table(apipop$comp_imp)[c("No", "Yes")])),
  data.frame(variable = "Intercept", level = "", total = nrow(apipop)),
  data.frame(variable = "api99", level = "", total = sum(apipop$api99)),
  data.frame(variable = "meals", level = "", total = sum(apipop$meals)))
put(population, "apipop_margins")
cells <- margin(stype = apipop$stype, sch_wide = apipop$sch_wide)
names(cells)[3] <- "total"
put(cells, "apipop_cells")

data(scd)
put(scd, "scd")

data(nhanes)
nhanes <- nhanes[, c("SDMVPSU", "SDMVSTRA", "WTMEC2YR", "HI_CHOL", "race", "agecat", "RIAGENDR")]
nhanes$agecat <- gsub(",", "-", gsub("[](\\[]", "", as.character(nhanes$agecat)), fixed = TRUE)
put(nhanes, "nhanes")

argument <- commandArgs(trailingOnly = TRUE)
if (length(argument)) put(read.csv(argument[1]), "nhanes2f")

# The awkward sample: 9 strata, PSU and household ids that start again in each stratum, rows in random order.
set.seed(20190411)
psus <- c(5, 4, 3, 2, 6, 2, 4, 1, 1)
rows <- list()
for (h in seq_along(psus)) for (j in seq_len(psus[h])) {
  u <- rnorm(1, sd = 0.6)
  households <- if (h == 9) 4 else sample(5:13, 1)
  for (k in seq_len(households)) for (m in seq_len(sample(1:4, 1, prob = c(0.4, 0.3, 0.2, 0.1)))) {
    x <- rnorm(1) + 0.3 * u
    rows[[length(rows) + 1]] <- data.frame(
      stratum = h, psu = j, hh = k, households = households, effect = u, x = x,
      sex = sample(c("girl", "boy"), 1), away = sample(c("none", "father", "both"), 1, prob = c(0.6, 0.3, 0.1)),
      age = sample(11:17, 1))
  }
}
awkward <- do.call(rbind, rows)
n <- nrow(awkward)
awkward$y <- 10 + 2 * awkward$x + 1.5 * (awkward$away == "both") + awkward$effect + rnorm(n)
awkward$score <- round(pmax(0, awkward$y / 2 + rnorm(n)))
awkward$absent <- rpois(n, exp(0.2 + 0.3 * awkward$x + 0.2 * awkward$effect))
awkward$anxious <- rbinom(n, 1, plogis(-0.4 + 0.8 * awkward$x + 0.3 * (awkward$away != "none") + awkward$effect))
awkward$rare <- rbinom(n, 1, 0.012)
awkward$extreme <- rbinom(n, 1, plogis(-5 + 4.5 * awkward$x))
awkward$share <- plogis(awkward$x + rnorm(n, sd = 0.5))
awkward$base <- exp(rnorm(n, mean = 4, sd = 0.5)) * ifelse(awkward$stratum %% 2 == 0, 3, 1)
awkward$base_zero <- ifelse(runif(n) < 0.06, 0, awkward$base)
# one whole PSU without weight: it still counts among the PSUs of its stratum, not in the df
awkward$base_zero[awkward$stratum == 5 & awkward$psu == 6] <- 0
awkward$fpc1 <- c(40, 25, 30, 2, 50, 20, 16, 1, 12)[awkward$stratum]
awkward$fpc2 <- awkward$households * 3 + (awkward$psu %% 3)
awkward$fpc2[awkward$stratum == 4] <- awkward$households[awkward$stratum == 4]
# merged: the lonely strata 8 and 9 are one, with PSU ids of their own
awkward$merged <- pmin(awkward$stratum, 8)
awkward$psu_merged <- ifelse(awkward$stratum == 9, 2, awkward$psu)
awkward$fpc1_merged <- ifelse(awkward$merged == 8, 13, awkward$fpc1)
# regional: no member in strata 2 and 6 at all, none in one PSU of stratum 1
awkward$regional <- as.integer(!(awkward$stratum %in% c(2, 6)) & !(awkward$stratum == 1 & awkward$psu == 3) &
                                 awkward$x > -0.5)
awkward$responded <- rbinom(n, 1, plogis(1.2 + 0.5 * awkward$x - 0.6 * (awkward$sex == "boy")))
awkward$region <- ifelse(awkward$stratum <= 3, "east", ifelse(awkward$stratum <= 6, "north", "west"))
awkward$x_gap <- awkward$x
awkward$x_gap[sample(n, 40)] <- NA
awkward$y_gap <- awkward$y
awkward$y_gap[sample(n, 90)] <- NA
awkward$away_gap <- awkward$away
awkward$away_gap[sample(n, 50)] <- NA
awkward$effect <- NULL
awkward$households <- NULL
awkward <- awkward[sample(n), ]
put(awkward, "awkward")
