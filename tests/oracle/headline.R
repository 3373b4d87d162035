# Expected figures for the headline family, computed independently of the package.
# Run in this folder:  R CMD BATCH --vanilla --no-timing headline.R headline.Rout
# writes headline_panel.csv, headline_shares.csv and headline.json.

suppressMessages({
  library(metafor)
  library(sandwich)
  library(lmtest)
  library(jsonlite)
})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20100331)

# --- Data ---------------------------------------------------------------------------------
areas <- c("T", LETTERS[1:8])
means <- c(20, 35, 15, 60, 25, 8, 45, 30, 22)
quarters <- paste0(rep(2007:2012, each = 4), "K", 1:4)
panel <- expand.grid(quarter = quarters, area = areas, stringsAsFactors = FALSE)
panel$count <- rpois(nrow(panel), rep(means, each = 24) *
  exp(rnorm(nrow(panel), 0, 0.15)) * rep(c(1.1, 0.9, 0.95, 1.05), length.out = nrow(panel)))
treated_period <- panel$area == "T" & panel$quarter >= "2010K1"
panel$count[treated_period] <- rbinom(sum(treated_period), panel$count[treated_period], 0.7)
panel$population <- rep(round(means * 100), each = 24) + rep(0:23, times = 9) * 3
panel <- panel[c("area", "quarter", "count", "population")]
write.csv(panel, "headline_panel.csv", row.names = FALSE, quote = FALSE)

waves <- c(2008, 2009, 2011, 2012)
shares <- expand.grid(wave = waves, area = areas, stringsAsFactors = FALSE)
shares$n <- rep(c(180, 400, 350, 420, 300, 500, 380, 260, 440), each = 4)
shares$share <- rbinom(nrow(shares), shares$n, 0.25 + rnorm(nrow(shares), 0, 0.02)) / shares$n
shares$variance <- 1.2 * shares$share * (1 - shares$share) / (shares$n - 1)
shares <- shares[c("area", "wave", "share", "variance", "n")]
write.csv(format(shares, digits = 17, trim = TRUE), "headline_shares.csv",
  row.names = FALSE, quote = FALSE)

# --- Area changes -------------------------------------------------------------------------
baseline <- panel$quarter <= "2009K4"
total <- function(x, keep) tapply(x[keep], factor(panel$area[keep], areas), sum)
changes <- function(before, after) escalc(
  measure = "IRR",
  x1i = total(panel$count, after), t1i = total(panel$population, after),
  x2i = total(panel$count, before), t2i = total(panel$population, before),
  add = 1 / 2, to = "all"
)
es <- changes(baseline, !baseline)
y <- as.numeric(es$yi)
v <- as.numeric(es$vi)

wave_mean <- function(x, keep, f) tapply(x[keep], factor(shares$area[keep], areas), f)
early <- shares$wave <= 2009
ys <- as.numeric(100 * (wave_mean(shares$share, !early, mean) - wave_mean(shares$share, early, mean)))
vs <- as.numeric(1e4 * (wave_mean(shares$variance, !early, sum) +
  wave_mean(shares$variance, early, sum)) / 4)

# --- The predictive distribution: tau2 solved for each value of Q, integrated over its chi2 --
at_tau2 <- function(t, y, v) {
  w <- 1 / (t + v)
  m <- sum(w * y) / sum(w)
  c(m = m, q = sum(w * (y - m)^2), se2 = 1 / sum(w))
}
tau2_at <- function(q, y, v) {
  if (at_tau2(0, y, v)["q"] <= q) return(0)
  uniroot(function(t) at_tau2(t, y, v)["q"] - q, c(0, sum((y - mean(y))^2) / q + 1),
    tol = 1e-14, maxiter = 10000)$root
}
# Integral of part(tau2) over tau2's confidence distribution: by log Q, and the mass at 0.
over_tau2 <- function(part, y, v) {
  df <- length(y) - 1
  most <- at_tau2(0, y, v)[["q"]]
  inside <- Vectorize(function(s) part(tau2_at(exp(s), y, v)) * dchisq(exp(s), df) * exp(s))
  ends <- c(-30, -10, -5, 0, 1, 2, log(most))
  ends <- c(ends[ends < log(most)], log(most))
  pieces <- mapply(function(a, b) integrate(inside, a, b, rel.tol = 1e-10)$value,
    head(ends, -1), tail(ends, -1))
  sum(pieces) + pchisq(most, df, lower.tail = FALSE) * part(0)
}
predictive_cdf <- function(x, y, v, v0) over_tau2(function(t) {
  a <- at_tau2(t, y, v)
  pnorm((x - a[["m"]]) / sqrt(t + v0 + a[["se2"]]))
}, y, v)
predictive_quantile <- function(p, y, v, v0) {
  uniroot(function(x) predictive_cdf(x, y, v, v0) - p, mean(y) + c(-20, 20) * (sd(y) + sqrt(v0)),
    tol = 1e-9)$root
}
headline <- function(y, v, level = 0.95) {
  tail <- (1 - level) / 2
  q <- sapply(c(tail, 0.5, 1 - tail), predictive_quantile, y = y[-1], v = v[-1], v0 = v[1])
  below <- predictive_cdf(y[1], y[-1], v[-1], v[1])
  list(value = y[1] - q[2], lower = y[1] - q[3], upper = y[1] - q[1],
    p_value = 2 * min(below, 1 - below))
}

# --- tau2: Paule-Mandel and Q-profile by metafor -------------------------------------------
heterogeneity <- function(y, v) {
  fit <- rma(yi = y[-1], vi = v[-1], method = "PM", control = list(tol = 1e-13, maxiter = 1000))
  ci <- confint(fit, type = "QP", control = list(tol = 1e-13))$random["tau^2", ]
  list(paule_mandel = fit$tau2, lower = ci[["ci.lb"]], upper = ci[["ci.ub"]])
}

# --- Collapsed t: ordinary least squares on one change per area ----------------------------
collapsed <- function(y, v) {
  d <- as.numeric(seq_along(y) == 1)
  fit <- coef(summary(lm(y ~ d)))["d", ]
  n <- length(y) - 1
  s <- sd(y[-1])
  r <- v[1] / mean(v[-1])
  se <- s * sqrt(max(1, r) + 1 / n)
  list(ols_estimate = fit[["Estimate"]], ols_error = fit[["Std. Error"]],
    ols_p = fit[["Pr(>|t|)"]], error = se, p_value = 2 * pt(-abs(fit[["Estimate"]]) / se, n - 1),
    breakdown = sqrt(max(0, (fit[["Estimate"]] / s / qt(0.975, n - 1))^2 - 1 / n)))
}

# --- Baseline slopes by least squares, one area at a time ----------------------------------
year <- as.integer(substr(panel$quarter, 1, 4))
slopes <- sapply(areas, function(a) {
  keep <- baseline & panel$area == a
  count <- tapply(panel$count[keep], year[keep], sum)
  people <- tapply(panel$population[keep], year[keep], sum)
  rate <- log((count + 0.5) / people)
  coef(lm(rate ~ as.integer(names(count))))[[2]]
})

# --- The minimum detectable change from the baseline alone ---------------------------------
first <- panel$quarter <= "2007K4"
split <- changes(first, baseline & !first)
count_b <- as.numeric(total(panel$count, baseline))
around_zero <- function(x, v_planned, v0) over_tau2(
  function(t) pnorm(x / sqrt(t + v0 + 1 / sum(1 / (t + v_planned)))),
  as.numeric(split$yi)[-1], as.numeric(split$vi)[-1])
quantile_zero <- function(p, ...) uniroot(function(x) around_zero(x, ...) - p, c(-10, 10), tol = 1e-9)$root
detectable <- function(sign) {
  uniroot(function(size) {
    after <- count_b
    after[1] <- after[1] * exp(sign * size)
    planned <- 1 / (count_b + 0.5) + 1 / (after + 0.5)
    size - quantile_zero(0.975, planned[-1], planned[1]) - quantile_zero(0.8, planned[-1], planned[1])
  }, c(0.05, 3), tol = 1e-7)$root
}

# --- The refused methods, for the warning columns of the coverage study --------------------
long <- transform(panel, y = log(count + 0.5), d = as.numeric(area == "T" & quarter >= "2010K1"))
twfe <- lm(y ~ d + area + quarter, long)
cr0 <- vcovCL(twfe, cluster = ~area, type = "HC0", cadjust = TRUE)["d", "d"]
sums <- data.frame(count = c(sum(panel$count[panel$area == "T" & baseline]),
  sum(panel$count[panel$area == "T" & !baseline]), sum(panel$count[panel$area != "T" & baseline]),
  sum(panel$count[panel$area != "T" & !baseline])) + c(0.5, 0.5, 4, 4),
  treated = c(1, 1, 0, 0), after = c(0, 1, 0, 1))
glm2 <- suppressWarnings(glm(count ~ treated * after, poisson, sums))

out <- list(
  versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
    sandwich = as.character(packageVersion("sandwich"))),
  counts = list(change = y, variance = v, headline95 = headline(y, v), headline80 = headline(y, v, 0.8),
    tau2 = heterogeneity(y, v), collapsed = collapsed(y, v),
    without_each = lapply(2:9, function(i) headline(y[-i], v[-i])),
    placebo_p = sapply(1:9, function(i) headline(c(y[i], y[-i]), c(v[i], v[-i]))$p_value),
    slopes = as.numeric(slopes), fall = detectable(-1), rise = detectable(1)),
  shares = list(change = ys, variance = vs, headline95 = headline(ys, vs), tau2 = heterogeneity(ys, vs),
    collapsed = collapsed(ys, vs)),
  refused = list(twfe = coef(twfe)[["d"]], cluster_error = sqrt(cr0),
    poisson = coef(glm2)[["treated:after"]],
    poisson_error = coef(summary(glm2))["treated:after", "Std. Error"])
)
write_json(out, "headline.json", auto_unbox = TRUE, digits = I(17), pretty = TRUE)
print(out, digits = 15)
print(sessionInfo())
