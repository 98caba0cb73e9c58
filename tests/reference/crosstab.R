# Cross tables: weighted counts, total, row and column shares, SE of the row share, Rao-Scott second-order F.
# Rows with a gap in either variable leave; R's svychisq takes nu from the design as given, here the rows in use.
source("oracle.R")

cross <- function(id, design, rows, columns, where = NULL) {
  d <- keep(build(design), where)
  d <- d[!is.na(d$variables[[rows]]) & !is.na(d$variables[[columns]]), ]
  d$variables$r__ <- factor(d$variables[[rows]])
  d$variables$c__ <- factor(d$variables[[columns]])
  test <- svychisq(~r__ + c__, d, statistic = "F")
  weight <- svytable(~r__ + c__, d)
  count <- table(d$variables$r__, d$variables$c__)
  cells <- list()
  for (i in rownames(weight)) for (j in colnames(weight)) {
    sub <- d[d$variables$r__ == i, ]
    sub$variables$hit__ <- as.numeric(sub$variables$c__ == j)
    m <- svymean(~hit__, sub)
    cells[[length(cells) + 1]] <- list(row = i, column = j, n = count[i, j], weight_sum = weight[i, j],
      share_total = weight[i, j] / sum(weight), share_row = weight[i, j] / sum(weight[i, ]),
      share_column = weight[i, j] / sum(weight[, j]), std_error = as.numeric(SE(m)), df = degf(sub),
      wald_low = as.numeric(coef(m) - qt(0.975, degf(sub)) * SE(m)))
    p <- as.numeric(coef(m)); s <- as.numeric(SE(m)) / (p * (1 - p))
    cells[[length(cells)]]$conf_low <- plogis(qlogis(p) - qt(0.975, degf(sub)) * s)
    cells[[length(cells)]]$conf_high <- plogis(qlogis(p) + qt(0.975, degf(sub)) * s)
  }
  add(id, "crosstab", design, list(rows = rows, columns = columns),
      list(cells = cells, statistic = as.numeric(test$statistic), df1 = as.numeric(test$parameter["ndf"]),
           df2 = as.numeric(test$parameter["ddf"]), p_value = as.numeric(test$p.value)), where)
}

for (d in c("api_strat", "api_clus1", "api_clus2", "api_equal", "api_weights_only")) {
  cross(paste(d, "2x2"), d, "sch_wide", "comp_imp")
  cross(paste(d, "3x2"), d, "stype", "comp_imp")
  cross(paste(d, "domain"), d, "stype", "awards", "meals > 20")
}
for (d in c("awkward", "awkward_fpc", "awkward_two_stage", "lonely_adjust")) {
  cross(paste(d, "3x3"), d, "away_gap", "region")
  cross(paste(d, "2x3"), d, "sex", "away_gap")
  cross(paste(d, "domain"), d, "sex", "away", "regional == 1")
}
cross("nhanes 4x2", "nhanes", "agecat", "RIAGENDR")
finish("crosstab")
