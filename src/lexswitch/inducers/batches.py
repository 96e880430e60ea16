"""Work in blocks: rows of arrays, and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

_BATCH = 10_000


def blocks(count: int, size: int) -> Iterator[slice]:
    """Yield the rows 0 to count - 1 as slices of at most `size` rows."""
    for first in range(0, count, size):
        yield slice(first, min(first + size, count))


def text_batches(texts: Any, allowed: str = "an iterable of str") -> Iterator[tuple[int, list[str]]]:
    """Yield batches of texts, each with the number of its first text.

    Raises
    ------
    TypeError
        If `texts` is not an iterable of str; the message says that `allowed` is.
    """
    if isinstance(texts, (str, bytes, Mapping)) or not isinstance(texts, Iterable):
        raise TypeError(f"texts is {type(texts).__name__}; pass {allowed}")
    rest, first = iter(texts), 0
    while batch := list(islice(rest, _BATCH)):
        for row, text in enumerate(batch, first):
            if not isinstance(text, str):
                raise TypeError(f"texts[{row}] is {type(text).__name__}, not str; pass {allowed}")
        yield first, batch
        first += len(batch)
