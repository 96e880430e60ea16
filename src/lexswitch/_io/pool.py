"""Several processes that work on one list of jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")

_AHEAD = 2
"""So many jobs per worker are under way, so that few results wait for their turn."""

_work: Callable[..., Any]


def in_order(work: Callable[..., T], jobs: Sequence[tuple[Any, ...]], workers: int) -> Iterator[T]:
    """Yield what a picklable callable returns for the arguments of each job, in their order.

    The callable itself is sent to each worker once.

    Raises
    ------
    ChildProcessError
        If a worker dies, or cannot start; the results of the jobs before have been yielded.
    """
    waiting: deque[Future[T]] = deque()
    rest = iter(jobs)
    with ProcessPoolExecutor(workers, get_context("spawn"), _receive, (work,)) as pool:
        try:
            while True:
                while len(waiting) < _AHEAD * workers and (job := next(rest, None)) is not None:
                    waiting.append(pool.submit(_run, job))
                if not waiting:
                    return
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise ChildProcessError(
                f"one of {workers} worker processes died: it was killed, perhaps out of memory, or could not start; "
                f"run again with fewer workers than {workers}, and in a script under if __name__ == '__main__': (a run "
                "with a checkpoint resumes)"
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _receive(work: Callable[..., Any]) -> None:
    global _work  # noqa: PLW0603 - a worker process has one piece of work
    _work = work


def _run(job: tuple[Any, ...]) -> Any:
    return _work(*job)
