"""Estimates of means, totals, ratios, proportions and quantiles, and what can be done with them."""
