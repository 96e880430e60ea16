"""Dictionaries that consist of several files with one name; the caller may pass any of them."""

from __future__ import annotations

from pathlib import Path

from ..errors import LexiconError


class FileSet:
    """The kinds of files of a dictionary, each with its possible suffixes, the usual one first."""

    def __init__(self, **suffixes: tuple[str, ...]) -> None:
        self._suffixes = suffixes
        self._all = tuple(suffix for kind in suffixes.values() for suffix in kind)

    def has(self, path: Path) -> bool:
        """Whether a file name has one of the suffixes."""
        return path.name.endswith(self._all)

    def stem(self, path: Path) -> str:
        """The name without its suffix, which all files of the dictionary share."""
        return path.name.removesuffix(next((suffix for suffix in self._all if path.name.endswith(suffix)), ""))

    def find(self, path: Path, kind: str) -> Path | None:
        """Return the file of a kind: `path` itself, or a file beside it; None if it does not exist."""
        if path.name.endswith(self._suffixes[kind]):
            return path
        found = (path.parent / (self.stem(path) + suffix) for suffix in self._suffixes[kind])
        return next((other for other in found if other.is_file()), None)

    def need(self, path: Path, kind: str) -> Path:
        """Return the file of a kind.

        Raises
        ------
        LexiconError
            If it does not exist.
        """
        found = self.find(path, kind)
        if found is None:
            names = " or ".join(self.stem(path) + suffix for suffix in self._suffixes[kind][:2])
            raise LexiconError(f"{path}: the {kind} of this dictionary is missing; put {names} beside it")
        return found
