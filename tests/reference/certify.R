# What `migration-effects certify` compares beyond the published figures: a stratum with one PSU under each rule, a
# domain that leaves a PSU empty, weights of 0. Data: 17 made-up rows. Writes the answers into the package.
suppressMessages(library(survey))
home <- "../../src/migration_effects/certification/data/"
rows <- read.csv(paste0(home, "awkward_sample.csv"))
answers <- NULL
add <- function(case, m, df) {
  answers <<- rbind(answers, data.frame(case = case, estimate = coef(m), std_error = as.numeric(SE(m)), df = df))
}
for (rule in c("certainty", "adjust", "average")) {
  options(survey.lonely.psu = rule)
  design <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = rows)
  add(rule, svymean(~y, design), degf(design))
}
options(survey.lonely.psu = "fail")
several <- subset(svydesign(~psu, strata = ~stratum, weights = ~weight, data = rows[rows$stratum != 3, ]), inside == 1)
add("empty_psu", svymean(~y, several), degf(several))
zero <- svydesign(~psu, strata = ~stratum, weights = ~weight_zero, data = rows[rows$stratum != 3, ])
add("zero_weights", svymean(~y, zero), degf(zero))
answers[-1] <- lapply(answers[-1], function(x) trimws(formatC(x, digits = 17, format = "g")))
write.csv(answers, paste0(home, "survey_answers.csv"), row.names = FALSE, quote = FALSE, eol = "\n")
