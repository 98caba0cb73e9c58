"""Compare the exhibits of a build with committed reference values."""
