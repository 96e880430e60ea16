"""The collections: English queries for English documents, and XQuAD-R with candidates in several languages."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from benchmarks.common import xquad
from benchmarks.retrieval import help_pages
from lexswitch.retrieval import RetrievalData

P = (0.25, 0.5, 0.75, 1.0)
"""Translation probabilities; p = 0 is always measured."""
XQUAD_R, HELP, POOL = "xquad-r", "help", "pool"

_LICENCES = {XQUAD_R: "CC BY-SA 4.0", HELP: "MPL-2.0"}


class Collection(NamedTuple):
    """Data, and what depends on it.

    Attributes
    ----------
    data : RetrievalData
    groups : list of int
        Number of the paragraph or page of each query. Queries of a group are not independent.
    languages : tuple of str
        Languages into which the queries are switched.
    tokens : dict of str to int
        Maximum number of tokens of a "query" and of a "passage".
    """

    data: RetrievalData
    groups: list[int]
    languages: tuple[str, ...]
    tokens: dict[str, int]


folder: Path | None = None
"""Folder of XQuAD-R; None if it is downloaded."""


def load(name: str) -> Collection:
    """Return a collection.

    Parameters
    ----------
    name
        `XQUAD_R`, `HELP` or `POOL`.
    """
    return _help() if name == HELP else _xquad(("ar", "de", "es", "ru", "zh"), pool=name == POOL)


def _xquad(languages: tuple[str, ...], pool: bool) -> Collection:
    """English questions; the documents are the English sentences, or, for a pool, the sentences in all languages."""
    documents: dict[str, str] = {}
    document_languages: dict[str, str] = {}
    relevant: dict[str, dict[str, int]] = {}
    queries: dict[str, str] = {}
    groups: list[int] = []
    for language in ("en", *languages) if pool else ("en",):
        ids: dict[str, str] = {}  # identical sentences of a language are one document
        asked = 0
        for number, paragraph in enumerate(xquad.read(language, folder)):
            for sentence in paragraph.sentences:
                ids.setdefault(sentence, f"{language}-{len(ids)}")
            for question, answer in zip(paragraph.questions, paragraph.answers, strict=True):
                query = f"q{asked}"
                asked += 1
                relevant.setdefault(query, {})[ids[paragraph.sentences[answer]]] = 1
                if language == "en":
                    queries[query] = question
                    groups.append(number)
        documents |= {number: sentence for sentence, number in ids.items()}
        document_languages |= dict.fromkeys(ids.values(), language)
    name = "XQuAD-R, sentences in six languages" if pool else "XQuAD-R, English sentences"
    data = RetrievalData(
        queries,
        documents,
        relevant,
        name=name,
        document_languages=document_languages if pool else None,
        licence=_LICENCES[XQUAD_R],
    )
    return Collection(data, groups, languages, {"query": 64, "passage": 256})


def _help() -> Collection:
    test = help_pages.split().test
    pages = {page: number for number, page in enumerate(dict.fromkeys(test.groups.values()))}
    known = test.documents["en"]
    judged = {query: {d: grade for d, grade in of.items() if d in known} for query, of in test.relevant.items()}
    relevant = {query: of for query, of in judged.items() if of and query in test.queries["en"]}
    data = RetrievalData(
        test.queries["en"], known, relevant, name="LibreOffice help, test pages", licence=_LICENCES[HELP]
    )
    languages = tuple(language for language in help_pages.SEEN if language != "en")
    groups = [pages[test.groups[query]] for query in data.queries]
    return Collection(data, groups, languages, {"query": 24, "passage": 64})
