"""Draws: the vectorised SplitMix64 against plain ints."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine import draws
from lexswitch.engine.hashing import mix, mix_int
from lexswitch.engine.packing import pack

from .. import reference
from ..chance import assert_share
from ..strategies import any_text

uint64 = st.integers(0, 2**64 - 1) | st.sampled_from((0, 1, 2**63, 2**64 - 1))


def array(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


@given(st.lists(uint64))
def test_mix(values: list[int]) -> None:
    """Mixing is SplitMix64's finaliser, for arrays and for ints of any size, and does not change its argument."""
    given_array = array(values)
    assert mix(given_array).tolist() == [reference.mix(value) for value in values]
    assert given_array.tolist() == values
    assert [mix_int(value - 2**64) for value in values] == [reference.mix(value) for value in values]


def test_known_outputs() -> None:
    """The stream from 0 has the published first outputs of SplitMix64."""
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [reference.mix(number * reference.GAMMA) for number in (1, 2, 3)] == published
    state = draws.states(array([0]), np.array([1]))
    got = [draws.uniform(state, output)[0] for output in (draws.SWITCH, draws.LANGUAGE, draws.CANDIDATE)]
    assert got == [(output >> 11) / 2**53 for output in published]


@given(st.lists(st.tuples(uint64, st.integers(0, 4))), uint64, uint64)
def test_every_word_has_outputs_of_its_own(rows: list[tuple[int, int]], seed: int, epoch: int) -> None:
    """Word n of a row owns outputs 3n + 1 to 3n + 3 of the row's stream; output 0 belongs to the text."""
    keys, counts = [key for key, _ in rows], [count for _, count in rows]
    streams = draws.streams(array(keys), seed, epoch)
    expected = [reference.stream_of(key, seed, epoch) for key in keys]
    assert streams.tolist() == expected
    assert draws.uniform(streams, draws.TEXT_LANGUAGE).tolist() == [reference.uniform(stream, 0) for stream in expected]
    states = draws.states(streams, np.array(counts, dtype=np.int64))
    for output in (draws.SWITCH, draws.LANGUAGE, draws.CANDIDATE):
        assert draws.uniform(states, output).tolist() == [
            reference.uniform(stream, 3 * number + output)
            for stream, count in zip(expected, counts, strict=True)
            for number in range(count)
        ]


@given(st.lists(uint64), st.floats(0, 1))
def test_below_is_a_comparison(states: list[int], p: float) -> None:
    """Comparing bits equals comparing floats, also at p = 0, p = 1 and exactly at a draw."""
    drawn = draws.uniform(array(states), draws.SWITCH)
    for limit in (p, 0.0, 1.0, *drawn.tolist()[:1]):
        assert draws.below(array(states), draws.SWITCH, limit).tolist() == (drawn < limit).tolist()


@given(st.lists(any_text | st.text(st.sampled_from("aé\0"), min_size=6, max_size=26)))
def test_keys_of_texts(texts: list[str]) -> None:
    """The key of a text is the mixed sum of its mixed chunks and length; other rows do not matter."""
    assert draws.keys_of_texts(pack(texts)).tolist() == [reference.key_of_text(text) for text in texts]


@pytest.mark.parametrize("key", range(8))
def test_small_keys_draw_as_others_do(key: int) -> None:
    """Over seeds and epochs, every output of the first keys is uniform: no stream starts at zero."""
    keys = array([key])
    streams = np.concatenate([draws.streams(keys, seed, epoch) for seed in range(40) for epoch in range(50)])
    assert streams.all()
    for output in (draws.TEXT_LANGUAGE, draws.SWITCH, draws.LANGUAGE, draws.CANDIDATE):
        drawn = draws.uniform(streams, output)
        for tenth in range(10):
            assert_share(int(np.count_nonzero((drawn * 10).astype(int) == tenth)), len(drawn), 0.1)


def test_the_first_row_is_not_special() -> None:
    """With seed 0, epoch 0 and key 0 nothing is 0."""
    stream = draws.streams(array([0]), 0, 0)
    assert 0.01 < draws.uniform(stream, draws.TEXT_LANGUAGE)[0] < 0.99


def test_keys_tell_texts_apart() -> None:
    """Texts that differ in a trailing NUL, in length, or in the order of chunks have different keys."""
    texts = ["", "\0", "\0\0", "a", "a\0", "a" * 8, "a" * 8 + "\0", "a" * 8 + "b" * 8, "b" * 8 + "a" * 8, "a" * 16]
    assert len(set(draws.keys_of_texts(pack(texts)).tolist())) == len(texts)
