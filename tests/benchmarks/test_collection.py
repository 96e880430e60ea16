"""Collections: checks of their ids, MS MARCO's files, near-duplicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.common.errors import CollectionError
from benchmarks.retrieval import bi_encoder, copies, evaluation, marco
from benchmarks.retrieval.collection import Collection, unique
from benchmarks.retrieval.evaluation import Task

from .models import tiny

TEXTS = {"en": {"d1": "a house", "d2": "a door"}, "de": {"d1": "ein Haus"}}
QUERIES = {"en": {"q1": "house"}, "de": {"q1": "Haus"}}


def test_asked_are_queries_with_a_relevant_document() -> None:
    """If a language lacks the relevant document, the query is not asked."""
    collection = Collection("test", TEXTS, QUERIES, {"q1": {"d2": 1}})
    task = Task(collection)
    assert task.asked("de", "en") == ["q1"]
    assert task.asked("en", "de") == []
    assert collection.counts() == {"en": {"queries": 1, "documents": 2}, "de": {"queries": 1, "documents": 1}}


@pytest.mark.parametrize(
    ("relevant", "message"),
    [
        ({}, "test: no query has a relevant document; check whether the qrels are empty"),
        ({"q1": {}}, "no query has a relevant document"),
        ({"q1": {"d9": 1}}, "query 'q1' judges document 'd9', which is unknown"),
    ],
)
def test_bad_judgements(relevant: Any, message: str) -> None:
    """Empty qrels and unknown documents are errors."""
    with pytest.raises(CollectionError, match=message):
        Collection("test", TEXTS, QUERIES, relevant)


def test_missing_languages_and_duplicate_ids() -> None:
    """Missing languages and duplicate ids are errors that name them."""
    with pytest.raises(CollectionError, match=r"test has no \['fr'\]; it has \['en', 'de'\]"):
        Collection("test", TEXTS, QUERIES, {"q1": {"d1": 1}}).check_languages(["en", "fr"])
    with pytest.raises(CollectionError, match=r"test has no \['fr'\]"):
        Task(Collection("test", TEXTS, QUERIES, {"q1": {"d1": 1}}), only=[("en", "fr")])
    with pytest.raises(CollectionError, match="file: id '1' is repeated"):
        unique([("1", "a"), ("1", "b")], "file")


def test_copies() -> None:
    """A text with one changed word of many is a copy of the earlier one; another text is not."""
    words = [f"word{number}" for number in range(60)]
    texts = {"a": " ".join(words), "b": " ".join([*words[:-1], "other"]), "c": " ".join(reversed(words)), "d": "x"}
    assert copies.without_copies(texts) == {"a", "c", "d"}


# -- MS MARCO and mMARCO -----------------------------------------------------------------------------------------------

FILES = {
    "queries.en.tsv": "1\twhat is a bank\n2\twho judges\n3\tnot judged\n",
    "queries.de.tsv": "1\twas ist eine Bank\n2\twer urteilt\n",
    "collection.en.tsv": "10\tA bank keeps money.\n11\tA judge judges.\n12\tA house has a door.\n13\tTree\n",
    "collection.de.tsv": "10\tEine Bank hält Geld.\n11\tEin Richter urteilt.\n12\tEin Haus hat eine Tür.\n13\tBaum\n",
    "qrels.tsv": "1\t0\t10\t1\n2\t0\t11\t1\n2\t0\t12\t0\n",
    "top1000.tsv": "1\t12\twhat is a bank\tA house has a door.\n1\t10\twhat is a bank\tA bank keeps money.\n",
    "triples.tsv": "what is a bank\tA bank keeps money.\tA tree\n",
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def load(folder: Path, **options: Any) -> Collection:
    queries = {language: folder / f"queries.{language}.tsv" for language in ("en", "de")}
    documents = {language: folder / f"collection.{language}.tsv" for language in ("en", "de")}
    return marco.load(queries, documents, folder / "qrels.tsv", **options)


def test_marco(published: Path) -> None:
    """A collection has judged queries, all documents, judgements above 0, and candidates in their order."""
    collection = load(published, candidates=published / "top1000.tsv")
    assert collection.queries["de"] == {"1": "was ist eine Bank", "2": "wer urteilt"}
    assert list(collection.documents["en"]) == ["10", "11", "12", "13"]
    assert collection.relevant == {"1": {"10": 1}, "2": {"11": 1}}
    assert collection.candidates == {"1": ["12", "10"]}
    assert list(load(published, limit=3).documents["de"]) == ["10", "11", "12"]
    assert list(marco.triples(published / "triples.tsv")) == [("what is a bank", "A bank keeps money.", "A tree")]


def test_marco_is_measured(published: Path) -> None:
    """A collection in the published layout is measured with any encoder."""
    task = Task(load(published))
    encoder = tiny()
    rank = evaluation.ranker(lambda texts, kind: bi_encoder.encode(encoder, texts, kind, 16), task)
    measured = evaluation.evaluate(rank, task)["directions"]
    assert {"en-en", "de-en", "en-de", "xx-xx"} <= set(measured)
    assert all(0 < about["MRR@10"] <= 1 for about in measured.values())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("qrels.tsv", "1\t0\t10\t0\n", "qrels.tsv has no relevant document"),
        ("qrels.tsv", "1\t0\t10\n", "qrels.tsv:1 has 3 fields; expected 4"),
        ("qrels.tsv", "1\t0\t10\tx\n", "grade 'x' of query 1 is not a whole number"),
        ("qrels.tsv", "1\t0\t99\t1\n", "judges document '99', which is unknown"),
        ("queries.de.tsv", "1\ta\n1\tb\n", "queries.de.tsv: id '1' is repeated"),
        ("collection.de.tsv", "10\ta\tb\n", "collection.de.tsv:1 has 3 fields; expected 2"),
        ("top1000.tsv", "1\n", "top1000.tsv:1 has one field"),
    ],
)
def test_bad_marco(published: Path, name: str, content: str, message: str) -> None:
    """Errors name file and line."""
    (published / name).write_text(content, encoding="utf-8")
    with pytest.raises(CollectionError, match=message):
        load(published, candidates=published / "top1000.tsv")


def test_marco_without_documents_of_a_language(published: Path) -> None:
    """Queries and documents must come in the same languages."""
    paths = {"en": published / "queries.en.tsv"}
    with pytest.raises(CollectionError, match=r"languages \['en'\] have queries without documents"):
        marco.load(paths, {}, published / "qrels.tsv")
