"""Work shared by two processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
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
    with ProcessPoolExecutor(_PROCESSES, _context()) as pool:
        return list(pool.map(function, tasks))


def _context() -> BaseContext:
    """Return how processes are started.

    Never by forking this one: the typesetter runs threads, and a process forked beside them waits for ever for what
    they hold. A server that has only imported the renderers is forked instead, where the system can.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["migration_effects.report.render.assemble"])
    return context
