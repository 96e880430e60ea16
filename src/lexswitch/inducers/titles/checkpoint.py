"""The checkpoint of a titles run: a folder of numbered files, so that long runs write each pair once."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..._io.checkpoint import Checkpoint
from ...engine.packing import Packed
from ...lexicon.pairs import Pairs, join_pairs
from .title_source import Part

_SECONDS = 10.0
"""Seconds between two files: a killed run loses at most so much work, besides what its source has begun."""

_ARRAYS = (
    "terms", "term_starts", "rows", "codes", "translations", "translation_starts", "weights", "spelled", "spellings",
    "spelling_starts",
)  # fmt: skip


class TitlesCheckpoint:
    """The parts that a run has read. Without a folder, nothing is saved or loaded.

    Parameters
    ----------
    folder : Path or None
    run : mapping
        All that the run depends on, as JSON can hold it. Files of another run are ignored and overwritten.
    """

    def __init__(self, folder: Path | None, run: Mapping[str, Any]) -> None:
        self._folder = folder
        self._run = json.dumps(run, sort_keys=True)
        self._count = 0
        self._pending: list[Part] = []
        self._saved = time.monotonic()

    def load(self) -> Part | None:
        """Return what earlier runs read, as one part; None if there is nothing."""
        parts = []
        while (state := self._next_file().load(_ARRAYS)) is not None:
            parts.append(Part(_pairs(state.arrays), state.metadata["position"], state.metadata["skipped"]))
            self._count += 1
        return _join(parts) if parts else None

    def add(self, part: Part) -> None:
        """Add the next part; every ten seconds, save what was added."""
        if self._folder is None:
            return
        self._pending.append(part)
        if time.monotonic() - self._saved >= _SECONDS:
            self.save()

    def save(self) -> None:
        """Write the parts that are not saved yet."""
        if self._pending:
            part = _join(self._pending)
            metadata = {"position": part.position, "skipped": dict(part.skipped)}
            self._next_file().save(_arrays(part.pairs), metadata)
            self._count += 1
        self._pending.clear()
        self._saved = time.monotonic()

    def _next_file(self) -> Checkpoint:
        return Checkpoint(None if self._folder is None else self._folder / f"{self._count:06}.npz", self._run)


def _arrays(pairs: Pairs) -> dict[str, Any]:
    arrays = (
        pairs.terms.buffer, pairs.terms.starts, pairs.rows, pairs.codes, pairs.translations.buffer,
        pairs.translations.starts, pairs.weights, pairs.spelled, pairs.spellings.buffer, pairs.spellings.starts,
    )  # fmt: skip
    return dict(zip(_ARRAYS, arrays, strict=True))


def _pairs(arrays: Mapping[str, Any]) -> Pairs:
    return Pairs(
        Packed(arrays["terms"], arrays["term_starts"]),
        arrays["rows"],
        arrays["codes"],
        Packed(arrays["translations"], arrays["translation_starts"]),
        arrays["weights"],
        arrays["spelled"],
        Packed(arrays["spellings"], arrays["spelling_starts"]),
    )


def _join(parts: Sequence[Part]) -> Part:
    skipped: Counter[str] = Counter()
    for part in parts:
        skipped.update(part.skipped)
    return Part(join_pairs([part.pairs for part in parts]), parts[-1].position, skipped)
