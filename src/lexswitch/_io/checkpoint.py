"""Checkpoints: the state of a long run in a file, so that a repeated run resumes."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .atomic import replace_file

_RUN, _METADATA = "__run__", "__metadata__"

# What NumPy raises for files that are damaged, of another kind, or lack an array.
_NOT_OURS = (EOFError, OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)


class State(NamedTuple):
    """The content of a checkpoint."""

    arrays: dict[str, npt.NDArray[Any]]
    metadata: Any
    """What JSON can hold."""


class Checkpoint:
    """A file with arrays and metadata, tied to a run. Without a path, nothing is saved or loaded.

    Parameters
    ----------
    path : Path or None
    run : str
        Describes all that the run depends on. A file of another run is ignored, and overwritten by `save`.
    """

    def __init__(self, path: Path | None, run: str) -> None:
        self._path = path
        self._run = run

    def load(self, names: Iterable[str]) -> State | None:
        """Return the arrays of these names and the metadata; None if there is no sound file of this run."""
        if self._path is None or not self._path.exists():
            return None
        with self._path.open("rb") as file:  # a file that cannot be opened is an error: the work may be in it
            try:
                saved = np.load(file, allow_pickle=False)
                if not isinstance(saved, np.lib.npyio.NpzFile) or str(saved[_RUN]) != self._run:
                    return None
                return State({name: saved[name] for name in names}, json.loads(str(saved[_METADATA])))
            except _NOT_OURS:
                return None

    def load_into(self, arrays: Mapping[str, npt.NDArray[Any]]) -> Any:
        """Copy the saved arrays into these and return the metadata; None if there is no sound file of this run."""
        state = self.load(arrays)
        if state is None or any(array.shape != state.arrays[name].shape for name, array in arrays.items()):
            return None
        for name, array in arrays.items():
            array[...] = state.arrays[name]
        return state.metadata

    def save(self, arrays: Mapping[str, npt.NDArray[Any]], metadata: Any) -> None:
        """Write the file atomically: if the process is killed, the file before stays."""
        if self._path is None:
            return
        texts = {_RUN: np.array(self._run), _METADATA: np.array(json.dumps(metadata))}
        with replace_file(self._path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays, **texts)
