"""Measures and the order of ties equal those of trec_eval, by way of ir_measures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.retrieval.robustness.documents import order_of_ties
from lexswitch.retrieval.robustness.measures import measure
from lexswitch.retrieval.robustness.ranking import DEPTH, BestDocuments, Ranking

IDS = [f"d{number}" for number in range(130)]
ROW_OF = {number: row for row, number in enumerate(IDS)}
# Few distinct scores, so that there are ties.
SCORES = st.lists(st.sampled_from([0.5, 1.0, 1.25, -3.0, 1e-8]), min_size=len(IDS), max_size=len(IDS))
GRADES = st.dictionaries(st.sampled_from(IDS), st.integers(-1, 3), min_size=1, max_size=20)


def ranked(scores: Any, block: int) -> Ranking:
    """Rank documents whose scores arrive in blocks."""
    array = np.array(scores, dtype=np.float32)
    best = BestDocuments(len(array), order_of_ties(IDS))
    for first in range(0, len(IDS), block):
        best.add(array[:, first : first + block], first)
    return best.ranking


@given(st.lists(st.tuples(SCORES, GRADES), min_size=1, max_size=4), st.sampled_from([1, 7, 64, 128, 1000]))
def test_measures_equal_trec_eval(queries: list[tuple[list[float], dict[str, int]]], block: int) -> None:
    """nDCG@10, MRR@10 and recall@100 equal those of pytrec_eval to the last digit, ties and all grades included.

    For RR@10, ir_measures has another order of ties, so RR without a cutoff is compared.
    """
    ir_measures = pytest.importorskip("ir_measures")
    ranking = ranked([scores for scores, _ in queries], block)
    found = measure(ranking, [{ROW_OF[number]: grade for number, grade in of.items()} for _, of in queries])
    qrels = [
        ir_measures.Qrel(f"q{row}", number, grade)
        for row, (_, of) in enumerate(queries)
        for number, grade in of.items()
    ]
    run = [
        ir_measures.ScoredDoc(f"q{row}", number, float(np.float32(score)))
        for row, (scores, _) in enumerate(queries)
        for number, score in zip(IDS, scores, strict=True)
    ]
    asked = [ir_measures.nDCG @ 10, ir_measures.RR, ir_measures.R @ 100]
    theirs = {(one.query_id, str(one.measure)): one.value for one in ir_measures.iter_calc(asked, qrels, run)}
    for row in range(len(queries)):
        gain, reciprocal, recall = (theirs[f"q{row}", str(one)] for one in asked)
        assert found.values[row].tolist() == [gain, reciprocal if reciprocal >= 1 / 10 else 0, recall]


@given(SCORES, st.sampled_from([1, 3, 50, 129, 130]))
def test_blocks_do_not_matter(scores: list[float], block: int) -> None:
    """The ranking is that of a plain sort, by descending score and descending id, whatever the size of blocks."""
    ranking = ranked([scores], block)
    order = sorted(IDS, key=lambda number: (np.float32(scores[ROW_OF[number]]), number), reverse=True)[:DEPTH]
    assert [IDS[row] for row in ranking.rows[0]] == order
    assert ranking.scores[0].tolist() == [np.float32(scores[ROW_OF[number]]) for number in order]


def test_hand_computed_values() -> None:
    """One query whose documents of grades 1 and 2 are at ranks 2 and 4."""
    rows = np.full((1, DEPTH), -1)
    rows[0, :4] = [7, 3, 8, 5]
    found = measure(Ranking(rows, np.zeros(rows.shape, dtype=np.float32)), [{3: 1, 5: 2, 9: 0}])
    gain = 1 / math.log2(3) + 2 / math.log2(5)
    assert found.values[0].tolist() == pytest.approx([gain / (2 + 1 / math.log2(3)), 1 / 2, 1])
    assert found.ranks.tolist() == [2]


def test_nothing_found() -> None:
    """A query without results, or without relevant documents, has measures of 0 and rank 0."""
    found = measure(Ranking.empty(2), [{3: 1}, {3: 0}])
    assert found.values.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert found.ranks.tolist() == [0, 0]
