"""Refit a logit in each of 200 bootstrap replicates; each contestant draws its own."""

from contest import MONTE_CARLO, Task, run

ROUNDS = {10_000: 5, 100_000: 2, 1_000_000: 1}

if __name__ == "__main__":
    run(
        Task(
            "replicate_logit", "replicate SE of a logit", estimate=1e-6, std_error=MONTE_CARLO, rounds=ROUNDS
        )
    )
