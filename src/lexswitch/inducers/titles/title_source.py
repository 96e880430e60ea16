"""The protocol of sources of titles, and their common parts: pairs in parts, records of files, reports of damage."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ...errors import LexiconError
from ...lexicon.pairs import Pairs
from .cleaning import Cleaner
from .entity import Entity

_ENTITIES = 10_000
"""Number of entities in a part, if the source itself has no parts."""

DAMAGED = "damaged file"
"""The reason under which a source counts a file that it could not read to its end."""


class Part(NamedTuple):
    """A part of the titles of a source."""

    pairs: Pairs
    """Their language codes are indices of the languages of the cleaner."""
    position: Any
    """Where the next part begins, as JSON can hold it."""
    skipped: Mapping[str, int]
    """Number of records and names of this part that were left out, by reason."""


class TitleSource(Protocol):
    """A source of titles: a dump, or a web service."""

    @property
    def record(self) -> dict[str, Any]:
        """Name, licence, date and files, for the provenance of a lexicon."""
        ...

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """Yield the titles in the languages of a cleaner, part by part.

        Parameters
        ----------
        cleaner : Cleaner
            Turns entities into pairs.
        position : optional
            Position of the last part of an earlier run; reading resumes after that part.
        strict : bool, default False
            Whether damage is an error instead of a warning.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Warns
        -----
        TitlesWarning
            If a file is damaged; titles before the damage are kept.

        Raises
        ------
        LexiconError
            If the source does not hold what it should, or if it is damaged and `strict` is true.
        """
        ...


class TitlesWarning(UserWarning):
    """Titles were left out because a source is damaged."""


class DamageError(LexiconError):
    """A source is damaged from some position on; what comes before is sound."""


class Faults:
    """Counts what a source leaves out, and reports damage: as a warning, or as an error if `strict`."""

    def __init__(self, strict: bool) -> None:
        self.skipped: Counter[str] = Counter()
        self._strict = strict
        self._reported: set[str] = set()

    def report(self, reason: str, message: str, consequence: str, remedy: str) -> None:
        """Report a broken record. The same one counts once, even if it is read more than once."""
        if self._strict:
            raise LexiconError(f"{message}; {remedy}, or leave out strict")
        self._warn(reason, f"{message}; {consequence}")

    def report_damage(self, damage: DamageError) -> None:
        """Report that a file cannot be read to its end."""
        if self._strict:
            raise damage
        self._warn(DAMAGED, f"{damage}; what comes before is kept")

    def decode(self, data: bytes) -> str:
        """Decode UTF-8; count other data, and return an empty string for it."""
        try:
            return data.decode()
        except UnicodeDecodeError:
            self.skipped["not UTF-8"] += 1
            return ""

    def _warn(self, reason: str, message: str) -> None:
        if message not in self._reported:
            self._reported.add(message)
            self.skipped[reason] += 1
            warnings.warn(message, TitlesWarning, stacklevel=3)


def describe_files(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Return the names and sizes of files, for a record."""
    return [{"name": path.name, "bytes": path.stat().st_size} for path in paths]


def in_parts(
    entities: Iterator[Entity], skipped: Counter[str], cleaner: Cleaner, position: int | None
) -> Iterator[Part]:
    """Yield the pairs of entities in numbered parts.

    Parameters
    ----------
    entities : iterator of Entity
    skipped : Counter of str
        Counts what the iterator leaves out; it is cleared after each part.
    cleaner : Cleaner
    position : int or None
        Number of parts to skip.
    """
    number, last = 0, False
    while not last:
        batch = list(islice(entities, _ENTITIES))
        number, last = number + 1, len(batch) < _ENTITIES
        if number > (position or 0):
            pairs, skipped_names = cleaner.pairs(batch)
            yield Part(pairs, number, skipped + skipped_names)
        skipped.clear()
