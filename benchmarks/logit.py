"""Fit a logistic regression with eight coefficients."""

from contest import Task, run

if __name__ == "__main__":
    run(Task("logit", "logit", estimate=1e-7, std_error=1e-7))
