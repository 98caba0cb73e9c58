"""Pages about the data beside the report: the codebook in every language, and the quality of the data."""
