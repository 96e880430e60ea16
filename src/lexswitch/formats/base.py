"""What every format has: a name, a way to be recognised, and a reader that yields blocks of pairs."""

from __future__ import annotations

import hashlib
import io
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .._io.checksums import file_sha256
from .._io.streams import Text, has_zeros, open_unpacked, read_texts
from ..engine.packing import Ints
from ..errors import LexiconError
from ..lexicon.columns import PairBlock
from ..text.languages import usual_code

_SAMPLE = 1 << 16
_BLOCK = 10_000


class Entry(NamedTuple):
    """One pair of a lexicon file."""

    line: int
    """Number of its line in the file (or of its entry, where a format has no lines), from 1."""
    term: str
    language: str
    """Target language (BCP 47)."""
    translation: str
    weight: float = 1.0


class Sample:
    """The beginning of a file, by which its format is recognised."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, unpacked; nothing of a folder."""
        if self.path.is_dir():
            return b""
        with open_unpacked(self.path) as stream:
            return stream.read(_SAMPLE)

    @cached_property
    def lines(self) -> list[str]:
        """The whole lines in `head`, without their ends; bytes that are no UTF-8 are replaced."""
        *lines, last = self.head.decode("utf-8-sig", "replace").split("\n")
        if last and len(self.head) < _SAMPLE:
            lines.append(last)
        return [line.removesuffix("\r") for line in lines]


class Format(NamedTuple):
    """A file format of lexicons."""

    name: str
    about: str
    """What it is, in a few words, for lists of formats."""
    detect: Callable[[Sample], bool]
    """Whether a file seems to have this format."""
    read: Callable[[LexiconFile], Iterator[PairBlock]]
    """The pairs of a file, in its order."""
    syntax: str | None = None
    """"XML" or "JSON", if its files are that."""


class LexiconFile:
    """A lexicon file that is being read, and what became of its pairs.

    Attributes
    ----------
    path : Path
    source : str
        Language of the terms.
    targets : tuple of str or None
        The target languages that are wanted; None for all that the file has.
    strict : bool
        Whether the first thing to be dropped is an error.
    about : dict of str to str
        What the file tells of itself, filled by the reader: ``name``, ``licence``, ``version``, ``url``.
    dropped : Counter of str
        How many pairs or lines were dropped, by reason.

    An *entry* is what has one line number: a line of pairs, or a headword with all its translations. It counts as read
    if it gave a pair or anything of it was dropped, so that `entries` serves every format without its help.
    """

    def __init__(
        self, path: Path, source: str, targets: tuple[str, ...] | None, strict: bool, progress: bool = False
    ) -> None:
        self.path = path
        self.source = source
        self.targets = targets
        self.strict = strict
        self.about: dict[str, str] = {}
        self.dropped: Counter[str] = Counter()
        self._lost = array("q")
        self._kept: list[range | Ints] = []
        self._progress = progress
        self._bar: Any = None
        self._files: set[Path] = set()

    @property
    def target(self) -> str:
        """The one target language, for files that do not name theirs."""
        if self.targets is None or len(self.targets) != 1:
            raise LexiconError(
                f"{self.path} does not name its target language, and target is {self.targets}; pass one: target='de' "
                "(command line: de=FILE or --to de)"
            )
        return self.targets[0]

    def wants(self, language: str) -> bool:
        """Whether pairs into this language are asked for."""
        return self.targets is None or language in self.targets

    def asked_code(self, language: str) -> str:
        """The code by which the caller names a language of the file, else its usual code.

        A file in "swh" serves who asks for "sw", and the other way round.
        """
        asked = (self.source, *(self.targets or ()))
        if language in asked:
            return language
        usual = usual_code(language)
        return next((code for code in asked if usual_code(code) == usual), usual)

    def drop(self, reason: str, line: int, content: object = "") -> None:
        """Count something that is left out.

        Raises
        ------
        LexiconError
            With `strict`: names file, line, reason and content.
        """
        self.dropped[reason] += 1
        if not self._lost or self._lost[-1] != line:
            self._lost.append(line)
        if self.strict:
            text = repr(content)
            text = text if len(text) <= 100 else text[:97] + "..."
            raise LexiconError(f"{self.path}:{line}: {reason}: {text}; mend it, or read without strict to skip it")

    def keep(self, lines: Sequence[int]) -> None:
        """Count the entries of pairs that are kept, by their lines."""
        self._kept.append(lines if isinstance(lines, range) else np.unique(np.array(lines, dtype=np.int64)))

    def entries(self) -> tuple[int, int]:
        """Number of entries that were read, and number of those that gave a pair."""
        kept = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *map(np.asarray, self._kept)]))
        return len(np.union1d(kept, np.array(self._lost, dtype=np.int64))), len(kept)

    def open(self, path: Path | None = None) -> io.BufferedReader:
        """Open the file, or another that belongs to it, for reading unpacked bytes."""
        path = path or self.path
        self._files.add(path)
        return open_unpacked(path, self._new_bar(path))

    def _new_bar(self, path: Path) -> Callable[[int], Any] | None:
        """What is to be told how many bytes of the file were read, if anyone is to see it."""
        if not self._progress or not sys.stderr.isatty():
            return None
        from tqdm import tqdm

        self.close()
        self._bar = tqdm(
            total=path.stat().st_size, desc=path.name, unit="B", unit_scale=True, unit_divisor=1024, delay=1
        )
        update: Callable[[int], Any] = self._bar.update
        return update

    def close(self) -> None:
        """Leave the progress bar."""
        if self._bar is not None:
            self._bar.close()

    def sha256(self) -> str:
        """SHA-256, hexadecimal, of the file that was read; of several, that of their names and SHA-256."""
        if len(self._files) == 1:
            return file_sha256(*self._files)
        listing = "".join(f"{file_sha256(path)} {path.name}\n" for path in sorted(self._files))
        return hashlib.sha256(listing.encode(errors="backslashreplace")).hexdigest()

    def texts(self, path: Path | None = None) -> Iterator[Text]:
        """Yield the file, or another that belongs to it, as text in blocks of whole lines."""
        name = str(path or self.path)
        with self.open(path) as stream:
            for block in read_texts(stream, name):
                if block.line == 1 and has_zeros(block.text):
                    offset = block.size - len(block.text[block.text.index("\0") :].encode())
                    raise LexiconError(
                        f"{name}:1: byte offset {offset}: the first of many zero bytes, as UTF-16 and binary data have "
                        "them; if it is text, convert it with iconv -f UTF-16LE -t UTF-8"
                    )
                yield block

    def lines(self, path: Path | None = None) -> Iterator[tuple[int, str]]:
        """Yield the number of each line that is not blank, from 1, and the line without its end."""
        for block in self.texts(path):
            for number, line in enumerate(block.text.split("\n"), block.line):
                if line and not line.isspace():
                    yield number, line.removesuffix("\r")


def in_blocks(entries: Iterable[Entry]) -> Iterator[PairBlock]:
    """Yield entries in blocks of bounded size."""
    entries = iter(entries)
    while chunk := list(islice(entries, _BLOCK)):
        lines, terms, languages, translations, weights = map(list, zip(*chunk, strict=True))
        yield PairBlock(lines, terms, languages, translations, weights)
