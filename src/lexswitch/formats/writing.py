"""Writes the pairs of a lexicon to a text file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .._io.atomic import replace_file
from ..errors import LexiconError
from .registry import WRITERS


def write(path: Path, format: str | None, languages: tuple[str, ...], pairs: Iterable[Any]) -> None:
    """Write pairs to a file; see `Lexicon.export`."""
    suffix = path.suffix.lower()
    name = format or next((writer.name for writer in WRITERS.values() if writer.suffix == suffix), None)
    if name not in WRITERS:
        suffixes = ", ".join(writer.suffix for writer in WRITERS.values())
        what = f"format is {format!r}" if format else f"{path.name!r} ends in none of {suffixes}"
        raise LexiconError(f"{what}; pass format={' or '.join(map(repr, WRITERS))}")
    writer = WRITERS[name]
    if writer.is_bilingual and len(languages) > 1:
        raise LexiconError(
            f"a {name.upper()} file has one target language, this lexicon has {list(languages)}; select one"
        )
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
        writer.write(pairs, stream)
