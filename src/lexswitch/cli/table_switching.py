"""Switching a table block by block: workers, the order of the output, and resuming a stopped run."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .._io.atomic import move_file, replace_file
from .._io.outputs import is_stream, open_stream, output_file
from ..errors import LexiconError
from ..integrations.sharing import for_workers
from ..switching.columns import ColumnSwitcher
from ..switching.language_check import LowCoverageWarning
from .lines import STANDARD_STREAM, standard_input, standard_output, total_size
from .resumable_output import ResumableOutput
from .tables import TableBlock, TableFile, TablePosition, compressor, format_of_name, is_pipe, open_table

_REMEDY = "use fewer --workers; if the output is a file, add --resume"


def switch_table(
    path: Path,
    column_switcher: ColumnSwitcher,
    output: Path,
    *,
    format: str | None,
    header: bool | None,
    workers: int,
    resume: bool,
    quiet: bool,
) -> None:
    """Switch columns of a table into another file, which is replaced when the new one is complete.

    A FIFO, a character device or "-" for standard output gets each part when it is done.

    Raises
    ------
    LexiconError
        If the table is not valid, the output's name promises another format, or the run to resume had other options.
    OSError
        If the output cannot be written; names it.
    """
    is_streamed = str(output) == STANDARD_STREAM or is_stream(output)
    if resume and (is_streamed or is_pipe(path)):
        which, role = (output, "output") if is_streamed else (path, "input")
        raise LexiconError(f"--resume needs files, but the {role} {which} is a pipe or a device; leave --resume out")
    if not is_streamed:
        _check_output_format(format or format_of_name(path), output)
    with (
        _progress(path, quiet) as progress,
        closing(open_table(path, format, list(column_switcher.switchers), header, progress.update)) as table,
        _shared(column_switcher, workers) as shared,
    ):
        switch = _BlockSwitcher(table, shared, output)
        if is_streamed:
            with _opened(output) as stream, table.writer(stream) as write:
                _run(switch, lambda part, _: (write(part), stream.flush()), TablePosition(), workers)
        else:
            output = output_file(output)
            with ResumableOutput(output, _job(path, table, column_switcher, output)).open(resume) as partial:
                _run(switch, partial.append, partial.position, workers)
                _finish(table, partial, output)


@dataclass(frozen=True)
class _BlockSwitcher:
    """Switches and compresses a block, in any process; returns the part of the output, and warnings."""

    table: TableFile
    column_switcher: ColumnSwitcher
    output: Path

    def __call__(self, block: TableBlock) -> tuple[bytes, list[str]]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LowCoverageWarning)
            part = self.compress(self.table.switch(block, self.column_switcher))
        return part, [str(one.message) for one in caught]

    def compress(self, part: bytes) -> bytes:
        """Compress a part, if the name of the output asks for it."""
        return compressor(self.output)(part) if self.table.is_text else part


def _run(
    switch: _BlockSwitcher, append: Callable[[bytes, TablePosition], Any], start: TablePosition, workers: int
) -> None:
    """Switch the table from a position on."""
    from .._io.pool import in_order  # multiprocessing takes its time to import

    table = switch.table
    if start == TablePosition() and (head := table.head()):
        append(switch.compress(head), TablePosition(0, 1 + head.count(b"\n"), len(head)))
    for block, (part, messages) in in_order(switch, table.blocks(start), workers, fork=True, remedy=_REMEDY):
        append(part, block.end)
        for message in messages:
            warnings.warn(message, LowCoverageWarning, stacklevel=2)


def _finish(table: TableFile, partial: ResumableOutput, output: Path) -> None:
    """Replace the output by the complete new one."""
    if table.is_text:
        partial.data.close()  # Windows does not rename open files
        move_file(partial.path, output)
        return
    with replace_file(output) as temporary, temporary.open("wb") as stream, table.writer(stream) as write:
        for part in partial.parts():
            write(part)


def _check_output_format(format: str | None, output: Path) -> None:
    """Raise LexiconError if the name of the output promises another format than that of the input."""
    promised = format_of_name(output)
    if format and promised and promised != format:
        raise LexiconError(
            f"--output {output}: this name is one of {promised}, but the output has the format of the input, {format}; "
            f"name it {output.name.partition('.')[0] or 'output'}.{format}"
        )


def _opened(output: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(standard_output()) if str(output) == STANDARD_STREAM else open_stream(output)


def _shared(column_switcher: ColumnSwitcher, workers: int) -> AbstractContextManager[ColumnSwitcher]:
    return for_workers(column_switcher) if workers > 1 else nullcontext(column_switcher)


def _job(path: Path, table: TableFile, column_switcher: ColumnSwitcher, output: Path) -> str:
    """Return everything that must be the same if a stopped run is resumed."""
    if is_pipe(path):
        return ""
    status = os.fstat(standard_input().fileno()) if str(path) == STANDARD_STREAM else path.stat()
    return (
        f"{path.absolute()}|{status.st_size}|{status.st_mtime_ns}|{type(table).__name__}|{len(table.head())}|"
        f"{output.name}|{column_switcher.signature}"
    )


def _progress(path: Path, quiet: bool) -> Any:
    from tqdm import tqdm

    hidden = quiet or not sys.stderr.isatty()
    return tqdm(total=total_size([str(path)]), unit="B", unit_scale=True, unit_divisor=1024, disable=hidden)
