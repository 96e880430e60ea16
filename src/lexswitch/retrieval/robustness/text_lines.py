"""Lines of text files, which must be UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

NOT_UTF8 = "not UTF-8; save the file in UTF-8"


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number of each line, from 1, and its text without the line end.

    Raises
    ------
    ValueError
        If a line is not UTF-8. The message has file and line.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                text = line.decode()
            except UnicodeDecodeError:
                raise ValueError(f"{path}:{number}: {NOT_UTF8}") from None
            yield number, text.rstrip("\r\n")
