"""Real open data: children and the presence of parents, United States 2003."""
