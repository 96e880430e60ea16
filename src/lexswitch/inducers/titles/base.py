"""What every source of titles gives: pairs, part by part, and where each part ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from ...columns import Pairs
from ...errors import LexiconError
from .cleaning import Cleaner

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


class Damage(LexiconError):
    """A source is damaged from some place on; what came before is sound."""
