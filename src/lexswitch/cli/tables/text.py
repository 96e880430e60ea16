"""Tables in text files: rows end at line feeds, and bytes outside switched cells are copied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ...errors import LexiconError
from .base import SwitchColumns, TableBlock, TablePosition
from .row_reader import RowReader


@dataclass(frozen=True)
class TextTable(ABC):
    """Base class of tables in text files."""

    name: str
    """Name of the input in messages."""
    columns: Sequence[str]
    reader: RowReader | None = field(compare=False)
    """None in workers, which get blocks."""

    is_text = True

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "reader": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def head(self) -> bytes:
        return self.open_reader.mark

    def blocks(self, start: TablePosition) -> Iterator[TableBlock]:
        head = self.head()
        first = TablePosition(0, 1 + head.count(b"\n"), len(head))
        start = max(start, first, key=lambda position: position.offset)
        self.open_reader.skip(start.offset - len(self.open_reader.mark))
        while found := self.open_reader.take():
            data, rows = found
            lines = data.count(b"\n") + (not data.endswith(b"\n"))
            end = TablePosition(start.row + rows, start.line + lines, start.offset + len(data))
            yield TableBlock(start, end, data)
            start = end

    def switch(self, block: TableBlock, switch: SwitchColumns) -> bytes:
        data: bytes = block.data
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            line = block.start.line + data.count(b"\n", 0, error.start)
            raise self.not_utf8(line, error) from None
        end = "\n" * text.endswith("\n")
        return ("\n".join(self.switched(text.removesuffix("\n"), block, switch)) + end).encode()

    @abstractmethod
    def switched(self, text: str, block: TableBlock, switch: SwitchColumns) -> list[str]:
        """Return the switched rows of a block, without their line feeds."""

    @contextmanager
    def writer(self, stream: BinaryIO) -> Iterator[Callable[[bytes], Any]]:
        yield stream.write

    def close(self) -> None:
        self.open_reader.close()

    @property
    def open_reader(self) -> RowReader:
        """The reader of the input."""
        if self.reader is None:
            raise RuntimeError("a worker has no input")
        return self.reader

    def not_utf8(self, line: int, error: UnicodeDecodeError) -> LexiconError:
        """Return the error for a line that is not UTF-8."""
        return LexiconError(
            f"{self.name}:{line}: not UTF-8 ({error.reason}); convert it with iconv -f ENCODING -t UTF-8"
        )
