"""Regression for complex samples."""
