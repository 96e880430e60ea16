"""The classes that all formats share: `Format`, `LexiconFile`, `Sample`, `Entry` and `Writer`."""

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
from typing import Any, NamedTuple, TextIO

import numpy as np

from .._io.checksums import file_sha256
from .._io.streams import TextBlock, has_zeros, open_unpacked, read_texts
from ..engine.packing import Ints
from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from ..text.languages import usual_code

_SAMPLE = 1 << 16
_BLOCK = 10_000


class Entry(NamedTuple):
    """One pair of a lexicon file."""

    line: int
    """Number of its line in the file, from 1; number of its entry if the format has no lines."""
    term: str
    language: str
    """Target language (BCP 47)."""
    translation: str
    weight: float = 1.0


class Sample:
    """The beginning of a file; formats are recognised by it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, decompressed; empty for a folder."""
        if self.path.is_dir():
            return b""
        with open_unpacked(self.path) as stream:
            return stream.read(_SAMPLE)

    @cached_property
    def lines(self) -> list[str]:
        """The whole lines in `head`, without line ends; bytes that are not UTF-8 are replaced."""
        *lines, last = self.head.decode("utf-8-sig", "replace").split("\n")
        if last and len(self.head) < _SAMPLE:
            lines.append(last)
        return [line.removesuffix("\r") for line in lines]


class Writer(NamedTuple):
    """Writes the pairs of a lexicon in one format."""

    name: str
    """Name for `Lexicon.export`."""
    suffix: str
    """Suffix of files that get this format by default."""
    write: Callable[[Iterable[tuple[str, str, str, float]], TextIO], None]
    """Writes pairs (term, language, translation, weight) to a stream."""
    is_bilingual: bool = False
    """Whether a file holds one target language only."""


class Format(NamedTuple):
    """A file format of lexicons."""

    name: str
    description: str
    """Short description for lists of formats."""
    detect: Callable[[Sample], bool]
    """Returns whether a file seems to have this format."""
    read: Callable[[LexiconFile], Iterator[PairBlock]]
    """Yields the pairs of a file, in its order."""
    syntax: str | None = None
    """"XML" or "JSON", if its files are that."""
    writer: Writer | None = None
    """Writer of this format, if there is one."""


class LexiconFile:
    """A lexicon file that is being read, with counts of what was dropped.

    Attributes
    ----------
    path : Path
    source : str
        Language of the terms.
    targets : tuple of str or None
        The requested target languages; None for all languages in the file.
    strict : bool
        Whether the first dropped line or pair is an error.
    metadata : dict of str to str
        Metadata of the file, set by the reader: ``name``, ``licence``, ``version``, ``url``.
    dropped : Counter of str
        Number of dropped pairs or lines, by reason.

    An *entry* has one line number: it is a line of pairs, or a headword with all its translations. `entries` counts
    an entry if it gave a pair or if any of its parts was dropped, so formats need no counts of their own.
    """

    def __init__(
        self, path: Path, source: str, targets: tuple[str, ...] | None, strict: bool, progress: bool = False
    ) -> None:
        self.path = path
        self.source = source
        self.targets = targets
        self.strict = strict
        self.metadata: dict[str, str] = {}
        self.dropped: Counter[str] = Counter()
        self._lost = array("q")
        self._kept: list[range | Ints] = []
        self._progress = progress
        self._bar: Any = None
        self._files: set[Path] = set()

    @property
    def target(self) -> str:
        """The single target language, for files that do not name theirs; it is not the source language."""
        if self.targets is None or len(self.targets) != 1:
            raise LexiconError(
                f"{self.path} does not name its target language, and target is {self.targets}; pass one: target='de' "
                "(command line: de=FILE or --to de)"
            )
        if self.targets[0] == self.source:
            raise LexiconError(
                f"{self.path} does not name its languages, and source and target are both {self.source!r}; pass the "
                "language of its terms as source and that of its translations as target"
            )
        return self.targets[0]

    def wants(self, language: str) -> bool:
        """Whether pairs into this language are requested."""
        return self.targets is None or language in self.targets

    def asked_code(self, language: str) -> str:
        """Return the caller's code for a language of the file; its usual code if the caller did not name it.

        A file in "swh" matches a request for "sw", and vice versa.
        """
        asked = (self.source, *(self.targets or ()))
        if language in asked:
            return language
        usual = usual_code(language)
        return next((code for code in asked if usual_code(code) == usual), usual)

    def drop(self, reason: str, line: int, content: object = "") -> None:
        """Count a dropped line or pair.

        Raises
        ------
        LexiconError
            If `strict`; the message names file, line, reason and content.
        """
        self.dropped[reason] += 1
        if not self._lost or self._lost[-1] != line:
            self._lost.append(line)
        if self.strict:
            text = repr(content)
            text = text if len(text) <= 100 else text[:97] + "..."
            raise LexiconError(f"{self.path}:{line}: {reason}: {text}; correct it, or read without strict to skip it")

    def keep(self, lines: Sequence[int]) -> None:
        """Count the entries of pairs that were kept, by their lines."""
        self._kept.append(lines if isinstance(lines, range) else np.unique(np.array(lines, dtype=np.int64)))

    def entries(self) -> tuple[int, int]:
        """Return the number of entries read, and the number of entries that gave a pair."""
        kept = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *map(np.asarray, self._kept)]))
        return len(np.union1d(kept, np.array(self._lost, dtype=np.int64))), len(kept)

    def open(self, path: Path | None = None) -> io.BufferedReader:
        """Open the file, or another file of the same dictionary, for reading decompressed bytes."""
        path = path or self.path
        self._files.add(path)
        return open_unpacked(path, self._new_bar(path))

    def _new_bar(self, path: Path) -> Callable[[int], Any] | None:
        """Return the update function of a new progress bar; None if progress is not shown."""
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
        """Close the progress bar."""
        if self._bar is not None:
            self._bar.close()

    def sha256(self) -> str:
        """Return the hexadecimal SHA-256 of the file read; for several files, the hash of their hashes and names."""
        if len(self._files) == 1:
            return file_sha256(*self._files)
        listing = "".join(f"{file_sha256(path)} {path.name}\n" for path in sorted(self._files))
        return hashlib.sha256(listing.encode(errors="backslashreplace")).hexdigest()

    def texts(self, path: Path | None = None) -> Iterator[TextBlock]:
        """Yield the file, or another file of the same dictionary, as text in blocks of whole lines."""
        name = str(path or self.path)
        with self.open(path) as stream:
            for block in read_texts(stream, name):
                if block.line == 1 and has_zeros(block.text):
                    offset = block.size - len(block.text[block.text.index("\0") :].encode())
                    raise LexiconError(
                        f"{name}:1: byte offset {offset}: the first of many zero bytes, which are typical of UTF-16 "
                        "and of binary data; if it is text, convert it with iconv -f UTF-16LE -t UTF-8"
                    )
                yield block

    def lines(self, path: Path | None = None) -> Iterator[tuple[int, str]]:
        """Yield the number, from 1, and the text without its end of each line that is not blank."""
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
