"""TSV and CSV tables."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...errors import LexiconError
from .base import HeaderWarning, SwitchColumns, TableBlock, switch_batch
from .csv_rows import csv_ends
from .header_detection import SAMPLE_ROWS, is_header
from .row_reader import RowError
from .text import TextTable


@dataclass(frozen=True)
class TsvTable(TextTable):
    """Fields separated by tabs, without quotes."""

    has_header: bool
    separator: str = "\t"

    def head(self) -> bytes:
        return self.open_reader.mark + self.open_reader.first * self.has_header

    @cached_property
    def names(self) -> list[str]:
        """The names of the columns, or their numbers."""
        try:
            first = list(map(self.value, self.cells(_without_line_end(self.open_reader.first.decode()))))
        except UnicodeDecodeError as error:
            raise self.not_utf8(1, error) from None
        except RowError as error:
            raise LexiconError(f"{self.name}:1: {error}") from None
        return [str(number) for number, _ in enumerate(first, 1)] if are_numbers(self.columns) else first

    def warn_of_header(self) -> None:
        """Warn if the first row will be switched, but looks like a header."""
        try:
            texts = [_without_line_end(row.decode()) for row in self.open_reader.peek(SAMPLE_ROWS)]
            rows = [list(map(self.value, self.cells(text))) for text in texts]
        except ValueError:
            return  # when this row is read, the error names its line
        if is_header(rows, [self.names.index(name) for name in self.columns]):
            warnings.warn(
                f"{self.name}: the first row ({texts[0]!r}) looks like a header, and is switched as all others; keep "
                "it with --header, or confirm with --no-header that it is a row",
                HeaderWarning,
                stacklevel=2,
            )

    def switched(self, text: str, block: TableBlock, switch: SwitchColumns) -> list[str]:
        rows = self.rows(text)
        fields = {name: self.names.index(name) for name in self.columns}
        cells = []
        for number, row in enumerate(rows):
            try:
                cells.append(self._checked(self.cells(row.removesuffix("\r")), fields))
            except RowError as error:
                line = block.start.line + number + sum(before.count("\n") for before in rows[:number])
                raise LexiconError(f"{self.name}:{line}: {error}") from None
        batch = {name: [self.value(row[field]) if row else None for row in cells] for name, field in fields.items()}
        switched = switch_batch(switch, batch, self.name, block)
        for name, field in fields.items():
            for number, (old, new) in enumerate(zip(batch[name], switched[name], strict=True)):
                if new != old:
                    cells[number][field] = self.cell(new, cells[number][field])
                    rows[number] = self.separator.join(cells[number]) + "\r" * rows[number].endswith("\r")
        return rows

    def _checked(self, cells: list[str], fields: Mapping[str, int]) -> list[str]:
        """Return the cells of a row, if it has all columns that are switched."""
        if cells and len(cells) <= max(fields.values()):
            name = max(fields, key=fields.__getitem__)
            count = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
            raise RowError(f"{count}, but column {name!r} is field {fields[name] + 1}; correct the row", 0)
        return cells

    def rows(self, text: str) -> list[str]:
        """Split a block into rows, without their line feeds."""
        return text.split("\n")

    def cells(self, row: str) -> list[str]:
        """Return the cells of a row as they are written; none for an empty line."""
        return row.split(self.separator)

    def value(self, cell: str) -> str:
        """Return the text of a cell."""
        return cell

    def cell(self, text: str, old: str) -> str:
        """Return a text as a cell that replaces another."""
        return text


@dataclass(frozen=True)
class CsvTable(TsvTable):
    """Fields separated by commas or another character, quoted where necessary."""

    def rows(self, text: str) -> list[str]:
        if '"' not in text:
            return super().rows(text)
        data = text.encode()
        stops = [*csv_ends(data, True, self.separator).tolist(), len(data)]
        starts = [0, *(stop + 1 for stop in stops[:-1])]
        return [data[start:stop].decode() for start, stop in zip(starts, stops, strict=True)]

    def cells(self, row: str) -> list[str]:
        if not row:
            return []
        cells, start = [], 0
        if '"' not in row:
            cells = row.split(self.separator)
        else:
            while start <= len(row):
                is_quoted = row.startswith('"', start)
                end = _end_of_quoted(row, start) if is_quoted else row.find(self.separator, start)
                cells.append(row[start:] if end < 0 else row[start:end])
                start = end + 1 if end >= 0 else len(row) + 1
        if "\r" in row and any("\r" in cell for cell in cells if not cell.startswith('"')):
            raise RowError("a carriage return outside of quotes; end rows with line feeds, or quote the cell", 0)
        return cells

    def value(self, cell: str) -> str:
        return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell

    def cell(self, text: str, old: str) -> str:
        # csv.writer of Python 3.10 to 3.12 leaves a CR or LF bare if its rows end otherwise; readers end a row there.
        if old.startswith('"') or any(char in text for char in ('"', self.separator, "\r", "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text


def are_numbers(columns: Sequence[str]) -> bool:
    """Return whether all columns are given by number."""
    return all(name.isdecimal() for name in columns)


def _without_line_end(row: str) -> str:
    return row.removesuffix("\n").removesuffix("\r")


def _end_of_quoted(row: str, start: int) -> int:
    """Return the end of the quoted cell that begins at `start`; `csv_ends` has checked that there is one."""
    end = row.index('"', start + 1) + 1
    while row.startswith('"', end):
        end = row.index('"', end + 1) + 1
    return end
