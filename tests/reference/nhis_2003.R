# Known answers of the study nhis_2003 at full precision; run: Rscript nhis_2003.R <nhis_large_2003.csv.gz> <output.csv>
# The data are public but not part of the repository; only these aggregates are.
suppressPackageStartupMessages(library(survey))
options(digits = 17, survey.lonely.psu = "fail")
args <- commandArgs(trailingOnly = TRUE)
d <- read.csv(gzfile(args[1]))
d$no_parent <- as.numeric(d$parents == 2)
d$uninsured <- as.numeric(d$notcov == 1)
d$limited1 <- as.numeric(d$limited == 1)
d$hisp <- factor(d$hisp)
d$sex <- factor(d$sex)
all <- svydesign(id = ~psu, strata = ~stratum, weights = ~svywt, nest = TRUE, data = d)
kids <- subset(all, age.grp == 1)
rows <- list()
add <- function(quantity, level, base, value, se, df)
  rows[[length(rows) + 1]] <<- data.frame(quantity, level, base, estimate = sprintf("%.17g", value),
                                          std_error = sprintf("%.17g", se), df = df)
m <- svymean(~no_parent, kids, na.rm = TRUE)
add("no_parent", "", "living arrangement known", coef(m), SE(m), degf(kids))
# Both answers at once, so the base is children with both known.
both <- svyby(~uninsured + limited1, ~parents, kids, svymean, na.rm = TRUE)
for (v in c("uninsured", "limited1")) for (p in 1:2)
  add(sub("1", "", v), c("a parent present", "no parent present")[p], "uninsured and limited known",
      both[p, v], both[p, paste0("se.", v)], degf(subset(kids, parents == p)))
# Each answer on its own base.
for (v in c("uninsured", "limited1")) {
  one <- svyby(as.formula(paste0("~", v)), ~parents, kids, svymean, na.rm = TRUE)
  for (p in 1:2) add(sub("1", "", v), c("a parent present", "no parent present")[p], "answer known",
                     coef(one)[p], SE(one)[p], degf(kids[which(kids$variables$parents == p & !is.na(kids$variables[[v]])), ]))
}
fit <- svyglm(uninsured ~ no_parent + hisp + sex, kids, family = quasibinomial(),
              control = glm.control(epsilon = 1e-14, maxit = 100))
for (t in names(coef(fit)))
  add("logit of uninsured on no_parent + hisp + sex", t, "all answers known", coef(fit)[t], sqrt(diag(vcov(fit)))[t],
      fit$df.residual)
out <- do.call(rbind, rows)
out$source <- paste("R survey", packageVersion("survey"))
write.csv(out, args[2], row.names = FALSE, quote = TRUE)
