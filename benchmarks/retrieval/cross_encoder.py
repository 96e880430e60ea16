"""A cross-encoder that re-ranks candidates: binary cross-entropy on BM25 and random negatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from benchmarks.common import starts
from benchmarks.common.encoder import Encoder
from benchmarks.retrieval.collection import Collection
from benchmarks.retrieval.evaluation import Ranking, Task
from benchmarks.retrieval.systems import Maker, Pairs
from benchmarks.retrieval.training import Training

CANDIDATES = 30
"""Number of documents to re-rank: the relevant ones, and the best of BM25 in English."""
_NEGATIVES = 50  # a training negative is one of the best of BM25
_SCORED_TOKENS = 4096


class CrossEncoder(torch.nn.Module):
    """An encoder with one output on the mean of its states."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.encoder = encoder
        self.model = encoder.model
        self.head = torch.nn.Linear(encoder.model.config.hidden_size, 1)

    def rows(self, queries: Sequence[str], documents: Sequence[str], training: Training) -> list[list[int]]:
        """Return the tokens of pairs: query, separator, document, as in XLM-R."""
        first = self.encoder.tokens(queries, training.query_tokens)
        second = self.encoder.tokens(documents, training.document_tokens)
        return [[*query, query[-1], *document[1:]] for query, document in zip(first, second, strict=True)]

    def forward(self, tokens: Any, mask: Any) -> Any:
        """Return a score for each row."""
        return self.head(starts.pooled(self.model, tokens, mask)).squeeze(1)


def losses(
    model: CrossEncoder,
    training: Training,
    train: Collection,
    make: Maker,
) -> Callable[[int, np.ndarray], Any]:
    """Return the loss function: each pair with one negative of BM25 and one random negative.

    Parameters
    ----------
    model
        The cross-encoder that is trained.
    training
        Lengths and seed.
    train
        The training collection.
    make
        From `systems.maker`; makes the texts of pairs.
    """
    pairs = train.pairs()
    found = bm25(train, list(train.queries["en"]), _NEGATIVES)
    documents = list(train.documents["en"])

    def loss(epoch: int, rows: np.ndarray) -> Any:
        chosen = [pairs[row] for row in rows]
        negatives = _negatives(train, found, documents, chosen, [training.seed, epoch, int(rows[0])])
        queries, texts, labels = [], [], []
        for number, of_number in enumerate((chosen, *negatives)):
            own_queries, own_texts = make(epoch, rows.tolist(), of_number)
            queries += own_queries
            texts += own_texts
            labels += [float(number == 0)] * len(chosen)
        tokens, mask = model.encoder.padded(model.rows(queries, texts, training))
        return functional.binary_cross_entropy_with_logits(model(tokens, mask), torch.tensor(labels))

    return loss


def _negatives(
    train: Collection, found: dict[str, list[str]], documents: list[str], chosen: Pairs, seed: list[int]
) -> tuple[Pairs, Pairs]:
    """Return for each pair one of BM25's best documents that is not relevant, and a random document."""
    rng = np.random.default_rng(seed)
    hard, random = [], []
    for query, _ in chosen:
        wrong = [number for number in found[query] if number not in train.relevant[query]] or documents
        hard.append((query, wrong[int(rng.integers(len(wrong)))]))
        random.append((query, documents[int(rng.integers(len(documents)))]))
    return hard, random


def bm25(collection: Collection, queries: Sequence[str], depth: int) -> dict[str, list[str]]:
    """Return the best documents of queries by BM25 (bm25s); queries and documents are English.

    Parameters
    ----------
    collection
        The collection of both.
    queries
        Ids.
    depth
        Number of documents.
    """
    import bm25s

    documents = collection.documents["en"]
    ids = list(documents)
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(list(documents.values()), show_progress=False), show_progress=False)
    texts = bm25s.tokenize([collection.queries["en"][query] for query in queries], show_progress=False)
    best, _ = retriever.retrieve(texts, k=min(depth, len(ids)), show_progress=False)
    return {query: [ids[number] for number in row] for query, row in zip(queries, best.tolist(), strict=True)}


def candidates(collection: Collection, queries: Sequence[str]) -> dict[str, list[str]]:
    """Return the documents to re-rank for each query, in a fixed order; published candidates if there are any.

    Parameters
    ----------
    collection
        The test collection.
    queries
        Ids of queries that have an English text.
    """
    if collection.candidates:
        return {query: collection.candidates[query] for query in queries}
    found = bm25(collection, queries, CANDIDATES)
    return {
        query: list(dict.fromkeys([*collection.relevant[query], *best]))[:CANDIDATES] for query, best in found.items()
    }


def ranker(model: CrossEncoder, task: Task, training: Training) -> Callable[[str, str, Sequence[str]], Ranking]:
    """Return the function that ranks the candidates of queries, given two languages and ids of queries.

    Parameters
    ----------
    model
        A trained or untrained cross-encoder.
    task
        The test. Candidates are the same in all directions, but a language may lack some.
    training
        Lengths.
    """
    found = candidates(task.collection, list(task.collection.queries["en"]))

    def rank(query_language: str, document_language: str, asked: Sequence[str]) -> Ranking:
        documents = task.documents[document_language]
        row_of = {number: row for row, number in enumerate(documents)}
        pairs = [(query, number) for query in asked for number in found[query] if number in documents]
        texts = task.queries[query_language]
        scored = _scores(model, [texts[q] for q, _ in pairs], [documents[n] for _, n in pairs], training)
        of_query: dict[str, list[tuple[float, int]]] = {query: [] for query in asked}
        for (query, number), score in zip(pairs, scored.tolist(), strict=True):
            of_query[query].append((-score, row_of[number]))
        return Ranking(list(asked), list(documents), [[row for _, row in sorted(each)] for each in of_query.values()])

    return rank


def _scores(model: CrossEncoder, queries: Sequence[str], documents: Sequence[str], training: Training) -> np.ndarray:
    rows = model.rows(queries, documents, training)
    found = np.zeros(len(rows), dtype=np.float32)
    with torch.inference_mode():
        for chosen, tokens, mask in model.encoder.batches(rows, _SCORED_TOKENS):
            found[chosen] = model(tokens, mask).numpy()
    return found
