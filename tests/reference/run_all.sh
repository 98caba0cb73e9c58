#!/bin/sh
# Recomputes every expected value with R. Needs R and the packages of versions.txt; the test run does not.
# inputs.R is run apart: Rscript inputs.R path/to/nhanes2.csv
set -e
cd "$(dirname "$0")"
for script in design_mean domains lonely proportion quantile crosstab ratio_total ttest_cor glm weighting replicates chains ordered term_tests iv adjust pool mixed marginal certify stages links; do
  Rscript --vanilla "$script.R"
done
Rscript --vanilla -e 'used <- c("survey", "jsonlite", "mice", "mitools", "lme4", "nlme", "estimatr"); cat(R.version.string, paste(used, sapply(used, function(p) as.character(packageVersion(p)))), basename(La_library()), file = "versions.txt", sep = "\n")'
