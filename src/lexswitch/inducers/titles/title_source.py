"""What every source of titles gives: pairs, part by part, and where each part ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, Protocol

from ...errors import LexiconError
from ...lexicon.columns import Pairs
from .cleaning import Cleaner
from .entity import Entity

_ENTITIES = 10_000
"""So many things make a part, where a source has no parts of its own."""

DAMAGED = "damaged file"
"""The reason under which a source counts a file that it could not read to its end."""


class Part(NamedTuple):
    """A part of what a source holds."""

    pairs: Pairs
    """Their codes are positions in the languages of the cleaner."""
    position: Any
    """From here the source can be read on; as JSON can hold it."""
    skipped: Mapping[str, int]
    """How many records (and titles) of this part were left out, by reason."""


class TitleSource(Protocol):
    """Where titles come from: a dump, or an interface on the net."""

    @property
    def record(self) -> dict[str, Any]:
        """Name, licence, date and files, for the provenance of a lexicon."""
        ...

    def read(
        self, cleaner: Cleaner, position: Any = None, strict: bool = False, progress: bool = True
    ) -> Iterator[Part]:
        """Read the titles in the languages of a cleaner.

        Parameters
        ----------
        cleaner : Cleaner
            Makes pairs of things.
        position : optional
            That of the last part of an earlier run; what came before is not read again.
        strict : bool, default False
            Whether damage is an error, not a warning.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Warns
        -----
        TitlesWarning
            If a file is damaged: what was read before is kept.

        Raises
        ------
        LexiconError
            If there is nothing of the kind that is expected, or with `strict` anything is damaged.
        """
        ...


class TitlesWarning(UserWarning):
    """Titles were left out because a source is damaged."""


class DamageError(LexiconError):
    """A source is damaged from some place on; what came before is sound."""


def in_parts(
    entities: Iterator[Entity], skipped: Counter[str], cleaner: Cleaner, position: int | None
) -> Iterator[Part]:
    """Yield the pairs of things in parts whose positions are their numbers.

    Parameters
    ----------
    things : iterator of Thing
    skipped : Counter of str
        Where the iterator counts what it leaves out; emptied part by part.
    cleaner : Cleaner
    position : int or None
        So many parts are only passed over.
    """
    number, last = 0, False
    while not last:
        some = list(islice(entities, _ENTITIES))
        number, last = number + 1, len(some) < _ENTITIES
        if number > (position or 0):
            pairs, of_names = cleaner.pairs(some)
            yield Part(pairs, number, skipped + of_names)
        skipped.clear()
