"""Effects of an exposure that nobody assigned: weights that balance, effects, mediation, sensitivity."""
