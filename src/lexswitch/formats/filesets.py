"""Dictionaries that are several files of one name, any of which may be handed in."""

from __future__ import annotations

from pathlib import Path

from ..errors import LexiconError


class FileSet:
    """The kinds of files a dictionary has, each with the suffixes it may have, the usual one first."""

    def __init__(self, **suffixes: tuple[str, ...]) -> None:
        self._suffixes = suffixes
        self._all = tuple(suffix for kind in suffixes.values() for suffix in kind)

    def has(self, path: Path) -> bool:
        """Whether a file is called like one of a dictionary."""
        return path.name.endswith(self._all)

    def stem(self, path: Path) -> str:
        """The name that the files share."""
        return path.name.removesuffix(next((suffix for suffix in self._all if path.name.endswith(suffix)), ""))

    def find(self, path: Path, kind: str) -> Path | None:
        """The file of a kind beside `path`, or `path` itself; None if there is none."""
        if path.name.endswith(self._suffixes[kind]):
            return path
        found = (path.parent / (self.stem(path) + suffix) for suffix in self._suffixes[kind])
        return next((other for other in found if other.is_file()), None)

    def need(self, path: Path, kind: str) -> Path:
        """The file of a kind.

        Raises
        ------
        LexiconError
            If there is none.
        """
        found = self.find(path, kind)
        if found is None:
            names = " or ".join(self.stem(path) + suffix for suffix in self._suffixes[kind][:2])
            raise LexiconError(f"{path}: the {kind} of this dictionary is missing; put {names} beside it")
        return found
