"""What users hand to a switcher: keys and weights of any size."""

from __future__ import annotations

import inspect
from collections import Counter
from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.switching.keys import row_keys

from ..chance import assert_shares

LEXICON = Lexicon.from_pairs({"de": [("a", "x")], "ru": [("a", "y")], "fr": [("b", "z")]})
far = st.integers(-(2**70), 2**70) | st.sampled_from((0, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1))


@given(far, st.integers(0, 20), st.integers(-(2**70), 2**70).filter(bool))
def test_ranges_and_lists_agree(start: int, count: int, step: int) -> None:
    """A range of any ints has the keys of its list, and ints count modulo 2**64."""
    keys = range(start, start + count * step, step)
    assert row_keys(keys, count).tolist() == row_keys(list(keys), count).tolist() == [key % 2**64 for key in keys]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=9))
def test_arrays_and_lists_agree(keys: list[int]) -> None:
    """Signed arrays, unsigned arrays and arrays of objects have the keys of their lists."""
    expected = row_keys(keys, len(keys)).tolist()
    assert row_keys(np.array(keys, dtype=np.int64), len(keys)).tolist() == expected
    assert row_keys(np.array([key % 2**64 for key in keys], dtype=np.uint64), len(keys)).tolist() == expected
    assert row_keys(np.array(keys, dtype=object), len(keys)).tolist() == expected


def test_keys_at_the_limits() -> None:
    """Neighbours above 2**63 and 2**64 differ, and an endless range is an error that says so."""
    assert row_keys(range(2**63, 2**63 + 3), 3).tolist() == [2**63, 2**63 + 1, 2**63 + 2]
    assert row_keys(range(2**64 + 5, 2**64 + 7), 2).tolist() == [5, 6]
    assert row_keys(range(3, 3), 0).tolist() == []
    assert row_keys(np.array(["a", "b"]), 2).tolist() == row_keys(["a", "b"], 2).tolist()
    with pytest.raises(ValueError, match="keys has 3 elements, texts has 2"):
        row_keys(range(2**80, 2**80 + 3), 2)
    with pytest.raises(ValueError, match=r"keys is range\(0, .*\), which has 1180591620717411303424 elements"):
        row_keys(range(2**70), 2)


@pytest.mark.parametrize("options", [{}, {"missing": "keep"}, {"draw_language": "text"}])
@pytest.mark.parametrize("scale", [1e308, 5e-324, 1])
def test_weights_of_any_size(scale: float, options: dict[str, str]) -> None:
    """Shares follow the ratios of weights up to the greatest float and down to the least."""
    weights = {"de": scale, "ru": scale}
    switches = CodeSwitcher(LEXICON, weights, p=1, **options).trace(["a"] * 2000, keys=range(2000)).switches
    assert_shares(Counter(switches.language.tolist()), {"de": 1, "ru": 1})


def test_weights_far_apart() -> None:
    """A weight that vanishes beside another still draws its language where that is the only one."""
    switcher = CodeSwitcher(LEXICON, {"de": 1e308, "fr": 5e-324}, p=1)
    assert switcher.apply(["a b"] * 20, keys=range(20)) == ["x z"] * 20


@pytest.mark.parametrize("weight", [10**400, float("inf"), float("nan"), -1, Fraction(10) ** 400])
def test_weights_out_of_range(weight: float) -> None:
    """A weight that is not a float of at least 0 is an error that names the language and the limits."""
    with pytest.raises(ValueError, match=r"languages\['de'\] is .*; a weight is a number from 0 to 1.79769e\+308"):
        CodeSwitcher(LEXICON, {"de": weight, "ru": 1.0})


# -- the signature -----------------------------------------------------------------------------------------------------


def test_the_signature_has_the_options() -> None:
    """help() and completion see each option with its default; a wrong name gets a suggestion, in subclasses too."""
    parameters = inspect.signature(CodeSwitcher).parameters
    assert list(parameters) == [field.name for field in fields(CodeSwitcher) if field.name != "_"]
    assert [name for name, one in parameters.items() if one.kind is not inspect.Parameter.KEYWORD_ONLY] == [
        "lexicon",
        "languages",
        "p",
    ]
    assert (parameters["p"].default, parameters["max_words"].default) == (0.5, 3)
    assert parameters["case"].annotation == "Literal['match', 'lexicon']"

    class Own(CodeSwitcher):
        pass

    for switcher in (CodeSwitcher, Own):
        with pytest.raises(TypeError, match=r"unknown option 'probability'; did you mean 'p'\? Options are lexicon, "):
            switcher(LEXICON, probability=0.3)  # type: ignore[call-arg]
