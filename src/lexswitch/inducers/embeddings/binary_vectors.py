"""Binary files of vectors: word2vec, fastText, and NumPy arrays.

Numbers are little-endian. A file of word2vec (word2vec.c of https://code.google.com/archive/p/word2vec) has the line
``words dimensions``; then, for each word, the word, a blank, its float32 values and perhaps a line feed. A model of
fastText (dictionary.cc and densematrix.cc of https://github.com/facebookresearch/fastText, version 12) has settings,
the words with their counts, and a float32 matrix with a row for each word and then one for each bucket of character
n-grams. Models from before 2017 have no magic number, no version and no marks of pruning and quantisation.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from ..._io.progress import progress_bar
from ..._io.streams import open_unpacked, read_texts
from ...errors import LexiconError
from ..batches import blocks
from .arrays import Floats32
from .gensim_import import require_gensim
from .text_vectors import parse_header
from .vector_file import (
    MOST_DIMENSIONS,
    LoadedVectors,
    VectorCollector,
    VectorFile,
    decode_words,
    first_fault,
    make_record,
)

NUMPY_MAGIC = b"\x93NUMPY"
_FASTTEXT_MAGIC = struct.pack("<i", 793712314)
_VERSIONS = (11, 12)
_SETTINGS = struct.Struct("<12id")
"""Settings of fastText: dimensions, window, epochs, minimum count, negatives, word n-grams, loss, model, buckets,
shortest and longest n-gram, rate of updates; sampling threshold."""
_COUNTS = struct.Struct("<3iq")
"""Counts of fastText: entries, words, labels; tokens."""

_BLOCK = 1 << 20
_ROWS = 1024
_LONGEST_WORD = 1 << 12
_END_OF_SENTENCE = "</s>"
"""Since 2017, fastText makes no n-grams of this word."""
_REMEDY = "get the file again"


# -- word2vec ----------------------------------------------------------------------------------------------------------


def read_word2vec(source: VectorFile, limit: int | None) -> LoadedVectors:
    """Read a binary file of word2vec, compressed or not.

    Raises
    ------
    LexiconError
        If fewer vectors are usable than damaged, or the header is evidently wrong.
    """
    path = source.path
    with source.open() as stream:
        line = stream.readline(64)
        header = parse_header(line, path)
        if header is None:
            raise LexiconError(f"{path}:1: {line!r} is not the header of a file of vectors; {_REMEDY}")
        collector = VectorCollector(str(path), header.dimensions, limit, "{}: vector {}", source)
        number = 1
        for encoded, rows in _word2vec_blocks(stream, path, header.dimensions):
            collector.add(decode_words(encoded), rows, range(number, number + len(encoded)))
            number += len(encoded)
            if collector.full:
                break
    return collector.finish("word2vec", header.words, f"the header may be wrong: {_REMEDY}")


def _word2vec_blocks(stream: BinaryIO, path: Path, dimensions: int) -> Iterator[tuple[list[bytes], Floats32]]:
    """Yield words and their vectors; an incomplete last vector is left out."""
    size, rest = 4 * dimensions, b""
    while data := stream.read(max(_BLOCK, size)):
        data = rest + data
        words, starts, reached = [], [], 0
        while (blank := data.find(b" ", reached, reached + _LONGEST_WORD)) >= 0 and blank + size < len(data):
            words.append(data[reached:blank].lstrip(b"\n"))
            starts.append(blank + 1)
            reached = blank + 1 + size
        if blank < 0 and len(data) - reached >= _LONGEST_WORD:
            raise LexiconError(
                f"{path} has a word of more than {_LONGEST_WORD:,} bytes; its header has wrong dimensions, or it is "
                f"damaged: {_REMEDY}"
            )
        rest = data[reached:]
        rows = np.empty((len(words), dimensions), dtype=np.float32)
        for row, start in enumerate(starts):
            rows[row] = np.frombuffer(data, "<f4", dimensions, start)
        yield words, rows


# -- fastText ----------------------------------------------------------------------------------------------------------


class _Settings(NamedTuple):
    """The settings of a model of fastText that matter here."""

    dimensions: int
    buckets: int
    shortest: int
    longest: int
    old: bool
    """Whether the model is from before 2017."""


def is_fasttext(head: bytes) -> bool:
    """Return whether a file begins like a model of fastText: with its magic number or, before 2017, with its settings.

    The settings are small positive numbers, so their first four bytes differ from those of text, pickles and archives.
    """
    return head.startswith(_FASTTEXT_MAGIC) or _has_old_settings(head)


def _has_old_settings(head: bytes) -> bool:
    if len(head) < _SETTINGS.size + _COUNTS.size:
        return False
    dimensions, *_, loss, model, buckets, shortest, longest, _, threshold = _SETTINGS.unpack_from(head)
    count, words, labels, tokens = _COUNTS.unpack_from(head, _SETTINGS.size)
    return bool(
        0 < dimensions <= MOST_DIMENSIONS
        and 1 <= loss <= 3  # hierarchical softmax, negative sampling, softmax
        and 1 <= model <= 3  # cbow, skipgram, classifier
        and min(buckets, shortest, longest, labels) >= 0
        and 0 <= threshold <= 1
        and 0 < words <= count == words + labels
        and tokens >= count
    )


def read_fasttext(source: VectorFile, limit: int | None, extra: Sequence[str]) -> LoadedVectors:
    """Read a model of fastText: the vector of a word is the mean of its own row and those of its n-grams.

    The file is memory-mapped, and only the needed rows are read.

    Parameters
    ----------
    source : VectorFile
    limit : int, optional
        Maximum number of words of the vocabulary.
    extra : sequence of str
        Further words; if the vocabulary lacks one, its vector is the mean of its n-grams.

    Raises
    ------
    LexiconError
        If the model is compressed, quantised, a classifier or cut off.
    """
    require_gensim("reading a fastText model")
    path = source.path
    with path.open("rb") as file:
        if not is_fasttext(file.read(_SETTINGS.size + _COUNTS.size)):
            raise LexiconError(
                f"{path} is a compressed fastText model; decompress it, because its rows are read in place"
            )
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        settings, encoded, offset = _read_vocabulary(data, path)
        rows = _map_rows(data, offset, settings, path, len(encoded))
    except struct.error:
        raise LexiconError(f"{path} is cut off within its vocabulary; {_REMEDY}") from None
    vocabulary = decode_words(encoded)
    names = vocabulary[:limit]
    chosen = frozenset(names)
    names += [word for word in dict.fromkeys(extra) if word not in chosen]
    known = {word: row for row, word in reversed(list(enumerate(vocabulary)))}
    collector = VectorCollector(str(path), settings.dimensions, None, "{}: word {}")
    with progress_bar(len(names), path.name, " words", source.progress) as bar:
        for part in blocks(len(names), _ROWS):
            block = names[part]
            collector.add(block, _compose(rows, settings, block, known), range(part.start + 1, part.stop + 1))
            bar.update(len(block))
    return collector.finish("fasttext")


def _read_vocabulary(data: mmap.mmap, path: Path) -> tuple[_Settings, list[bytes], int]:
    """Return the settings, the words, and the offset of the matrix."""
    old = data[: len(_FASTTEXT_MAGIC)] != _FASTTEXT_MAGIC
    if not old:
        (version,) = struct.unpack_from("<i", data, 4)
        if version not in _VERSIONS:
            raise LexiconError(f"{path} is a fastText model of version {version}; supported are {_VERSIONS}: {_REMEDY}")
    offset = 0 if old else 8
    dimensions, *_, buckets, shortest, longest, _, _ = _SETTINGS.unpack_from(data, offset)
    offset += _SETTINGS.size
    count, num_words, num_labels, _ = _COUNTS.unpack_from(data, offset)
    offset += _COUNTS.size
    pruned = 0
    if not old:
        (pruned,) = struct.unpack_from("<q", data, offset)
        offset += 8
    if num_labels:
        raise LexiconError(f"{path} is a fastText classifier; pass a model of word vectors (skipgram or cbow)")
    if not (0 < dimensions <= MOST_DIMENSIONS and buckets >= 0 and 0 < num_words == count):
        raise LexiconError(
            f"{path} says {num_words} words of {count}, {dimensions} dimensions and {buckets} buckets; it is damaged: "
            f"{_REMEDY}"
        )
    words = []
    for _ in range(count):
        end = data.find(b"\0", offset)
        if end < 0:
            raise struct.error
        words.append(data[offset:end])
        offset = end + 1 + 8 + 1  # its count and kind
    settings = _Settings(dimensions, buckets, shortest, longest, old)
    if old:
        return settings, words, offset
    (quantised,) = struct.unpack_from("<?", data, offset + 8 * max(pruned, 0))
    if pruned > 0 or quantised:
        raise LexiconError(f"{path} is a quantised fastText model (.ftz), which has no rows of float32; pass the .bin")
    return settings, words, offset + 1


def _map_rows(data: mmap.mmap, offset: int, settings: _Settings, path: Path, words: int) -> Floats32:
    """Return the mapped matrix, with a row for each word and then for each bucket."""
    count, dimensions = struct.unpack_from("<2q", data, offset)
    if (count, dimensions) != (words + settings.buckets, settings.dimensions):
        raise LexiconError(
            f"{path} has a matrix of {count} x {dimensions} for {words} words and {settings.buckets} buckets of "
            f"{settings.dimensions} dimensions; it is damaged: {_REMEDY}"
        )
    offset += 2 * 8
    if offset + 4 * count * dimensions > len(data):
        raise LexiconError(
            f"{path} has {len(data):,} bytes, but needs {offset + 4 * count * dimensions:,}: it is cut off; {_REMEDY}"
        )
    return np.frombuffer(data, "<f4", count * dimensions, offset).reshape(count, dimensions)


def _compose(
    rows: Floats32, settings: _Settings, words: Sequence[str | None], known: dict[str | None, int]
) -> Floats32:
    """Return the mean of the rows of each word and of its n-grams; zeros if there are none."""
    from gensim.models.fasttext import ft_ngram_hashes

    parts: list[int] = []
    sizes = []
    for word in words:
        own = [known[word]] if word in known else []
        if word is not None and (settings.old or word != _END_OF_SENTENCE) and settings.buckets:
            hashes = ft_ngram_hashes(word, settings.shortest, settings.longest, settings.buckets)
            own += [len(rows) - settings.buckets + each for each in hashes]
        parts += own or [0]
        sizes.append(len(own))
    counts = np.array(sizes)
    starts = np.cumsum(np.maximum(counts, 1)) - np.maximum(counts, 1)
    sums = np.add.reduceat(rows[parts], starts, axis=0)
    sums[counts == 0] = 0
    means: Floats32 = sums / np.maximum(counts, 1).astype(np.float32)[:, None]
    return means


# -- NumPy arrays ------------------------------------------------------------------------------------------------------


def read_numpy(source: VectorFile, limit: int | None, vocabulary: Path) -> LoadedVectors:
    """Memory-map an array, and read its words from a text file; copy it only if it is not float32 or has faulty rows.

    Raises
    ------
    LexiconError
        If it is not a matrix of floating-point numbers, or the numbers of rows and words differ.
    """
    path = source.path
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise LexiconError(
            f"{path} is not an array of numbers that can be mapped ({error}); save an uncompressed matrix with np.save"
        ) from None
    if array.ndim != 2 or array.dtype.kind != "f" or not 0 < array.shape[1] <= MOST_DIMENSIONS:
        raise LexiconError(
            f"{path} has shape {array.shape} and type {array.dtype}; pass a matrix of floating-point numbers, one "
            "row per word"
        )
    words = _read_words(vocabulary)
    if len(words) != len(array):
        raise LexiconError(
            f"{vocabulary} has {len(words):,} lines, {path} has {len(array):,} rows; pass one line for each row"
        )
    if array.dtype == np.dtype("<f4") and array.flags.c_contiguous:
        some, matrix = tuple(words[:limit]), np.asarray(array[:limit])
        if some and first_fault(some, matrix) is None:
            return LoadedVectors(some, matrix, make_record("numpy", matrix), None)
    collector = VectorCollector(str(path), array.shape[1], limit, "{}: row {}")
    for part in blocks(len(words), _ROWS):
        with np.errstate(over="ignore", invalid="ignore"):  # values that are not finite are reported later
            block = array[part].astype(np.float32)
        collector.add(words[part], block, range(part.start, part.stop))
        if collector.full:
            break
    return collector.finish("numpy")


def _read_words(path: Path) -> list[str]:
    """Return the lines of a text file."""
    with open_unpacked(path) as stream:
        text = "".join(block.text for block in read_texts(stream, str(path)))
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")] if text else []
