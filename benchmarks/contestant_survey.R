# R's survey package on the tasks: Rscript contestant_survey.R FOLDER
suppressPackageStartupMessages({library(survey); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
facts <- fromJSON(file.path(folder, "sample.json"))
column <- function(name) {
  kind <- facts$columns[[name]]
  readBin(file.path(folder, paste0(name, ".bin")), kind, facts$n, size = if (kind == "double") 8 else 4)
}
data <- as.data.frame(lapply(setNames(nm = names(facts$columns)), column))
for (name in c("domain", "group", "age")) data[[name]] <- factor(data[[name]])
design_of <- function() svydesign(~psu, strata = ~stratum, weights = ~weight, data = data, nest = TRUE)
design <- design_of()
margin <- function(name) setNames(data.frame(levels(data[[name]]), facts$margins[[name]]), c(name, "Freq"))
control <- glm.control(epsilon = 1e-14, maxit = 50)
replicated <- function() as.svrepdesign(design, type = "subbootstrap", replicates = facts$replicates)
model <- y ~ group + x1 + x2 + x3 + x4 + x5
binary <- z ~ group + x1 + x2 + x3 + x4 + x5
tasks <- list(
  design_mean = function() svymean(~y, design_of()),
  mean = function() svymean(~y, design),
  domains = function() svyby(~y, ~domain, design, svymean),
  linear = function() svyglm(model, design),
  logit = function() svyglm(binary, design, family = quasibinomial, control = control),
  rake = function() {
    margins <- lapply(c("domain", "group", "age"), margin)
    svymean(~y, rake(design, list(~domain, ~group, ~age), margins, control = list(epsilon = 1e-8, maxit = 50)))
  },
  bootstrap = function() svymean(~y, replicated()),
  replicate_logit = function() svyglm(binary, replicated(), family = quasibinomial)
)
peak <- function() {
  status <- readLines("/proc/self/status")
  as.numeric(gsub("[^0-9]", "", grep("^VmHWM", status, value = TRUE))) / 1024
}
input <- file("stdin", "r")
while (length(name <- readLines(input, n = 1)) > 0) {
  if (name == "peak") {
    answer <- list(megabytes = peak())
  } else {
    invisible(gc())
    set.seed(facts$seed)
    start <- proc.time()
    result <- tasks[[name]]()
    errors <- as.numeric(SE(result))
    spent <- proc.time() - start
    answer <- list(seconds = spent[["elapsed"]], processor = spent[["user.self"]] + spent[["sys.self"]],
                   estimate = as.numeric(coef(result)), std_error = errors)
    rm(result)
  }
  cat(toJSON(answer, auto_unbox = TRUE, digits = NA), "\n", sep = "")
  flush(stdout())
}
