"""Switched and Switches: sequences of switches, and spans carried over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon, Switch, Switched, Switches

from ..strategies import Case, cases

LEXICON = Lexicon.from_pairs({"de": [("credit card", "Kreditkarte"), ("house", "Haus"), ("my", "meine eigene")]})
TEXT = "see my credit card, House"
SWITCHED = CodeSwitcher(LEXICON, p=1).trace(["nothing", TEXT])


def test_switches_are_a_sequence() -> None:
    """Switches can be counted, indexed, sliced, iterated and compared with tuples."""
    switches = SWITCHED.switches
    assert SWITCHED.texts == ["nothing", "see meine eigene Kreditkarte, Haus"]
    expected = [
        Switch(1, 4, 6, 4, 16, "de", "my", "meine eigene"),
        Switch(1, 7, 18, 17, 28, "de", "credit card", "Kreditkarte"),
        Switch(1, 20, 25, 30, 34, "de", "house", "Haus"),
    ]
    assert len(switches) == 3
    assert list(switches) == expected
    assert [switches[0], switches[-1]] == [expected[0], expected[2]]
    assert isinstance(switches[1:], Switches)
    assert list(switches[1:]) == expected[1:]
    assert all(type(value) in (int, str) for switch in (switches[0], next(iter(switches))) for value in switch)
    with pytest.raises(IndexError):
        switches[3]


@pytest.mark.parametrize(
    ("span", "projected"),
    [
        ("see", "see"),
        ("my", "meine eigene"),
        ("my credit card", "meine eigene Kreditkarte"),
        ("credit", "Kreditkarte"),
        ("card, Ho", "Kreditkarte, Haus"),
        ("y c", "meine eigene Kreditkarte"),
        (" ", " "),
        (", ", ", "),
        (TEXT, SWITCHED.texts[1]),
    ],
)
def test_project_examples(span: str, projected: str) -> None:
    """Spans keep untouched text and take in whole translations."""
    start = TEXT.index(span)
    ((new_start, new_end),) = SWITCHED.project([[], [(start, start + len(span))]])[1]
    assert SWITCHED.texts[1][new_start:new_end] == projected


@st.composite
def spans_of(draw: st.DrawFn, text: str) -> tuple[int, int]:
    start = draw(st.integers(0, len(text)))
    return start, draw(st.integers(start, len(text)))


@given(cases(), st.data())
def test_project_properties(case: Case, data: st.DataObject) -> None:
    """Spans stay in order and inside; they keep untouched text, take in whole switches, and whole texts stay whole."""
    switched = case.switcher.trace(case.texts, **case.call)
    spans = [[data.draw(spans_of(text)), data.draw(spans_of(text))] for text in case.texts]
    for row, ((one, other), text, new) in enumerate(
        zip(switched.project(spans), case.texts, switched.texts, strict=True)
    ):
        own = [switch for switch in switched.switches if switch.row == row]
        for (source_start, source_end), (start, end) in zip(spans[row], (one, other), strict=True):
            assert 0 <= start <= end <= len(new)
            touched = [s for s in own if s.source_start < source_end and source_start < s.source_end]
            if not touched:
                assert new[start:end] == text[source_start:source_end]
            for switch in touched:
                assert start <= switch.start <= switch.end <= end
        if spans[row][0][0] <= spans[row][1][0] and spans[row][0][1] <= spans[row][1][1]:
            assert one[0] <= other[0]
            assert one[1] <= other[1]
    whole = switched.project([[(0, len(text))] for text in case.texts])
    assert whole == [[(0, len(text))] for text in switched.texts]
    exact = switched.project(
        [[(s.source_start, s.source_end) for s in switched.switches if s.row == row] for row in range(len(case.texts))]
    )
    assert [span for of_row in exact for span in of_row] == [(s.start, s.end) for s in switched.switches]


@pytest.mark.parametrize("span", [(-1, 2), (3, 2), (0, 26), (26, 26)])
def test_spans_outside_of_the_text(span: tuple[int, int]) -> None:
    """A span that is not inside the source text is an error that names row and span."""
    with pytest.raises(
        ValueError, match=rf"spans\[1\] has \({span[0]}, {span[1]}\); a span has 0 <= start <= end <= 25"
    ):
        SWITCHED.project([[], [span]])


def test_wrong_number_of_rows() -> None:
    """One list of spans per text is needed."""
    with pytest.raises(ValueError, match="spans has 1 rows, there are 2 texts; pass one list per text"):
        SWITCHED.project([[]])


def test_no_texts() -> None:
    """Nothing switched has no switches and projects nothing."""
    switched = CodeSwitcher(LEXICON).trace([])
    assert switched.project([]) == []
    assert isinstance(switched, Switched)
    assert (len(switched.switches), list(switched.switches)) == (0, [])
