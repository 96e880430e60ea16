"""The columns of a table that hold texts, to suggest them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from .compression import COMPRESSED
from .csv_rows import csv_ends
from .delimited import CsvTable, TsvTable
from .header_detection import SAMPLE_ROWS, is_header
from .row_reader import RowReader, line_ends

_SEPARATORS = (",", ";", "\t", "|")
_MIN_SHARE = 0.5
"""Least share of cells with more than one word in a column of texts."""


class TextColumns(NamedTuple):
    """Columns that probably hold texts."""

    names: list[str]
    """Names, or numbers from 1 if there is no header."""
    separator: str | None = None
    """What separates the cells of CSV, if it is not a comma."""


def is_json(path: Path) -> bool:
    """Return whether a name is that of a JSON file, which no command reads as a table."""
    return next((suffix for suffix in reversed(path.suffixes) if suffix not in COMPRESSED), "") == ".json"


def find_text_columns(path: Path, format: str) -> TextColumns:
    """Return the columns of texts; all columns if no text has several words, and none if the table cannot be read."""
    try:
        if format == "parquet":
            return TextColumns(_of_parquet(path))
        if format == "jsonl":
            return TextColumns(_of_json_lines(path))
        return _of_delimited(path, format)
    except (ImportError, OSError, ValueError):
        return TextColumns([])  # an error without a suggestion; the same command with --columns has the reason


def _of_parquet(path: Path) -> list[str]:
    from pyarrow import parquet, types

    with parquet.ParquetFile(path) as file:
        fields = [(field.name, getattr(field.type, "value_type", field.type)) for field in file.schema_arrow]
    return [name for name, kind in fields if types.is_string(kind) or types.is_large_string(kind)]


def _of_json_lines(path: Path) -> list[str]:
    with closing(RowReader(path, line_ends)) as reader:
        rows = [json.loads(line) for line in reader.peek(SAMPLE_ROWS) if line.strip()]
    rows = [row for row in rows if isinstance(row, Mapping)]
    cells: dict[str, list[str]] = {name: [] for row in rows for name, value in row.items() if _texts(value)}
    for name, found in cells.items():
        found.extend(text for row in rows for text in _texts(row.get(name)))
    return _with_texts(list(cells), list(cells.values()))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _of_delimited(path: Path, format: str) -> TextColumns:
    if format == "tsv":
        return TextColumns(_names(_rows(path, None)))
    for separator in _SEPARATORS:
        if len((rows := _rows(path, separator))[0]) > 1:
            return TextColumns(_names(rows), None if separator == "," else separator)
    return TextColumns(_names(_rows(path, ",")))


def _rows(path: Path, separator: str | None) -> list[list[str]]:
    """Return the cells of the first rows, at least of one."""
    ends = line_ends if separator is None else partial(csv_ends, separator=separator)
    with closing(RowReader(path, ends)) as reader:
        if separator is None:
            table = TsvTable(str(path), [], reader, has_header=False)
        else:
            table = CsvTable(str(path), [], reader, False, separator)
        lines = [row.decode().rstrip("\r\n") for row in reader.peek(SAMPLE_ROWS)]
    return [list(map(table.value, table.cells(line))) for line in lines] or [[]]


def _names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the columns of texts: by name if the first row has names, else by number."""
    first, *others = rows
    numbers = range(len(first))
    has_header = is_header(
        rows, [number for number in numbers if _has_texts([row[number] for row in others if number < len(row)])]
    )
    names = list(first) if has_header else [str(number + 1) for number in numbers]
    below = others if has_header else rows
    return _with_texts(names, [[row[number] for row in below if number < len(row)] for number in numbers])


def _with_texts(names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of columns of texts, or all names if there is no such column."""
    return [name for name, cells in zip(names, columns, strict=True) if _has_texts(cells)] or list(names)


def _has_texts(cells: Sequence[str]) -> bool:
    return sum(len(cell.split()) > 1 for cell in cells) > _MIN_SHARE * len(cells)
