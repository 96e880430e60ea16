"""Long work on blocks: several workers, one order, and an output that appears whole, resumed where it was stopped."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeVar

from ..column_switcher import ColumnSwitcher
from ..doubts import LowCoverageWarning
from ..errors import LexiconError
from ..integrations.sharing import for_workers
from .tables import Block, Parquet, Position, Table, open_table, packer

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")


def switch_table(
    path: Path, hook: ColumnSwitcher, output: Path, *, kind: str | None, workers: int, resume: bool, quiet: bool
) -> None:
    """Switch columns of a table into another file, which appears whole or not at all.

    Raises
    ------
    LexiconError
        If the table is not as it must be, or a stopped run to resume was made with other options.
    """
    table = open_table(path, kind, list(hook.switchers))
    pack = bytes if isinstance(table, Parquet) else packer(output)
    partial = Partial(output, _job(path, table, hook, output), resume)
    with partial.open() as append, _progress(path, quiet) as progress, _shared(hook, workers) as shared:
        if not partial.marks and (head := table.head()):
            append(pack(head), Position(0, 1 + head.count(b"\n"), len(head)))
        blocks = table.blocks(partial.place(), progress.update)
        for block, (part, notes) in in_order(_Work(table, shared, output), blocks, workers):
            append(part, block.end)
            for note in notes:
                warnings.warn(note, LowCoverageWarning, stacklevel=2)
        table.finish(partial.data, partial.sizes(), output)
    partial.journal.unlink()


@dataclass(frozen=True)
class _Work:
    """What is done to each block, by whatever process."""

    table: Table
    hook: ColumnSwitcher
    output: Path

    def __call__(self, block: Block) -> tuple[bytes, list[str]]:
        pack = bytes if isinstance(self.table, Parquet) else packer(self.output)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LowCoverageWarning)
            part = pack(self.table.switch(block, self.hook))
        return part, [str(one.message) for one in caught]


def _shared(hook: ColumnSwitcher, workers: int) -> AbstractContextManager[ColumnSwitcher]:
    return for_workers(hook) if workers > 1 else nullcontext(hook)


def _job(path: Path, table: Table, hook: ColumnSwitcher, output: Path) -> str:
    """What must be the same for a stopped run to be resumed."""
    status = path.stat()
    return (
        f"{path.absolute()}|{status.st_size}|{status.st_mtime_ns}|{type(table).__name__}|{output.name}|{hook.signature}"
    )


def _progress(path: Path, quiet: bool) -> Any:
    from tqdm import tqdm

    hidden = quiet or not sys.stderr.isatty()
    return tqdm(total=path.stat().st_size, unit="B", unit_scale=True, unit_divisor=1024, disable=hidden)


def in_order(function: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result, in order; few are in memory at a time.

    Raises
    ------
    ChildProcessError
        If a worker dies.
    """
    if workers == 1:
        for item in items:
            yield item, function(item)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_all_start_methods, get_context

    context = get_context("fork" if "fork" in get_all_start_methods() else "spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_live_and_die_with_parent)
    pending: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            pending.append((item, pool.submit(function, item)))
            if len(pending) > 2 * workers:
                first, result = pending.popleft()
                yield first, result.result()
        for first, result in pending:
            yield first, result.result()
    except BrokenProcessPool:
        raise ChildProcessError(
            "a worker process died, killed or out of memory; nothing is lost: go on with --resume"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _live_and_die_with_parent() -> None:
    """Leave an interrupt to the parent; go when it goes, however it ends."""
    import signal
    import threading
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        if parent := parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class Mark(NamedTuple):
    """What a run has done at some moment."""

    place: tuple[int, ...]
    """Where it was in the input."""
    size: int
    """Bytes of output by then."""


class Partial:
    """An output in the making: a file beside it, and a journal of what is in there, a line for each part."""

    def __init__(self, output: Path, job: str, resume: bool) -> None:
        self.data = output.with_name(f".{output.name}.partial")
        self.journal = output.with_name(f".{output.name}.journal")
        self.marks: list[Mark] = self._read(job) if resume else []
        self._job = job

    @contextmanager
    def open(self) -> Iterator[Callable[[bytes, tuple[int, ...]], None]]:
        """Give a function that appends a part, whole or not at all, with its end in the input."""
        with self.data.open("ab") as data:
            _lock(data, self.data)
            data.truncate(self.marks[-1].size if self.marks else 0)
            with self.journal.open("w", encoding="utf-8") as journal:
                for line in (self._job, *self.marks):
                    journal.write(json.dumps(line) + "\n")
                journal.flush()

                def append(part: bytes, place: tuple[int, ...]) -> None:
                    data.write(part)
                    data.flush()
                    os.fsync(data.fileno())
                    self.marks.append(Mark(place, data.tell()))
                    journal.write(json.dumps(self.marks[-1]) + "\n")
                    journal.flush()

                yield append

    def place(self) -> Position:
        """Where to go on in the input."""
        return Position(*self.marks[-1].place) if self.marks else Position()

    def sizes(self) -> list[int]:
        """Bytes of each part."""
        ends = [0, *(mark.size for mark in self.marks)]
        return [end - start for start, end in pairwise(ends)]

    def _read(self, job: str) -> list[Mark]:
        """The marks of a stopped run; none if there was none."""
        try:
            lines = self.journal.read_text(encoding="utf-8").split("\n")[:-1]  # the last line may be cut
            size = self.data.stat().st_size
        except FileNotFoundError:
            return []
        found = [json.loads(line) for line in lines]
        if not found:
            return []
        if found[0] != job:
            raise LexiconError(
                f"{self.data} was made from another input or with other options; use those, or run without --resume"
            )
        marks = [Mark(tuple(place), end) for place, end in found[1:]]
        return [mark for mark in marks if mark.size <= size]


def _lock(file: BinaryIO, path: Path) -> None:
    """Keep other runs away from a file; the lock goes with the process. None on Windows."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LexiconError(f"{path}: another run is writing it; wait for it, or choose another output") from None
