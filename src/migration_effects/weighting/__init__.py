"""Weights: non-response, post-stratification, raking, calibration, trimming, replicates and their diagnostics."""
