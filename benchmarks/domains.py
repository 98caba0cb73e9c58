"""Estimate a mean in ten domains."""

from contest import Task, run

if __name__ == "__main__":
    run(Task("domains", "mean in 10 domains"))
