"""Word vectors: words, and a matrix with one row per word."""

from __future__ import annotations

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
from ..._io.signatures import describe_foreign_file, is_pickle
from ..._io.streams import open_unpacked
from ...checks import whole_number
from ...errors import LexiconError
from ..batches import blocks
from .arrays import Floats32
from .binary_vectors import NUMPY_MAGIC, is_fasttext, read_fasttext, read_numpy, read_word2vec
from .text_vectors import has_control, has_numbers, is_text, parse_header, read_text, write_text
from .vector_file import (
    MOST_DIMENSIONS,
    LoadedVectors,
    VectorCollector,
    VectorFile,
    VectorsWarning,
    first_fault,
)

__all__ = ["Encode", "Vectors", "VectorsWarning"]

Encode: TypeAlias = "Callable[[list[str]], npt.ArrayLike]"

_SAMPLE = 1 << 16
_MOST_WORDS = 1 << 40
# First bytes of foreign files for which there is a remedy that concerns vectors.
FOREIGN_SIGNATURES = {
    b"\x89HDF": ("an HDF5 file", "write its words and numbers as text, or as .npy and a vocabulary"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Vectors:
    """Immutable vectors of distinct words, the most frequent word first.

    Create them with `read`, `from_gensim`, `encode` or `train_vectors`, or from a list and an array.

    Attributes
    ----------
    words : tuple of str
        Distinct words. They may contain single spaces, but no other white space.
    matrix : float32 array, shape (words, dimensions)
        Row-major, read-only and finite; no row is all zero. It is not normalised. The argument is copied, unless it is
        such an array already.
    record : dict
        Origin of the vectors: file and its SHA-256, format, and number of words left out by reason.

    Raises
    ------
    TypeError
        If a word is not a string, or the matrix does not hold numbers.
    LexiconError
        If there are no words, or a word or a row is not as described; the message names its number.
    """

    words: tuple[str, ...]
    matrix: Floats32
    record: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words, matrix = _as_words("words", self.words), _as_matrix(self.matrix)
        if len(words) != len(matrix):
            raise LexiconError(f"words has {len(words)} elements, matrix has {len(matrix)} rows; pass one row per word")
        if not words:
            raise LexiconError("words is empty; pass at least one word, and a row of matrix for each")
        if fault := first_fault(words, matrix):
            row, reason = fault
            raise LexiconError(f"words[{row}] {words[row]!r}: {reason}; correct it or leave it out")
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
        """Read a file of vectors; the format is detected from the content.

        The formats are: text of word2vec, fastText or GloVe, with or without a header; binary files of word2vec; models
        of fastText (``.bin``, also those from before 2017); and NumPy arrays (``.npy``), which are memory-mapped. Text
        and word2vec files may be compressed (gzip, bzip2, xz, Zstandard).

        Parameters
        ----------
        path : str or Path
        max_words : int, optional
            Maximum number of words to read. In all common files, the first words are the most frequent ones.
        vocabulary : str or Path, optional
            For ``.npy``: a text file with the words of the rows, one per line.
        extra_words : iterable of str, optional
            For models of fastText: further words, beyond `max_words` or not in the vocabulary. Vectors of unknown words
            are composed of their character n-grams (Bojanowski et al., TACL 5, 2017). These words come last.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Warns
        -----
        VectorsWarning
            Once, if vectors were left out (wrong number of fields, not a number, NaN or infinite, all zero, duplicated
            or empty word, not UTF-8), or if their number differs from the header. The message names the first of each
            kind.

        Raises
        ------
        FileNotFoundError
            If there is no file.
        ImportError
            If a model of fastText is read and gensim is not installed.
        LexiconError
            If the format is unknown, the dimensions differ from the header, or fewer vectors are usable than damaged.
            The message names file and line. Pickles, as gensim's ``save`` writes them, are refused, because reading a
            pickle can run any code.
        """
        file = Path(path)
        limit = None if max_words is None else whole_number("max_words", max_words, 1, _MOST_WORDS)
        extra = _as_words("extra_words", extra_words)
        read = _choose(file, None if vocabulary is None else Path(vocabulary), extra)
        loaded = read(VectorFile(file, progress), limit)
        name = file.name.encode("utf-8", "backslashreplace").decode()
        return cls._from_loaded(loaded._replace(record={"file": name, "sha256": file_sha256(file), **loaded.record}))

    @classmethod
    def from_gensim(cls, keyed_vectors: Any) -> Vectors:
        """Return the vectors of gensim's `KeyedVectors`, or of a model that has them as ``wv``.

        Warns
        -----
        VectorsWarning
            If vectors were left out; see `read`.

        Raises
        ------
        TypeError
            If it is another object, or has keys that are not strings.
        LexiconError
            If fewer vectors are usable than damaged.
        """
        keyed_vectors = getattr(keyed_vectors, "wv", keyed_vectors)
        if not hasattr(keyed_vectors, "index_to_key") or not hasattr(keyed_vectors, "vectors"):
            raise TypeError(f"keyed_vectors is {type(keyed_vectors).__name__}; pass gensim's KeyedVectors")
        words = _as_words("keyed_vectors.index_to_key", keyed_vectors.index_to_key)
        matrix = _as_matrix(keyed_vectors.vectors, "keyed_vectors.vectors")
        collector = VectorCollector("keyed_vectors", matrix.shape[1], location="{}: vector {}")
        collector.add(words, matrix, range(len(words)))
        return cls._from_loaded(collector.finish("gensim"))

    @classmethod
    def encode(cls, words: Iterable[str], encode: Encode, batch_size: int = 256, progress: bool = True) -> Vectors:
        """Compute the vectors with a function, such as that of a sentence encoder.

        Parameters
        ----------
        words : iterable of str
            The most frequent first.
        encode : callable
            Takes a list of str and returns an array of shape (strings, dimensions).
        batch_size : int, default 256
            Number of strings per call.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Warns
        -----
        VectorsWarning
            If vectors were left out; see `read`.

        Raises
        ------
        TypeError
            If `encode` is not callable, or does not return numbers.
        LexiconError
            If it returns another shape, or no vector is usable.
        """
        if not callable(encode):
            raise TypeError(f"encode is {type(encode).__name__}; pass a callable from list of str to an array")
        words = _as_words("words", words)
        if not words:
            raise LexiconError("words is empty; pass at least one word")
        size = whole_number("batch_size", batch_size, 1, _MOST_WORDS)
        dimensions = 0
        with progress_bar(len(words), "encoding", " words", progress) as bar:
            for part in blocks(len(words), size):
                batch = list(words[part])
                rows = _as_matrix(encode(batch), "the result of encode")
                if not part.start:
                    dimensions = rows.shape[1]
                    collector = VectorCollector("words", dimensions, len(words), location="{}[{}]")
                if rows.shape != (len(batch), dimensions):
                    raise LexiconError(
                        f"encode returned shape {rows.shape} for {len(batch)} words; it must be ({len(batch)}, "
                        f"{dimensions or 'dimensions'})"
                    )
                collector.add(batch, rows, range(part.start, part.stop))
                bar.update(len(batch))
        return cls._from_loaded(collector.finish("encoded", hint="check the results of encode"))

    @classmethod
    def _from_loaded(cls, loaded: LoadedVectors) -> Vectors:
        if loaded.warning:
            warnings.warn(loaded.warning, VectorsWarning, stacklevel=3)
        return cls(loaded.words, loaded.matrix, loaded.record)

    def save(self, path: str | Path, progress: bool = True) -> None:
        """Write the vectors as text of word2vec; `read` returns the same float32 values.

        Parameters
        ----------
        path : str or Path
            Compressed with gzip if it ends in ``.gz``. The file is written atomically.
        progress : bool, default True
            Whether to show progress on standard error, if that is a terminal.

        Raises
        ------
        LexiconError
            If a word has several parts and a later part is a number with a point: `read` would take it for a part of
            the vector.
        """
        for word in self.words:
            if " " in word and has_numbers(word.encode().split()):
                raise LexiconError(
                    f"words has {word!r}, whose number would be read as part of its vector; leave it out, or save the "
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
    """Return the words as a tuple, if they are strings that UTF-8 can encode."""
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
        raise LexiconError(f"{name}[{row}] has a lone surrogate, which is not valid Unicode; leave it out") from None
    return result


def _as_matrix(values: Any, name: str = "matrix") -> Floats32:
    """Return a read-only float32 matrix: a copy, unless it is one already."""
    try:
        array = np.asarray(values)
    except Exception as error:  # other libraries raise many kinds: tensors on a GPU, or with gradients
        raise TypeError(
            f"{name} is {type(values).__name__}, which NumPy cannot convert ({error}); make it a NumPy array first"
        ) from error
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} is {type(values).__name__} of {array.dtype}, not a matrix of floating-point numbers")
    if array.ndim != 2 or not 0 < array.shape[1] <= MOST_DIMENSIONS:
        raise LexiconError(
            f"{name} has shape {array.shape}; it must be (words, dimensions), of 1 to {MOST_DIMENSIONS:,} dimensions"
        )
    if array.dtype == np.float32 and array.flags.c_contiguous and not array.flags.writeable:
        return array
    with np.errstate(over="ignore", invalid="ignore"):  # values that are not finite are reported later
        matrix = array.astype(np.float32, order="C")
    matrix.flags.writeable = False
    return matrix


def _choose(
    path: Path, vocabulary: Path | None, extra: tuple[str, ...]
) -> Callable[[VectorFile, int | None], LoadedVectors]:
    """Return the reader for a file, chosen by its first bytes."""
    head = _head(path)
    if head.startswith(NUMPY_MAGIC):
        if vocabulary is None:
            raise LexiconError(f"{path} is a NumPy array; pass vocabulary=, a text file with one word per row")
        if extra:
            raise LexiconError(f"extra_words is given, but {path} is not a model of fastText; leave it out")
        return partial(read_numpy, vocabulary=vocabulary)
    if vocabulary is not None:
        raise LexiconError(f"vocabulary is given, but {path} is not a NumPy array and contains its words; leave it out")
    if is_fasttext(head):
        return partial(read_fasttext, extra=extra)
    if extra:
        raise LexiconError(f"extra_words is given, but {path} is not a model of fastText; leave it out")
    return _choose_by_header(path, head)


def _choose_by_header(path: Path, head: bytes) -> Callable[[VectorFile, int | None], LoadedVectors]:
    line, _, rest = head.partition(b"\n")
    header = parse_header(line, path)
    if is_text(rest if header else head):
        return read_text
    if is_pickle(head):
        raise LexiconError(
            f"{path} is a pickle, as gensim's save writes it; lexswitch does not read pickles, which can run any code. "
            "If you trust it, load it yourself and pass it to Vectors.from_gensim"
        )
    if foreign := FOREIGN_SIGNATURES.get(head[:4]) or describe_foreign_file(head):
        raise LexiconError(f"{path} is {foreign[0]}, not a file of vectors; {foreign[1]}")
    if not head.strip():
        raise LexiconError(f"{path} is empty; pass a file of vectors")
    binary = has_control(rest if header else head)
    if binary and not header:
        raise LexiconError(
            f"{path} is binary data of an unknown format; pass text or .bin of word2vec, .bin of fastText, or "
            ".npy with a vocabulary"
        )
    return read_word2vec if binary else read_text


def _head(path: Path) -> bytes:
    """Return the first bytes of a file, decompressed."""
    if path.is_dir():
        raise LexiconError(f"{path} is a folder; pass the file of vectors")
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if not path.is_file():
        raise LexiconError(f"{path} is a pipe or a device, which cannot be read twice; save it as a file first")
    with open_unpacked(path) as stream:
        return stream.read(_SAMPLE)
