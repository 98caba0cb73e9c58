"""Make 200 bootstrap replicates and estimate a mean; each contestant draws its own."""

from contest import MONTE_CARLO, Task, run

ROUNDS = {10_000: 5, 100_000: 2, 1_000_000: 1}

if __name__ == "__main__":
    run(Task("bootstrap", "200 bootstrap replicates", std_error=MONTE_CARLO, rounds=ROUNDS))
