"""Retrieval data: queries, documents and relevance judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from . import beir
from .beir import check_grades
from .documents import Documents, ListedDocuments, text_of

Texts: TypeAlias = "Mapping[str, str] | Iterable[tuple[str, str]]"
Judgements: TypeAlias = "Mapping[str, Mapping[str, int]] | Iterable[tuple[str, str, int]]"


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
        If an id is repeated, a query is empty, or a judgement has an unknown id.
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
        self._set(
            _by_id("queries", queries),
            ListedDocuments(list(found), list(found.values())),
            _grades(relevant),
            name,
            languages,
            licence,
        )
        _check(self, frozenset(found), "relevant")

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
            If a line is not valid. The message has file and line.
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
            Rows with ``_id`` or ``id``, ``text``, perhaps ``title``, and perhaps ``language``.
        queries : iterable of mappings
            Rows with ``_id`` or ``id``, and ``text``.
        qrels : iterable of mappings
            Rows with ``query-id``, ``corpus-id`` and ``score``.
        name, licence : str
            As for `RetrievalData`.
        """
        _check_rows(corpus=corpus, queries=queries, qrels=qrels)
        rows = [(beir.id_of(row, f"corpus[{number}]"), row) for number, row in enumerate(corpus)]
        languages = {number: str(row["language"]) for number, row in rows if row.get("language")}
        return cls(
            ((beir.id_of(row, f"queries[{number}]"), row["text"]) for number, row in enumerate(queries)),
            ((number, text_of(row)) for number, row in rows),
            ((str(row["query-id"]), str(row["corpus-id"]), int(row["score"])) for row in qrels),
            name=name,
            document_languages=languages or None,
            licence=licence,
        )

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
    """Raise an error for mappings, which have ids and texts, but no rows."""
    for name, rows in tables.items():
        if isinstance(rows, Mapping):
            raise TypeError(
                f"{name} is a {type(rows).__name__}, not a list of rows; pass RetrievalData(queries, documents, "
                "relevant) for mappings"
            )


def _by_id(name: str, texts: Texts) -> dict[str, str]:
    found: dict[str, str] = {}
    pairs: Iterable[Any] = texts.items() if isinstance(texts, Mapping) else texts
    for row, pair in enumerate(pairs):
        match pair:
            case (str() as number, str() as text):
                if number in found:
                    raise ValueError(f"{name}[{row}]: id {number!r} is repeated; ids must be unique")
                found[number] = text
            case _:
                raise TypeError(f"{name}[{row}] is {pair!r:.80}; pass ids and texts, both str")
    return found


def _grades(relevant: Judgements) -> dict[str, dict[str, int]]:
    if not isinstance(relevant, Iterable) or isinstance(relevant, (str, bytes)):
        raise TypeError(f"relevant is {relevant!r:.80}; pass {{query id: {{document id: grade}}}}")
    for query, grades in relevant.items() if isinstance(relevant, Mapping) else ():
        if not isinstance(grades, Mapping):
            raise TypeError(
                f"relevant[{query!r}] is {grades!r:.80}; pass a grade for each document, as in "
                f"{{{query!r}: {{document id: 1}}}}"
            )
    triples: Iterable[Any] = (
        ((query, document, grade) for query, grades in relevant.items() for document, grade in grades.items())
        if isinstance(relevant, Mapping)
        else relevant
    )
    found: dict[str, dict[str, int]] = {}
    for row, triple in enumerate(triples):
        match triple:
            case (str() as query, str() as document, int() as grade):
                found.setdefault(query, {})[document] = grade
            case _:
                raise TypeError(
                    f"relevant[{row}] is {triple!r:.80}; pass (query id, document id, grade): str, str, int"
                )
    return found


def _languages(documents: Mapping[str, str], languages: Mapping[str, str]) -> list[str]:
    missing = [number for number in documents if number not in languages]
    if missing:
        raise ValueError(f"document_languages has no language for {missing[:3]}; it needs one for each document")
    return [languages[number] for number in documents]


def _check(data: RetrievalData, documents: frozenset[str], where: str) -> None:
    """Raise an error for unknown ids, empty queries, and data without judgements."""
    for query, grades in data.relevant.items():
        if query not in data.queries:
            raise ValueError(f"{where}: query {query!r} is not among the queries; remove its judgements")
        for document in grades:
            if document not in documents:
                raise ValueError(
                    f"{where}: query {query!r} judges document {document!r}, which is not among the documents; remove "
                    "the judgement"
                )
        if not data.queries[query].strip():
            raise ValueError(f"queries: query {query!r} is empty; remove it and its judgements")
    if not data.queries:
        raise ValueError(f"{where} has no judgement; pass at least one")
    check_grades(where, data.relevant)
