# Exact intervals of bare counts, Wilson and Newcombe intervals, adjusted p-values, and
# quasi-Poisson regression with Newey-West errors, by base R, "epitools" and "sandwich".
# Writes counts.csv (a drawn series) and counts.json.
# Run in this folder: Rscript counts.R > counts.Rout 2>&1
suppressPackageStartupMessages({library(sandwich); library(epitools); library(jsonlite)})
set.seed(20100101)
RNGversion("4.2.0")
options(digits = 15)
result <- list(R = R.version.string, sandwich = as.character(packageVersion("sandwich")),
               epitools = as.character(packageVersion("epitools")))

pairs <- list(c(30, 50, 12, 8), c(0, 7, 12, 8), c(9, 0, 4, 12), c(413, 512, 12.5, 11.25),
              c(1, 1, 1, 1), c(55, 60, 3, 2))
result$exact_rate_ratio <- lapply(pairs, function(p) {
  test <- poisson.test(p[1:2], p[3:4], conf.level = .95)
  list(counts = p[1:2], exposure = p[3:4], value = unname(test$estimate),
       lower = test$conf.int[1], upper = test$conf.int[2], p = test$p.value)
})
expected <- list(c(0, 3.2), c(5, 9.7), c(14, 9.7), c(120, 100), c(1, 40))
result$observed_to_expected <- lapply(expected, function(p) {
  test <- poisson.test(p[1], p[2], conf.level = .9)
  garwood <- pois.exact(p[1], p[2], conf.level = .9)
  stopifnot(abs(garwood$lower - test$conf.int[1]) < 1e-5)
  list(count = p[1], expected = p[2], value = unname(test$estimate),
       lower = test$conf.int[1], upper = test$conf.int[2], p = test$p.value)
})

wilson <- function(x, n, level = .95) {
  as.numeric(binom.wilson(x, n, conf.level = level)[c("lower", "upper")])
}
shares <- list(c(.3, 81.5), c(.101, 148), c(0, 20.7), c(1, 33.1), c(.5, 7))
result$wilson <- lapply(shares, function(p) {
  list(share = p[1], n = p[2], interval = wilson(p[1] * p[2], p[2]))
})
differences <- list(c(48 / 80, 80, 56 / 70, 70), c(.22, 190.4, .13, 214.9), c(0, 10, .3, 25.5))
result$newcombe <- lapply(differences, function(p) {
  first <- wilson(p[1] * p[2], p[2]); second <- wilson(p[3] * p[4], p[4])
  value <- p[3] - p[1]
  list(share = p[c(1, 3)], n = p[c(2, 4)], value = value,
       lower = value - sqrt((p[3] - second[1])^2 + (first[2] - p[1])^2),
       upper = value + sqrt((second[2] - p[3])^2 + (p[1] - first[1])^2))
})

p <- c(.041, .003, .5, .012, .0004, .27, .049, .012)
methods <- c(holm = "holm", bonferroni = "bonferroni", hochberg = "hochberg", hommel = "hommel",
             "benjamini-hochberg" = "BH", "benjamini-yekutieli" = "BY")
result$adjusted <- c(list(p = p), lapply(methods, function(m) p.adjust(p, m)))

# Two baseline years and three of the period, one of them missing: 20 quarters.
time <- c(0:7, 12:23)
series <- data.frame(quarter = paste0(2008 + time %/% 4, "K", time %% 4 + 1), number = time,
                     population = round(6000 * 1.004^time))
series$count <- rnbinom(20, size = 25, mu = series$population * .01 *
                          exp(-.2 * (time >= 12) + .2 * sin(pi * time / 2)))
write.csv(series, "counts.csv", row.names = FALSE, quote = FALSE)
series$period <- as.numeric(time >= 12)
series$season <- factor(time %% 4)
told <- function(fit, lag) {
  rows <- summary(fit)$coefficients
  list(estimate = unname(coef(fit)), standard_error = unname(rows[, 2]),
       hac_error = unname(sqrt(diag(NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = TRUE)))),
       dispersion = summary(fit)$dispersion, deviance = fit$deviance, df = fit$df.residual)
}
tight <- glm.control(epsilon = 1e-14, maxit = 100)
result$periods <- told(glm(count ~ period + season + offset(log(population)), quasipoisson, series,
                           control = tight), 3)
result$segmented <- told(glm(count ~ period + number + sin(pi * number / 2) + cos(pi * number / 2) +
                               cos(pi * number) + I(period * (number - 12)) +
                               offset(log(population)), quasipoisson, series, control = tight), 3)
print(result)
writeLines(toJSON(result, digits = NA, auto_unbox = TRUE, pretty = TRUE), "counts.json")
