"""Numerical kernels: arrays in, arrays out; nothing of this package imported."""
