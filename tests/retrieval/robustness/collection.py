"""A small collection, a lexicon for it, and an encoder that knows words only."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lexswitch import Lexicon
from lexswitch.retrieval import RetrievalData

DOCUMENTS = {
    "d1": "a red house with a green door",
    "d2": "the bank keeps the money of the city",
    "d3": "the river has a wide bank",
    "d4": "an old tree in the garden",
    "d5": "cheap train to the city",
}
QUERIES = {
    "q1": "red house",
    "q2": "bank with money",
    "q3": "old tree garden",
    "q4": "cheap train",
    "q5": "xyzzy",
}
RELEVANT = {"q1": {"d1": 1}, "q2": {"d2": 2, "d3": 1}, "q3": {"d4": 1}, "q4": {"d5": 1}, "q5": {"d1": 1}}
LEXICON = Lexicon.from_pairs(
    {
        "de": [
            ("red", "rot"),
            ("house", "Haus"),
            ("bank", "Bank"),
            ("money", "Geld"),
            ("old", "alt"),
            ("tree", "Baum"),
        ],
        "ru": [("red", "красный"), ("house", "дом"), ("money", "деньги"), ("train", "поезд"), ("cheap", "дешёвый")],
    }
)


def data(**options: Any) -> RetrievalData:
    """Return the collection in memory."""
    return RetrievalData(QUERIES, DOCUMENTS, RELEVANT, name="small", **options)


def words(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Encode texts as counts of their words, which are numbered by a checksum."""
    vectors = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            vectors[row, zlib.crc32(word.encode()) % 64] += 1
    return vectors


def write_beir(folder: Path) -> Path:
    """Write the collection as a folder of BEIR, with one more query, which has no judgement."""
    (folder / "qrels").mkdir(parents=True)
    titled = {number: {"title": text.split()[0], "text": text.split(" ", 1)[1]} for number, text in DOCUMENTS.items()}
    write_lines(folder / "corpus.jsonl", [{"_id": number, **parts} for number, parts in titled.items()])
    queries = [{"_id": number, "text": text} for number, text in {**QUERIES, "q0": "not judged"}.items()]
    write_lines(folder / "queries.jsonl", queries)
    rows = [f"{query}\t{document}\t{grade}" for query, of in RELEVANT.items() for document, grade in of.items()]
    (folder / "qrels" / "test.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *rows, ""]), encoding="utf-8")
    return folder


def write_lines(path: Path, records: Sequence[Any]) -> None:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
