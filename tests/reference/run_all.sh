#!/bin/sh
# Recomputes every expected value with R survey. Needs R, survey and jsonlite; the test run does not.
# inputs.R is run apart: Rscript inputs.R path/to/nhanes2.csv
set -e
cd "$(dirname "$0")"
for script in design_mean domains lonely proportion quantile crosstab ratio_total ttest_cor glm weighting replicates chains ordered term_tests iv adjust pool mixed marginal; do
  Rscript --vanilla "$script.R"
done
Rscript --vanilla -e 'suppressMessages({library(survey); library(jsonlite)}); s <- sessionInfo(); cat(s$R.version$version.string, paste("survey", packageVersion("survey")), paste("jsonlite", packageVersion("jsonlite")), basename(La_library()), file = "versions.txt", sep = "\n")'
