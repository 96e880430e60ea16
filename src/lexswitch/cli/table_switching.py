"""Switching a table block by block: workers, the order of the output, and resuming a stopped run."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, TextIO, TypeAlias

from .._io.atomic import move_file, replace_file
from .._io.outputs import is_stream, open_stream, output_file
from ..errors import LexiconError
from ..integrations.sharing import for_workers
from ..switching.columns import CellSwitch, ColumnSwitcher
from ..switching.language_check import LowCoverageWarning
from ..switching.report import Report
from ..switching.trace import Switch
from .lines import STANDARD_STREAM, standard_input, standard_output, total_size
from .report_output import check_new
from .resumable_output import ResumableOutput
from .tables import TableBlock, TableFile, TablePosition, compressor, format_of_name, is_pipe, open_table

_REMEDY = "use fewer --workers; if the output is a file, add --resume"


#: What is recorded: nothing, counts of all texts, or also details of a sample.
Record: TypeAlias = Literal["nothing", "totals", "details"]


@dataclass(frozen=True)
class TableJob:
    """A table to switch, and how.

    Attributes
    ----------
    source, output : Path
        "-" is standard input or output.
    format, header, separator
        As for `open_table`.
    trace : Path or None
        File for the switches.
    workers : int
    resume, force, quiet : bool
        Whether to resume a stopped run, to replace existing files, and to print nothing.
    """

    source: Path
    output: Path
    _: KW_ONLY
    format: str | None = None
    header: bool | None = None
    separator: str | None = None
    trace: Path | None = None
    workers: int = 1
    resume: bool = False
    force: bool = False
    quiet: bool = False

    @property
    def is_streamed(self) -> bool:
        """Whether the output is written in place."""
        return str(self.output) == STANDARD_STREAM or is_stream(self.output)

    def check(self) -> None:
        """Raise an error if the outputs cannot be written, before the work starts."""
        if self.resume and (self.is_streamed or is_pipe(self.source)):
            which, role = (self.output, "output") if self.is_streamed else (self.source, "input")
            raise LexiconError(
                f"--resume needs files, but the {role} {which} is a pipe or a device; leave --resume out"
            )
        if self.trace is not None:
            if self.resume:
                raise LexiconError("--trace-to has only the switches of one run; leave --resume out")
            check_new(self.trace, self.force)
        if not self.is_streamed:
            _check_output_format(self.format or format_of_name(self.source), self.output)
            check_new(self.output, self.force or (self.resume and ResumableOutput(self.output, "").is_started))


def switch_table(job: TableJob, column_switcher: ColumnSwitcher, record: Record) -> Report | None:
    """Switch columns of a table into another file, which is replaced when the new one is complete.

    A FIFO, a character device or "-" for standard output gets each part when it is done. Returns the report of the rows
    of this run, if it was recorded.

    Raises
    ------
    LexiconError
        If the table is not valid, the output's name promises another format, or the run to resume had other options.
    OSError
        If an output exists and may not be replaced, or cannot be written; names it.
    """
    job.check()
    path, output = job.source, job.output
    with (
        _progress(path, job.quiet) as progress,
        closing(
            open_table(
                path, job.format, list(column_switcher.switchers), job.header, progress.update, separator=job.separator
            )
        ) as table,
        _shared(column_switcher, job.workers) as shared,
        _opened_trace(job.trace) as trace,
    ):
        switch = _BlockSwitcher(table, shared, output, record, None if trace is None else shared)
        if job.workers == 1 and record != "nothing":
            switch = switch.recording()
        run = _Run(switch, job.workers, trace)
        if job.is_streamed:
            with _opened(output) as stream, table.writer(stream) as write:
                run.start(lambda part, _: (write(part), stream.flush()), TablePosition())
        else:
            output = output_file(output)
            with ResumableOutput(output, _run_id(job, table, column_switcher)).open(job.resume) as partial:
                run.start(partial.append, partial.position)
                _finish(table, partial, output)
        return run.report(column_switcher)


class _SwitchedPart(NamedTuple):
    """A part of the output."""

    data: bytes
    messages: list[str]
    """Warnings."""
    report: Report | None
    trace: str
    """Switches in JSON lines."""


@dataclass(frozen=True)
class _BlockSwitcher:
    """Switches and compresses a block, in any process."""

    table: TableFile
    column_switcher: ColumnSwitcher
    output: Path
    record: Record
    tracer: ColumnSwitcher | None
    """Yields the switches, if they are written."""
    report: Callable[[], Report] | None = None
    """Returns the report of all blocks, if one process switches them."""

    def recording(self) -> _BlockSwitcher:
        """Return the same object, which records what it switches."""
        recording, report = self.column_switcher.recording(details=self.record == "details")
        return replace(self, column_switcher=recording, report=report)

    def __call__(self, block: TableBlock) -> _SwitchedPart:
        reports: list[Report] = []
        traced: list[str] = []

        def switch(batch: Any, indices: range) -> Any:
            if self.tracer is not None:
                traced.extend(_trace_lines(self.tracer.trace(batch, indices), indices.start))
            if self.report is not None or self.record == "nothing":
                return self.column_switcher(batch, indices)
            recording, report = self.column_switcher.recording(indices.start, self.record == "details")
            switched = recording(batch, indices)
            reports.append(report())
            return switched

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LowCoverageWarning)
            part = self.compress(self.table.switch(block, switch))
        messages = [str(one.message) for one in caught]
        return _SwitchedPart(part, messages, reports[0] if reports else None, "".join(traced))

    def compress(self, part: bytes) -> bytes:
        """Compress a part, if the name of the output asks for it."""
        return compressor(self.output)(part) if self.table.is_text else part


def _trace_lines(switches: Iterable[CellSwitch], first_row: int) -> Iterator[str]:
    """Yield switches as JSON lines, with rows of the table from 0."""
    for column, row, item, switch in switches:
        place = {"row": first_row + row, "column": column, **({} if item is None else {"item": item})}
        found = {name: getattr(switch, name) for name in Switch._fields if name != "row"}
        yield json.dumps({**place, **found}, ensure_ascii=False) + "\n"


class _Run:
    """Switches a table from a position on, and collects reports and traces."""

    def __init__(self, switch: _BlockSwitcher, workers: int, trace: TextIO | None) -> None:
        self._switch, self._workers, self._trace = switch, workers, trace
        self._reports: list[Report] = []
        self._first_row = 0

    def start(self, append: Callable[[bytes, TablePosition], Any], start: TablePosition) -> None:
        """Switch the blocks from a position on."""
        from .._io.pool import in_order  # multiprocessing takes its time to import

        table, switch = self._switch.table, self._switch
        self._first_row = start.row
        if start == TablePosition() and (head := table.head()):
            append(switch.compress(head), TablePosition(0, 1 + head.count(b"\n"), len(head)))
        for block, part in in_order(switch, table.blocks(start), self._workers, fork=True, remedy=_REMEDY):
            append(part.data, block.end)
            if self._trace is not None:
                self._trace.write(part.trace)
            if part.report is not None:
                self._reports = [Report.merge([*self._reports, part.report])]
            for message in part.messages:
                warnings.warn(message, LowCoverageWarning, stacklevel=2)

    def report(self, column_switcher: ColumnSwitcher) -> Report | None:
        """Return the report of this run, or None if nothing was recorded."""
        if self._switch.record == "nothing":
            return None
        source = next(iter(column_switcher.switchers.values())).lexicon.source
        report = self._switch.report() if self._switch.report else Report.merge([Report.empty(source), *self._reports])
        if self._first_row:
            skipped = f"Rows 1 to {self._first_row:,} were switched by a stopped run, and are not counted here."
            return replace(report, notes=(*report.notes, skipped))
        return report


@contextmanager
def _opened_trace(path: Path | None) -> Iterator[TextIO | None]:
    """Open the file for the switches, which is written atomically."""
    if path is None:
        yield None
        return
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
        yield stream


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


def _run_id(job: TableJob, table: TableFile, column_switcher: ColumnSwitcher) -> str:
    """Return everything that must be the same if a stopped run is resumed."""
    path = job.source
    if is_pipe(path):
        return ""
    status = os.fstat(standard_input().fileno()) if str(path) == STANDARD_STREAM else path.stat()
    return (
        f"{path.absolute()}|{status.st_size}|{status.st_mtime_ns}|{type(table).__name__}|{len(table.head())}|"
        f"{job.output.name}|{column_switcher.signature}|{job.separator}"
    )


def _progress(path: Path, quiet: bool) -> Any:
    from tqdm import tqdm

    hidden = quiet or not sys.stderr.isatty()
    return tqdm(total=total_size([str(path)]), unit="B", unit_scale=True, unit_divisor=1024, disable=hidden)
