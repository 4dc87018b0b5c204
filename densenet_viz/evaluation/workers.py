"""Measures scenes in several processes with one thread each; any count gives the same numbers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any

import torch

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.tasks import (
    Rows,
    Task,
    TaskWork,
    measure_scene,
    pack_work,
    unpack_work,
)
from densenet_viz.network.shares import without_sharing

POLL = 0.2
"""Seconds between two calls of `cancelled` while workers measure."""

OnDone = Callable[[int], None]
IsCancelled = Callable[[], bool]

_here: list[TaskWork] = []


def run_tasks(
    work: TaskWork, tasks: Sequence[Task], workers: int, on_done: OnDone, cancelled: IsCancelled
) -> list[Rows]:
    """Each task's rows, in the order of the tasks.

    Args:
        work: what all tasks share.
        tasks: the scenes.
        workers: processes; 1 measures in this one.
        on_done: called with the count of tasks that are done.
        cancelled: called often.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    if workers == 1:
        return _in_this_process(work, tasks, on_done, cancelled)
    context = multiprocessing.get_context("spawn")  # a fork of a process that ran torch may hang
    stop = context.Event()
    pool = ProcessPoolExecutor(workers, context, _begin, (pack_work(work), stop, os.getpid()))
    try:
        futures = [pool.submit(_measure, task) for task in tasks]
        _wait_for(futures, on_done, cancelled)
        return [future.result() for future in futures]
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _wait_for(futures: Sequence[Future[Rows]], on_done: OnDone, cancelled: IsCancelled) -> None:
    pending = set(futures)
    while pending:
        if cancelled():
            raise Cancelled("The evaluation was cancelled.")
        done, pending = wait(pending, POLL, FIRST_COMPLETED)
        for future in done:
            future.result()
        if done:
            on_done(len(futures) - len(pending))


def _in_this_process(
    work: TaskWork, tasks: Sequence[Task], on_done: OnDone, cancelled: IsCancelled
) -> list[Rows]:
    results = []
    with without_sharing():  # as in a worker: sums in another order would differ
        for task in tasks:
            if cancelled():
                raise Cancelled("The evaluation was cancelled.")
            results.append(measure_scene(work, task))
            on_done(len(results))
    return results


def _begin(sent: dict[str, Any], stop: Any, parent: int) -> None:
    """Runs once in each worker, which ignores Ctrl-C: the parent process stops the workers.

    The parent's process number is given, because the parent may have been killed before this ran.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    torch.set_num_threads(1)
    _here[:] = [unpack_work(sent, stop.is_set)]


def _end_with(parent: int) -> None:
    """Ends this process when its parent is gone: a killed parent cannot stop its workers."""
    while os.getppid() == parent:
        time.sleep(POLL)
    os._exit(1)


def _measure(task: Task) -> Rows:
    return measure_scene(_here[0], task)
