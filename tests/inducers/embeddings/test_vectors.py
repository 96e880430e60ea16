"""Words with vectors."""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lexswitch import LexiconError
from lexswitch.inducers.embeddings.vectors import Vectors, VectorsWarning

models = pytest.importorskip("gensim.models", reason="gensim has no wheel for this Python")
FastText, KeyedVectors = models.FastText, models.KeyedVectors

MATRIX = np.array([[0.1, -0.2], [3, 4]], dtype=np.float32)
VECTORS = Vectors(("the", "of"), MATRIX, {"file": "a.vec"})

# -- made directly -----------------------------------------------------------------------------------------------------


def test_vectors_show_what_they_are() -> None:
    """Vectors have a length, dimensions and a readable repr."""
    assert len(VECTORS) == 2
    assert VECTORS.dimensions == 2
    assert repr(VECTORS) == "<Vectors: 2 words of 2 dimensions from a.vec>"
    assert repr(Vectors(["a"], [[1]])) == "<Vectors: 1 words of 1 dimensions>"


def test_vectors_cannot_be_changed() -> None:
    """Neither attributes nor the original array can change the vectors."""
    own = MATRIX.copy()
    vectors = Vectors(["the", "of"], own)
    own[0] = 7
    np.testing.assert_array_equal(vectors.matrix, MATRIX)
    with pytest.raises(ValueError, match="read-only"):
        vectors.matrix[0] = 7
    with pytest.raises(AttributeError):
        vectors.words = ()  # type: ignore[misc]


def test_read_only_matrix_is_not_copied() -> None:
    """A read-only row-major float32 matrix is not copied; others are converted."""
    assert Vectors(VECTORS.words, VECTORS.matrix).matrix is VECTORS.matrix
    for other in (MATRIX.astype(np.float64), np.asfortranarray(MATRIX), MATRIX.tolist(), MATRIX[:, ::-1][:, ::-1]):
        matrix = Vectors(["the", "of"], other).matrix
        assert matrix.dtype == np.float32
        assert matrix.flags.c_contiguous
        np.testing.assert_array_equal(matrix, MATRIX)


@pytest.mark.parametrize(
    ("words", "matrix", "error", "message"),
    [
        ("ab", MATRIX, TypeError, "words is str"),
        (7, MATRIX, TypeError, "words is int"),
        (["a", 1], MATRIX, TypeError, r"words\[1\] is int"),
        (["a", "b"], [["x"], ["y"]], TypeError, "matrix is list of <U1"),
        (["a", "b"], None, TypeError, "matrix is NoneType of object"),
        (["a", "b"], [True, False], TypeError, "of bool"),
        (["a"], MATRIX, LexiconError, "words has 1 elements, matrix has 2 rows"),
        ([], np.ones((0, 2)), LexiconError, "words is empty"),
        (["a", "b"], [1.0, 2.0], LexiconError, r"shape \(2,\)"),
        (["a", "b"], np.ones((2, 0)), LexiconError, r"shape \(2, 0\)"),
        (["a", "a"], MATRIX, LexiconError, r"words\[1\] 'a': duplicated word"),
        (["a", ""], MATRIX, LexiconError, r"words\[1\] '': empty word"),
        (["a", "\xa0"], MATRIX, LexiconError, "empty word"),
        (["a", "b\n"], MATRIX, LexiconError, "white space in the word"),
        (["a", " b"], MATRIX, LexiconError, "white space in the word"),
        (["a", "b  c"], MATRIX, LexiconError, "white space in the word"),
        (["a", "b\tc"], MATRIX, LexiconError, "white space in the word"),
        (["a", "\ud800"], MATRIX, LexiconError, r"words\[1\] has a lone surrogate"),
        (["a", "b"], [[1, np.nan], [1, 2]], LexiconError, r"words\[0\] 'a': NaN or infinite"),
        (["a", "b"], [[1, 2], [1, np.inf]], LexiconError, r"words\[1\] 'b': NaN or infinite"),
        (["a", "b"], [[1, 2], [1, 1e39]], LexiconError, r"words\[1\] 'b': NaN or infinite"),
        (["a", "b"], [[1, 2], [0, -0.0]], LexiconError, r"words\[1\] 'b': all zero"),
    ],
)
def test_bad_vectors_are_refused(words: Any, matrix: Any, error: type[Exception], message: str) -> None:
    """Wrong words or numbers are an error that names the row."""
    with pytest.raises(error, match=message):
        Vectors(words, matrix)


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("max_words", [0, -1, 1.5, True, "9"])
def test_max_words_is_a_positive_whole_number(tmp_path: Path, max_words: Any) -> None:
    """Other values are an error that names the argument."""
    with pytest.raises((TypeError, ValueError), match="max_words is"):
        Vectors.read(tmp_path / "a", max_words=max_words)


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    """A missing file, a folder or a pipe is an error that says so."""
    with pytest.raises(FileNotFoundError, match="does not exist"):
        Vectors.read(tmp_path / "a")
    with pytest.raises(LexiconError, match="is a folder"):
        Vectors.read(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(LexiconError, match="is a pipe"):
            Vectors.read(tmp_path / "pipe")


def test_arguments_of_other_formats(tmp_path: Path) -> None:
    """A vocabulary and words for n-grams are refused for formats that do not use them, and required if needed."""
    VECTORS.save(tmp_path / "a.vec")
    np.save(tmp_path / "a.npy", MATRIX)
    with pytest.raises(LexiconError, match="vocabulary is given"):
        Vectors.read(tmp_path / "a.vec", vocabulary=tmp_path / "a.vec")
    with pytest.raises(LexiconError, match="extra_words is given"):
        Vectors.read(tmp_path / "a.vec", extra_words=["a"])
    with pytest.raises(LexiconError, match="extra_words is given"):
        Vectors.read(tmp_path / "a.npy", vocabulary=tmp_path / "a.vec", extra_words=["a"])
    with pytest.raises(LexiconError, match="pass vocabulary="):
        Vectors.read(tmp_path / "a.npy")
    with pytest.raises(TypeError, match="extra_words is str"):
        Vectors.read(tmp_path / "a.vec", extra_words="word")


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"2 3\n", b"\x93NUMPY\x01\x00", b"\xba\x16\x4f\x2f", b"a 1 2\n" * 9])
)
def test_any_bytes_bring_vectors_or_our_error(data: bytes, head: bytes) -> None:
    """Reading any bytes returns vectors, or ends with an error or warning of lexswitch."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(head + data)
        with contextlib.suppress(LexiconError, VectorsWarning):
            Vectors.read(path, vocabulary=path if head.startswith(b"\x93") else None)


# -- saving ------------------------------------------------------------------------------------------------------------

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9).filter(
    lambda word: not word.isspace() and not set(word) & set("\t\n\v\f\r ")
)


@given(st.lists(WORDS | st.sampled_from(["new york", "windows 10"]), min_size=1, max_size=5, unique=True), st.data())
def test_saved_vectors_are_read_as_they_were(words: list[str], data: st.DataObject) -> None:
    """Saved words and numbers are read bit by bit, compressed or not."""
    matrix = data.draw(arrays(np.float32, (len(words), 3), elements=FLOATS).filter(lambda m: m.any(axis=1).all()))
    vectors = Vectors(words, matrix)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.vec", "a.vec.gz"):
            vectors.save(Path(folder) / name)
            again = Vectors.read(Path(folder) / name)
            assert again.words == vectors.words
            assert again.matrix.tobytes() == matrix.tobytes()


def test_saved_files_are_the_same_bytes(tmp_path: Path) -> None:
    """A compressed file has no name and time in it, and the same text as the other."""
    VECTORS.save(tmp_path / "a.vec")
    VECTORS.save(tmp_path / "a.vec.gz")
    VECTORS.save(str(tmp_path / "b" / "c.gz"))
    assert (tmp_path / "a.vec").read_bytes() == b"2 2\nthe 0.100000001 -0.200000003\nof 3 4\n"
    assert gzip.decompress((tmp_path / "a.vec.gz").read_bytes()) == (tmp_path / "a.vec").read_bytes()
    assert (tmp_path / "b" / "c.gz").read_bytes() == (tmp_path / "a.vec.gz").read_bytes()


def test_word_that_would_not_come_back(tmp_path: Path) -> None:
    """A phrase with a number that would be read as part of the vector is an error; nothing is written."""
    with pytest.raises(LexiconError, match=r"words has 'type 2\.0'"):
        Vectors(["type 2.0"], [[1, 2]]).save(tmp_path / "a.vec")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_many_vectors_come_back(tmp_path: Path) -> None:
    """Several blocks of lines are read as gensim reads them."""
    matrix = np.random.default_rng(0).normal(size=(5000, 100)).astype(np.float32)
    vectors = Vectors([f"w{row}" for row in range(5000)], matrix)
    vectors.save(tmp_path / "a.vec")
    np.testing.assert_array_equal(Vectors.read(tmp_path / "a.vec").matrix, matrix)
    keyed = KeyedVectors.load_word2vec_format(str(tmp_path / "a.vec"))
    np.testing.assert_array_equal(keyed.vectors, matrix)
    assert tuple(keyed.index_to_key) == vectors.words


# -- from objects ------------------------------------------------------------------------------------------------------


def test_from_gensim() -> None:
    """Vectors of gensim, and of a model of gensim, keep their order."""
    keyed = KeyedVectors(2)
    keyed.add_vectors(["the", "of"], MATRIX)
    vectors = Vectors.from_gensim(keyed)
    assert vectors.words == ("the", "of")
    np.testing.assert_array_equal(vectors.matrix, MATRIX)
    keyed.vectors[0] = 9
    np.testing.assert_array_equal(vectors.matrix, MATRIX)
    model = FastText([["a", "b"]] * 3, vector_size=4, min_count=1, workers=1, bucket=10)
    assert Vectors.from_gensim(model).words == tuple(model.wv.index_to_key)


def test_from_gensim_with_damage() -> None:
    """Rows of zeros, which gensim makes for missing words, are left out and reported."""
    keyed = KeyedVectors(2)
    keyed.add_vectors(["the", "x", "of"], np.insert(MATRIX, 1, 0, axis=0))
    with pytest.warns(VectorsWarning, match=r"all zero: 1, first keyed_vectors: vector 1\b") as caught:
        assert Vectors.from_gensim(keyed).words == ("the", "of")
    assert caught[0].filename == __file__


@pytest.mark.parametrize("other", [None, "a.kv", {"a": [1, 2]}, MATRIX])
def test_from_gensim_of_something_else(other: Any) -> None:
    """Other objects are refused."""
    with pytest.raises(TypeError, match="pass gensim's KeyedVectors"):
        Vectors.from_gensim(other)


@pytest.mark.parametrize("batch_size", [1, 2, 256])
def test_encode(batch_size: int) -> None:
    """A function computes the vectors, batch by batch, with any type of number."""
    sizes = []

    def encode(words: list[str]) -> list[list[float]]:
        sizes.append(len(words))
        return [[float(len(word)), 1.0] for word in words]

    vectors = Vectors.encode(["a", "bcd", "ef"], encode, batch_size)
    assert vectors.words == ("a", "bcd", "ef")
    np.testing.assert_array_equal(vectors.matrix, [[1, 1], [3, 1], [2, 1]])
    assert max(sizes) == min(batch_size, 3)


def test_encode_with_damage() -> None:
    """Repeated words and vectors of zeros are left out and reported."""
    with pytest.warns(VectorsWarning, match=r"duplicated word: 1, first words\[1\]; all zero: 1, first words\[3\]"):
        vectors = Vectors.encode(["a", "a", "b", "", "c"], lambda words: [[len(word)] for word in words], 2)
    assert vectors.words == ("a", "b", "c")


@pytest.mark.parametrize(
    ("words", "encode", "error", "message"),
    [
        (["a"], None, TypeError, "encode is NoneType"),
        ("ab", len, TypeError, "words is str"),
        ([], len, LexiconError, "words is empty"),
        (["a", "b"], lambda words: [[1.0]], LexiconError, r"shape \(1, 1\) for 2 words; it must be \(2, 1\)"),
        (["a", "b", "c"], lambda words: np.ones((len(words), len(words))), LexiconError, r"must be \(1, 2\)"),
        (["a"], lambda words: np.ones(3), LexiconError, r"shape \(3,\)"),
        (["a"], lambda words: ["x"], TypeError, "the result of encode is list of"),
        (["a"], lambda words: [[[1], [1, 2]]], TypeError, "the result of encode is list, which NumPy cannot convert"),
        (["a"], lambda words: [[np.nan]], LexiconError, "only 0 of 1 vectors"),
    ],
)
def test_encode_of_something_else(words: Any, encode: Any, error: type[Exception], message: str) -> None:
    """A wrong function, or a result without one row per word, is an error."""
    with pytest.raises(error, match=message):
        Vectors.encode(words, encode, 2)
