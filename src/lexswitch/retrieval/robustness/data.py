"""Retrieval data: queries, documents and relevance judgements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from . import beir
from .beir import HEADER, add_grade, add_language, check_grades, checked_id, grade_of, id_of
from .documents import Documents, ListedDocuments, text_of

Texts: TypeAlias = "Mapping[str, str] | Iterable[tuple[str, str]]"
Judgements: TypeAlias = "Mapping[str, Mapping[str, int]] | Iterable[tuple[str, str, int]]"


class _Judgement(NamedTuple):
    """How relevant a document is for a query."""

    place: str
    """Where it is, for messages."""
    query: str
    document: str
    grade: int


class RetrievalData:
    """Queries, documents, and which documents are relevant.

    Parameters
    ----------
    queries, documents : mapping of str to str, or iterable of (id, text)
    relevant : mapping of str to mapping of str to int, or iterable of (query id, document id, grade)
        Relevance judgements. Queries without any are left out, and counted in ``left_out``.
    name : str, default "data"
        Name for reports.
    document_languages : mapping of str to str, optional
        Language of each document, for collections in several languages.
    licence : str, optional
        Licence of the data; `make_stress_set` writes it.

    Attributes
    ----------
    queries : dict of str to str
        The queries that have judgements.
    documents : Documents
    relevant : dict of str to dict of str to int
        Maps each query to the grades of its judged documents.
    left_out : int
        Number of queries without judgements.

    Raises
    ------
    ValueError
        If an id is repeated or empty, a query is empty, a judgement has an unknown id, a pair has two grades, no
        document is relevant, or only some documents have a language.
    TypeError
        If an argument has another form.
    """

    def __init__(
        self,
        queries: Texts,
        documents: Texts,
        relevant: Judgements,
        *,
        name: str = "data",
        document_languages: Mapping[str, str] | None = None,
        licence: str = "",
    ) -> None:
        found = _by_id("documents", documents)
        languages = None if document_languages is None else _languages(found, document_languages)
        texts = _by_id("queries", queries)
        grades = _grades(_judgements(relevant), texts, found, "relevant")
        self._set(texts, _listed(found), grades, name, languages, licence)

    @classmethod
    def read(cls, folder: str | Path, split: str = "test", queries: str = "queries.jsonl") -> RetrievalData:
        """Read a folder in the layout of BEIR: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/test.tsv``.

        Texts of documents stay in the file, so the corpus may be larger than memory.

        Parameters
        ----------
        folder : str or Path
        split : str, default "test"
            Name of the file in ``qrels``.
        queries : str, default "queries.jsonl"
            Name of the file with the queries.

        Raises
        ------
        FileNotFoundError
            If a file is missing.
        ValueError
            If a line is not valid. The message has file and line. Later, if the file of the documents has changed when
            their texts are read.
        """
        read = beir.read(Path(folder), split, queries)
        data = cls.__new__(cls)
        data._set(read.queries, read.documents, read.relevant, read.name, read.languages, read.licence)
        data.left_out = read.left_out
        return data

    @classmethod
    def from_rows(
        cls, corpus: Any, queries: Any, qrels: Any, *, name: str = "data", licence: str = ""
    ) -> RetrievalData:
        """Read rows in the layout of MTEB, such as three data sets of Hugging Face.

        Parameters
        ----------
        corpus : iterable of mappings
            Rows with ``_id`` or ``id``, ``text``, perhaps ``title``, and perhaps ``language``, which may also be in a
            mapping ``metadata``.
        queries : iterable of mappings
            Rows with ``_id`` or ``id``, and ``text``.
        qrels : iterable of mappings
            Rows with ``query-id``, ``corpus-id`` and ``score``, a whole number.
        name, licence : str
            As for `RetrievalData`.

        Raises
        ------
        ValueError
            If a row lacks a member or has another value in it, or for the reasons of `RetrievalData`. The message names
            the row, such as ``qrels[3]``, and the member.
        TypeError
            If an argument is not an iterable of mappings.
        """
        _check_rows(corpus=corpus, queries=queries, qrels=qrels)
        documents, languages = _documents_of_rows(corpus)
        texts = _by_id("queries", ((id_of(row, place), row["text"]) for place, row in _rows("queries", queries)))
        data = cls.__new__(cls)
        grades = _grades(_judgements_of_rows(qrels), texts, documents, "qrels")
        data._set(texts, _listed(documents), grades, name, languages, licence)
        return data

    @property
    def languages(self) -> list[str] | None:
        """Language of each document, in their order; None for collections in one language."""
        return self._languages

    def __repr__(self) -> str:
        return f"<RetrievalData {self.name!r}: {len(self.queries):,} queries, {len(self.documents.ids):,} documents>"

    def _set(
        self,
        queries: dict[str, str],
        documents: Documents,
        relevant: dict[str, dict[str, int]],
        name: str,
        languages: list[str] | None,
        licence: str,
    ) -> None:
        self.queries = {number: text for number, text in queries.items() if number in relevant}
        self.left_out = len(queries) - len(self.queries)
        self.documents, self.relevant = documents, relevant
        self.name, self.licence, self._languages = name, licence, languages


def as_data(dataset: Any) -> RetrievalData:
    """Return data that came as it is, as a folder, or as rows in the layout of MTEB."""
    if isinstance(dataset, RetrievalData):
        return dataset
    if isinstance(dataset, (str, Path)):
        return RetrievalData.read(dataset)
    if isinstance(dataset, Mapping) and {"corpus", "queries", "qrels"} <= dataset.keys():
        return RetrievalData.from_rows(dataset["corpus"], dataset["queries"], dataset["qrels"])
    raise TypeError(
        f"dataset is {type(dataset).__name__}; pass a RetrievalData, the path of a BEIR folder, or a mapping with the "
        "rows of 'corpus', 'queries' and 'qrels'"
    )


def _check_rows(**tables: Any) -> None:
    """Raise an error for what has no rows, such as mappings, which have ids and texts."""
    for name, rows in tables.items():
        if isinstance(rows, Mapping):
            raise TypeError(
                f"{name} is a {type(rows).__name__}, not a list of rows; pass RetrievalData(queries, documents, "
                "relevant) for mappings"
            )
        if not isinstance(rows, Iterable) or isinstance(rows, (str, bytes)):
            raise TypeError(f"{name} is {rows!r:.80}; pass a list of rows")


def _rows(name: str, rows: Iterable[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the place of each row for messages, and the row."""
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"{name}[{number}] is {row!r:.80}; pass a list of rows, which are mappings")
        yield f"{name}[{number}]", row


def _member(row: Mapping[str, Any], name: str, place: str) -> Any:
    if name not in row:
        raise ValueError(f'{place} has no "{name}", only {list(row)}; each row needs {", ".join(HEADER)}')
    return row[name]


def _documents_of_rows(corpus: Iterable[Any]) -> tuple[dict[str, str], list[str] | None]:
    """Return the texts of documents by id, and their languages."""
    languages: list[str] = []

    def pairs() -> Iterator[tuple[str, str]]:
        for number, (place, row) in enumerate(_rows("corpus", corpus)):
            add_language(languages, row, number, place)
            yield id_of(row, place), text_of(row)

    return _by_id("corpus", pairs()), languages or None


def _judgements_of_rows(qrels: Iterable[Any]) -> Iterator[_Judgement]:
    query, document, score = HEADER
    for place, row in _rows("qrels", qrels):
        yield _Judgement(
            place,
            checked_id(_member(row, query, place), query, place),
            checked_id(_member(row, document, place), document, place),
            grade_of(_member(row, score, place), f'"{score}"', place),
        )


def _by_id(name: str, texts: Texts) -> dict[str, str]:
    if not isinstance(texts, Iterable) or isinstance(texts, (str, bytes)):
        raise TypeError(f"{name} is {texts!r:.80}; pass {{id: text}}")
    found: dict[str, str] = {}
    pairs: Iterable[Any] = texts.items() if isinstance(texts, Mapping) else texts
    for row, pair in enumerate(pairs):
        match pair:
            case (str() as number, str() as text):
                if not number:
                    raise ValueError(f"{name}[{row}]: the id is {number!r}; it must be a string that is not empty")
                if number in found:
                    raise ValueError(f"{name}[{row}]: id {number!r} is repeated; ids must be unique")
                found[number] = text
            case _:
                raise TypeError(f"{name}[{row}] is {pair!r:.80}; pass ids and texts, both str")
    return found


def _listed(documents: Mapping[str, str]) -> ListedDocuments:
    return ListedDocuments(list(documents), list(documents.values()))


def _judgements(relevant: Judgements) -> Iterator[_Judgement]:
    """Yield the judgements of a mapping, or of an iterable of triples."""
    if not isinstance(relevant, Iterable) or isinstance(relevant, (str, bytes)):
        raise TypeError(f"relevant is {relevant!r:.80}; pass {{query id: {{document id: grade}}}}")
    for row, triple in enumerate(_triples(relevant) if isinstance(relevant, Mapping) else relevant):
        match triple:
            case (str() as query, str() as document, int() as grade) if not isinstance(grade, bool):
                yield _Judgement(f"relevant[{row}]", query, document, grade)
            case _:
                raise TypeError(
                    f"relevant[{row}] is {triple!r:.80}; pass (query id, document id, grade): str, str, int"
                )


def _triples(relevant: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    for query, grades in relevant.items():
        if not isinstance(grades, Mapping):
            raise TypeError(
                f"relevant[{query!r}] is {grades!r:.80}; pass a grade for each document, as in "
                f"{{{query!r}: {{document id: 1}}}}"
            )
        yield from ((query, document, grade) for document, grade in grades.items())


def _grades(
    judgements: Iterable[_Judgement], queries: Mapping[str, str], documents: Mapping[str, str], name: str
) -> dict[str, dict[str, int]]:
    """Return the grades of each query; raise an error for unknown ids, empty queries, and data without judgements."""
    found: dict[str, dict[str, int]] = {}
    for place, query, document, grade in judgements:
        if query not in queries:
            raise ValueError(f"{place}: query {query!r} is not among the queries; remove its judgements")
        if document not in documents:
            raise ValueError(
                f"{place}: query {query!r} judges document {document!r}, which is not among the documents; remove the "
                "judgement"
            )
        if not queries[query].strip():
            raise ValueError(f"queries: query {query!r} is empty; remove it and its judgements")
        add_grade(found, query, document, grade, place)
    if not found:
        raise ValueError(f"{name} has no judgement; pass at least one")
    check_grades(name, found)
    return found


def _languages(documents: Mapping[str, str], languages: Mapping[str, str]) -> list[str]:
    if not isinstance(languages, Mapping):
        raise TypeError(f"document_languages is {languages!r:.80}; pass {{document id: language}}")
    missing = [number for number in documents if not languages.get(number)]
    if missing:
        raise ValueError(f"document_languages has no language for {missing[:3]}; it needs one for each document")
    return [str(languages[number]) for number in documents]
