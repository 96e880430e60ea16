"""Tables, TSV, CSV, JSON lines and Parquet, read once in blocks of whole rows that are switched one by one."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO, NamedTuple, Protocol

from ..errors import LexiconError
from ..switching.columns import ColumnSwitcher
from .headers import LOOKED_AT, is_header
from .json_members import Member, changed, check_cell, find_members, spliced
from .lines import STDIN, input_name, standard_input
from .rows import Progress, Reader, RowError, csv_ends, line_ends

_BLOCK_ROWS = 1 << 14
_PACKERS = (".gz", ".bz2", ".xz", ".zst")


class HeaderWarning(UserWarning):
    """The first row of a table, which is switched as all others, looks like a header."""


class Position(NamedTuple):
    """A place between two rows of a file."""

    row: int = 0
    """Rows before it."""
    line: int = 1
    """Number of the next line."""
    offset: int = 0
    """Bytes, unpacked, before it."""


class TableBlock(NamedTuple):
    """Some whole rows of a file."""

    start: Position
    end: Position
    data: Any
    """Bytes of text, or a record batch."""


class Table(Protocol):
    """A file of rows, read once; it goes to the workers without its open file."""

    is_text: bool
    """Whether its parts are the output; then each may be compressed."""

    def head(self) -> bytes:
        """What is before the rows, for the output."""
        ...

    def blocks(self, start: Position) -> Iterator[TableBlock]:
        """The rows from a position on."""
        ...

    def switch(self, block: TableBlock, column_switcher: ColumnSwitcher) -> bytes:
        """The rows of a block, switched: a part of the output."""
        ...

    def writer(self, stream: BinaryIO) -> AbstractContextManager[Callable[[bytes], Any]]:
        """Give a function that writes parts to the output."""
        ...

    def close(self) -> None:
        """Close the input."""
        ...


def open_table(
    path: Path,
    kind: str | None,
    columns: Sequence[str],
    header: bool | None = None,
    progress: Progress | None = None,
) -> Table:
    """Open a file by the ending of its name, or as the format `kind`, and see that it has the columns.

    The first row of TSV and CSV names the columns, unless all of `columns` are numbers, from 1; `header` decides.

    Raises
    ------
    LexiconError
        If the format is not known, or a column is missing or there twice.
    """
    kind = kind or _kind(path)
    if kind == "parquet":
        table: Table = Parquet(path, columns, progress)
    elif kind == "jsonl":
        table = _JsonLines(input_name(str(path)), columns, Reader(path, line_ends, progress))
    else:
        return _open_fields(path, kind, columns, header, progress)
    if header is not None:
        table.close()
        raise LexiconError(f"--header and --no-header are for tsv and csv; {path} is read as {kind}: leave it out")
    return table


def _open_fields(
    path: Path, kind: str, columns: Sequence[str], header: bool | None, progress: Progress | None
) -> Table:
    if header is False and not _are_numbers(columns):
        raise LexiconError(f"--no-header: name columns by number, as 1=de, not {', '.join(columns)}")
    has_header = header if header is not None else not _are_numbers(columns)
    make, ends = (_Csv, csv_ends) if kind == "csv" else (_Tsv, line_ends)
    name = input_name(str(path))
    table = make(name, columns, Reader(path, ends, progress), has_header)
    try:
        _check_columns(name, table.names, columns)
        if header is None and not has_header:
            table.warn_of_header()
    except BaseException:
        table.close()
        raise
    return table


def is_pipe(path: Path) -> bool:
    """Whether an input can be read once only: a pipe or a device, or standard input that is one."""
    return not S_ISREG((os.fstat(standard_input().fileno()) if str(path) == STDIN else path.stat()).st_mode)


def _check_columns(table: str, names: Sequence[str], columns: Sequence[str]) -> None:
    for name in columns:
        if name not in names:
            raise LexiconError(f"{table} has no column {name!r}; it has {', '.join(map(repr, names)) or 'none'}")
        if names.count(name) > 1:
            raise LexiconError(f"{table} has {names.count(name)} columns {name!r}; give each a name of its own")


def packer(path: Path) -> Callable[[bytes], bytes]:
    """What packs each part of an output, by the ending of its name; packed parts in a row are a packed file."""
    if path.suffix == ".gz":
        import gzip

        return lambda data: gzip.compress(data, 6, mtime=0)
    if path.suffix == ".bz2":
        import bz2

        return bz2.compress
    if path.suffix == ".xz":
        import lzma

        return lzma.compress
    if path.suffix == ".zst":
        try:
            import zstandard
        except ImportError:
            raise ImportError(f'{path} needs Zstandard; pip install "lexswitch[zstd]", or choose .gz') from None
        return lambda data: zstandard.ZstdCompressor().compress(data)
    return bytes


def _kind(path: Path) -> str:
    suffix = next((suffix for suffix in reversed(path.suffixes) if suffix not in _PACKERS), "")
    kind = {".ndjson": "jsonl", ".pq": "parquet"}.get(suffix, suffix.removeprefix("."))
    if kind not in FORMATS:
        name = "standard input has no name" if str(path) == STDIN else f"{path}: no format is known by this name"
        raise LexiconError(f"{name}; choose one of {', '.join(FORMATS)} with --format")
    return kind


# -- text --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _TextTable:
    """Rows that end at line feeds. All but the switched cells stays byte by byte."""

    name: str
    """As messages have it."""
    columns: Sequence[str]
    reader: Reader | None = field(compare=False)
    """None in workers, which get blocks."""

    is_text = True

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "reader": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def head(self) -> bytes:
        return self._reader.mark

    def blocks(self, start: Position) -> Iterator[TableBlock]:
        head = self.head()
        start = max(start, Position(0, 1 + head.count(b"\n"), len(head)), key=lambda place: place.offset)
        self._reader.skip(start.offset - len(self._reader.mark))
        while found := self._reader.take():
            data, rows = found
            lines = data.count(b"\n") + (not data.endswith(b"\n"))
            end = Position(start.row + rows, start.line + lines, start.offset + len(data))
            yield TableBlock(start, end, data)
            start = end

    def switch(self, block: TableBlock, column_switcher: ColumnSwitcher) -> bytes:
        data: bytes = block.data
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            line = block.start.line + data.count(b"\n", 0, error.start)
            raise self._no_utf8(line, error) from None
        end = "\n" * text.endswith("\n")
        return ("\n".join(self.switched(text.removesuffix("\n"), block, column_switcher)) + end).encode()

    def switched(self, text: str, block: TableBlock, column_switcher: ColumnSwitcher) -> list[str]:
        """The rows of a block, without their line feeds."""
        raise NotImplementedError

    @contextmanager
    def writer(self, stream: BinaryIO) -> Iterator[Callable[[bytes], Any]]:
        yield stream.write

    def close(self) -> None:
        self._reader.close()

    @property
    def _reader(self) -> Reader:
        if self.reader is None:
            raise RuntimeError("a worker has no input of its own")
        return self.reader

    def _no_utf8(self, line: int, error: UnicodeDecodeError) -> LexiconError:
        return LexiconError(
            f"{self.name}:{line}: not UTF-8 ({error.reason}); convert it with iconv -f ENCODING -t UTF-8"
        )


@dataclass(frozen=True)
class _Tsv(_TextTable):
    """Fields between tabs, without quotes."""

    has_header: bool

    separator = "\t"

    def head(self) -> bytes:
        return self._reader.mark + self._reader.first * self.has_header

    @cached_property
    def names(self) -> list[str]:
        """The names of the columns, or their numbers."""
        try:
            first = list(map(self.value, self.cells(_without_end(self._reader.first.decode()))))
        except UnicodeDecodeError as error:
            raise self._no_utf8(1, error) from None
        except RowError as error:
            raise LexiconError(f"{self.name}:1: {error}") from None
        return [str(number) for number, _ in enumerate(first, 1)] if _are_numbers(self.columns) else first

    def warn_of_header(self) -> None:
        """Warn if the first row looks like a header, although it is switched."""
        try:
            texts = [_without_end(row.decode()) for row in self._reader.peek(LOOKED_AT)]
            rows = [list(map(self.value, self.cells(text))) for text in texts]
        except ValueError:
            return  # when this row is read, the error has its line
        if is_header(rows, [self.names.index(name) for name in self.columns]):
            warnings.warn(
                f"{self.name}: the first row ({texts[0]!r}) looks like a header, and is switched as all others; keep "
                "it with --header, or confirm with --no-header that it is a row",
                HeaderWarning,
                stacklevel=2,
            )

    def switched(self, text: str, block: TableBlock, column_switcher: ColumnSwitcher) -> list[str]:
        rows = self.rows(text)
        places = {name: self.names.index(name) for name in self.columns}
        cells = []
        for number, row in enumerate(rows):
            try:
                cells.append(self._checked(self.cells(row.removesuffix("\r")), places))
            except RowError as error:
                line = block.start.line + number + sum(before.count("\n") for before in rows[:number])
                raise LexiconError(f"{self.name}:{line}: {error}") from None
        batch = {name: [self.value(row[at]) if row else None for row in cells] for name, at in places.items()}
        switched = _called(column_switcher, batch, self.name, block)
        for name, at in places.items():
            for number, (old, new) in enumerate(zip(batch[name], switched[name], strict=True)):
                if new != old:
                    cells[number][at] = self.cell(new, cells[number][at])
                    rows[number] = self.separator.join(cells[number]) + "\r" * rows[number].endswith("\r")
        return rows

    def _checked(self, cells: list[str], places: Mapping[str, int]) -> list[str]:
        if cells and len(cells) <= max(places.values()):
            name = max(places, key=places.__getitem__)
            raise RowError(f"{len(cells)} fields, but column {name!r} is field {places[name] + 1}; mend the row", 0)
        return cells

    def rows(self, text: str) -> list[str]:
        """Cut a block into rows, without their line feeds."""
        return text.split("\n")

    def cells(self, row: str) -> list[str]:
        """The cells of a row as they are written; none for an empty line that is not a row."""
        return row.split(self.separator)

    def value(self, cell: str) -> str:
        """The text of a cell."""
        return cell

    def cell(self, text: str, old: str) -> str:
        """A text as the cell that takes the place of another."""
        return text


@dataclass(frozen=True)
class _Csv(_Tsv):
    """Fields between commas, quoted where they must be."""

    separator = ","

    def rows(self, text: str) -> list[str]:
        if '"' not in text:
            return super().rows(text)
        data = text.encode()
        stops = [*csv_ends(data, True).tolist(), len(data)]
        starts = [0, *(stop + 1 for stop in stops[:-1])]
        return [data[start:stop].decode() for start, stop in zip(starts, stops, strict=True)]

    def cells(self, row: str) -> list[str]:
        if not row:
            return []
        cells, at = [], 0
        if '"' not in row:
            cells = row.split(",")
        else:
            while at <= len(row):
                end = _end_of_quoted(row, at) if row.startswith('"', at) else row.find(",", at)
                cells.append(row[at:] if end < 0 else row[at:end])
                at = end + 1 if end >= 0 else len(row) + 1
        if "\r" in row and any("\r" in cell for cell in cells if not cell.startswith('"')):
            raise RowError("a carriage return outside of quotes; end rows with line feeds, or quote the cell", 0)
        return cells

    def value(self, cell: str) -> str:
        return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell

    def cell(self, text: str, old: str) -> str:
        # csv.writer of Python 3.10 to 3.12 writes a CR or LF bare if rows end otherwise, which readers take for an end.
        if old.startswith('"') or any(char in text for char in '",\r\n'):
            return '"' + text.replace('"', '""') + '"'
        return text


@dataclass(frozen=True)
class _JsonLines(_TextTable):
    """An object a line. A cell is a text, a list of texts and nulls, or null."""

    def switched(self, text: str, block: TableBlock, column_switcher: ColumnSwitcher) -> list[str]:
        lines = text.split("\n")
        rows = [self._members(line, block.start.line + number) for number, line in enumerate(lines)]
        batch = {name: [row[name].value for row in rows] for name in self.columns}
        switched = _called(column_switcher, batch, self.name, block)
        for number, (line, row) in enumerate(zip(lines, rows, strict=True)):
            changes = [
                change
                for name in self.columns
                if (new := switched[name][number]) != row[name].value
                for change in spliced(line, row[name], new)
            ]
            if changes:
                lines[number] = changed(line, changes)
        return lines

    def _members(self, line: str, number: int) -> dict[str, Member]:
        """The members of a line that are to be switched."""
        try:
            found = find_members(line, self.columns)
            for name in self.columns:
                if name not in found:
                    raise LexiconError(f"no column {name!r}; the row has {list(json.loads(line))}")
                check_cell(name, found[name].value)
        except json.JSONDecodeError as error:
            raise LexiconError(
                f"{self.name}:{number}: not JSON ({error.msg} at column {error.colno}); mend the line"
            ) from None
        except (ValueError, RecursionError) as error:
            raise LexiconError(f"{self.name}:{number}: {error}; mend the line") from None
        return found


def _called(column_switcher: ColumnSwitcher, batch: Any, table: str, block: TableBlock) -> dict[str, list[Any]]:
    try:
        result: dict[str, list[Any]] = column_switcher(batch, range(block.start.row, block.end.row))
    except (TypeError, ValueError) as error:
        raise LexiconError(f"{table}: rows {block.start.row + 1:,} to {block.end.row:,}: {error}") from None
    return result


def _are_numbers(columns: Sequence[str]) -> bool:
    return all(name.isdecimal() for name in columns)


def _without_end(row: str) -> str:
    return row.removesuffix("\n").removesuffix("\r")


def _end_of_quoted(row: str, start: int) -> int:
    """Where the quoted cell ends that begins at `start`: `csv_ends` has seen that it does."""
    end = row.index('"', start + 1) + 1
    while row.startswith('"', end):
        end = row.index('"', end + 1) + 1
    return end


# -- Parquet -----------------------------------------------------------------------------------------------------------


class Parquet:
    """Row groups of Arrow columns; types, other columns, metadata and compression stay as they are."""

    is_text = False

    def __init__(self, path: Path, columns: Sequence[str], progress: Progress | None = None) -> None:
        self.path = path
        self._progress = progress
        self._file = _open_parquet(path)
        try:
            _check_columns(str(path), self._file.schema_arrow.names, columns)
        except BaseException:
            self.close()
            raise

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}  # workers get blocks

    def head(self) -> bytes:
        return b""

    def blocks(self, start: Position) -> Iterator[TableBlock]:
        row, size, count = 0, self.path.stat().st_size, self._file.metadata.num_rows
        for batch in self._file.iter_batches(_BLOCK_ROWS):
            end = row + len(batch)
            if self._progress is not None:
                self._progress(size * end // count - size * row // count)
            if row >= start.row:
                yield TableBlock(Position(row), Position(end), batch)
            row = end

    def switch(self, block: TableBlock, column_switcher: ColumnSwitcher) -> bytes:
        import pyarrow as pa

        switched = _called(column_switcher, block.data, str(self.path), block)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, block.data.schema) as writer:
            writer.write_batch(switched)
        return bytes(sink.getvalue())

    @contextmanager
    def writer(self, stream: BinaryIO) -> Iterator[Callable[[bytes], Any]]:
        import pyarrow as pa
        from pyarrow import parquet

        with parquet.ParquetWriter(stream, self._file.schema_arrow, compression=self._compression()) as writer:
            yield lambda part: writer.write_table(pa.ipc.open_stream(part).read_all())

    def close(self) -> None:
        self._file.close()

    def _compression(self) -> dict[str, str] | str:
        """The codec of each column, as the first row group has it."""
        metadata = self._file.metadata
        if not metadata.num_row_groups:
            return "snappy"
        group = metadata.row_group(0)
        columns = [group.column(number) for number in range(group.num_columns)]
        codecs = {one.path_in_schema: one.compression.lower().replace("uncompressed", "none") for one in columns}
        return codecs if len(set(codecs.values())) > 1 else next(iter(codecs.values()), "snappy")


def _open_parquet(path: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ImportError('Parquet needs pyarrow; pip install "lexswitch[arrow]"') from None
    if is_pipe(path):
        raise LexiconError(
            f"{input_name(str(path))}: Parquet is read from its end, which a pipe has not; write it to a file first"
        )
    try:
        return parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise LexiconError(f"{path}: not Parquet ({error}); say what it is with --format") from None


FORMATS = ("tsv", "csv", "jsonl", "parquet")
