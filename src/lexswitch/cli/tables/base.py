"""What all kinds of tables share: positions, blocks, the protocol of a table, and checks of its columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO, NamedTuple, Protocol, TypeAlias

from ...errors import LexiconError
from ..lines import STANDARD_STREAM, standard_input
from ..parser import did_you_mean

#: Switches the columns of a batch, given the numbers of its rows.
SwitchColumns: TypeAlias = Callable[[Any, range], Any]


class HeaderWarning(UserWarning):
    """The first row of a table is switched as all others, but looks like a header."""


class TablePosition(NamedTuple):
    """A position between two rows of a file."""

    row: int = 0
    """Number of rows before it."""
    line: int = 1
    """Number of the next line."""
    offset: int = 0
    """Number of uncompressed bytes before it."""


class TableBlock(NamedTuple):
    """Some whole rows of a file."""

    start: TablePosition
    end: TablePosition
    data: Any
    """Bytes of text, or a record batch."""


class TableFile(Protocol):
    """A file of rows, which is read once. Workers get a copy without the open file."""

    is_text: bool
    """Whether the output consists of the switched blocks, so that each may be compressed."""

    def head(self) -> bytes:
        """Return the bytes before the rows, for the output."""
        ...

    def blocks(self, start: TablePosition) -> Iterator[TableBlock]:
        """Yield the rows from a position on."""
        ...

    def switch(self, block: TableBlock, switch: SwitchColumns) -> bytes:
        """Return the switched rows of a block: a part of the output."""
        ...

    def writer(self, stream: BinaryIO) -> AbstractContextManager[Callable[[bytes], Any]]:
        """Return a context with a function that writes parts to the output."""
        ...

    def close(self) -> None:
        """Close the input."""
        ...


def is_pipe(path: Path) -> bool:
    """Return whether an input can be read only once: a pipe or a device, also as standard input."""
    return not S_ISREG((os.fstat(standard_input().fileno()) if str(path) == STANDARD_STREAM else path.stat()).st_mode)


def check_columns(table: str, names: Sequence[str], columns: Sequence[str]) -> None:
    """Raise LexiconError if a table lacks one of the columns, or has it twice."""
    for name in columns:
        if name not in names:
            remedy = f"; write {name.replace(':', '=', 1)}" if ":" in name else did_you_mean(name, names)
            if len(names) == 1 and (separator := next((sign for sign in ";|\t," if sign in names[0]), None)):
                shown = "tab" if separator == "\t" else separator
                remedy = f'; if its cells are separated by {separator!r}, add --format csv --separator "{shown}"'
            raise LexiconError(
                f"{table} has no column {name!r}; it has {', '.join(map(repr, names)) or 'none'}{remedy}"
            )
        if names.count(name) > 1:
            raise LexiconError(f"{table} has {names.count(name)} columns {name!r}; give each another name")


def switch_batch(switch: SwitchColumns, batch: Any, table: str, block: TableBlock) -> Any:
    """Switch the columns of a block; errors name the table and its rows."""
    try:
        return switch(batch, range(block.start.row, block.end.row))
    except (TypeError, ValueError) as error:
        raise LexiconError(f"{table}: rows {block.start.row + 1:,} to {block.end.row:,}: {error}") from None
