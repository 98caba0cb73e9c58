"""The loop that a Python contestant runs: a task's name comes in, its seconds and numbers go out."""

import gc
import json
import resource
import sys
import time


def serve(tasks, setup):
    """Answer `task` lines on standard input until it closes.

    `tasks` maps a name to a function of what `setup(name)` returns; only the function is timed. Each returns
    estimates and standard errors.
    """
    for line in sys.stdin:
        name = line.strip()
        if name == "peak":
            # Linux counts kilobytes.
            answer = {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        elif name not in tasks:
            answer = {"absent": True}
        else:
            ready = setup(name)
            gc.collect()
            start, used = time.perf_counter(), time.process_time()
            estimate, error = tasks[name](*ready)
            seconds, processor = time.perf_counter() - start, time.process_time() - used
            answer = {
                "seconds": seconds,
                "processor": processor,
                "estimate": list(map(float, estimate)),
                "std_error": list(map(float, error)),
            }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
