"""Peak memory of the whole process, data included: a logit and 200 bootstrap replicates."""

from contest import Task, peaks, run

if __name__ == "__main__":
    run(Task("logit", "peak memory, logit"), measure=peaks, sizes=(1_000_000,))
    run(Task("bootstrap", "peak memory, 200 replicates"), measure=peaks, sizes=(1_000_000,))
