"""Switched sets: layout, card, the same bytes everywhere, and nothing half written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from lexswitch import CodeSwitcher
from lexswitch.retrieval import RetrievalData, make_stress_set

from .collection import DOCUMENTS, LEXICON, QUERIES, RELEVANT, data, write_beir


def make(folder: Path, dataset: Any = None, **options: Any) -> dict[str, Any]:
    """Write a set of the small collection, and return its description."""
    chosen = {"languages": ["de", ["de", "ru"]], "p": 0.5, "progress": False, **options}
    path = make_stress_set(data() if dataset is None else dataset, folder, LEXICON, **chosen)
    about: dict[str, Any] = json.loads((path / "stress.json").read_text(encoding="utf-8"))
    return about


def test_files(tmp_path: Path) -> None:
    """The data are as they were; each condition has its queries, as its switcher makes them with ids as keys."""
    about = make(tmp_path / "set")
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == [
        "README.md",
        "corpus.jsonl",
        "qrels",
        "queries-de+ru-p0.5.jsonl",
        "queries-de-p0.5.jsonl",
        "queries.jsonl",
        "stress.json",
    ]
    read = RetrievalData.read(tmp_path / "set")
    assert (read.queries, read.relevant) == (QUERIES, RELEVANT)
    assert read.documents.texts(range(5)) == list(DOCUMENTS.values())
    switched = RetrievalData.read(tmp_path / "set", queries="queries-de-p0.5.jsonl").queries
    expected = CodeSwitcher(LEXICON, ["de"], p=0.5).apply(list(QUERIES.values()), keys=list(QUERIES))
    assert list(switched.values()) == expected
    assert about["lexicon"]["signature"] == LEXICON.signature


def test_the_same_bytes_everywhere(tmp_path: Path) -> None:
    """The same signature makes the same file on every machine, from memory and from a folder."""
    about = make(tmp_path / "one")
    other = make(tmp_path / "other", write_beir(tmp_path / "small"))
    one, two = (tmp_path / name / "queries-de-p0.5.jsonl" for name in ("one", "other"))
    assert one.read_bytes() == two.read_bytes()
    digest = hashlib.sha256(one.read_bytes()).hexdigest()
    assert digest == about["conditions"][1]["sha256"] == other["conditions"][1]["sha256"]
    assert digest == "0d24d436f3039a887c8671830eeb151e5c43cc142c416d4096f151958ef6b80f"


def test_switched_documents(tmp_path: Path) -> None:
    """If documents are switched, each condition has its own corpus, too."""
    about = make(tmp_path / "set", side="both", p=1)
    assert about["conditions"][1]["corpus"] == "corpus-de-p1.jsonl"
    first = json.loads((tmp_path / "set" / "corpus-de-p1.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first == {"_id": "d1", "title": "", "text": "a rot Haus with a green door"}


@pytest.mark.parametrize("listed", [True, False])
def test_languages_of_documents(tmp_path: Path, listed: bool) -> None:
    """Documents keep their languages, in the corpus as it is and in a switched one, from memory and from a folder."""
    languages = {number: "de" if number in {"d4", "d5"} else "en" for number in DOCUMENTS}
    dataset = data(document_languages=languages)
    if not listed:
        make(tmp_path / "source", dataset)
        dataset = RetrievalData.read(tmp_path / "source")
    make(tmp_path / "set", dataset, side="document", p=1)
    assert RetrievalData.read(tmp_path / "set").languages == list(languages.values())
    (tmp_path / "set" / "corpus-de-p1.jsonl").replace(tmp_path / "set" / "corpus.jsonl")
    switched = RetrievalData.read(tmp_path / "set")
    assert switched.languages == list(languages.values())
    assert switched.documents.texts([0]) == ["a rot Haus with a green door"]


def test_a_corpus_that_changed(tmp_path: Path) -> None:
    """A corpus that changed after it was read is not copied."""
    read = RetrievalData.read(write_beir(tmp_path / "small"))
    with (tmp_path / "small" / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(ValueError, match=r"corpus.jsonl changed after it was read; read the folder again"):
        make(tmp_path / "set", read)
    assert not (tmp_path / "set").exists()


def test_card(tmp_path: Path) -> None:
    """The card names the licence, or says that it is unknown, the lexicon with its sources, and the signatures."""
    make(tmp_path / "set", licence="cc-by-4.0")
    card = (tmp_path / "set" / "README.md").read_text(encoding="utf-8")
    assert card.startswith('---\nlicense: "cc-by-4.0"\nlanguage: ["de", "en", "ru"]\n')
    assert "lexswitch|version:" in card
    make(tmp_path / "unknown")
    card = (tmp_path / "unknown" / "README.md").read_text(encoding="utf-8")
    assert "license: unknown" in card
    assert "Ask the publisher of the data before you pass this set on." in card


@pytest.mark.parametrize("options", [{"languages": ["fr"]}, {"p": 3}, {"side": "x"}, {"prob": 1}])
def test_nothing_half_written(tmp_path: Path, options: dict[str, Any]) -> None:
    """After an error, there is no folder."""
    with pytest.raises((TypeError, ValueError)):
        make(tmp_path / "set", **options)
    assert list(tmp_path.iterdir()) == []


def test_existing_folders(tmp_path: Path) -> None:
    """An existing folder stays, unless it is such a set and `force` is true."""
    make(tmp_path / "set")
    with pytest.raises(FileExistsError, match=r"set exists; pass force=True to replace it"):
        make(tmp_path / "set")
    make(tmp_path / "set", p=1, force=True)
    assert (tmp_path / "set" / "queries-de-p1.jsonl").exists()
    assert not (tmp_path / "set" / "queries-de-p0.5.jsonl").exists()


def test_the_folder_comes_second() -> None:
    """The order of the arguments is another than that of `stress`; the message says so."""
    with pytest.raises(TypeError, match=r"folder is Lexicon; pass the path of a new folder, after the data"):
        make_stress_set(data(), LEXICON, ["de"], "out")  # type: ignore[arg-type]
