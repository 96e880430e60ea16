"""Tables: TSV, CSV, JSON lines and Parquet files, read once in blocks of whole rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ...errors import LexiconError
from ..lines import STANDARD_STREAM, input_name
from .base import HeaderWarning, TableBlock, TableFile, TablePosition, check_columns, is_pipe
from .compression import COMPRESSED, compressor
from .csv_rows import csv_ends
from .delimited import CsvTable, TsvTable, are_numbers
from .json_lines import JsonLinesTable
from .parquet import ParquetTable
from .row_reader import Progress, RowReader, line_ends

__all__ = [
    "FORMATS",
    "HeaderWarning",
    "TableBlock",
    "TableFile",
    "TablePosition",
    "compressor",
    "format_of_name",
    "is_pipe",
    "open_table",
]

FORMATS = ("tsv", "csv", "jsonl", "parquet")
_OTHER_SUFFIXES = {".ndjson": "jsonl", ".pq": "parquet"}


def open_table(
    path: Path,
    format: str | None,
    columns: Sequence[str],
    header: bool | None = None,
    progress: Progress | None = None,
    separator: str | None = None,
) -> TableFile:
    """Open a table and check that it has the columns.

    Parameters
    ----------
    path : Path
        The file, or "-" for standard input.
    format : str or None
        One of `FORMATS`; by default, the ending of the name decides.
    columns : sequence of str
        Columns by name, or by number from 1.
    header : bool, optional
        Whether the first row of TSV and CSV names the columns; by default, unless all of `columns` are numbers.
    progress : callable, optional
        Called with the number of bytes read.
    separator : str, optional
        What separates the cells of CSV: a character, or "tab". Default is a comma.

    Raises
    ------
    LexiconError
        If the format is not known, or a column is missing or exists twice.
    """
    format = format or _input_format(path)
    if separator is not None and format != "csv":
        raise LexiconError(f"--separator is for csv; {path} is read as {format}: add --format csv, or leave it out")
    if format == "parquet":
        table: TableFile = ParquetTable(path, columns, progress)
    elif format == "jsonl":
        table = JsonLinesTable(input_name(str(path)), columns, RowReader(path, line_ends, progress))
    else:
        return _open_delimited(
            path, _check_separator(separator) if format == "csv" else None, columns, header, progress
        )
    if header is not None:
        table.close()
        raise LexiconError(f"--header and --no-header are for tsv and csv; {path} is read as {format}: leave it out")
    return table


def format_of_name(path: Path) -> str | None:
    """Return the format that the ending of a name stands for, if any; endings of compression do not count."""
    suffix = next((suffix for suffix in reversed(path.suffixes) if suffix not in COMPRESSED), "")
    format = _OTHER_SUFFIXES.get(suffix, suffix.removeprefix("."))
    return format if format in FORMATS else None


def _open_delimited(
    path: Path, separator: str | None, columns: Sequence[str], header: bool | None, progress: Progress | None
) -> TableFile:
    """Open CSV with a separator, or TSV."""
    if header is False and not are_numbers(columns):
        raise LexiconError(f"--no-header: name columns by number, as 1=de, not {', '.join(columns)}")
    has_header = header if header is not None else not are_numbers(columns)
    name = input_name(str(path))
    if separator is None:
        table = TsvTable(name, columns, RowReader(path, line_ends, progress), has_header)
    else:
        reader = RowReader(path, partial(csv_ends, separator=separator), progress)
        table = CsvTable(name, columns, reader, has_header, separator)
    try:
        check_columns(name, table.names, columns)
        if header is None and not has_header:
            table.warn_of_header()
    except BaseException:
        table.close()
        raise
    return table


def _check_separator(separator: str | None) -> str:
    if separator is None:
        return ","
    found = "\t" if separator in {"tab", "\\t"} else separator
    if len(found) != 1 or not found.isascii() or found in '"\r\n' or found.isalnum():
        raise LexiconError(f'--separator is {separator!r}; it must be one character such as ";" or "|", or "tab"')
    return found


def _input_format(path: Path) -> str:
    if format := format_of_name(path):
        return format
    problem = (
        "standard input has no name" if str(path) == STANDARD_STREAM else f"the name of {path} does not show its format"
    )
    raise LexiconError(f"{problem}; choose one of {', '.join(FORMATS)} with --format")
