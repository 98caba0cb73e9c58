"""Effects whose truth is known: a population with both potential outcomes, samples from it, and a judgement."""
