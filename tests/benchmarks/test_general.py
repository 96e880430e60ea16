"""Lexicons on general text: the reader of XQuAD-R, the rule of occurrence, and the counts on a small folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import fetch, xquad
from benchmarks.common.encoder import save
from benchmarks.common.errors import CollectionError, FetchError
from benchmarks.general import __main__ as command
from benchmarks.general import context, measure, report
from benchmarks.general.occurrence import Text
from lexswitch import Lexicon, TransformersEncoder
from tests.benchmarks.models import tiny

TEXTS = {
    "en": [(["A house burns.", "Banks help."], ["Which house burned?", "Who?"]), (["Dogs bark."], ["Do dogs bark?"])],
    "de": [
        (["Ein Haus brennt.", "Banken helfen."], ["Welches Haus brannte?", "Wer?"]),
        (["Sie", "bellen."], ["Hunde?"]),
    ],
}
PAIRS: dict[str, list[tuple[str, str] | tuple[str, str, float]]] = {
    "starter": [("house", "Haus"), ("dog", "Rüde", 1.0), ("dog", "Hund", 0.3)],
    "dictionary": [("house", "Gebäude"), ("house", "Haus"), ("dog", "Hund")],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder in the layout of XQuAD-R, with two articles."""
    for language, paragraphs in TEXTS.items():
        articles = []
        for sentences, questions in paragraphs:
            starts = [sum(map(len, sentences[:number])) + number for number in range(len(sentences))]
            breaks = [[start, start + len(one)] for start, one in zip(starts, sentences, strict=True)]
            answers = [{"answer_start": 0, "text": ""}]
            asked = [{"question": question, "answers": answers, "id": "x"} for question in questions]
            paragraph = {
                "context": " ".join(sentences),
                "sentences": sentences,
                "sentence_breaks": breaks,
                "qas": asked,
            }
            articles.append({"title": "x", "paragraphs": [paragraph]})
        (tmp_path / f"{language}.json").write_text(json.dumps({"data": articles, "version": "1"}), encoding="utf-8")
    return tmp_path


@pytest.fixture
def rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Return the rows of German, with small lexicons."""
    found = {name: Lexicon.from_pairs({"de": pairs}) for name, pairs in PAIRS.items()}
    found["merged"] = found["starter"].merge(found["dictionary"])
    found["merged, by frequency"] = found["starter"].merge(found["dictionary"], texts={"de": {"haus": 1.0}})
    monkeypatch.setattr(measure, "lexicons", lambda language: found)
    monkeypatch.setattr(measure, "folder", folder)
    return measure.measure("de")


def test_reader(folder: Path) -> None:
    """Sentences are parallel if a paragraph has equally many in both languages."""
    english, german = (xquad.read(language, folder) for language in ("en", "de"))
    assert xquad.questions(english) == ["Which house burned?", "Who?", "Do dogs bark?"]
    assert xquad.parallel_sentences(english, german) == (TEXTS["en"][0][0], TEXTS["de"][0][0])


def test_reader_names_a_missing_or_damaged_file(folder: Path) -> None:
    """The error names the file."""
    with pytest.raises(FileNotFoundError, match=r"es\.json does not exist; pass the folder"):
        xquad.read("es", folder)
    (folder / "es.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CollectionError, match=r"es\.json is not a file of XQuAD-R"):
        xquad.read("es", folder)
    with pytest.raises(ValueError, match="language is 'fr'; XQuAD-R exists in en, ar"):
        xquad.read("fr", folder)


def test_without_a_folder_files_are_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every language has a pinned sum; a failed download is an error of the benchmark."""
    monkeypatch.setenv("LEXSWITCH_BENCHMARK_CACHE", str(tmp_path))
    monkeypatch.setenv("LEXSWITCH_OFFLINE", "1")
    for language in xquad.LANGUAGES:
        with pytest.raises(FetchError, match=f"xquad-r-{language}.json does not exist and LEXSWITCH_OFFLINE is set"):
            xquad.file(language)
    assert f"xquad-r-{language}.json" in json.loads(fetch.CHECKSUMS.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("language", "text", "present", "absent"),
    [
        ("de", "Die alten Häuser brennen", ["Haus", "brennen", "ein altes Haus"], ["Ente", "alt", ""]),
        ("es", "La canción más antigua", ["la cancion", "antiguo"], ["cancelar", "más que"]),
        ("ru", "Ёлки зелёные", ["елка", "зелёный"], ["ель"]),
        ("ar", "والكتاب الجديد", ["كتاب", "جديد"], ["كتب"]),
        ("hi", "वह काम करता है", ["करना", "काम"], ["कर्म"]),
        ("tr", "Ankara'da yaptı ve ışık", ["yapmak", "ışık"], ["yakmak"]),
        ("el", "Οι Τράπεζες", ["τράπεζα"], ["στράπεζα"]),
        ("vi", "Ngôi nhà, lớn", ["ngôi nhà", "nhà lớn"], ["nha", "nhà ngôi", "?"]),
        ("zh", "这 是银行。", ["这是", "银行"], ["行银", ""]),
        ("th", "ธนาคารใหญ่", ["ธนาคาร"], ["ธนาคน"]),
    ],
)
def test_occurrence(language: str, text: str, present: list[str], absent: list[str]) -> None:
    """Inflected forms occur; other words, parts of words and empty candidates do not."""
    found = Text(text, language)
    assert [each for each in present if not found.has(each)] == []
    assert [each for each in absent if found.has(each)] == []


def test_coverage_and_unchanged_questions(rows: list[dict]) -> None:
    """Inflected forms match by default only; content words are those that are not stop words."""
    starter = rows[0]
    assert starter["covered"]["forms"]["questions"] == {"words": 0.2857, "content": 0.5}
    assert starter["covered"]["terms"]["questions"] == {"words": 0.1429, "content": 0.25}
    assert starter["unchanged"]["forms"]["1"] == 0.3333
    assert starter["unchanged"]["terms"]["1"] == 0.6667
    assert starter["unchanged"]["forms"][".5"] > starter["unchanged"]["forms"]["1"]


def test_candidates_in_the_parallel_text(rows: list[dict]) -> None:
    """Random, dictionary order, chosen and any candidate are compared on the same units."""
    of = {row["lexicon"]: row["found"]["questions"]["content"] for row in rows}
    assert of["starter"] == {
        "units": 2, "random": 0.75, "dictionary": 0.5, "chosen": 0.5, "any": 1.0, "elsewhere": 0.0,
    }  # fmt: skip
    assert of["dictionary"]["chosen"] == 0.5
    merged = of["merged"]
    assert [merged[name] for name in ("random", "dictionary", "chosen", "any")] == [0.5, 0.5, 1.0, 1.0]
    sentences = rows[-1]["found"]["sentences"]["all"]
    assert (sentences["units"], sentences["chosen"], sentences["dictionary"]) == (1, 1.0, 0.0)
    assert report.closed(sentences, "dictionary") == 1.0
    assert report.closed({"chosen": 1.0, "any": 1.0, "random": 1.0}, "random") is None


def test_tables(rows: list[dict], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables have a line for each lexicon; the description names texts, seeds and lexicon."""
    monkeypatch.setattr(measure, "LANGUAGES", ("de",))
    about = measure.describe(False)
    assert about["texts"]["questions"] == {"texts": 3, "words": 7, "content": 4}
    assert about["seeds"] == measure.SEEDS
    machine = {"date": "2026-01-01", "cpu": "", "cores_usable": 1, "memory_gib": 1, "system": "", "python": ""}
    results = {"machine": {**machine, "packages": {}}, "parts": {"lexicons": {"rows": rows}}, **about}
    tables = report.markdown(results)
    assert "3 questions, 2 paragraphs; starter lexicon" in tables
    assert tables.count("| de | merged |") == tables.count("| de | merged, by frequency |") == 4


def test_option_of_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--xquad-r` sets the folder; measuring goes on."""
    monkeypatch.setattr(measure, "folder", None)
    option = command.BENCHMARK.options[0]
    assert option.run(folder) is None
    assert measure.folder == folder


class Topics:
    """An encoder that adds up random vectors of the words of a text."""

    signature = "topics"

    def encode(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> np.ndarray:
        rows = [text for text, of_text in zip(texts, spans, strict=True) for _ in of_text]
        return np.array(
            [sum(np.random.default_rng(list(word.encode())).normal(size=8) for word in row.split()) for row in rows]
        )


def test_candidates_in_context(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights, encoder, and encoder without context choose on the same sampled units; the table has a line each."""
    found = {name: Lexicon.from_pairs({"de": pairs}) for name, pairs in PAIRS.items()}
    found["merged"] = found["starter"].merge(found["dictionary"])
    monkeypatch.setattr(context, "lexicons", lambda language: found)
    monkeypatch.setattr(measure, "folder", folder)
    monkeypatch.setattr(context, "LANGUAGES", ("de",))
    monkeypatch.setattr(context, "SAMPLE", 2)
    monkeypatch.setattr(context, "RESULTS", tmp_path / "encoder.json")
    monkeypatch.setattr(context, "TransformersEncoder", lambda folder, prefix: Topics())
    context.run("any")
    (row,) = json.loads((tmp_path / "encoder.json").read_text(encoding="utf-8"))["rows"]
    units = {chooser: of["content"]["units"] for chooser, of in row["found"]["sentences"].items()}
    assert units == {"weights": 1, "context": 1, "alone": 1}
    assert "| de | 1 / 1 |" in report.context_table(json.loads((tmp_path / "encoder.json").read_text(encoding="utf-8")))


def test_without_context_texts_do_not_matter() -> None:
    """The vectors of spans are those of their words alone, in order."""
    texts, spans = ["a bank", "the bank of a house"], [[(2, 6)], [(4, 8), (14, 19)]]
    vectors = context.WithoutContext(Topics()).encode(texts, spans)
    assert np.array_equal(vectors, Topics().encode(["bank", "bank", "house"], [[(0, 4)], [(0, 4)], [(0, 5)]]))


def test_encoder_folder(tmp_path: Path) -> None:
    """transformers loads the folder; its tokens and vectors are those of the encoder."""
    encoder = tiny()
    expected = encoder.tokens(["a house of money"])
    save(encoder, tmp_path)
    loaded = TransformersEncoder(tmp_path)
    tokenizer, model = loaded._loaded
    assert tokenizer(["a house of money"])["input_ids"] == expected
    assert loaded.encode(["a house"], [[(2, 7)]]).shape == (1, model.config.hidden_size)
