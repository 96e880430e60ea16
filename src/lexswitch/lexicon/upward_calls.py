"""Calls from `Lexicon` to the packages above it, formats and sources, which are imported when a function runs.

No other module of `lexicon` imports them. The import contracts list this module as their only exception.
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
