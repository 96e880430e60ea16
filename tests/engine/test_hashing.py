"""Tests of keys of words and of the hash table."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.engine.hashing import HashTable, equal_tails, mix, mix_int, word_keys
from lexswitch.engine.packing import pack

# Two words of 16 bytes whose keys are equal for salt 0, found by search.
COLLIDING = ["collidingwords00", "4wfx117ydmzzmcq7"]
MANY = 1 << 30

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)


def keys_of(texts, longest=MANY, salt=0):
    packed = pack(texts)
    return word_keys(packed.buffer, packed.starts[:-1], packed.lengths, longest, salt).keys


@given(st.integers(0, 2**64 - 1))
def test_mix_of_an_int_is_mix_of_an_array(value):
    """The scalar and the vectorised finaliser agree."""
    assert mix_int(value) == int(mix(np.array([value], dtype=np.uint64))[0])


@given(st.lists(words, min_size=1, max_size=8), st.integers(0, 9))
def test_equal_keys_mean_equal_short_words(texts, salt):
    """Different short words have different keys, and equal words have equal keys."""
    keys = keys_of(texts, salt=salt).tolist()
    for left, left_key in zip(texts, keys, strict=True):
        for right, right_key in zip(texts, keys, strict=True):
            if left == right:
                assert left_key == right_key
            elif len(left.encode()) <= 8 and len(right.encode()) <= 8:
                assert left_key != right_key


@given(st.lists(words, min_size=1, max_size=8))
def test_a_key_depends_on_the_word_alone(texts):
    """The key does not depend on neighbours or on the offset in the buffer."""
    assert keys_of(texts).tolist() == [keys_of([text]).tolist()[0] for text in texts]


def test_words_that_are_too_long_have_key_0():
    """Words longer than the longest of the lexicon cannot match, and cost nothing."""
    assert keys_of(["a" * 20, "a" * 21], longest=20).astype(bool).tolist() == [True, False]


def test_a_salt_parts_words_that_collide():
    """Two long words may have one key; with another salt they have two."""
    first, second = keys_of(COLLIDING)
    assert first == second
    first, second = keys_of(COLLIDING, salt=1)
    assert first != second


@given(words, words)
def test_heads_keys_and_tails_decide_equality(left, right):
    """Long words of equal length are equal if their heads, their keys and their bytes after the first 16 are."""
    packed = pack([left, right])
    starts, lengths = packed.starts[:-1], packed.lengths
    if lengths[0] == lengths[1] > 8:
        found = word_keys(packed.buffer, starts, lengths, MANY, 0)
        tail = equal_tails(packed.buffer, starts[:1], packed.buffer, starts[1:], lengths[:1])
        same = found.heads[0] == found.heads[1] and found.keys[0] == found.keys[1] and tail[0]
        assert bool(same) == (left == right)


@given(st.sets(st.integers(1, 2**64 - 1), max_size=300), st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_a_table_is_a_dict(keys, others):
    """The table finds the value of every key it has, and 0 for every other."""
    expected = {key: number for number, key in enumerate(sorted(keys), start=1)}
    table = HashTable.build(np.array(sorted(keys), dtype=np.uint64), np.arange(1, len(keys) + 1, dtype=np.int32))
    asked = np.array([*keys, *others], dtype=np.uint64)
    assert table.find(asked).tolist() == [expected.get(key, 0) for key in asked.tolist()]


def test_a_table_with_neighbouring_keys():
    """Keys that differ in few bits are all found."""
    keys = np.arange(1, 100_001, dtype=np.uint64) << np.uint64(32)
    table = HashTable.build(keys, np.arange(1, 100_001, dtype=np.int32))
    assert (table.find(keys) == np.arange(1, 100_001)).all()
    assert not table.find(keys + np.uint64(1)).any()
