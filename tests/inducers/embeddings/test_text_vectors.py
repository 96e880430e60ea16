"""Text files of vectors."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import LexiconError
from lexswitch._io.checksums import file_sha256
from lexswitch.inducers.embeddings import text_vectors
from lexswitch.inducers.embeddings.text_vectors import read_text
from lexswitch.inducers.embeddings.vector_file import VectorFile
from lexswitch.inducers.embeddings.vectors import Vectors, VectorsWarning

from .test_decimals import PLAIN, SPELLINGS

# -- the specification -------------------------------------------------------------------------------------------------


def number(field: bytes) -> float | None:
    try:
        return None if b"_" in field else float(field)
    except ValueError:
        return None


def reference(data: bytes, dimensions: int, header: bool, limit: int | None) -> tuple[dict[str, Any], Counter[str]]:
    """Parse line by line: return the vectors of words, and what is left out."""
    vectors: dict[str, Any] = {}
    dropped: Counter[str] = Counter()
    for line in data.split(b"\n")[header:]:
        if limit is not None and len(vectors) == limit:
            break
        fields = line.split()
        if fields:
            word, row = fields[:-dimensions], [number(field) for field in fields[-dimensions:]]
            reason = fault(line, word, row, dimensions)
            if reason is None:
                with np.errstate(over="ignore"):
                    vector = np.array(row, dtype=np.float64).astype(np.float32)
                reason = fault_of_vector(b" ".join(word), vector, vectors)
            if reason is None:
                vectors[b" ".join(word).decode()] = vector
            else:
                dropped[reason] += 1
    return vectors, dropped


def fault(line: bytes, word: list[bytes], row: list[float | None], dimensions: int) -> str | None:
    if not word and line[:1].isspace() and len(row) == dimensions and None not in row:
        return "empty word"
    if not word or any(b"." in field and number(field) is not None for field in word[1:]):
        return "wrong number of fields"
    return "not a number" if None in row else None


def fault_of_vector(word: bytes, vector: Any, vectors: dict[str, Any]) -> str | None:
    try:
        text = word.decode()
    except UnicodeDecodeError:
        return "word is not UTF-8"
    if not np.isfinite(vector).all():
        return "NaN or infinite"
    if not vector.any():
        return "all zero"
    if text.isspace():
        return "empty word"
    return "duplicated word" if text in vectors else None


# -- files -------------------------------------------------------------------------------------------------------------

ODD_WORDS = [
    "\xa0",
    "a\xa0b",
    "\x00",
    "\x1f",
    "\x85",
    "0.5",
    "-1",
    "a.b.",
    "new york",
    "type 2.0",
    ". . .",
    "ß",
    "\ufeff",
]
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\v\f\r "), min_size=1, max_size=12),
    st.sampled_from(ODD_WORDS),
    st.sampled_from(["a", "b"]),
).map(str.encode) | st.sampled_from([b"\xff", b"a\xc3", b"\xed\xa0\x80"])
CELLS = SPELLINGS.map(lambda text: text.encode("latin-1"))
ODD_CELLS = st.sampled_from([b"nan", b"-inf", b"1e999", b"1_0", b"x", b"", b"\xd9\xa1", b"0.0", b"-0.000"])
PLAIN_CELLS = PLAIN.map(lambda text: text[:8].encode())
GAPS = st.sampled_from([b" "] * 20 + [b"\t", b"  "])
ENDS = st.sampled_from([b"", b" ", b"\r", b" \r", b"\t \r"])


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, int, bool]:
    """A file, its dimensions, and whether it has a header."""
    dimensions = draw(st.integers(2, 5))
    row = st.lists(PLAIN_CELLS, min_size=dimensions, max_size=dimensions)
    rare_row = st.lists(CELLS | ODD_CELLS, min_size=dimensions, max_size=dimensions)
    wrong_row = st.lists(CELLS, max_size=2 * dimensions)
    end = draw(ENDS)
    lines = []
    for _ in range(draw(st.integers(1, 12))):
        cells = draw(st.one_of(row, row, row, rare_row, wrong_row))
        gap = draw(GAPS)
        line = gap.join([draw(WORDS), *cells])
        lines.append(
            draw(st.sampled_from([line] * 8 + [b" " + line, b"", gap.join(cells), b" " + gap.join(cells)])) + end
        )
    header = draw(st.booleans())
    if header:
        lines.insert(0, b"%d %d" % (len(lines), dimensions) + end)
    else:  # so many good lines that the dimensions are known
        lines = [b" ".join([b"w%d" % at, *draw(row)]) for at in range(15)] + lines
    return b"\n".join(lines) + draw(st.sampled_from([b"\n", b"\n\n", b""])), dimensions, header


@given(files(), st.none() | st.integers(1, 20), st.sampled_from([1, 7, 64, 1 << 18]))
def test_reader_reads_what_a_slow_one_does(file: tuple[bytes, int, bool], limit: int | None, block: int) -> None:
    """Words, vectors (bit by bit) and counts equal those of parsing line by line, for blocks of any size."""
    data, dimensions, header = file
    vectors, dropped = reference(data, dimensions, header, limit)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_vectors, "_BLOCK", block)
        path = Path(folder) / "a.vec"
        path.write_bytes(data)
        if header and not data.endswith(b"\n"):
            return cut_off(path, data, dimensions, limit)
        if len(vectors) < max(dropped.total(), 1):
            with pytest.raises(LexiconError, match=r"a\.vec"):
                read_text(VectorFile(path, False), limit)
            return None
        loaded = read_text(VectorFile(path, False), limit)
    assert loaded.words == tuple(vectors)
    assert loaded.matrix.dtype == np.float32
    assert loaded.matrix.tobytes() == np.array(list(vectors.values()), dtype=np.float32).tobytes()
    assert loaded.record["dropped"] == dropped
    assert bool(loaded.warning) >= bool(dropped)
    return None


def cut_off(path: Path, data: bytes, dimensions: int, limit: int | None) -> None:
    """Without the final line end the same words are read, except perhaps the last."""
    whole, _ = reference(data, dimensions, True, limit)
    try:
        words = read_text(VectorFile(path, False), limit).words
    except LexiconError:
        return
    assert words in {tuple(whole), tuple(whole)[:-1]}


# -- whole files -------------------------------------------------------------------------------------------------------

PLAIN_FILE = b"3 2\nthe 0.10000 -0.20000\nof 0.30000 0.40000\nand -0.50000 0.60000\n"


def write(tmp_path: Path, data: bytes, name: str = "a.vec") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        PLAIN_FILE,
        PLAIN_FILE.replace(b"\n", b"\r\n"),
        PLAIN_FILE.replace(b"0\n", b"0 \n"),
        PLAIN_FILE.replace(b" ", b"\t"),
        PLAIN_FILE[4:],
        b"\xef\xbb\xbf" + PLAIN_FILE,
        b"\xef\xbb\xbf" + PLAIN_FILE[4:],
        PLAIN_FILE[:-1],
        PLAIN_FILE + b"\n\n",
        b"3 2\nthe .1 -2e-1\nof 3e-1 +0.4\nand -00.5 0.6\n",
        gzip.compress(PLAIN_FILE, mtime=0),
        bz2.compress(PLAIN_FILE),
        lzma.compress(PLAIN_FILE),
    ],
)
def test_spellings_of_one_file(tmp_path: Path, data: bytes) -> None:
    """Header, byte order mark, line ends, blanks, spelling and compression do not matter, and cause no warning."""
    vectors = Vectors.read(write(tmp_path, data))
    assert vectors.words == ("the", "of", "and")
    np.testing.assert_array_equal(vectors.matrix, np.array([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]], dtype=np.float32))
    record = {"file": "a.vec", "format": "text", "words": 3, "dimensions": 2, "dropped": {}}
    assert vectors.record == record | {"sha256": file_sha256(tmp_path / "a.vec")}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"x 0.1", "wrong number of fields: 1"),
        (b"x 0.1 0.2 0.3", "wrong number of fields: 1"),
        (b"x 0.1 0.2 y 0.3 0.4", "wrong number of fields: 1"),
        (b"x 0.1 b", "not a number: 1"),
        (b"x 0.1 1_0.0", "not a number: 1"),
        (b"x 0.1 nan", "NaN or infinite: 1"),
        (b"x 0.1 1e39", "NaN or infinite: 1"),
        (b"x 0.0 -0.000", "all zero: 1"),
        (b"x 1e-60 0", "all zero: 1"),
        (b"of 0.1 0.2", "duplicated word: 1"),
        (b" 0.1 0.2", "empty word: 1"),
        ("\xa0 0.1 0.2".encode(), "empty word: 1"),
        (b"\xff 0.1 0.2", "word is not UTF-8: 1"),
    ],
)
def test_damaged_line_is_reported_and_left_out(tmp_path: Path, line: bytes, reason: str) -> None:
    """One warning names kind, number and line of the damage; the other lines are read."""
    data = PLAIN_FILE.replace(b"and", line + b"\nand").replace(b"3 2", b"4 2")
    path = write(tmp_path, data)
    with pytest.warns(VectorsWarning) as caught:
        vectors = Vectors.read(path)
    assert vectors.words == ("the", "of", "and")
    assert [str(each.message) for each in caught] == [
        f"{path}: left out 1 of 4 vectors ({reason}, first {path}:4)",
    ]
    assert caught[0].filename == __file__
    assert vectors.record["dropped"] == {reason.partition(":")[0]: 1}


def test_damage_of_many_kinds_is_one_warning(tmp_path: Path) -> None:
    """The warning has the first line of each kind of damage, in order, and all counts."""
    lines = [*(b"w%d 0.1 0.2" % at for at in range(9)), b"x 1", b"w1 1 2", b"x", b"w1 3 4"]
    path = write(tmp_path, b"\n".join(lines) + b"\n")
    with pytest.warns(VectorsWarning) as caught:
        Vectors.read(path)
    faults = f"wrong number of fields: 2, first {path}:10; duplicated word: 2, first {path}:11"
    assert [str(each.message) for each in caught] == [f"{path}: left out 4 of 13 vectors ({faults})"]


@pytest.mark.parametrize(("said", "cut"), [(5, True), (2, False)])
def test_header_with_a_wrong_count(tmp_path: Path, said: int, cut: bool) -> None:
    """A header with another number of words causes a warning, and no word is lost."""
    path = write(tmp_path, PLAIN_FILE.replace(b"3 2", b"%d 2" % said))
    with pytest.warns(VectorsWarning, match=f"says {said} vectors, there are 3") as caught:
        assert len(Vectors.read(path)) == 3
    assert ("cut off" in str(caught[0].message)) == cut
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(Vectors.read(path, max_words=2)) == 2


def test_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    """The last number of a truncated file may be cut, so its line is left out."""
    path = write(tmp_path, PLAIN_FILE.replace(b"3 2", b"9 2")[:-3])
    with pytest.warns(VectorsWarning, match="cut off: 1, first .*:4"):
        assert Vectors.read(path).words == ("the", "of")


@pytest.mark.parametrize("said", [1, 3, 300])
def test_header_with_wrong_dimensions(tmp_path: Path, said: int) -> None:
    """A header with wrong dimensions is an error that names its line and both numbers."""
    path = write(tmp_path, PLAIN_FILE.replace(b"3 2", b"3 %d" % said))
    with pytest.raises(LexiconError, match=rf"a\.vec:1: the header says {said} dimensions.*have 2 numbers"):
        Vectors.read(path)


@pytest.mark.parametrize("header", [b"0 2", b"3 0", b"3 99999999"])
def test_impossible_header(tmp_path: Path, header: bytes) -> None:
    """No words, no dimensions or too many dimensions are an error that names line 1."""
    with pytest.raises(LexiconError, match=r"a\.vec:1: the header says"):
        Vectors.read(write(tmp_path, PLAIN_FILE.replace(b"3 2", header)))


def test_header_with_a_huge_count_takes_no_memory(tmp_path: Path) -> None:
    """Memory depends on the content of the file, not on its header."""
    with pytest.warns(VectorsWarning, match="says 999,999,999,999 vectors"):
        assert len(Vectors.read(write(tmp_path, PLAIN_FILE.replace(b"3 2", b"999999999999 2")))) == 3


def test_mostly_damaged_file_is_refused(tmp_path: Path) -> None:
    """A file with more damaged lines than usable ones is an error, with counts and the first line."""
    data = PLAIN_FILE[4:] + b"x 1\n" * 4
    with pytest.raises(
        LexiconError, match=r"only 3 of 7 vectors can be used.*wrong number of fields: 4, first .*a\.vec:4"
    ):
        Vectors.read(write(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"house\tHaus\ntree\tBaum\n", r"a\.vec:1: not a file of vectors.*Lexicon\.read"),
        (b"the 1000\nof 900\n", r"a\.vec:1: not a file of vectors"),
        (b"the quick brown fox\njumps over the dog\n", r"only 0 of 2 vectors.*not a number"),
        (b"<!DOCTYPE html><html><body>404 not found</body></html>", "is a web page.*download"),
        (b"PK\x03\x04\x14\x00glove.txt", "is a zip archive"),
        ("3 2\nthe 0.1 0.2\n".encode("utf-16"), "is UTF-16.*iconv"),
        (b"\x89HDF\r\n\x1a\n\x00\x00", "is an HDF5 file.*text, or as .npy"),
        (b'{"words": ["a"]}\n', "is JSON, perhaps an error message"),
        (b"\x7fELF\x00\x01\x02\x03 \n\x00\x00", "is binary data of an unknown format"),
        (b"\x80\x04\x95gensim\n", "is a pickle.*Vectors.from_gensim"),
        (b"ccopy_reg\n_reconstructor\np0\n", "is a pickle.*Vectors.from_gensim"),
        (gzip.compress(PLAIN_FILE, mtime=0)[:-12], "compressed file is damaged"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    """Other files are an error that says what they seem to be, and what to do."""
    with pytest.raises(LexiconError, match=message):
        Vectors.read(write(tmp_path, data))


def test_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without line ends does not fill the memory."""
    monkeypatch.setattr(text_vectors, "_LONGEST_LINE", 1 << 19)
    with pytest.raises(LexiconError, match="a line of more than"):
        Vectors.read(write(tmp_path, b"a 0.1 0.2\n" + b"0.1 " * (1 << 18)))


def test_matrix_grows(tmp_path: Path) -> None:
    """No vector is lost if later lines are much shorter than the first ones, so that the estimate is too small."""
    rng = np.random.default_rng(0)
    long = b"".join(
        b"a%d 0.%s 0.1\n" % (at, b"".join(b"%d" % d for d in rng.integers(0, 10, 200))) for at in range(2000)
    )
    path = write(tmp_path, gzip.compress(long + b"".join(b"b%d 0.5 1.5\n" % at for at in range(100_000))))
    vectors = Vectors.read(path)
    assert len(vectors) == 102_000
    assert (vectors.matrix[2000:] == [0.5, 1.5]).all()
    assert vectors.matrix.base is None
    assert vectors.matrix.nbytes == 102_000 * 8
