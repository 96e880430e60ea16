"""The indices of language mixing equal the formulas of their papers."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.switching.report.mixing import Mixing

LANGUAGES = ["en", "hi", "es"]


def mixing(*texts: str) -> Mixing:
    """Counts of texts of language tags; "-" is a token without a language."""
    tagged = [[tag for tag in text.split() if tag != "-"] for text in texts]
    rows = np.array([row for row, tags in enumerate(tagged) for _ in tags], dtype=np.int64)
    codes = np.array([LANGUAGES.index(tag) for tags in tagged for tag in tags], dtype=np.int64)
    return Mixing.of(rows, codes, len(tagged), LANGUAGES)


def test_indices_of_one_text_equal_hand_computed_ones() -> None:
    """Eleven tokens, six of them in one language, and spans of 2, 4, 3 and 2 tokens."""
    found = mixing("en en hi hi - - hi hi en en en hi hi")
    assert found.code_mixing_index == pytest.approx(100 * (1 - 6 / 11), abs=1e-3)
    assert found.m_index == pytest.approx(60 / 61)
    assert found.language_entropy == pytest.approx(-(5 / 11 * log2(5 / 11) + 6 / 11 * log2(6 / 11)))
    assert found.i_index == 3 / 10
    assert found.switch_point_fraction == pytest.approx(3 / 10)
    deviation = np.std([2, 4, 3, 2])
    assert found.burstiness == pytest.approx((deviation - 2.75) / (deviation + 2.75))


@pytest.mark.parametrize(
    ("text", "index"),
    [("en en en en", 0), ("- -", 0), ("", 0), ("en hi", 50), ("en en en hi", 25), ("en hi es -", 100 * 2 / 3)],
)
def test_code_mixing_index_of_das_and_gambaeck(text: str, index: float) -> None:
    """0 for one language or none, 50 for two languages in equal shares; tokens without a language do not count."""
    assert mixing(text).code_mixing_index == pytest.approx(index, abs=1e-4)


def test_indices_of_a_corpus() -> None:
    """CMI and the switch-point fraction are averages over texts; the others are computed from all tokens."""
    found = mixing("en en", "en hi", "", "en hi en es")
    assert found.code_mixing_index == pytest.approx((0 + 50 + 0 + 50) / 4)
    assert found.code_mixing_index_of_mixed == pytest.approx(50)
    assert found.switch_point_fraction == pytest.approx((0 + 1 + 0 + 1) / 4)
    assert found.i_index == pytest.approx(4 / 5)
    squares = (5 / 8) ** 2 + (2 / 8) ** 2 + (1 / 8) ** 2
    assert found.m_index == pytest.approx((1 - squares) / (2 * squares))


@given(st.lists(st.lists(st.sampled_from([*LANGUAGES, "-"]), max_size=12), max_size=6), st.integers(0, 6))
def test_counts_equal_a_plain_count_and_add_up(texts: list[list[str]], cut: int) -> None:
    """Spans and switch points equal those of a plain loop, and the counts of two parts add up to those of the whole."""
    joined = [" ".join(text) for text in texts]
    whole = mixing(*joined)
    tagged = [[tag for tag in text if tag != "-"] for text in texts]
    spans = [len(list(group)) for text in tagged for _, group in groupby(text)]
    assert whole.tokens == Counter(tag for text in tagged for tag in text)
    assert (whole.spans, whole.span_squares) == (len(spans), sum(length**2 for length in spans))
    assert whole.switch_points == sum(a != b for text in tagged for a, b in pairwise(text))
    assert mixing(*joined[:cut]) + mixing(*joined[cut:]) == whole
