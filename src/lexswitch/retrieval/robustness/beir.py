"""Folders in the layout of BEIR: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``.

Thakur et al. (2021): BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models. NeurIPS
Datasets and Benchmarks. https://arxiv.org/abs/2104.08663
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from numbers import Integral
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...engine.packing import Ints
from .documents import FileDocuments, Stamp
from .text_lines import NOT_UTF8, text_lines

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels"
CARD = "README.md"
HEADER = ("query-id", "corpus-id", "score")
_LICENCE = re.compile(r"^licen[cs]e(?:_name)?:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_GRADE = re.compile(r"-?\d+(?:\.0+)?")


class Read(NamedTuple):
    """The content of a folder."""

    name: str
    queries: dict[str, str]
    documents: FileDocuments
    relevant: dict[str, dict[str, int]]
    languages: list[str] | None
    licence: str
    left_out: int


class Place(NamedTuple):
    """A line of a file."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def read(folder: Path, split: str, queries: str) -> Read:
    """Read a folder; check ids, queries and judgements. The arguments are those of `RetrievalData.read`."""
    corpus, asked, judged = folder / CORPUS, folder / queries, folder / QRELS / f"{split}.tsv"
    for path in (corpus, asked, judged):
        _check_file(path, folder)
    relevant, places = _read_qrels(judged)
    check_grades(judged, relevant)
    texts, left_out = _read_queries(asked, relevant)
    unknown = next((query for query in relevant if query not in texts), None)
    if unknown is not None:
        raise ValueError(f"{places[unknown]}: query {unknown!r} is not in {asked.name}; remove the line")
    documents, languages = _read_corpus(corpus)
    _check_documents(judged, frozenset(documents.ids))
    return Read(folder.resolve().name, texts, documents, relevant, languages, licence_of(folder), left_out)


def check_grades(where: object, relevant: Mapping[str, Mapping[str, int]]) -> None:
    """Raise an error if no document is relevant."""
    if not any(grade > 0 for grades in relevant.values() for grade in grades.values()):
        raise ValueError(f"{where}: all grades are 0 or less, so no document is relevant; give one at least grade 1")


def records(path: Path) -> Iterator[tuple[Place, int, dict[str, Any]]]:
    """Yield place, byte offset and value of each line of JSON that is not blank."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    record = json.loads(line)
                except UnicodeDecodeError:
                    raise ValueError(f"{path}:{number}: {NOT_UTF8}") from None
                except (ValueError, RecursionError) as error:
                    what = getattr(error, "msg", error)
                    raise ValueError(
                        f"{path}:{number}: not a line of JSON ({what}); write one object per line"
                    ) from None
                if not isinstance(record, dict):
                    raise ValueError(
                        f'{path}:{number}: {line[:40]!r} is not an object; write {{"_id": ..., "text": ...}}'
                    )
                yield Place(path, number), offset, record
            offset += len(line)


def id_of(record: Mapping[str, Any], place: object) -> str:
    """Return the id of a record, which must also have a text."""
    number = checked_id(record.get("_id", record.get("id")), "_id", place)
    if not isinstance(record.get("text"), str):
        raise ValueError(  # noqa: TRY004  # the content of a file is wrong, not the type of an argument
            f'{place}: "text" of {number!r} is {record.get("text")!r:.40}; it must be a string'
        )
    return number


def checked_id(value: object, member: str, place: object) -> str:
    """Return the value of a member that is an id: a string, or a whole number."""
    if isinstance(value, bool) or not isinstance(value, (str, Integral)) or not str(value):
        raise ValueError(f'{place}: "{member}" is {value!r}; it must be a string that is not empty')
    return str(value)


def grade_of(value: object, name: str, place: object) -> int:
    """Return a grade, which is a whole number, such as 1, 1.0 or "1"."""
    text = str(value).strip()
    if not _GRADE.fullmatch(text):
        raise ValueError(f"{place}: {name} is {value!r}; write a whole number")
    return int(float(text))


def add_grade(relevant: dict[str, dict[str, int]], query: str, document: str, grade: int, place: object) -> None:
    """Add a judgement; raise an error if the query and the document have another grade."""
    known = relevant.setdefault(query, {}).setdefault(document, grade)
    if known != grade:
        raise ValueError(f"{place}: query {query!r} and document {document!r} had grade {known} before; keep one")


def add_language(languages: list[str], record: Mapping[str, Any], before: int, place: object) -> None:
    """Add the language of a document, if it has one; raise an error if only some of the documents have one.

    `before` is the number of documents before this one.
    """
    language = _language(record)
    if before and bool(language) != bool(languages):
        raise ValueError(f'{place}: only some documents have a "language"; give one to each, or to none')
    if language:
        languages.append(language)


def licence_of(folder: Path) -> str:
    """Return the licence in the card of a folder; empty if there is none."""
    card = folder / CARD
    found = _LICENCE.search(card.read_text(encoding="utf-8", errors="replace")) if card.is_file() else None
    return found[1].strip("'\"") if found else ""


def _check_file(path: Path, folder: Path) -> None:
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder; pass one with {CORPUS}, {QUERIES} and {QRELS}/test.tsv")
    if not path.is_file():
        others = sorted(other.stem for other in path.parent.glob("*.tsv")) if path.suffix == ".tsv" else []
        hint = f"; choose one of the splits {', '.join(others)}" if others else ""
        raise FileNotFoundError(f"{path} does not exist; a folder of BEIR has {CORPUS}, {QUERIES} and qrels{hint}")


def _read_qrels(path: Path) -> tuple[dict[str, dict[str, int]], dict[str, Place]]:
    """Return the grades of each query, and the first line of each query."""
    relevant: dict[str, dict[str, int]] = {}
    places: dict[str, Place] = {}
    for place, query, document, grade in _judgements(path):
        add_grade(relevant, query, document, grade, place)
        places.setdefault(query, place)
    if not relevant:
        raise ValueError(f"{path} has no judgement; write lines of query, document and grade, separated by tabs")
    return relevant, places


def _judgements(path: Path) -> Iterator[tuple[Place, str, str, int]]:
    for number, line in text_lines(path):
        cells, place = line.split("\t"), Place(path, number)
        if not line.strip() or (number == 1 and _is_header(cells)):
            continue
        if len(cells) != len(HEADER):
            raise ValueError(f"{place}: {line.rstrip()!r:.60}; write query, document and grade, separated by tabs")
        yield place, cells[0], cells[1], grade_of(cells[2].strip(), "the grade", place)


def _is_header(cells: list[str]) -> bool:
    """Return whether the first line names the columns: a wrong grade, such as 2.5, is not a name."""
    last = cells[-1].strip()
    return last != "" and not any(map(str.isdigit, last))


def _read_queries(path: Path, relevant: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """Return the queries that have judgements, and the number of the others."""
    texts: dict[str, str] = {}
    others: set[str] = set()
    for place, _, record in records(path):
        query = id_of(record, place)
        if query in texts or query in others:
            raise ValueError(f"{place}: id {query!r} is repeated; ids must be unique")
        if query not in relevant:
            others.add(query)
        elif not record["text"].strip():
            raise ValueError(f"{place}: query {query!r} is empty; remove it and its judgements")
        else:
            texts[query] = record["text"]
    if not texts and not others:
        raise ValueError(f"{path} has no query; write lines of JSON with _id and text")
    return texts, len(others)


def _read_corpus(path: Path) -> tuple[FileDocuments, list[str] | None]:
    ids: list[str] = []
    offsets: list[int] = []
    languages: list[str] = []
    stamp = Stamp.of(path)
    for place, offset, record in records(path):
        add_language(languages, record, len(ids), place)
        ids.append(id_of(record, place))
        offsets.append(offset)
    if not ids:
        raise ValueError(f"{path} has no document; write lines of JSON with _id and text")
    _check_unique(path, ids)
    return FileDocuments(path, ids, np.array(offsets, dtype=np.int64), stamp), languages or None


def _language(record: Mapping[str, Any]) -> str:
    metadata = record.get("metadata")
    inner = metadata.get("language") if isinstance(metadata, dict) else None
    return str(record.get("language") or inner or "")


def _check_unique(path: Path, ids: list[str]) -> None:
    """Raise an error for a repeated id. Only hashes are sorted, since a set of all ids would need far more memory."""
    hashes: Ints = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
    order = np.argsort(hashes, kind="stable")
    equal = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    suspects = {ids[row] for at in equal.tolist() for row in order[at : at + 2].tolist()}
    seen: set[str] = set()
    for place, _, record in records(path) if suspects else ():
        if (number := id_of(record, place)) in seen:
            raise ValueError(f"{place}: id {number!r} is repeated; ids must be unique")
        if number in suspects:
            seen.add(number)


def _check_documents(path: Path, known: frozenset[str]) -> None:
    for place, _, document, _ in _judgements(path):
        if document not in known:
            raise ValueError(f"{place}: document {document!r} is not in {CORPUS}; remove the line")


def write_lines(path: Path, lines: Iterator[Mapping[str, Any]], update: Callable[[int], Any] = lambda _: None) -> None:
    """Write JSON lines; call `update` after each."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            update(1)
