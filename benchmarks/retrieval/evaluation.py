"""Rankings and their measures: all directions of query and document languages, mixed collections, language bias."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from benchmarks.common.centring import centred
from benchmarks.retrieval.collection import Collection
from lexswitch.retrieval import mix_languages

MIXED = "xx"
"""The language of a collection in which the language of each id is drawn."""

_DEPTH = 100
_MEAN_TEXTS = 500
_WORD = re.compile(r"\w+")
_RANKS = "0123456789a"  # rank of the first relevant document, one character for each query: a for 10, 0 for none


class Vectors(NamedTuple):
    """Rows of texts: ids and normalised vectors, float32, shape (texts, dimensions)."""

    ids: list[str]
    vectors: np.ndarray


class Ranking(NamedTuple):
    """The best documents of each query, the best first, as indices into the ids of the documents."""

    queries: list[str]
    documents: list[str]
    best: list[list[int]]


Encode = Callable[[Sequence[str], str], np.ndarray]
"""Maps texts and their kind ("query" or "passage") to vectors."""

Means = Mapping[str, Mapping[str, np.ndarray]]
"""Kind -> language -> mean vector."""


class Task:
    """A test: directions, each with queries and documents of one language each, or mixed.

    Parameters
    ----------
    collection : Collection
        A collection with all languages to be tested.
    unseen : sequence of str
        Languages that are paired with English and themselves only, and are not in mixed collections.
    seed : int
        Seed of the languages of mixed collections; the same for every model.
    only : sequence of (str, str), optional
        Directions; all by default.
    limit : int, optional
        Maximum number of queries of each direction.

    Attributes
    ----------
    directions : list of (str, str)
        Query and document languages.
    queries, documents : dict of language (or `MIXED`) to dict of id to text
    query_languages, document_languages : dict of id to str
        The languages that were drawn for the mixed collection.
    """

    def __init__(
        self,
        collection: Collection,
        unseen: Sequence[str] = (),
        seed: int = 0,
        only: Sequence[tuple[str, str]] = (),
        limit: int | None = None,
    ) -> None:
        collection.check_languages(sorted({language for pair in only for language in pair} - {MIXED}))
        self.collection, self.limit = collection, limit
        seen = [language for language in collection.languages if language not in unseen]
        queries = mix_languages({language: collection.queries[language] for language in seen}, seed=2 * seed)
        documents = mix_languages({language: collection.documents[language] for language in seen}, seed=2 * seed + 1)
        self.queries = {**collection.queries, MIXED: queries.texts}
        self.documents = {**collection.documents, MIXED: documents.texts}
        self.query_languages, self.document_languages = queries.languages, documents.languages
        self.directions = list(only) or directions(seen, unseen)

    def asked(self, query_language: str, document_language: str) -> list[str]:
        """Return the ids of the queries that have a relevant document."""
        there, relevant = self.documents[document_language], self.collection.relevant
        asked = (query for query in self.queries[query_language] if any(n in there for n in relevant.get(query, ())))
        return list(islice(asked, self.limit))

    def about(self) -> dict[str, dict[str, Any]]:
        """Return for each direction ``pages`` (number of the page of each query) and ``overlap`` (see `overlap`)."""
        numbers = {page: number for number, page in enumerate(dict.fromkeys(self.collection.groups.values()))}
        found = {}
        for one, other in self.directions:
            asked = self.asked(one, other)
            found[f"{one}-{other}"] = {
                "pages": [numbers[self.collection.groups[query]] for query in asked],
                "overlap": "".join(
                    str(overlap(self.queries[one][query], self._answers(query, other))) for query in asked
                ),
            }
        return found

    def _answers(self, query: str, language: str) -> list[str]:
        texts = self.documents[language]
        return [texts[number] for number in self.collection.relevant[query] if number in texts]


def overlap(query: str, documents: Sequence[str]) -> int:
    """Return the largest share of a query's words that a document has, in ninths: 0 to 9."""
    words = set(_WORD.findall(query.casefold()))
    found = max(len(words & set(_WORD.findall(text.casefold()))) for text in documents)
    return round(9 * found / max(1, len(words)))


Rank = Callable[[str, str, Sequence[str]], Ranking]
"""Maps query language, document language and ids of queries to a ranking."""


def mean_vectors(encode: Encode, collection: Collection) -> Means:
    """Return the mean vector of the first 500 queries and of the first 500 documents of each language."""
    sides = {"query": collection.queries, "passage": collection.documents}
    return {
        kind: {
            language: encode(list(islice(texts[language].values(), _MEAN_TEXTS)), kind).mean(0)
            for language in collection.languages
        }
        for kind, texts in sides.items()
    }


def all_vectors(encode: Encode, task: Task, means: Means | None = None) -> dict[str, dict[str, Vectors]]:
    """Encode the queries and documents of all directions: kind -> language, or `MIXED` -> vectors.

    If there are `means`, each vector is less the mean of its language.
    """
    sides = (
        ("query", task.queries, task.query_languages, {one for one, _ in task.directions}),
        ("passage", task.documents, task.document_languages, {other for _, other in task.directions}),
    )
    found: dict[str, dict[str, Vectors]] = {}
    for kind, texts, drawn, wanted in sides:
        needed = wanted | set(drawn.values()) if MIXED in wanted else wanted
        vectors = {
            language: Vectors(list(of), encode(list(of.values()), kind))
            for language, of in texts.items()
            if language in needed - {MIXED}
        }
        if means is not None:
            moved = centred({language: of.vectors for language, of in vectors.items()}, means[kind])
            vectors = {language: Vectors(of.ids, moved[language]) for language, of in vectors.items()}
        if MIXED in wanted:
            rows = {language: {number: row for row, number in enumerate(of.ids)} for language, of in vectors.items()}
            chosen = [vectors[language].vectors[rows[language][number]] for number, language in drawn.items()]
            vectors[MIXED] = Vectors(list(drawn), np.stack(chosen))
        found[kind] = vectors
    return found


def rank(queries: Vectors, documents: Vectors, asked: Sequence[str]) -> Ranking:
    """Rank all documents by cosine; of equal ones the earlier one is first.

    Parameters
    ----------
    queries, documents
        Vectors of one language each, or mixed.
    asked
        Ids of the queries to be ranked.
    """
    row_of = {number: row for row, number in enumerate(queries.ids)}
    chosen = queries.vectors[[row_of[number] for number in asked]]
    scores = chosen @ documents.vectors.T
    depth = min(_DEPTH, len(documents.ids))
    best = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    return Ranking(list(asked), documents.ids, best.tolist())


def first_ranks(ranking: Ranking, relevant: Mapping[str, Mapping[str, int]]) -> str:
    """Return the rank of the first relevant document of each query as a character: 1-9, a for 10, 0 for none."""
    found = []
    for query, best in zip(ranking.queries, ranking.best, strict=True):
        ranks = (rank for rank, number in enumerate(best[:10], 1) if ranking.documents[number] in relevant[query])
        found.append(_RANKS[next(ranks, 0)])
    return "".join(found)


def reciprocal_ranks(ranks: str) -> np.ndarray:
    """Return RR@10 of each query from `first_ranks`."""
    positions = np.array([_RANKS.index(character) for character in ranks], dtype=float)
    return np.divide(1.0, positions, out=np.zeros_like(positions), where=positions > 0)


def measures(ranking: Ranking, relevant: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """Return MRR@10, nDCG@10 and recall@100 (ir_measures)."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    known = set(ranking.documents)
    qrels = [
        ir_measures.Qrel(query, document, grade)
        for query in ranking.queries
        for document, grade in relevant[query].items()
        if document in known
    ]
    run = [
        ir_measures.ScoredDoc(query, ranking.documents[number], float(-position))  # ranks, to keep the order of ties
        for query, best in zip(ranking.queries, ranking.best, strict=True)
        for position, number in enumerate(best)
    ]
    asked = {"MRR@10": RR @ 10, "nDCG@10": nDCG @ 10, "R@100": R @ 100}
    found = ir_measures.calc_aggregate(list(asked.values()), qrels, run)
    return {name: round(found[measure], 5) for name, measure in asked.items()}


def language_shares(ranking: Ranking, languages: Mapping[str, str]) -> dict[str, float]:
    """Return the share of each document language in the top 10."""
    top = [languages[ranking.documents[number]] for best in ranking.best for number in best[:10]]
    return {language: round(top.count(language) / len(top), 5) for language in sorted(set(languages.values()))}


def ranker(encode: Encode, task: Task, means: Means | None = None) -> Rank:
    """Return the function that ranks all documents with a bi-encoder, given two languages and ids of queries.

    Parameters
    ----------
    encode
        Maps texts to vectors.
    task
        The test; its texts are encoded now.
    means
        What is subtracted from the vectors; nothing by default.
    """
    vectors = all_vectors(encode, task, means)
    return lambda one, other, asked: rank(vectors["query"][one], vectors["passage"][other], asked)


def evaluate(ranked: Rank, task: Task) -> dict[str, Any]:
    """Measure every direction.

    Parameters
    ----------
    ranked
        Returns the ranking of queries in one language among documents in another.
    task
        The test.

    Returns
    -------
    dict
        ``directions``: "en-de" -> measures and ``ranks`` (of `first_ranks`, in the order of `Task.asked`); ``bias``:
        query language -> share of each document language in the top 10 of the mixed collection; ``collection_shares``:
        shares of these languages in that collection.
    """
    measured, bias, relevant = {}, {}, task.collection.relevant
    for one, other in task.directions:
        ranking = ranked(one, other, task.asked(one, other))
        measured[f"{one}-{other}"] = {**measures(ranking, relevant), "ranks": first_ranks(ranking, relevant)}
        if other == MIXED:
            bias[one] = language_shares(ranking, task.document_languages)
    drawn = list(task.document_languages.values())
    shares = {language: round(drawn.count(language) / len(drawn), 5) for language in sorted(set(drawn))}
    return {"directions": measured, "bias": bias, "collection_shares": shares}


def directions(seen: Sequence[str], unseen: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the pairs of query and document languages that are measured."""
    pairs = [(one, other) for one in seen for other in seen]
    pairs += [(MIXED, "en"), ("en", MIXED), (MIXED, MIXED), *((one, MIXED) for one in seen if one != "en")]
    for language in unseen:
        pairs += [("en", language), (language, "en"), (language, language)]
    return pairs


def kind_of(direction: str, unseen: Sequence[str] = ()) -> str:
    """Return "MoIR", "CLIR" or "MLIR", perhaps after "unseen"; "bias" for directions that show language bias only.

    Parameters
    ----------
    direction
        "en-de", or with `MIXED` on one side or both.
    unseen
        Languages that no system is trained on.
    """
    query, document = direction.split("-")
    if MIXED in (query, document):
        return "bias" if document == MIXED and query not in ("en", MIXED) else "MLIR"
    kind = "MoIR" if query == document else "CLIR"
    return f"unseen {kind}" if {query, document} & set(unseen) else kind
