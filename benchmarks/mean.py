"""Estimate a mean."""

from contest import Task, run

if __name__ == "__main__":
    run(Task("mean", "mean"))
