"""The packages above this one that `Lexicon` calls: formats and sources. They are imported when they are needed.

This is the only place in `lexicon` that refers to them. The import contracts name it as their one exception.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .collecting import PairCollector

if TYPE_CHECKING:
    from ..sources import Fetched


def read_file(
    path: Path, source: str, targets: tuple[str, ...] | None, format: str | None, strict: bool, progress: bool
) -> tuple[PairCollector, dict[str, Any]]:
    """Read a lexicon file of any format; return its pairs and their record of provenance."""
    from ..formats import read

    return read(path, source, targets, format, strict, progress)


def write_file(path: Path, format: str | None, languages: tuple[str, ...], pairs: Iterable[Any]) -> None:
    """Write pairs to a lexicon file."""
    from ..formats import write

    write(path, format, languages, pairs)


def fetch_file(name: str, source: str, target: str, progress: bool) -> Fetched:
    """Download a public lexicon, or find it in the cache."""
    from ..sources import fetch

    return fetch(name, source, target, progress=progress)
