"""An ordered pool of worker processes: items in, results out, in the order of the items."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_all_start_methods, get_context, parent_process
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 2
"""Number of items per worker that are sent ahead, so that no worker waits and few results are held in memory."""

_function: Callable[[Any], Any]


def in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int,
    *,
    fork: bool = False,
    remedy: str | None = None,
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result, in the order of the items.

    The items are read lazily, at most two per worker ahead of the results. There are at most as many workers as items.
    Workers ignore interrupts, which reach the parent process, and end with it.

    Parameters
    ----------
    function : callable
        Takes an item and returns its result. It is sent to each worker once; spawned workers need a picklable one.
    items : iterable
        Picklable, like the results.
    workers : int
        Number of processes; with 1, this process does the work.
    fork : bool, default False
        Fork the workers if the system can, so that they share the memory of this process. By default they are spawned:
        a forked worker may hang if this process runs threads, as numerical libraries do.
    remedy : str, optional
        What to do if a worker dies, for the message.

    Raises
    ------
    ChildProcessError
        If a worker dies or cannot start; all results before have been yielded.
    """
    if workers == 1:
        for item in items:
            yield item, function(item)
        return
    items = iter(items)
    first = list(islice(items, workers))
    context = get_context("fork" if fork and "fork" in get_all_start_methods() else "spawn")
    pool = ProcessPoolExecutor(max(1, len(first)), context, _start, (function,))
    pending: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in chain(first, items):
            pending.append((item, pool.submit(_call, item)))
            if len(pending) > _AHEAD * workers:
                yield pending[0][0], pending[0][1].result()
                pending.popleft()
        while pending:
            yield pending[0][0], pending[0][1].result()
            pending.popleft()
    except BrokenProcessPool:
        yield from _finished(pending)
        raise ChildProcessError(
            "a worker process died: it was killed, perhaps out of memory, or could not start; "
            + (remedy or f"use fewer workers than {workers}, and in a script call it under if __name__ == '__main__':")
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _finished(pending: Iterable[tuple[Item, Future[Result]]]) -> Iterator[tuple[Item, Result]]:
    """Yield the items with a result, up to the first without."""
    for item, future in pending:
        if not future.done() or future.exception() is not None:
            return
        yield item, future.result()


def _start(function: Callable[[Any], Any]) -> None:
    """Prepare a worker process."""
    global _function  # noqa: PLW0603 - a worker has one function
    _function = function
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the parent process, then end this one immediately."""
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _call(item: Any) -> Any:
    return _function(item)
