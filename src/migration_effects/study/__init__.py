"""A study: what it is about, where its data lie, and what its report shows."""
