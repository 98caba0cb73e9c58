# Sourced by every script: builds the designs of designs.json and collects cases.
# A case is a call of the library (verb, design, arguments) with what R says the answer is.
# Intervals: R's default for svymean and relatives is the normal distribution; the library uses t with the design's
# df by choice, so every interval here is recomputed in R with df = degf of the rows in use.
suppressMessages({library(survey); library(jsonlite)})
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE, survey.ultimate.cluster = FALSE)

specs <- fromJSON("designs.json", simplifyVector = TRUE)
cases <- list()

read_input <- function(name) {
  frame <- read.csv(file.path("inputs", paste0(name, ".csv")), na.strings = "", stringsAsFactors = FALSE)
  frame
}

formula_of <- function(columns) if (is.null(columns)) NULL else reformulate(columns)

build <- function(id, frame = NULL) {
  spec <- specs[[id]]
  options(survey.lonely.psu = if (is.null(spec$lonely_psu)) "fail" else spec$lonely_psu)
  if (is.null(frame)) frame <- read_input(spec$data)
  svydesign(ids = if (is.null(spec$psu)) ~1 else formula_of(spec$psu), strata = formula_of(spec$strata),
            weights = formula_of(spec$weights), fpc = formula_of(spec$fpc), data = frame, nest = TRUE)
}

# The rows of a condition written so that R and pandas read it alike.
keep <- function(design, condition) {
  if (is.null(condition)) return(design)
  mask <- eval(parse(text = condition), design$variables)
  mask[is.na(mask)] <- FALSE
  design[mask, ]
}

in_use <- function(design) if (is.null(design$repweights)) is.finite(design$prob) & 1 / design$prob > 0 else
  weights(design, "sampling") > 0
count_rows <- function(design) sum(in_use(design))
count_psus <- function(design) if (is.null(design$cluster)) NA else length(unique(design$cluster[in_use(design), 1]))

expected <- function(keys, estimate, vcov, df, n = NULL, n_psu = NULL, low = NULL, high = NULL, ...) {
  vcov <- as.matrix(vcov)
  se <- sqrt(diag(vcov))
  df <- rep(df, length.out = length(keys))
  quantile <- suppressWarnings(qt(0.975, df))
  estimate <- as.numeric(estimate)
  out <- list(keys = I(as.character(keys)), estimate = I(estimate), std_error = I(as.numeric(se)), df = I(as.numeric(df)),
              conf_low = I(as.numeric(if (is.null(low)) estimate - quantile * se else low)),
              conf_high = I(as.numeric(if (is.null(high)) estimate + quantile * se else high)),
              vcov = unname(vcov))
  if (!is.null(n)) out$n <- I(as.numeric(rep(n, length.out = length(keys))))
  if (!is.null(n_psu)) out$n_psu <- I(as.numeric(rep(n_psu, length.out = length(keys))))
  c(out, list(...))
}

# drop: fields R cannot give for this case
add <- function(id, verb, design, arguments, result, where = NULL, tolerance = "closed", steps = NULL) {
  stopifnot(is.null(cases[[id]]))
  case <- list(id = id, verb = verb, design = design, arguments = arguments, tolerance = tolerance, expected = result)
  if (!is.null(where)) case$where <- where
  if (!is.null(steps)) case$steps <- steps
  cases[[id]] <<- case
}

finish <- function(name) {
  lines <- sapply(unname(cases), toJSON, digits = I(17), auto_unbox = TRUE, na = "null", null = "null")
  writeLines(c("[", paste0(lines, c(rep(",", length(lines) - 1), "")), "]"), file.path("outputs", paste0(name, ".json")))
  message(name, ": ", length(cases), " cases")
}
