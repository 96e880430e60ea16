"""The benchmark of robustness on a small collection: systems by name and file, losses, the claim, and the tables."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.common import loop, starts, xquad
from benchmarks.common.errors import RunError
from benchmarks.robustness import __main__ as command
from benchmarks.robustness import collections, measure, models, report
from benchmarks.robustness.models import ENGLISH, MIXED, RECIPE, System
from benchmarks.xquad_r import experiments, samples
from lexswitch import Lexicon

from .models import tiny

# Scipy warns if two groups have the same difference, as in so small a collection.
pytestmark = pytest.mark.filterwarnings("ignore:Precision loss:RuntimeWarning")

SENTENCES = ["the bank has money", "a red door is in the house", "the tree is green", "what keeps the house"]
QUESTIONS = ["what has money", "what is red", "what is green", "what keeps the house"]
WORDS = {"money": "Geld", "house": "Haus", "door": "Tür", "bank": "Bank", "red": "rot", "green": "grün"}


@pytest.fixture(autouse=True)
def _small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a small folder of XQuAD-R, a lexicon into all of its languages, a tiny encoder and a cache of its own."""
    folder = tmp_path / "xquad-r"
    folder.mkdir()
    for language in xquad.LANGUAGES:
        texts = [sentence if language == "en" else f"{sentence} {language}" for sentence in SENTENCES]
        starts_ = [sum(map(len, texts[:number])) + number for number in range(len(texts))]
        breaks = [[start, start + len(text)] for start, text in zip(starts_, texts, strict=True)]
        asked = [
            {"question": question, "answers": [{"answer_start": start + 1, "text": ""}], "id": "x"}
            for question, start in zip(QUESTIONS, starts_, strict=True)
        ]
        paragraph = {"context": " ".join(texts), "sentences": texts, "sentence_breaks": breaks, "qas": asked}
        halves = [{**paragraph, "qas": asked[:2]}, {**paragraph, "qas": asked[2:]}]
        (folder / f"{language}.json").write_text(json.dumps({"data": [{"paragraphs": halves}]}), encoding="utf-8")
    lexicon = Lexicon.from_pairs({language: list(WORDS.items()) for language in ("ar", "de", "es", "ru", "zh")})
    monkeypatch.setattr(collections, "folder", folder)
    monkeypatch.setattr(measure, "lexicon", lambda: lexicon)
    monkeypatch.setattr(starts, "load", lambda _: tiny())
    monkeypatch.setattr(models, "chosen", {})
    monkeypatch.setenv("LEXSWITCH_BENCHMARK_CACHE", str(tmp_path / "cache"))
    models._encoder.cache_clear()


def model_file(path: Path) -> str:
    """Write parameters as the training loop keeps them, and return the name of the model."""
    loop.keep(path, tiny().model, loop.History([], []))
    return f"{path}@layers-12"


def test_collection() -> None:
    """Questions, sentences and answers are those of the files; a pool has the sentences of six languages."""
    found = collections.load(collections.XQUAD_R)
    assert list(found.data.queries.values()) == QUESTIONS
    assert found.data.documents.texts(range(4)) == SENTENCES
    assert found.data.relevant == {f"q{number}": {f"en-{number}": 1} for number in range(4)}
    assert found.groups == [0, 0, 1, 1]
    pool = collections.load(collections.POOL)
    assert len(pool.data.documents.ids) == 24
    assert pool.data.relevant["q1"].keys() == {f"{language}-1" for language in ("en", *pool.languages)}


def test_systems(tmp_path: Path) -> None:
    """Models that were not trained are left out; those that the user names come in their place."""
    assert [one.name for one in models.systems(collections.XQUAD_R)] == ["BM25", "untrained, 12 layers"]
    assert [one.name for one in models.systems(collections.POOL)] == ["untrained, 12 layers"]
    models.chosen[ENGLISH] = model_file(tmp_path / "english.pt")
    found = models.systems(collections.XQUAD_R)[-1]
    assert (found.name, found.model) == (ENGLISH, models.chosen[ENGLISH])
    assert found.signature.endswith("@layers-12")
    with pytest.raises(RunError, match=r"experiments of retrieval are main"):
        _ = System("x", "retrieval:none/x").signature
    with pytest.raises(RunError, match=r"systems of main are untrained, zero-shot"):
        _ = System("x", "retrieval:main/none").signature


def test_systems_of_xquad_r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of XQuAD-R is the run with the folders of the command line."""
    data = samples.write(tmp_path)
    monkeypatch.setattr(collections, "folder", Path(data.xquad_r))
    monkeypatch.setattr(models, "pairs", data.pairs)
    monkeypatch.setattr(models, "sentences", data.sentences)
    planned = experiments.EXPERIMENTS["mixed"].runs()[0]
    wanted = dataclasses.replace(planned, source=data).signature
    assert System("x", f"xquad_r:mixed/{planned.system.name}").signature == wanted


def rows(tmp_path: Path) -> dict[str, Any]:
    """Return the results of all parts, with two trained models."""
    models.chosen |= {name: model_file(tmp_path / f"{name}.pt") for name in (ENGLISH, RECIPE)}
    parts = {}
    for name in (collections.XQUAD_R, collections.POOL):
        parts[name] = [row for step in command._steps(name, False) for row in step()]
    claims = measure.claim(collections.XQUAD_R, *models.systems(collections.XQUAD_R)[-2:])
    return {**parts, "claims-xquad-r": [claims]}


def test_measurement(tmp_path: Path) -> None:
    """BM25 loses what is switched; equal models lose alike, so the recipe misses the aim; reports are kept."""
    found = rows(tmp_path)
    bm25, untrained, english, recipe = found[collections.XQUAD_R]
    assert bm25["base"]["nDCG@10"] == 1
    losses = [point["loss"][0] for point in bm25["pooled"]]
    assert losses[-1] > 0
    assert [point["p"] for point in bm25["pooled"]] == [0.25, 0.5, 0.75, 1]
    assert len(bm25["points"]) == 20
    assert untrained["pooled"] == english["pooled"] == recipe["pooled"]
    claim = found["claims-xquad-r"][0]
    assert claim["losses"].keys() == {ENGLISH, RECIPE}
    assert sum(found[collections.POOL][0]["languages"].values()) == pytest.approx(1)
    kept = sorted(Path(tmp_path, "cache", "robustness").glob("*.json"))
    assert len(kept) == 3 + 2  # both trained models are the same file


def test_tables(tmp_path: Path) -> None:
    """The tables have a row for each system; the aim is missed if the share is above one half."""
    found = rows(tmp_path)
    about = {"date": "2026-01-01", "cpu": "x", "cores_usable": 1, "memory_gib": 1, "system": "x", "python": "x"}
    results: Any = {
        "machine": {**about, "packages": {}},
        "parts": {name: {"rows": of, "fingerprint": "x"} for name, of in found.items()},
    }
    text = report.markdown(results)
    assert text.count("| BM25 |") == 3
    assert "### Language bias" in text
    assert "![Degradation curves](results/xquad-r.png)" in text
    (claim,) = results["parts"]["claims-xquad-r"]["rows"]
    claim["share"] = 0.75
    assert report.missed(results) == ["xquad-r: share of recipe .750"]
    results["parts"]["claims-xquad-r"]["rows"].append({**claim, "system": MIXED, "share": 0.5})
    assert report.missed(results) == []
    assert f"| xquad-r | {MIXED} |" in report.markdown(results)
