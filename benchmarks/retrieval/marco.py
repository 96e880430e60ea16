"""MS MARCO and mMARCO in their published layout, as collections.

Formats: https://microsoft.github.io/msmarco/Datasets (tab-separated) and https://huggingface.co/datasets/unicamp-dl/mmarco
(one collection and one file of queries for each language, with the same ids).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.common.errors import CollectionError
from benchmarks.retrieval.collection import Collection, unique


def load(
    queries: Mapping[str, Path],
    documents: Mapping[str, Path],
    qrels: Path,
    candidates: Path | None = None,
    limit: int | None = None,
) -> Collection:
    """Return a collection.

    Parameters
    ----------
    queries, documents
        Language -> file of "id TAB text" lines.
    qrels
        Lines "query 0 document grade", separated by tabs or blanks. Grade 0 is not relevant.
    candidates
        Documents to re-rank: lines "query document query-text document-text" as in ``top1000.dev``, or
        "query document rank".
    limit
        Maximum number of documents; relevant ones and candidates come first. A collection has 8.8 million.

    Raises
    ------
    CollectionError
        If a line is malformed, an id is repeated, a language has no documents, or nothing is relevant.
    """
    missing = sorted(queries.keys() ^ documents.keys())
    if missing:
        raise CollectionError(f"languages {missing} have queries without documents, or documents without queries")
    relevant = _relevant(qrels)
    ranked = _candidates(candidates) if candidates is not None else {}
    wanted = {number for grades in relevant.values() for number in grades}
    wanted |= {number for numbers in ranked.values() for number in numbers}
    texts = {language: unique(_limited(path, wanted, limit), str(path)) for language, path in documents.items()}
    asked = {
        language: {n: text for n, text in unique(_texts(path), str(path)).items() if n in relevant}
        for language, path in queries.items()
    }
    return Collection(str(qrels), texts, asked, relevant, candidates=ranked)


def triples(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield query, relevant and other document of a training file: tab-separated ids or texts."""
    return ((query, positive, negative) for query, positive, negative in _rows(path, 3))


def _relevant(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for query, _, document, grade in _rows(path, 4, None):
        if not grade.lstrip("-").isdigit():
            raise CollectionError(f"{path}: grade {grade!r} of query {query} is not a whole number")
        if int(grade) > 0:
            found.setdefault(query, {})[document] = int(grade)
    if not found:
        raise CollectionError(f"{path} has no relevant document; pass the file of qrels")
    return found


def _candidates(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for query, document, *_ in _rows(path, None):
        found.setdefault(query, []).append(document)
    return found


def _limited(path: Path, wanted: set[str], limit: int | None) -> Iterator[tuple[str, str]]:
    spare = float("inf") if limit is None else max(0, limit - len(wanted))
    for number, text in _texts(path):
        if number in wanted:
            yield number, text
        elif spare > 0:
            spare -= 1
            yield number, text


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    return ((number, text) for number, text in _rows(path, 2))


def _rows(path: Path, fields: int | None, separator: str | None = "\t") -> Iterator[list[str]]:
    """Yield the fields of each line. Without separator, fields are separated by blanks and tabs."""
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            row = line.rstrip("\r\n").split(separator)
            if fields is not None and len(row) != fields:
                raise CollectionError(f"{path}:{number} has {len(row)} fields; expected {fields}")
            if fields is None and len(row) < 2:
                raise CollectionError(f"{path}:{number} has one field; expected a query and a document")
            yield row
