"""Drawing functions, one per kind of chart. Each takes a specification and the words of one language."""
