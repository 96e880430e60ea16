"""Keeping the state of a long run in a file, so that a killed one goes on."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .atomic import replace_file


class Checkpoint:
    """A file with the arrays of a run and how far it came; nothing is kept without a path.

    Parameters
    ----------
    path : Path or None
    signature : str
        What the run depends on; a file with another signature is of another run, and is not used.
    """

    def __init__(self, path: Path | None, signature: str) -> None:
        self._path = path
        self._signature = signature

    def load(self, arrays: Mapping[str, npt.NDArray[Any]]) -> int:
        """Fill the arrays from the file, and return how far the run had come: 0 without a file of this run."""
        if self._path is None or not self._path.exists():
            return 0
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                if str(kept["signature"]) != self._signature:
                    return 0
                found, done = [kept[name] for name in arrays], int(kept["done"])
        except (EOFError, OSError, KeyError, ValueError, zipfile.BadZipFile):  # no such file: it begins anew
            return 0
        if any(array.shape != before.shape for array, before in zip(arrays.values(), found, strict=True)):
            return 0
        for array, before in zip(arrays.values(), found, strict=True):
            array[...] = before
        return done

    def save(self, arrays: Mapping[str, npt.NDArray[Any]], done: int) -> None:
        """Keep the arrays; a killed save leaves the file before."""
        if self._path is None:
            return
        with replace_file(self._path) as temporary, temporary.open("wb") as file:
            kept = {**arrays, "signature": np.array(self._signature), "done": np.array(done)}
            np.savez(file, allow_pickle=False, **kept)
