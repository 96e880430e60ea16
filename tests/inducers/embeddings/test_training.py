"""Vectors trained on text."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lexswitch import LexiconError
from lexswitch.inducers.embeddings.training import _NumberedCorpus, train_vectors

pytest.importorskip("gensim", reason="gensim has no wheel for this Python")

SMALL = {"dimensions": 8, "epochs": 2, "min_count": 2}
_FRUIT, _TOOLS = ["apple", "pear", "plum", "cherry"], ["hammer", "nail", "drill", "screw"]


def topics(count: int = 3000) -> list[str]:
    """Texts about fruit, and texts about tools."""
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(_FRUIT if row % 2 else _TOOLS, 6)) for row in range(count)]


def test_words_of_one_topic_are_near() -> None:
    """Words that occur together get similar vectors."""
    vectors = train_vectors(topics(), dimensions=16)
    assert set(vectors.words) == {*_FRUIT, *_TOOLS}
    rows = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    fruit = np.array([word in _FRUIT for word in vectors.words])
    cosines = rows @ rows.T
    assert cosines[fruit][:, fruit].min() > cosines[fruit][:, ~fruit].max()


def test_words_are_folded_and_ordered() -> None:
    """Words are folded, and sorted by frequency and first occurrence; rare ones are left out."""
    texts = ["STRASSE, straße! b-a", "Strasse b a", "ẞ a'b b", "", "?", "a'b ß once"]
    vectors = train_vectors(texts, **SMALL)
    assert vectors.words == ("strasse", "b", "a", "ss", "a'b")
    assert vectors.dimensions == 8
    assert vectors.record["running_words"] == 13
    assert vectors.record["seed"] == 0


def test_texts_may_come_from_anywhere(tmp_path: Path) -> None:
    """A list, a generator, a file and a compressed file give the same vectors; another seed gives others."""
    texts = topics(50)
    (tmp_path / "a.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    (tmp_path / "a.gz").write_bytes(gzip.compress("\n".join(texts).encode()))
    expected = train_vectors(texts, **SMALL)
    for other in (iter(texts), tmp_path / "a.txt", str(tmp_path / "a.gz")):
        vectors = train_vectors(other, **SMALL)
        assert vectors.words == expected.words
        np.testing.assert_array_equal(vectors.matrix, expected.matrix)
    assert not np.array_equal(train_vectors(texts, **SMALL, seed=1).matrix, expected.matrix)


_SCRIPT = """
import hashlib, sys
from lexswitch.inducers.embeddings.training import train_vectors
vectors = train_vectors(sys.argv[1], dimensions=8, epochs=2, min_count=2)
print(vectors.words, hashlib.sha256(vectors.matrix.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_other_processes_train_the_same(tmp_path: Path) -> None:
    """The same texts and seed give the same bytes, with any PYTHONHASHSEED."""
    path = tmp_path / "a.txt"
    path.write_text("\n".join(topics(2000)), encoding="utf-8")
    outputs = set()
    for seed in ("0", "1", "random"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run(
            [sys.executable, "-c", _SCRIPT, str(path)], check=True, capture_output=True, text=True, env=environment
        )
        assert ran.stderr == ""
        outputs.add(ran.stdout)
    assert len(outputs) == 1


def test_long_texts_are_not_cut_off() -> None:
    """gensim ignores words after the first 10,000 of a text, so longer texts are divided."""
    corpus = _NumberedCorpus(["a b " * 12_500, "c"], progress=False)
    corpus.bar = _Bar()
    pieces = list(corpus)
    assert [len(piece) for piece in pieces] == [10_000, 10_000, 5000, 1]
    assert len(corpus) == 4
    assert pieces[0][:3] == ["a", "b", "a"]
    assert corpus.bar.total == corpus.num_words == 25_001


class _Bar:
    total = 0

    def update(self, count: int) -> None:
        self.total += count


@pytest.mark.parametrize("texts", [[], [""], ["a b c d"], ["a a a a a a"]])
def test_too_little_text(texts: list[str]) -> None:
    """With fewer than two frequent words the error says what to change."""
    with pytest.raises(LexiconError, match=r"min_count=5 times or more.*smaller min_count"):
        train_vectors(texts)


def test_two_words_are_enough() -> None:
    """The smallest allowed corpus can be trained on."""
    assert train_vectors(["a b"] * 5, dimensions=2).words == ("a", "b")


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        (7, TypeError, "texts is int"),
        ({"a": 1}, TypeError, "texts is dict"),
        (b"a", TypeError, "texts is bytes"),
        (["a", b"b"], TypeError, r"texts\[1\] is bytes"),
        (["a", "\ud800"], ValueError, r"texts\[1\] has a lone surrogate"),
        ("nowhere.txt", FileNotFoundError, "'nowhere.txt', which is not a file"),
        (Path(), FileNotFoundError, "which is not a file"),
    ],
)
def test_other_texts_are_refused(texts: Any, error: type[Exception], message: str) -> None:
    """Wrong texts are an error that names them."""
    with pytest.raises(error, match=message):
        train_vectors(texts)


def test_file_that_is_no_utf8(tmp_path: Path) -> None:
    """The error names file and line."""
    (tmp_path / "a.txt").write_bytes(b"a b\n\xff\n")
    with pytest.raises(LexiconError, match=r"a\.txt:2: .*not UTF-8"):
        train_vectors(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("name", "value"), [("dimensions", 0), ("epochs", 1.5), ("window", 0), ("min_count", -1), ("seed", 1 << 32)]
)
def test_settings_are_checked(name: str, value: Any) -> None:
    """A setting out of its range is an error before any text is read."""
    with pytest.raises((TypeError, ValueError), match=f"{name} is"):
        train_vectors(["a"], **{name: value})


def test_missing_gensim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without gensim the error says how to install it, and for which versions of Python there is a wheel."""
    monkeypatch.setitem(sys.modules, "gensim", None)
    with pytest.raises(ImportError, match=r"training word vectors needs gensim .*pip install gensim.*Python 3\.13"):
        train_vectors(["a b"] * 5)
