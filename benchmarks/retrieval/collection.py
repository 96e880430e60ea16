"""A collection for training or test: queries and documents in several languages, aligned by id, and judgements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from benchmarks.common.errors import CollectionError

Texts = dict[str, dict[str, str]]
"""Language -> id -> text."""


@dataclass(frozen=True)
class Collection:
    """Queries, documents and judgements. An id means the same text in every language that has it.

    Attributes
    ----------
    name : str
    documents, queries : dict of language to dict of id to text
    relevant : dict of query id to dict of document id to grade
        Grades are 1 or more.
    groups : dict of query id to str
        Queries of one group (such as a page) are not independent, so intervals are taken over groups. A query that
        is missing here is a group by itself.
    candidates : dict of query id to list of document ids
        Documents to re-rank, if the source publishes them.
    kinds : dict of query id to str
        Kinds of queries, such as "title".
    """

    name: str
    documents: Texts
    queries: Texts
    relevant: dict[str, dict[str, int]]
    groups: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(self.relevant.values()):
            raise CollectionError(f"{self.name}: no query has a relevant document; check whether the qrels are empty")
        known = {number for texts in self.documents.values() for number in texts}
        for query, grades in self.relevant.items():
            for document in grades:
                if document not in known:
                    raise CollectionError(
                        f"{self.name}: query {query!r} judges document {document!r}, which is unknown"
                    )

    @property
    def languages(self) -> list[str]:
        """Languages with queries and documents."""
        return [language for language in self.documents if language in self.queries]

    def check_languages(self, languages: Iterable[str]) -> None:
        """Raise `CollectionError` if one of the languages is missing."""
        missing = [language for language in languages if language not in self.languages]
        if missing:
            raise CollectionError(f"{self.name} has no {missing}; it has {self.languages}")

    def pairs(self) -> list[tuple[str, str]]:
        """Return queries and their relevant documents, as ids."""
        return [(query, document) for query, grades in self.relevant.items() for document in grades]

    def fully_translated(self) -> Collection:
        """Return the collection with the judgements alone whose query and document are there in every language."""
        queries = set.intersection(*(set(texts) for texts in self.queries.values()))
        documents = set.intersection(*(set(texts) for texts in self.documents.values()))
        relevant = {
            query: {document: grade for document, grade in grades.items() if document in documents}
            for query, grades in self.relevant.items()
            if query in queries
        }
        return replace(self, relevant={query: grades for query, grades in relevant.items() if grades})

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the numbers of queries and documents of each language."""
        return {
            language: {"queries": len(self.queries[language]), "documents": len(self.documents[language])}
            for language in self.languages
        }


class Split(NamedTuple):
    """The three parts of a collection, and the numbers of texts that were left out, by reason."""

    train: Collection
    development: Collection
    test: Collection
    dropped: dict[str, int]

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> Split:
        """Read cached lines: the arguments of three collections, with the name of each as ``part``, and the counts."""
        *parts, dropped = map(json.loads, lines)
        return cls(**{part.pop("part"): Collection(**part) for part in parts}, dropped=dropped)


def unique(texts: Iterable[tuple[str, str]], source: str) -> dict[str, str]:
    """Return texts by id; raise `CollectionError` if an id is repeated."""
    found: dict[str, str] = {}
    for number, text in texts:
        if number in found:
            raise CollectionError(f"{source}: id {number!r} is repeated; ids must be unique")
        found[number] = text
    return found
