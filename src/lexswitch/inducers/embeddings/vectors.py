"""Word vectors: words, and a matrix with a row for each."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..._io.atomic import replace_file
from ..._io.checksums import file_sha256
from ..._io.progress import progress_bar
from ..._io.streams import open_unpacked
from ...errors import LexiconError
from ...switching.options import whole_number
from .binary_vectors import NUMPY_MAGIC, is_fasttext, read_fasttext, read_numpy, read_word2vec
from .collector import (
    MOST_DIMENSIONS,
    Collector,
    Loaded,
    Matrix,
    Source,
    VectorsWarning,
    first_fault,
)
from .text_vectors import has_control, has_numbers, is_text, parse_header, read_text, write_text

__all__ = ["Encode", "Vectors", "VectorsWarning"]

Encode: TypeAlias = "Callable[[list[str]], npt.ArrayLike]"

_SAMPLE = 1 << 16
_MOST_WORDS = 1 << 40
# As pickle writes them: protocol 2 and later with a mark, the older ones with what they build first.
_PICKLE = re.compile(rb"\x80[\x01-\x05]|\([dl]p[0-9]|[\]}]q\x00|c[A-Za-z_][\w.]*\n\w+\n[qp(]")
_STRANGERS = (
    (b"PK\x03\x04", "a zip archive", "unpack it and pass the file inside"),
    (b"<!doctype html", "a web page", "download the file itself"),
    (b"<html", "a web page", "download the file itself"),
    (b"version https://git-lfs", "a Git LFS pointer", "get the file itself: git lfs pull"),
    (b"\x89HDF", "an HDF5 file", "write its words and numbers as text, or as .npy and a vocabulary"),
    (b"\xff\xfe", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Vectors:
    """Immutable vectors of distinct words, the most frequent word first.

    Make them with `read`, `from_gensim`, `encode` or `train_vectors`, or from a list and an array.

    Attributes
    ----------
    words : tuple of str
        Distinct; single spaces may stand inside, but no other white space.
    matrix : float32 array, shape (words, dimensions)
        Row-major and read-only, finite, no row all zero; not normalised. What is handed over is copied, unless it is
        such an array already.
    record : dict
        Where they come from: file and its SHA-256, format, words left out by reason.

    Raises
    ------
    TypeError
        If the words are no strings or the matrix is none of numbers.
    LexiconError
        If there is no word, or a word or a row is not as above; names its number.
    """

    words: tuple[str, ...]
    matrix: Matrix
    record: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words, matrix = _as_words("words", self.words), _as_matrix(self.matrix)
        if len(words) != len(matrix):
            raise LexiconError(f"words has {len(words)} elements, matrix has {len(matrix)} rows; pass a row a word")
        if not words:
            raise LexiconError("words is empty; pass one word or more, and a row of matrix for each")
        if fault := first_fault(words, matrix):
            row, reason = fault
            raise LexiconError(f"words[{row}] {words[row]!r}: {reason}; mend it or leave it out")
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "record", dict(self.record))

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        name = self.record.get("file") or self.record.get("method")
        origin = f" from {name}" if name else ""
        return f"<Vectors: {len(self):,} words of {self.dimensions} dimensions{origin}>"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self.matrix.shape[1])

    @classmethod
    def read(
        cls,
        path: str | Path,
        max_words: int | None = None,
        vocabulary: str | Path | None = None,
        extra_words: Iterable[str] = (),
        progress: bool = True,
    ) -> Vectors:
        """Read a file of vectors; its format is found out from its content.

        The formats: text of word2vec, fastText or GloVe, with or without a header, and binary files of word2vec, all of
        them packed (gzip, bzip2, xz, Zstandard) or not; models of fastText (``.bin``, also those from before 2017);
        NumPy arrays (``.npy``), which are mapped into memory.

        Parameters
        ----------
        path : str or Path
        max_words : int, optional
            Read only the first words, which are the most frequent ones in all common files.
        vocabulary : str or Path, optional
            For ``.npy``: a text file with the word of each row on a line.
        extra_words : iterable of str, optional
            For models of fastText: words beyond `max_words` or beyond the vocabulary, whose vectors are made from their
            character n-grams (Bojanowski et al., TACL 5, 2017); they come last.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Warns
        -----
        VectorsWarning
            Once, if vectors were left out (wrong number of fields, no number, NaN or infinite, all zero, duplicated or
            empty word, no UTF-8) or their number is not what the header says; names the first of each kind.

        Raises
        ------
        FileNotFoundError
            If there is no file.
        LexiconError
            If the file has no known format, says wrong dimensions, or has no sound vector or more damaged ones; the
            message names file and line. Pickles, as gensim's ``save`` writes them, are refused: they can run any code.
        """
        file = Path(path)
        limit = None if max_words is None else whole_number("max_words", max_words, 1, _MOST_WORDS)
        extra = _as_words("extra_words", extra_words)
        read = _choose(file, None if vocabulary is None else Path(vocabulary), extra)
        loaded = read(Source(file, progress), limit)
        name = file.name.encode("utf-8", "backslashreplace").decode()
        return cls._from_loaded(loaded._replace(record={"file": name, "sha256": file_sha256(file), **loaded.record}))

    @classmethod
    def from_gensim(cls, keyed_vectors: Any) -> Vectors:
        """Take vectors from gensim's `KeyedVectors`, or from a model that has such in ``wv``.

        Warns
        -----
        VectorsWarning
            If vectors were left out; see `read`.

        Raises
        ------
        TypeError
            If it is something else, or has keys that are no strings.
        LexiconError
            If no vector is sound, or more are damaged.
        """
        keyed_vectors = getattr(keyed_vectors, "wv", keyed_vectors)
        if not hasattr(keyed_vectors, "index_to_key") or not hasattr(keyed_vectors, "vectors"):
            raise TypeError(f"keyed_vectors is {type(keyed_vectors).__name__}; pass gensim's KeyedVectors")
        words = _as_words("keyed_vectors.index_to_key", keyed_vectors.index_to_key)
        matrix = _as_matrix(keyed_vectors.vectors, "keyed_vectors.vectors")
        collector = Collector("keyed_vectors", matrix.shape[1], place="{}: vector {}")
        collector.add(words, matrix, range(len(words)))
        return cls._from_loaded(collector.finish("gensim"))

    @classmethod
    def encode(cls, words: Iterable[str], encode: Encode, batch_size: int = 256, progress: bool = True) -> Vectors:
        """Let a function, that of a sentence encoder for example, make the vectors.

        Parameters
        ----------
        words : iterable of str
            The most frequent one first.
        encode : callable
            Takes a list of str and returns an array, shape (strings, dimensions).
        batch_size : int, default 256
            How many strings to hand over at once.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Warns
        -----
        VectorsWarning
            If vectors were left out; see `read`.

        Raises
        ------
        TypeError
            If `encode` is not callable or returns something else than numbers.
        LexiconError
            If it returns another shape, or no vector is sound.
        """
        if not callable(encode):
            raise TypeError(f"encode is {type(encode).__name__}; pass a callable from list of str to an array")
        words = _as_words("words", words)
        if not words:
            raise LexiconError("words is empty; pass one word or more")
        size = whole_number("batch_size", batch_size, 1, _MOST_WORDS)
        dimensions = 0
        with progress_bar(len(words), "encoding", " words", progress) as bar:
            for first in range(0, len(words), size):
                batch = list(words[first : first + size])
                rows = _as_matrix(encode(batch), "what encode returned")
                if not first:
                    dimensions = rows.shape[1]
                    collector = Collector("words", dimensions, len(words), place="{}[{}]")
                if rows.shape != (len(batch), dimensions):
                    raise LexiconError(
                        f"encode returned shape {rows.shape} for {len(batch)} words; it must be ({len(batch)}, "
                        f"{dimensions or 'dimensions'})"
                    )
                collector.add(batch, rows, range(first, first + len(batch)))
                bar.update(len(batch))
        return cls._from_loaded(collector.finish("encoded", hint="look at what encode returns"))

    @classmethod
    def _from_loaded(cls, loaded: Loaded) -> Vectors:
        if loaded.complaint:
            warnings.warn(loaded.complaint, VectorsWarning, stacklevel=3)
        return cls(loaded.words, loaded.matrix, loaded.record)

    def save(self, path: str | Path, progress: bool = True) -> None:
        """Write the vectors as text of word2vec; reading it gives the same float32.

        Parameters
        ----------
        path : str or Path
            Packed with gzip if it ends in ``.gz``. A killed run leaves an old file as it is.
        progress : bool, default True
            Show progress on standard error, if that is a terminal.

        Raises
        ------
        LexiconError
            If a word of several parts has a number with a point behind the first: it would be taken for one of the
            vector.
        """
        for word in self.words:
            if " " in word and has_numbers(word.encode().split()):
                raise LexiconError(
                    f"words has {word!r}, whose number would be read as one of its vector; leave it out, or save the "
                    "matrix with np.save and the words as text"
                )
        file = Path(path)
        with (
            replace_file(file) as temporary,
            temporary.open("wb") as stream,
            progress_bar(len(self), file.name, " words", progress) as bar,
        ):
            for count in write_text(stream, self.words, self.matrix, file.suffix == ".gz"):
                bar.update(count)


def _as_words(name: str, words: Any) -> tuple[str, ...]:
    """The words as a tuple, if they are strings that UTF-8 can hold."""
    if isinstance(words, (str, bytes)) or not isinstance(words, Iterable):
        raise TypeError(f"{name} is {type(words).__name__}, not a list of str; for one word pass [word]")
    result = tuple(words)
    for row, word in enumerate(result):
        if not isinstance(word, str):
            raise TypeError(f"{name}[{row}] is {type(word).__name__}, not str; pass a list of str")
    try:
        "\n".join(result).encode()
    except UnicodeEncodeError as error:
        row = error.object.count("\n", 0, error.start)
        raise LexiconError(f"{name}[{row}] has a lone surrogate: no valid Unicode; leave it out") from None
    return result


def _as_matrix(values: Any, name: str = "matrix") -> Matrix:
    """A read-only float32 matrix; a copy, unless it is one already."""
    try:
        array = np.asarray(values)
    except Exception as error:  # of other libraries: tensors on a GPU, or with gradients
        raise TypeError(f"{name} cannot be made an array ({error}); return one of NumPy, on the CPU") from error
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} is {type(values).__name__} of {array.dtype}, not a matrix of floating-point numbers")
    if array.ndim != 2 or not 0 < array.shape[1] <= MOST_DIMENSIONS:
        raise LexiconError(
            f"{name} has shape {array.shape}; it must be (words, dimensions), of 1 to {MOST_DIMENSIONS:,} dimensions"
        )
    if array.dtype == np.float32 and array.flags.c_contiguous and not array.flags.writeable:
        return array
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is told as such
        matrix = array.astype(np.float32, order="C")
    matrix.flags.writeable = False
    return matrix


def _choose(path: Path, vocabulary: Path | None, extra: tuple[str, ...]) -> Callable[[Source, int | None], Loaded]:
    """The reader for a file, by its first bytes."""
    head = _head(path)
    if head.startswith(NUMPY_MAGIC):
        if vocabulary is None:
            raise LexiconError(f"{path} is a NumPy array; pass vocabulary=, a text file with the word of each row")
        if extra:
            raise LexiconError(f"extra_words is given, but {path} is no model of fastText, whose n-grams they need")
        return partial(read_numpy, vocabulary=vocabulary)
    if vocabulary is not None:
        raise LexiconError(f"vocabulary is given, but {path} is no NumPy array: it has words of its own")
    if is_fasttext(head):
        return partial(read_fasttext, extra=extra)
    if extra:
        raise LexiconError(f"extra_words is given, but {path} is no model of fastText, whose n-grams they need")
    return _choose_by_header(path, head)


def _choose_by_header(path: Path, head: bytes) -> Callable[[Source, int | None], Loaded]:
    line, _, rest = head.partition(b"\n")
    header = parse_header(line, path)
    if is_text(rest if header else head):
        return read_text
    if _PICKLE.match(head):
        raise LexiconError(
            f"{path} is a pickle, as gensim's save writes it; reading one can run any code, so lexswitch never does. "
            "If you trust it, load it yourself and pass it to Vectors.from_gensim"
        )
    for magic, what, remedy in _STRANGERS:
        if head.lstrip()[: len(magic)].lower() == magic.lower():
            raise LexiconError(f"{path} is {what}, no file of vectors; {remedy}")
    if not head.strip():
        raise LexiconError(f"{path} is empty; pass a file that holds vectors")
    binary = has_control(rest if header else head)
    if binary and not header:
        raise LexiconError(
            f"{path} is binary data of no known format; pass vectors as text or .bin of word2vec, .bin of fastText, or "
            ".npy with a vocabulary"
        )
    return read_word2vec if binary else read_text


def _head(path: Path) -> bytes:
    """The first bytes of a file, unpacked."""
    if path.is_dir():
        raise LexiconError(f"{path} is a folder; pass the file of vectors")
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if not path.is_file():
        raise LexiconError(f"{path} is a pipe or a device, which cannot be read twice; write it to a file first")
    with open_unpacked(path) as stream:
        return stream.read(_SAMPLE)
