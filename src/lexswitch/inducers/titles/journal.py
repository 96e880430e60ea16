"""What a long run has found so far, on disk, so that a killed one goes on."""

from __future__ import annotations

import json
import time
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..._io.atomic import replace_file
from ...engine.packing import Packed
from ...lexicon.columns import Pairs, join_pairs
from .base import Part

_SECONDS = 10.0
"""So much work a killed run loses, at most, besides what its source has begun."""


class Journal:
    """The parts of a run in numbered files of one folder; nothing is kept without a folder.

    Parameters
    ----------
    folder : Path or None
    run : mapping
        What the run depends on, as JSON can hold it; files of another run are not used, and are written over.
    """

    def __init__(self, folder: Path | None, run: Mapping[str, Any]) -> None:
        self._folder = folder
        self._run = json.dumps(run, sort_keys=True)
        self._count = 0
        self._pending: list[Part] = []
        self._saved = time.monotonic()

    def load(self) -> Part | None:
        """What earlier runs found, as one part; None if there is nothing."""
        parts = []
        while self._folder is not None and (part := self._read(self._path())) is not None:
            parts.append(part)
            self._count += 1
        return _joined(parts) if parts else None

    def add(self, part: Part) -> None:
        """Take in the next part."""
        if self._folder is None:
            return
        self._pending.append(part)
        if time.monotonic() - self._saved >= _SECONDS:
            self.save()

    def save(self) -> None:
        """Write what has not been written."""
        if self._folder is not None and self._pending:
            self._write(_joined(self._pending), self._path())
            self._count += 1
        self._pending.clear()
        self._saved = time.monotonic()

    def _path(self) -> Path:
        assert self._folder is not None  # noqa: S101 - for mypy
        return self._folder / f"{self._count:06}.npz"

    def _write(self, part: Part, path: Path) -> None:
        pairs = part.pairs
        arrays: dict[str, Any] = {
            "terms": pairs.terms.buffer,
            "term_starts": pairs.terms.starts,
            "rows": pairs.rows,
            "codes": pairs.codes,
            "translations": pairs.translations.buffer,
            "translation_starts": pairs.translations.starts,
            "weights": pairs.weights,
            "spelled": pairs.spelled,
            "spellings": pairs.spellings.buffer,
            "spelling_starts": pairs.spellings.starts,
        }
        told = {"run": self._run, "position": json.dumps(part.position), "skipped": json.dumps(dict(part.skipped))}
        arrays |= {name: np.array(text) for name, text in told.items()}
        with replace_file(path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    def _read(self, path: Path) -> Part | None:
        if not path.exists():
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                if str(kept["run"]) != self._run:
                    return None
                pairs = Pairs(
                    Packed(kept["terms"], kept["term_starts"]),
                    kept["rows"],
                    kept["codes"],
                    Packed(kept["translations"], kept["translation_starts"]),
                    kept["weights"],
                    kept["spelled"],
                    Packed(kept["spellings"], kept["spelling_starts"]),
                )
                return Part(pairs, json.loads(str(kept["position"])), json.loads(str(kept["skipped"])))
        except (EOFError, OSError, KeyError, ValueError, zipfile.BadZipFile):  # not written by us: the run goes on here
            return None


def _joined(parts: list[Part]) -> Part:
    skipped: Counter[str] = Counter()
    for part in parts:
        skipped.update(part.skipped)
    return Part(join_pairs([part.pairs for part in parts]), parts[-1].position, skipped)
