"""Renderers: one module per format, none of which computes a figure."""
