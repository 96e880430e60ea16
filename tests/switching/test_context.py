"""ContextRanker: candidates that fit the text."""

from __future__ import annotations

import pickle
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lexswitch import CodeSwitcher, ContextRanker, Lexicon

LEXICON = Lexicon.from_pairs(
    {
        "de": [("bank", "Bank", 2), ("bank", "Ufer"), ("house", "Haus"), ("table", "table"), ("table", "Tisch")],
        "fr": [("bank", "banque"), ("bank", "rive"), ("table", "table")],
    },
    source="en",
)
TOPICS = {"river": 0, "Ufer": 0, "rive": 0, "money": 1, "Bank": 1, "banque": 1}


class TopicEncoder:
    """An encoder whose vector of a span counts the words of each topic in its text."""

    signature = "topics"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> np.ndarray:
        self.encoded += texts
        vectors = np.zeros((sum(map(len, spans)), 2))
        rows = [text for text, of_text in zip(texts, spans, strict=True) for _ in of_text]
        for row, text in enumerate(rows):
            for word in re.findall(r"\w+", text):
                if word in TOPICS:
                    vectors[row, TOPICS[word]] += 1
        return vectors


def _switcher(encoder: Any = None, languages: Any = ("de",), **options: Any) -> CodeSwitcher:
    ranker = ContextRanker(encoder or TopicEncoder(), **options)
    return CodeSwitcher(LEXICON, list(languages), p=1, candidates=ranker)


def test_context_chooses_the_candidate() -> None:
    """A bank beside a river is "Ufer", one with money is "Bank"; without a hint the weights decide."""
    switched = _switcher().trace(["a bank by the river", "money in the bank", "a bank", "a house"])
    assert switched.texts == ["a Ufer by the river", "money in the Bank", "a Bank", "a Haus"]
    margins = switched.switches.margin
    assert margins is not None
    assert margins.tolist() == [1, 1, round(1 / 3, 3), 1]  # of "a bank": 2/3 - 1/3


def test_units_of_one_text_are_aligned() -> None:
    """Offsets in characters are right in texts with letters of several bytes, and the case of the unit is kept."""
    encoder = TopicEncoder()
    spans: list[Any] = []
    encode = encoder.encode

    def recorded(texts: Any, of: Any) -> np.ndarray:
        spans.extend(zip(texts, of, strict=True))
        return encode(texts, of)

    encoder.encode = recorded  # type: ignore[assignment,method-assign]
    assert _switcher(encoder).apply(["é — BANK, a bank. river"]) == ["é — UFER, a Ufer. river"]
    assert [[text[a:b] for a, b in of_text] for text, of_text in spans[:1]] == [["BANK", "bank"]]


def test_copies_are_removed() -> None:
    """A candidate that equals its term is used only if there is no other; "Bank" is not a copy of "bank"."""
    assert _switcher().apply(["a table"]) == ["a Tisch"]
    assert _switcher(languages=["fr"]).apply(["a table"]) == ["a table"]


def test_units_with_one_candidate_are_not_encoded() -> None:
    """Only texts with a choice are encoded, and each candidate once."""
    encoder = TopicEncoder()
    switcher = _switcher(encoder)
    switcher.apply(["a house", "a table", "nothing"])
    assert encoder.encoded == []
    for _ in range(2):
        switcher.apply(["a bank by the river", "a house"])
    assert encoder.encoded == ["a bank by the river", "Bank", "Ufer", "bank", "a bank by the river"]


def test_prior_and_temperature() -> None:
    """The prior is the exponent of the weights; the temperature weighs the cosine."""
    text = ["a bank by the river"]
    assert _switcher(temperature=10).apply(text) == ["a Bank by the river"]
    assert _switcher(temperature=10, prior=0).apply(text) == ["a Ufer by the river"]


DEGREES = {"bank": 0, "Bank": 0, "Ufer": 90, "the bank rises": 37, "the bank pays": 25}


class Angles:
    """An encoder in two dimensions: each text has an angle in degrees."""

    signature = "angles"

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> np.ndarray:
        angles = np.radians([DEGREES[text] for text, of_text in zip(texts, spans, strict=True) for _ in of_text])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_a_quarter_of_the_cosine_alone_is_subtracted() -> None:
    """The cosines are .80 and .60 of the first text, .91 and .42 of the second; a quarter turns the first round."""
    switcher = _switcher(Angles(), prior=0)
    assert switcher.apply(["the bank rises", "the bank pays"]) == ["the Ufer rises", "the Bank pays"]


def test_everything_else_stays_the_same() -> None:
    """Units and languages are drawn as without a ranker, in every method."""
    texts = [f"{number} the bank of the river, a table" for number in range(50)]
    ranker = ContextRanker(TopicEncoder())
    cases: list[Any] = [{}, {"draw_language": "text"}, {"missing": "keep", "languages": {"de": 1, "fr": 2}}]
    for options in cases:
        plain = CodeSwitcher(LEXICON, **options)
        ranked = plain.replace(candidates=ranker)
        switched = ranked.trace(texts)
        for name in ("row", "source_start", "source_end", "language", "term"):
            expected = getattr(plain.trace(texts).switches, name)
            assert getattr(switched.switches, name).tolist() == expected.tolist()
        assert switched.texts == ranked.apply(texts)
        assert [ranked.apply([text])[0] for text in texts] == switched.texts
        assert ranked.on("text")({"text": texts})["text"] == switched.texts
        assert ranked.apply_spans(texts, [[]] * 50).texts == switched.texts
        pyarrow = pytest.importorskip("pyarrow")
        assert ranked.apply_arrow(pyarrow.array(texts)).to_pylist() == switched.texts
        assert plain.trace(texts).switches.margin is None


def test_margins_follow_their_switches() -> None:
    """Slices, and switches that labels leave, keep their margins."""
    switcher = _switcher()
    texts = ["a bank, a house", "a bank by the river"]
    switches = switcher.trace(texts).switches
    assert switches.margin is not None
    assert switches.margin.tolist() == [0.333, 1, 1]
    assert switches[1:].margin.tolist() == [1, 1]
    left = switcher.apply_spans(texts, [[(0, 6)], []], inside="nothing").switches.margin
    assert left is not None
    assert left.tolist() == [1, 1]


class Noisy(TopicEncoder):
    """An encoder whose vectors depend a little on the batch, as those of padded batches do."""

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> np.ndarray:
        vectors = super().encode(texts, spans) + 1
        if len(texts) > 1:
            vectors += np.random.default_rng(len(texts)).normal(0, 1e-6, vectors.shape)
        return vectors


def test_close_scores_do_not_depend_on_the_batch() -> None:
    """If noise could decide, the texts are encoded alone."""
    switcher = _switcher(Noisy(), prior=0)
    texts = ["a bank"] * 3 + ["the bank of money and a river", "river bank"]
    alone = [switcher.apply([text])[0] for text in texts]
    for size in range(1, 6):
        assert _switcher(Noisy(), prior=0).apply(texts[-size:]) == alone[-size:]


def test_signature_and_pickle() -> None:
    """The signature names encoder and options; a pickled switcher is equal and works the same."""
    base = _switcher()
    assert "|candidates:context(topics,prior:1,temperature:0.03)|" in base.signature
    others = [_switcher(prior=2), _switcher(temperature=1), CodeSwitcher(LEXICON, ["de"], p=1)]
    assert len({switcher.signature for switcher in (base, *others)}) == 4
    assert base.candidates == ContextRanker(TopicEncoder())
    assert len({base.candidates, ContextRanker(TopicEncoder())}) == 1
    text = ["a bank by the river"]
    for _ in range(2):
        copy = pickle.loads(pickle.dumps(base))
        assert copy == base
        assert copy.apply(text) == base.apply(text)


def test_vectors_are_cached_in_a_file(tmp_path: Path) -> None:
    """A later ranker reads the vectors of candidates from the file; those of another encoder are not used."""
    cache = tmp_path / "vectors.sqlite"
    text = ["a bank by the river"]
    assert _switcher(cache=cache).apply(text) == ["a Ufer by the river"]
    later = TopicEncoder()
    assert _switcher(later, cache=cache).apply(text) == ["a Ufer by the river"]
    assert later.encoded == text
    other = TopicEncoder()
    other.signature = "other topics"
    _switcher(other, cache=cache).apply(text)
    assert other.encoded == [*text, "Bank", "Ufer", "bank"]


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "options", "error", "message"),
    [
        (
            7,
            {},
            TypeError,
            "model is int; pass the name or folder of a model, such as 'intfloat/multilingual-e5-small'",
        ),
        (object, {}, TypeError, "model is type; pass the name or folder of a model"),
        ("m", {"layer": 0}, ValueError, "layer is 0; it must be from 1 to"),
        ("m", {"batch_size": 1.5}, TypeError, "batch_size is 1.5; it must be a whole number"),
        ("m", {"prefix": None}, TypeError, "prefix is NoneType; pass a str such as 'query: '"),
        ("m", {"temperature": 0}, ValueError, "temperature is 0; it must be a finite number of at least 1e-06"),
        ("m", {"prior": "1"}, TypeError, "prior is '1'; it must be a number of at least 0"),
        ("m", {"prior": float("nan")}, ValueError, "prior is nan; it must be a finite number of at least 0"),
        (TopicEncoder(), {"layer": 3}, TypeError, "options are ['layer']; they are for names of models"),
    ],
)
def test_bad_options(model: Any, options: dict[str, Any], error: type[Exception], message: str) -> None:
    """An option that cannot be is an error with its name, what came and what is allowed."""
    with pytest.raises(error, match=re.escape(message)):
        ContextRanker(model, **options)


@pytest.mark.parametrize("candidates", [7, ContextRanker, None])
def test_bad_candidates(candidates: Any) -> None:
    """The option of the switcher takes a name or a ranker."""
    with pytest.raises(TypeError, match=r"candidates is .*; pass 'best', 'uniform', 'weighted' or an instance such as"):
        CodeSwitcher(LEXICON, candidates=candidates)


@pytest.mark.parametrize("result", [np.zeros(3), np.zeros((5, 2)), np.full((1, 2), np.nan)])
def test_bad_vectors(result: np.ndarray) -> None:
    """An encoder must return one finite vector per span."""
    encoder = TopicEncoder()
    encoder.encode = lambda texts, spans: result  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="for 1 spans; it must return one finite vector per span"):
        _switcher(encoder).apply(["a bank"])


def test_bad_cache(tmp_path: Path) -> None:
    """A file that is not a database is refused and left as it is."""
    (tmp_path / "file").write_text("not a database " * 100)
    with pytest.raises(ValueError, match=r"which does not work as an SQLite file of vectors: .*; pass another path"):
        _switcher(cache=tmp_path / "file").apply(["a bank"])
    assert (tmp_path / "file").read_text().startswith("not a database")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("folder", "unable to open"), ("none/file", "unable to open"), ("other", "no such column: vector")],
)
def test_cache_that_cannot_be_used(tmp_path: Path, name: str, reason: str) -> None:
    """A folder, a path in a missing folder and a table with other columns are errors that name the path."""
    (tmp_path / "folder").mkdir()
    with closing(sqlite3.connect(tmp_path / "other")) as database:
        database.execute("CREATE TABLE vectors (encoder, text)")
    path = tmp_path / name
    with pytest.raises(ValueError, match=re.escape(f"cache is {str(path)!r}, which does not work as") + f".*{reason}"):
        _switcher(cache=path).apply(["a bank"])


def test_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without torch, the first use names the command that installs it; making and describing a switcher works."""
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    switcher = _switcher("intfloat/multilingual-e5-small", layer=4, revision="abc")
    assert "context(intfloat/multilingual-e5-small@abc,layer:4,prior:1,temperature:0.03)" in switcher.signature
    with pytest.raises(ImportError, match=re.escape('pip install "lexswitch[encoder]"')):
        switcher.apply(["a bank"])
