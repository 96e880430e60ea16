"""Ranks: sorting whole arrays of strings against sorting a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine.packing import pack
from lexswitch.engine.sorting import ranks

from ..strategies import any_text


def expected(texts: list[str]) -> list[int]:
    """Return the rank of each text among the distinct ones."""
    rank_of = {text: rank for rank, text in enumerate(sorted(set(texts)))}
    return [rank_of[text] for text in texts]


solid_text = any_text.map(lambda text: text.replace("\0", ""))
#: Texts that are often the same up to some byte: around multiples of eight, and where rows are compared one by one.
alike = st.builds(
    lambda stem, size, end: (stem * 400)[:size] + end,
    st.sampled_from(("a", "ab", "é", "\U0001f600", "世")),
    st.sampled_from((0, 1, 7, 8, 9, 15, 16, 17, 24, 255, 256, 257, 264, 300)),
    st.text("ab\x01\x7f\x80é\uffff\U00010000", max_size=2),
)


@given(st.lists(solid_text | st.sampled_from(("", "a", "b")), max_size=12))
def test_ranks_are_those_of_a_sorted_list(texts: list[str]) -> None:
    """The ranks of any texts agree with a sorted list of the distinct ones."""
    assert ranks(pack(texts)).tolist() == expected(texts)


@given(st.lists(alike, max_size=60))
def test_common_beginnings(texts: list[str]) -> None:
    """The ranks agree with a sorted list for texts with common prefixes too."""
    assert ranks(pack(texts)).tolist() == expected(texts)


@pytest.mark.parametrize("size", range(34))
def test_lengths_around_chunks(size: int) -> None:
    """Every length and each difference of one byte is distinguished."""
    text = "x" * size
    texts = [text + "b", text, text + "a", text[1:], text, text + "a\x01", text[:-1] + "y"]
    assert ranks(pack(texts)).tolist() == expected(texts)


def test_many_rows() -> None:
    """Thousands of rows that share their first bytes, many of them equal."""
    texts = [f"{'the same beginning ' * (number % 3)}{number * 7919 % 5_000}" for number in range(20_000)]
    assert ranks(pack(texts)).tolist() == expected(texts)


def test_long_equal_rows_end_soon() -> None:
    """Rows of a million bytes are compared at once, not eight bytes by eight."""
    texts = ["a" * 2**20, "a" * 2**20 + "b", "a" * 2**20, "a" * (2**20 - 1)]
    assert ranks(pack(texts)).tolist() == [1, 2, 1, 0]
