"""Binary files of vectors."""

from __future__ import annotations

import gzip
import pickle
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import LexiconError
from lexswitch.inducers.embeddings import binary_vectors
from lexswitch.inducers.embeddings.vectors import Vectors, VectorsWarning

models = pytest.importorskip("gensim.models", reason="gensim has no wheel for this Python")
FastText, KeyedVectors = models.FastText, models.KeyedVectors
load_facebook_vectors = models.fasttext.load_facebook_vectors
save_facebook_model = models.fasttext.save_facebook_model

WORDS = ["the", "of", "größe", "дом", "a\xa0b"]
MATRIX = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)


def write(tmp_path: Path, data: bytes, name: str = "a.bin") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


# -- word2vec ----------------------------------------------------------------------------------------------------------


def word2vec(words: list[Any], matrix: np.ndarray, end: bytes = b"", count: int | None = None) -> bytes:
    """A file as word2vec.c (with line feeds) or gensim (without) writes it."""
    encoded = [word if isinstance(word, bytes) else word.encode() for word in words]
    rows = matrix.astype("<f4")
    header = f"{len(words) if count is None else count} {matrix.shape[1]}\n".encode()
    return header + b"".join(word + b" " + row.tobytes() + end for word, row in zip(encoded, rows, strict=True))


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("block", [1, 100, 1 << 20])
def test_word2vec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes, pack: Any, block: int) -> None:
    """Words and numbers are read exactly, with and without line feeds, compressed or not, in blocks of any size."""
    monkeypatch.setattr(binary_vectors, "_BLOCK", block)
    path = write(tmp_path, pack(word2vec(WORDS, MATRIX, end)))
    vectors = Vectors.read(path)
    assert list(vectors.words) == WORDS
    np.testing.assert_array_equal(vectors.matrix, MATRIX)
    record = {"file": "a.bin", "format": "word2vec", "words": 5, "dimensions": 7, "dropped": {}}
    assert vectors.record == record | {"sha256": vectors.record["sha256"]}
    assert Vectors.read(path, max_words=3).words == vectors.words[:3]


@given(st.lists(st.lists(st.floats(width=32), min_size=3, max_size=3), min_size=4, max_size=8))
def test_word2vec_of_any_numbers(tmp_path_factory: pytest.TempPathFactory, rows: list[list[float]]) -> None:
    """Each row is kept or reported, whatever bytes its numbers contain, blanks and line feeds included."""
    matrix = np.array([*rows, *([[1, 2, 3]] * len(rows))], dtype=np.float32)
    words = [f"w{row}" for row in range(len(matrix))]
    path = write(tmp_path_factory.mktemp("any"), word2vec(words, matrix, b"\n"))
    sound = np.isfinite(matrix).all(axis=1) & matrix.any(axis=1)
    if sound.all():
        vectors = Vectors.read(path)
    else:
        with pytest.warns(VectorsWarning, match=f"left out {(~sound).sum()} of"):
            vectors = Vectors.read(path)
    np.testing.assert_array_equal(vectors.matrix, matrix[sound])
    assert vectors.words == tuple(np.array(words)[sound])


def test_gensim_writes_what_is_read(tmp_path: Path) -> None:
    """A binary file written by gensim is read with the same words and numbers."""
    keyed = KeyedVectors(7)
    keyed.add_vectors(WORDS, MATRIX)
    keyed.save_word2vec_format(str(tmp_path / "a.bin"), binary=True)
    vectors = Vectors.read(tmp_path / "a.bin")
    assert list(vectors.words) == WORDS
    np.testing.assert_array_equal(vectors.matrix, MATRIX)


def test_damaged_word2vec(tmp_path: Path) -> None:
    """Vectors that are not usable are left out and reported by number in one warning."""
    matrix = np.vstack([MATRIX, MATRIX])
    matrix[1, 2], matrix[2] = np.nan, 0
    words = [*WORDS, "the", b"\xff", " ", "x\ty", "sound"]
    words[7] = "\xa0"
    path = write(tmp_path, word2vec(words, matrix))
    with pytest.raises(LexiconError, match="only 4 of 10 vectors can be used"):
        Vectors.read(path)
    path = write(tmp_path, word2vec([*words, "more", "words"], np.vstack([matrix, MATRIX[:2]])))
    with pytest.warns(VectorsWarning) as caught:
        vectors = Vectors.read(path)
    assert vectors.words == ("the", "дом", "a\xa0b", "sound", "more", "words")
    kinds = [
        "NaN or infinite",
        "all zero",
        "duplicated word",
        "word is not UTF-8",
        "empty word",
        "white space in the word",
    ]
    numbers = [2, 3, 6, 7, 8, 9]
    faults = "; ".join(f"{kind}: 1, first {path}: vector {at}" for kind, at in zip(kinds, numbers, strict=True))
    assert [str(each.message) for each in caught] == [f"{path}: left out 6 of 12 vectors ({faults})"]


@pytest.mark.parametrize("lost", [1, 20, 40])
def test_word2vec_cut_off(tmp_path: Path, lost: int) -> None:
    """The whole vectors of a truncated file are read, and a warning reports the number in the header."""
    path = write(tmp_path, word2vec(WORDS, MATRIX)[:-lost])
    left = 5 - -(-lost // (7 * 4 + 5))
    with pytest.warns(VectorsWarning, match=f"says 5 vectors, there are {left}; the file seems to be cut off"):
        assert list(Vectors.read(path).words) == WORDS[:left]


def test_word2vec_with_nothing_or_wrong_dimensions(tmp_path: Path) -> None:
    """A file without one whole vector, or with wrong dimensions in the header, is refused."""
    with pytest.raises(LexiconError, match="no vector"):
        Vectors.read(write(tmp_path, word2vec(WORDS, MATRIX)[:20]))
    rng = np.random.default_rng(0)
    data = word2vec([f"word{row}" for row in range(500)], rng.normal(size=(500, 50))).replace(b"500 50", b"500 60")
    with pytest.raises(LexiconError, match="header"):
        Vectors.read(write(tmp_path, data))


def test_word_without_end(tmp_path: Path) -> None:
    """A word that never ends is an error that names the likely cause."""
    with pytest.raises(LexiconError, match=r"a word of more than 4,096 bytes.*header"):
        Vectors.read(write(tmp_path, b"2 3\n" + b"\x01" * 10_000))


# -- fastText ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of fastText."""
    texts = [["the", "house", "дом", "größe", "of", "a"], ["of", "the", "house"], ["the"]] * 5
    trained = FastText(texts, vector_size=9, min_count=1, epochs=1, bucket=100, seed=1, workers=1)
    path = tmp_path_factory.mktemp("fasttext") / "a.bin"
    save_facebook_model(trained, str(path))
    return path


def test_fasttext(model: Path) -> None:
    """Words and vectors are those that gensim reads."""
    vectors, expected = Vectors.read(model), load_facebook_vectors(str(model))
    assert list(vectors.words) == expected.index_to_key
    np.testing.assert_allclose(vectors.matrix, expected.vectors, rtol=1e-5, atol=1e-7)
    record = {"file": "a.bin", "format": "fasttext", "words": 6, "dimensions": 9, "dropped": {}}
    assert vectors.record == record | {"sha256": vectors.record["sha256"]}


def test_fasttext_without_gensim(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without gensim, which hashes n-grams, the error says how to install it."""
    monkeypatch.setitem(sys.modules, "gensim", None)
    with pytest.raises(ImportError, match=r"reading a fastText model needs gensim .*pip install gensim.*Python 3\.13"):
        Vectors.read(model)


def test_fasttext_extra_words(model: Path) -> None:
    """Words beyond the vocabulary get the mean of their n-grams, those beyond max_words their own vector."""
    expected = load_facebook_vectors(str(model))
    vectors = Vectors.read(model, max_words=2, extra_words=["houses", "дома", "the", "größe", "houses"])
    assert vectors.words == (*expected.index_to_key[:2], "houses", "дома", "größe")
    np.testing.assert_allclose(
        vectors.matrix, [expected[word] for word in vectors.words], rtol=1e-5, atol=1e-7, err_msg="as gensim has them"
    )


def test_fasttext_in_small_blocks(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of rows per block does not matter."""
    whole = Vectors.read(model, extra_words=["houses"])
    monkeypatch.setattr(binary_vectors, "_ROWS", 2)
    parts = Vectors.read(model, extra_words=["houses"])
    assert parts.words == whole.words
    np.testing.assert_array_equal(parts.matrix, whole.matrix)


def test_fasttext_word_without_ngrams(tmp_path: Path) -> None:
    """If a model has no n-grams, a word outside the vocabulary has no vector, and is reported."""
    trained = FastText([["the", "house"]] * 5, vector_size=4, min_count=1, min_n=5, max_n=4, workers=1)
    save_facebook_model(trained, str(tmp_path / "a.bin"))
    with pytest.warns(VectorsWarning, match=r"left out 1 of 3 vectors \(all zero: 1, first .*: word 3\)"):
        assert set(Vectors.read(tmp_path / "a.bin", extra_words=["houses"]).words) == {"the", "house"}


def test_fasttext_cut_anywhere(model: Path, tmp_path: Path) -> None:
    """A model that is truncated anywhere is an error, and never hangs."""
    data = model.read_bytes()
    matrix = 106 * 9 * 4
    for length in [4, 8, 50, 60, 90, 100, 120, 150, 180, 200, len(data) - 2 * matrix, len(data) // 2 - 500]:
        with pytest.raises(LexiconError, match=r"cut off|damaged"):
            Vectors.read(write(tmp_path, data[:length]))


@pytest.mark.parametrize(
    ("offset", "kind", "value", "message"),
    [
        (4, "<i", 99, "version 99"),
        (8, "<i", 0, "damaged"),
        (8, "<i", 10, r"matrix of 106 x 9"),
        (40, "<i", 7, r"matrix of 106 x 9"),
        (72, "<i", 2, "classifier"),
        (64, "<i", 0, "damaged"),
        (84, "<q", 3, "quantised|cut off"),
    ],
)
def test_fasttext_of_other_kinds(model: Path, tmp_path: Path, offset: int, kind: str, value: int, message: str) -> None:
    """Other versions, classifiers, quantised and damaged models are refused with the reason."""
    data = bytearray(model.read_bytes())
    struct.pack_into(kind, data, offset, value)
    with pytest.raises(LexiconError, match=message):
        Vectors.read(write(tmp_path, bytes(data)))


def test_compressed_fasttext(model: Path, tmp_path: Path) -> None:
    """A compressed model cannot be mapped: the error tells the user to decompress it."""
    with pytest.raises(LexiconError, match="decompress it"):
        Vectors.read(write(tmp_path, gzip.compress(model.read_bytes())))


OLD_WORDS = ["</s>", "the", "größe", "дом", "houses"]
OLD_BUCKETS = 50


def old_fasttext(kind: int = 2, labels: int = 0) -> bytes:
    """A model as fastText wrote it before 2017: no magic number, no version, no marks of pruning and quantisation."""
    rows = np.random.default_rng(3).normal(size=(len(OLD_WORDS) + OLD_BUCKETS, 9)).astype("<f4")
    words = len(OLD_WORDS) - labels
    settings = (9, 5, 5, 1, 5, 1, 2, kind, OLD_BUCKETS, 3, 6, 100)  # of these the first is the number of dimensions
    entries = b"".join(
        word.encode() + b"\0" + struct.pack("<qb", 9 - row, row >= words) for row, word in enumerate(OLD_WORDS)
    )
    return b"".join(
        [
            struct.pack("<12id", *settings, 1e-4),
            struct.pack("<3iq", len(OLD_WORDS), words, labels, 35),
            entries,
            struct.pack("<2q", *rows.shape) + rows.tobytes(),
            struct.pack("<2q", len(OLD_WORDS), 9) + rows[: len(OLD_WORDS)].tobytes(),  # the output layer
        ]
    )


def test_fasttext_from_before_2017(tmp_path: Path) -> None:
    """A model without a magic number has the words and vectors that gensim reads, extra words included."""
    path = write(tmp_path, old_fasttext())
    expected = load_facebook_vectors(str(path))
    vectors = Vectors.read(path, extra_words=["house", "дома"])
    assert vectors.words == (*expected.index_to_key, "house", "дома")
    np.testing.assert_allclose(vectors.matrix, [expected[word] for word in vectors.words], rtol=1e-5, atol=1e-6)
    assert vectors.record["format"] == "fasttext"
    assert Vectors.read(path, max_words=2).words == ("</s>", "the")


def test_fasttext_from_before_2017_that_cannot_be_read(tmp_path: Path) -> None:
    """Classifiers, compressed and truncated files are refused with the reason and the remedy."""
    with pytest.raises(LexiconError, match="is a fastText classifier; pass a model of word vectors"):
        Vectors.read(write(tmp_path, old_fasttext(kind=3, labels=1)))
    with pytest.raises(LexiconError, match="is a compressed fastText model; decompress it"):
        Vectors.read(write(tmp_path, gzip.compress(old_fasttext())))
    data = old_fasttext()
    matrix = 4 * 9 * (2 * len(OLD_WORDS) + OLD_BUCKETS)
    for length in (76, 80, 90, len(data) - matrix - 20, len(data) - matrix, len(data) - matrix + 400):
        with pytest.raises(LexiconError, match=r"cut off|damaged"):
            Vectors.read(write(tmp_path, data[:length]))


# -- NumPy arrays ------------------------------------------------------------------------------------------------------


def save(tmp_path: Path, words: str, array: np.ndarray) -> dict[str, Path]:
    (tmp_path / "a.txt").write_text(words, encoding="utf-8")
    np.save(tmp_path / "a.npy", array)
    return {"path": tmp_path / "a.npy", "vocabulary": tmp_path / "a.txt"}


def test_array_is_mapped(tmp_path: Path) -> None:
    """A float32 matrix is not copied into memory."""
    vectors = Vectors.read(**save(tmp_path, "\n".join(WORDS) + "\n", MATRIX))
    assert list(vectors.words) == WORDS
    np.testing.assert_array_equal(vectors.matrix, MATRIX)
    base: Any = vectors.matrix
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert base is not None
    record = {"file": "a.npy", "format": "numpy", "words": 5, "dimensions": 7, "dropped": {}}
    assert vectors.record == record | {"sha256": vectors.record["sha256"]}
    assert len(Vectors.read(tmp_path / "a.npy", 2, tmp_path / "a.txt")) == 2


@pytest.mark.parametrize(
    "array", [MATRIX.astype(np.float64), MATRIX.astype(">f4"), np.asfortranarray(MATRIX), MATRIX.astype(np.float16)]
)
def test_array_of_another_type(tmp_path: Path, array: np.ndarray) -> None:
    """Other floating-point types and memory orders become row-major float32."""
    vectors = Vectors.read(**save(tmp_path, "\r\n".join(WORDS), array))
    assert list(vectors.words) == WORDS
    np.testing.assert_array_equal(vectors.matrix, array.astype(np.float32))
    assert vectors.matrix.dtype == np.float32
    assert vectors.matrix.flags.c_contiguous


def test_damaged_rows_of_an_array(tmp_path: Path) -> None:
    """Faulty rows are left out and reported by number; max_words counts the others."""
    matrix = MATRIX.copy()
    matrix[0, 0], matrix[3] = np.inf, 0
    files = save(tmp_path, "\n".join(WORDS), matrix)
    with pytest.warns(
        VectorsWarning, match=r"left out 2 of 5 .*infinite: 1, first .*: row 0; all zero: 1, .*: row 3\)"
    ):
        assert Vectors.read(**files).words == ("of", "größe", "a\xa0b")
    with pytest.warns(VectorsWarning, match="left out 1 of 3"):
        assert Vectors.read(**files, max_words=2).words == ("of", "größe")


@pytest.mark.parametrize(
    ("words", "array", "message"),
    [
        ("a\nb\n", MATRIX, "has 2 lines, .* has 5 rows"),
        ("a\nb", MATRIX[0, :2], r"shape \(2,\)"),
        ("a\nb", np.ones((2, 3), dtype=np.int64), "type int64"),
        ("a\nb", np.array([["x", "y"], ["z", "w"]]), "type <U1"),
        ("", np.ones((0, 3), dtype=np.float32), "no vector"),
        ("a\n\nb", np.ones((2, 0), dtype=np.float32), r"shape \(2, 0\)"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, words: str, array: np.ndarray, message: str) -> None:
    """Arrays that are not a matrix of numbers, or lack a word for a row, are an error."""
    with pytest.raises(LexiconError, match=message):
        Vectors.read(**save(tmp_path, words, array))


def test_array_of_objects_is_not_unpickled(tmp_path: Path) -> None:
    """An array of objects is a pickle: it is refused, and nothing in it is run."""
    np.save(tmp_path / "a.npy", np.array([_Trap(tmp_path / "run")], dtype=object), allow_pickle=True)
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(LexiconError, match="not an array of numbers"):
        Vectors.read(tmp_path / "a.npy", vocabulary=tmp_path / "a.txt")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_are_refused(tmp_path: Path, protocol: int) -> None:
    """Pickles of any protocol, gensim's too, are refused with a safe alternative, and nothing in them is run."""
    path = write(tmp_path, pickle.dumps(_Trap(tmp_path / "run"), protocol))
    with pytest.raises(
        LexiconError, match="is a pickle.*from_gensim" if protocol else "is a pickle|not a file of vectors"
    ):
        Vectors.read(path)
    assert not (tmp_path / "run").exists()
    keyed = KeyedVectors(2)
    keyed.add_vectors(["a"], np.ones((1, 2), dtype=np.float32))
    keyed.save(str(tmp_path / "b.kv"))
    with pytest.raises(LexiconError, match=r"is a pickle, as gensim's save writes it.*from_gensim"):
        Vectors.read(tmp_path / "b.kv")


class _Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.write_text, (self.path, "run")
