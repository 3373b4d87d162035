# Shares, means and totals of a drawn survey by the R package "survey".
# Writes survey_shares.csv (the survey, made here, no real person) and survey_shares.json.
# Run in this folder: Rscript survey_shares.R > survey_shares.Rout 2>&1
suppressPackageStartupMessages({library(survey); library(jsonlite)})
set.seed(20090101)
RNGversion("4.2.0")
options(survey.lonely.psu = "adjust", digits = 15)

n <- 360
data <- data.frame(
  wave = rep(c(2009, 2013), each = n / 2),
  area = sample(c("North", "South", "West"), n, replace = TRUE, prob = c(.5, .3, .2)),
  stratum = sample(c("young", "middle", "old"), n, replace = TRUE)
)
data$cluster <- paste0("street ", sample(1:12, n, replace = TRUE))
data$weight <- round(exp(rnorm(n, 3, .6)), 3)
data$score <- round(rnorm(n, 5 + (data$area == "North"), 2), 2)
data$unsafe <- ifelse(runif(n) < .15 + .1 * (data$area == "North"), "Unsafe", "Safe")
data$unsafe[sample(n, 25)] <- ""
data$score[sample(n, 18)] <- NA
# one respondent alone in a stratum of the second wave
data$stratum[n] <- "alone"
data$unsafe[n] <- "Unsafe"
data$score[n] <- 9
data$people <- ave(rep(1, n), data$wave, data$stratum, FUN = length) * 3
write.csv(data, "survey_shares.csv", row.names = FALSE, na = "", quote = FALSE)

data$yes <- ifelse(data$unsafe == "", NA, as.numeric(data$unsafe == "Unsafe"))
data$within <- interaction(data$wave, data$stratum, drop = TRUE)
data$unit <- interaction(data$within, data$cluster, drop = TRUE)
domains <- expand.grid(area = c("North", "South", "West"), wave = c(2009, 2013),
                       stringsAsFactors = FALSE)

figures <- function(design, formula, f) {
  do.call(rbind, lapply(seq_len(nrow(domains)), function(i) {
    one <- domains[i, ]
    part <- design[which(design$variables$area == one$area & design$variables$wave == one$wave), ]
    found <- f(formula, part, na.rm = TRUE)
    data.frame(one, value = as.numeric(coef(found)), variance = as.numeric(vcov(found)))
  }))
}
designs <- list(
  weights = svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = data),
  strata = svydesign(ids = ~1, strata = ~within, weights = ~weight, data = data),
  clusters = svydesign(ids = ~unit, strata = ~within, weights = ~weight, data = data),
  finite = svydesign(ids = ~1, strata = ~within, weights = ~weight, fpc = ~people, data = data)
)
result <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
for (name in names(designs)) {
  result[[name]] <- list(
    share = figures(designs[[name]], ~yes, svymean),
    mean = figures(designs[[name]], ~score, svymean),
    total = figures(designs[[name]], ~score, svytotal)
  )
  cat("\n==", name, "\n")
  print(result[[name]])
}

# The whole of the first wave as one area: design effect and interval of the mean.
first <- data[data$wave == 2009 & !is.na(data$score), ]
whole <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = first)
mean_first <- svymean(~score, whole, deff = "replace")
interval <- confint(mean_first, df = degf(whole))
result$whole <- list(mean = as.numeric(coef(mean_first)), variance = as.numeric(vcov(mean_first)),
                     design_effect = as.numeric(deff(mean_first)), lower = interval[1],
                     upper = interval[2])
print(result$whole)
writeLines(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "survey_shares.json")
