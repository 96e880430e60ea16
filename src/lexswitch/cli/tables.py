"""Files of rows and columns, TSV, CSV, JSON lines and Parquet, in blocks of whole rows that are switched one by one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..column_switcher import ColumnSwitcher
from ..engine.packing import Ints
from ..errors import LexiconError
from ..streams import open_unpacked

# Bytes and rows per block: what a worker takes at a time, and what a killed run loses.
_BLOCK = 1 << 21
_BLOCK_ROWS = 1 << 14
_PACKERS = (".gz", ".bz2", ".xz", ".zst")

Progress = Callable[[int], Any]


class Position(NamedTuple):
    """A place between two rows of a file."""

    row: int = 0
    """Rows before it."""
    line: int = 1
    """Number of the next line."""
    offset: int = 0
    """Bytes, unpacked, before it."""


class Block(NamedTuple):
    """Some whole rows of a file."""

    start: Position
    end: Position
    data: Any
    """Bytes of text, or a record batch."""


class Table(Protocol):
    """A file of rows; it goes to the workers, and so is picklable."""

    def head(self) -> bytes:
        """What stands before the rows, for the output."""
        ...

    def blocks(self, start: Position, progress: Progress | None = None) -> Iterator[Block]:
        """The rows from a position on."""
        ...

    def switch(self, block: Block, hook: ColumnSwitcher) -> bytes:
        """The rows of a block, switched."""
        ...

    def finish(self, parts: Path, sizes: Iterable[int], output: Path) -> None:
        """Make the output of a file that holds what `head` and `switch` gave, where it is not that file already."""
        ...


def open_table(path: Path, kind: str | None, columns: Sequence[str]) -> Table:
    """Open a file by the ending of its name, or as the format `kind`, and see that it has the columns.

    Raises
    ------
    LexiconError
        If the format is not told, or a column is missing.
    """
    kind = kind or _kind(path)
    table: Table = _FORMATS[kind](path, columns)
    if not isinstance(table, _JsonLines):  # whose rows tell their own names
        names: list[str] = table.names  # type: ignore[attr-defined]  # of all others
        missing = [name for name in columns if name not in names]
        if missing:
            raise LexiconError(f"{path} has no column {missing[0]!r}; it has {', '.join(map(repr, names))}")
    return table


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
    if kind not in _FORMATS:
        raise LexiconError(f"{path}: no format is known by this name; tell one of {', '.join(_FORMATS)} with --format")
    return kind


# -- text --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _TextTable:
    """Rows that end at line feeds."""

    path: Path
    columns: Sequence[str]

    quoted = False

    def head(self) -> bytes:
        return b""

    def blocks(self, start: Position, progress: Progress | None = None) -> Iterator[Block]:
        head = self.head()
        with open_unpacked(self.path, progress) as stream:
            if start.offset < len(head):
                start = Position(0, 1 + head.count(b"\n"), len(head))
            _skip(stream, start.offset, self.path)
            for data in _whole_rows(stream, self.quoted):
                lines = data.count(b"\n") + (not data.endswith(b"\n"))
                rows = int(_ends(data, self.quoted).size) + (not data.endswith(b"\n"))
                end = Position(start.row + rows, start.line + lines, start.offset + len(data))
                yield Block(start, end, data)
                start = end

    def switch(self, block: Block, hook: ColumnSwitcher) -> bytes:
        try:
            text = block.data.decode()
        except UnicodeDecodeError as error:
            line = block.start.line + block.data.count(b"\n", 0, error.start)
            raise LexiconError(
                f"{self.path}:{line}: no UTF-8 ({error.reason}); convert it with iconv -f ENCODING -t UTF-8"
            ) from None
        return self.switched(text, block, hook).encode()

    def switched(self, text: str, block: Block, hook: ColumnSwitcher) -> str:
        raise NotImplementedError

    def finish(self, parts: Path, sizes: Iterable[int], output: Path) -> None:
        parts.replace(output)


@dataclass(frozen=True)
class _Tsv(_TextTable):
    """Fields apart by tabs, without quotes; a header, unless columns are told by their numbers, from 1."""

    def head(self) -> bytes:
        return b"" if _are_numbers(self.columns) else self._first

    @cached_property
    def _first(self) -> bytes:
        return _first_row(self.path, self.quoted)

    @cached_property
    def names(self) -> list[str]:
        if _are_numbers(self.columns):
            return _numbered(self._first.split(b"\t"))
        return _decoded_head(self.path, self._first).split("\t")

    def switched(self, text: str, block: Block, hook: ColumnSwitcher) -> str:
        lines = text.split("\n")
        last = [] if lines[-1] else [lines.pop()]  # behind the last line feed nothing follows
        ends = ["\r" if line.endswith("\r") else "" for line in lines]
        rows = [line.removesuffix("\r").split("\t") for line in lines]
        _switch_rows(self, rows, [block.start.line + number for number in range(len(rows))], block, hook)
        return "\n".join(["\t".join(row) + end for row, end in zip(rows, ends, strict=True)] + last)


@dataclass(frozen=True)
class _Csv(_Tsv):
    """Fields apart by commas, quoted where they must be; a row in which nothing is switched stays byte by byte."""

    quoted = True

    @cached_property
    def names(self) -> list[str]:
        fields = next(csv.reader(io.StringIO(_decoded_head(self.path, self._first), newline="")), [])
        return _numbered(fields) if _are_numbers(self.columns) else fields

    def switched(self, text: str, block: Block, hook: ColumnSwitcher) -> str:
        lines = io.StringIO(text, newline="\n").readlines()
        rows, raw, numbers, first = [], [], [], 0
        reader = csv.reader(lines, strict=True)
        try:
            for row in reader:
                rows.append(row)
                raw.append("".join(lines[first : reader.line_num]))
                numbers.append(block.start.line + first)
                first = reader.line_num
        except csv.Error as error:
            raise LexiconError(f"{self.path}:{block.start.line + first}: no CSV ({error}); mend the row") from None
        if len(rows) != block.end.row - block.start.row:
            raise LexiconError(
                f"{self.path}:{block.start.line}: from here on quotes do not pair; quote fields that hold one"
            )
        before = [list(row) for row in rows]
        _switch_rows(self, rows, numbers, block, hook)
        return "".join(
            old if row == same else _csv_row(row, old) for row, same, old in zip(rows, before, raw, strict=True)
        )


@dataclass(frozen=True)
class _JsonLines(_TextTable):
    """An object a line; a line in which nothing is switched stays byte by byte. A cell may be a list of texts."""

    def switched(self, text: str, block: Block, hook: ColumnSwitcher) -> str:
        lines = text.split("\n")
        last = [] if lines[-1] else [lines.pop()]
        rows = [self._parsed(line, block.start.line + number) for number, line in enumerate(lines)]
        batch: dict[str, list[Any]] = {}
        for name in self.columns:
            for number, row in enumerate(rows):
                if name not in row:
                    line = block.start.line + number
                    raise LexiconError(f"{self.path}:{line}: no column {name!r}; the row has {list(row)}")
            batch[name] = [row[name] for row in rows]
        switched = _called(hook, batch, self.path, block)
        for number, row in enumerate(rows):
            new = {name: switched[name][number] for name in self.columns}
            if any(new[name] != row[name] for name in self.columns):
                lines[number] = _json_row({**row, **new}, lines[number])
        return "\n".join(lines + last)

    def _parsed(self, line: str, number: int) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise LexiconError(f"{self.path}:{number}: no JSON ({error}); mend the line") from None
        if not isinstance(row, dict):
            raise LexiconError(f"{self.path}:{number}: {type(row).__name__}; each line must be a JSON object")
        return row


def _switch_rows(
    table: _TextTable, rows: list[list[str]], lines: Sequence[int], block: Block, hook: ColumnSwitcher
) -> None:
    """Switch columns of rows of fields in place."""
    names = table.names  # type: ignore[attr-defined]  # of both subclasses with fields
    places = {name: names.index(name) for name in table.columns}
    for row, line in zip(rows, lines, strict=True):
        if row and len(row) <= max(places.values()):  # an empty line of CSV is no row
            raise LexiconError(
                f"{table.path}:{line}: {len(row)} fields, but column {max(places, key=places.__getitem__)!r} is "
                f"field {max(places.values()) + 1}; mend the row"
            )
    switched = _called(
        hook, {name: [row[at] if row else None for row in rows] for name, at in places.items()}, table.path, block
    )
    for name, at in places.items():
        for row, text in zip(rows, switched[name], strict=True):
            if row:
                row[at] = text


def _called(hook: ColumnSwitcher, batch: Mapping[str, list[Any]], path: Path, block: Block) -> dict[str, list[Any]]:
    try:
        result: dict[str, list[Any]] = hook(batch, range(block.start.row, block.end.row))
    except (TypeError, ValueError) as error:
        raise LexiconError(f"{path}: rows {block.start.row + 1:,} to {block.end.row:,}: {error}") from None
    return result


def _csv_row(row: Sequence[str], old: str) -> str:
    end = "\r\n" if old.endswith("\r\n") else "\n" if old.endswith("\n") else ""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="").writerow(row)
    return file.getvalue() + end


def _json_row(row: Mapping[str, Any], old: str) -> str:
    """A line of JSON, spaced and escaped as the old one."""
    separators = (", ", ": ") if '": ' in old else (",", ":")
    return json.dumps(row, ensure_ascii="\\u" in old and old.isascii(), separators=separators) + "\r" * old.endswith(
        "\r"
    )


def _are_numbers(columns: Sequence[str]) -> bool:
    return all(name.isdecimal() for name in columns)


def _numbered(fields: Sequence[object]) -> list[str]:
    return [str(number) for number, _ in enumerate(fields, 1)]


def _first_row(path: Path, quoted: bool) -> bytes:
    with open_unpacked(path) as stream:
        data = next(_whole_rows(stream, quoted), b"")
    ends = _ends(data, quoted)
    return data[: ends[0] + 1] if ends.size else data


def _decoded_head(path: Path, head: bytes) -> str:
    try:
        return head.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}:1: no UTF-8 ({error.reason}); convert it with iconv -f ENCODING -t UTF-8") from None


def _whole_rows(stream: io.BufferedReader, quoted: bool) -> Iterator[bytes]:
    """Blocks of whole rows of at most `_BLOCK` bytes, or one longer row; where one ends depends on its bytes alone."""
    pending = b""
    while data := stream.read(_BLOCK - len(pending) % _BLOCK):
        pending += data
        ends = _ends(pending, quoted)
        if ends.size and len(pending) >= _BLOCK:
            yield pending[: ends[-1] + 1]
            pending = pending[ends[-1] + 1 :]
    if pending:
        yield pending


def _ends(data: bytes, quoted: bool) -> Ints:
    """Where rows end: at line feeds, outside of quotes where they matter."""
    array = np.frombuffer(data, dtype=np.uint8)
    ends: Ints = (array == ord("\n")).nonzero()[0]
    if quoted and b'"' in data:
        quotes = (array == ord('"')).nonzero()[0]
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return ends


def _skip(stream: io.BufferedReader, count: int, path: Path) -> None:
    while count:
        data = stream.read(min(count, _BLOCK))
        if not data:
            raise LexiconError(f"{path} is shorter than it was; run again without --resume")
        count -= len(data)


# -- Parquet -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parquet:
    """Row groups of Arrow columns; types, other columns, metadata and compression stay as they are."""

    path: Path
    columns: Sequence[str]

    @property
    def names(self) -> list[str]:
        return list(self._file().schema_arrow.names)

    def head(self) -> bytes:
        return b""

    def blocks(self, start: Position, progress: Progress | None = None) -> Iterator[Block]:
        file = self._file()
        row, size, count = 0, self.path.stat().st_size, file.metadata.num_rows
        for batch in file.iter_batches(_BLOCK_ROWS):
            end = row + len(batch)
            if progress is not None:
                progress(size * end // count - size * row // count)
            if row >= start.row:
                yield Block(Position(row), Position(end), batch)
            row = end

    def switch(self, block: Block, hook: ColumnSwitcher) -> bytes:
        import pyarrow as pa

        switched = _called(hook, block.data, self.path, block)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, block.data.schema) as writer:
            writer.write_batch(switched)
        return bytes(sink.getvalue())

    def finish(self, parts: Path, sizes: Iterable[int], output: Path) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        from ..files import replace_file

        file = self._file()
        groups = file.metadata.num_row_groups
        codec = file.metadata.row_group(0).column(0).compression.lower() if groups else "snappy"
        with parts.open("rb") as stream, replace_file(output) as temporary:
            compression = "none" if codec == "uncompressed" else codec
            with parquet.ParquetWriter(temporary, file.schema_arrow, compression=compression) as writer:
                for size in sizes:
                    writer.write_table(pa.ipc.open_stream(stream.read(size)).read_all())
        parts.unlink()

    def _file(self) -> Any:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ImportError:
            raise ImportError('Parquet needs pyarrow; pip install "lexswitch[arrow]"') from None
        try:
            return parquet.ParquetFile(self.path)
        except pa.ArrowInvalid as error:
            raise LexiconError(f"{self.path}: no Parquet ({error}); tell what it is with --format") from None


_FORMATS: dict[str, Callable[[Path, Sequence[str]], Any]] = {
    "tsv": _Tsv,
    "csv": _Csv,
    "jsonl": _JsonLines,
    "parquet": Parquet,
}
FORMATS = tuple(_FORMATS)
