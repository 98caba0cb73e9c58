"""Fit a linear regression with eight coefficients."""

from contest import Task, run

if __name__ == "__main__":
    run(Task("linear", "linear regression", estimate=1e-8, std_error=1e-8))
