"""Files in and out: surveys read behind a guard, codebooks, manifests, and labelled files written.

This package imports nothing by itself, so that the reading worker starts without pandas.
"""
