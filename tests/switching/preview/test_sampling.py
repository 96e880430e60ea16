"""The sample of texts: random or the first ones, the same for the same file, and never more than allowed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.switching.columns import switch_columns
from lexswitch.switching.preview.sampling import ColumnSample, SampledText, TextSample

SWITCHER = CodeSwitcher(Lexicon.from_pairs({"de": [("house", "Haus"), ("card", "Karte")]}))


def sample_of(most: int, blocks: Sequence[list[str]], *, first: bool = False) -> TextSample:
    """Return the sample of texts that come in blocks."""
    sample = TextSample(most, first=first)
    for block in blocks:
        sample.add_texts(block)
    return sample


@given(st.integers(0, 300), st.integers(1, 40), st.integers(1, 100), st.booleans())
def test_sample_does_not_depend_on_blocks(count: int, most: int, size: int, first: bool) -> None:
    """Any blocks of a file have the same sample, in the order of the file, and of the size that is allowed."""
    texts = [f"text {number}" for number in range(count)]
    blocks = [texts[at : at + size] for at in range(0, count, size)]
    sample = sample_of(most, blocks, first=first)
    chosen = sample.texts()
    assert chosen == sample_of(most, [texts], first=first).texts()
    assert [one.text for one in chosen] == [texts[one.row] for one in chosen]
    assert len(chosen) == min(count, most)
    assert sorted(chosen) == chosen
    assert (sample.rows, sample.is_whole) == (count, count <= most)
    assert not first or [one.row for one in chosen] == list(range(len(chosen)))


def test_sample_is_random() -> None:
    """Each row is in about as many samples as others: of 10,000 rows, the sample has some of each tenth."""
    chosen = sample_of(1000, [[str(number) for number in range(10_000)]]).texts()
    counts = np.bincount([one.row // 1000 for one in chosen], minlength=10)
    assert counts.sum() == 1000
    assert counts.min() > 60  # 100 are expected; the standard deviation is 9.5
    assert counts.max() < 140


def test_sample_of_long_texts_is_smaller() -> None:
    """At most 1,000,000 characters are sampled, but always one text."""
    sample = sample_of(100, [["x" * 300_000] * 10])
    assert len(sample.texts()) == 3
    assert not sample.is_whole
    assert len(sample_of(100, [["x" * 2_000_000] * 3]).texts()) == 1


def test_columns_have_the_draws_of_a_column_switcher() -> None:
    """Texts of columns and lists are switched as the column switcher switches them; None is left out."""
    switchers = {"query": SWITCHER, "passages": SWITCHER}
    batch = {"query": ["a house", None] * 10, "passages": [["a card", None, "a house"], []] * 10}
    sample = TextSample(1000)
    assert ColumnSample(switchers, sample)(batch, range(100, 120)) == batch
    found = sample.texts()
    assert found[:4] == [
        SampledText(0, "query", "a house", 100),
        SampledText(0, "passages", "a card", found[1].key),
        SampledText(0, "passages", "a house", found[2].key),
        SampledText(2, "query", "a house", 102),
    ]
    switched = switch_columns(switchers)(batch, range(100, 120))
    expected = [
        text
        for query, passages in zip(switched["query"], switched["passages"], strict=True)
        for text in (query, *passages)
        if text is not None
    ]
    assert SWITCHER.apply([one.text for one in found], keys=[one.key for one in found]) == expected
    assert len({text for text in expected if text.startswith("a ")}) > 2  # some are switched, and others are not


@pytest.mark.slow
def test_frames_are_sampled_as_mappings() -> None:
    """A table of pyarrow has the same sample as a mapping of lists."""
    pa = pytest.importorskip("pyarrow")
    batch = {"query": ["a house", None], "passages": [["a card"], None]}
    samples = []
    for one in (batch, pa.table(batch)):
        samples.append(TextSample(10))
        ColumnSample(dict.fromkeys(batch, SWITCHER), samples[-1])(one, range(2))
    assert samples[0].texts() == samples[1].texts()
    assert len(samples[0].texts()) == 2
