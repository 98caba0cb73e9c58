"""Build the design and estimate a mean."""

from contest import Task, run

if __name__ == "__main__":
    run(Task("design_mean", "design + mean"))
