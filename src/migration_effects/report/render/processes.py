"""Work shared by two processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

_PROCESSES = 2
_FEW = 4  # tasks that are done sooner than a process starts
Task = TypeVar("Task")
Result = TypeVar("Result")


def in_two_processes(function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
    """Apply a function to each task.

    Parameters
    ----------
    function : callable
        Of a module, so that it can be sent to a process.
    tasks : sequence
        Each independent of the others, the long ones first.

    Returns
    -------
    list
        Results in the order of the tasks; the first exception is raised here.

    Examples
    --------
    >>> in_two_processes(abs, [-1, 2])
    [1, 2]
    """
    if len(tasks) <= _FEW:
        return [function(task) for task in tasks]
    # Forked processes, where the system has them, do not import everything again.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    with ProcessPoolExecutor(_PROCESSES, multiprocessing.get_context(method)) as pool:
        return list(pool.map(function, tasks))
