"""What happened to each word: the outcomes agree with the switches, and each reason has an example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from lexswitch import CodeSwitcher, Explained, Lexicon, Reason

from ..strategies import Case, cases

PAIRS: dict[str, list[Any]] = {
    "de": [("house", "Haus"), ("credit card", "Kreditkarte"), ("card", "Karte"), ("river", "Fluss")],
    "ru": [("house", "дом"), ("river", "река"), ("open", "открыть")],
}
LEXICON = Lexicon.from_pairs(PAIRS)


def explain(text: str, **options: Any) -> Explained:
    """One text, switched into German if possible."""
    return CodeSwitcher(LEXICON, **{"languages": ["de"], "p": 1, **options}).explain([text])


def reasons(explained: Explained) -> list[tuple[str, str]]:
    """Each word of the first text and what happened to it."""
    words, text = explained.words, explained.source[0]
    spans = zip(words.start.tolist(), words.end.tolist(), words.reason.tolist(), strict=True)
    return [(text[start:end], Reason(reason).name) for start, end, reason in spans]


@given(cases())
def test_outcomes_agree_with_the_trace(case: Case) -> None:
    """A word is switched exactly if a switch of the trace has it, and units are the words between their bounds."""
    switcher = case.switcher
    explained, switched = switcher.explain(case.texts, **case.call), switcher.trace(case.texts, **case.call)
    assert explained.switched.texts == switched.texts
    assert list(explained.switched.switches) == list(switched.switches)
    words, units, switches = explained.words, explained.units, switched.switches
    inside = {(one.row, at) for one in switches for at in range(one.source_start, one.source_end)}
    is_switched = [place in inside for place in zip(words.row.tolist(), words.start.tolist(), strict=True)]
    assert is_switched == (words.reason == Reason.SWITCHED).tolist()
    assert units.switch[units.switch >= 0].tolist() == list(range(len(switches)))
    assert units.language[units.switch >= 0].tolist() == switches.language.tolist()
    assert np.all(units.chance <= 1)
    for unit, (row, start, end) in enumerate(zip(units.row, units.start, units.end, strict=True)):
        own = np.flatnonzero(words.unit == unit)
        assert (words.row[own] == row).all()
        assert (words.start[own[0]], words.end[own[-1]]) == (start, end)
        assert set(explained.candidates(unit)) <= set(switcher.lexicon.languages)
        if units.switch[unit] >= 0:
            assert units.language[unit] in explained.candidates(unit)
    staying = words.reason[(words.unit >= 0) & (words.reason != Reason.SWITCHED)]
    assert set(staying.tolist()) <= {Reason.NOT_DRAWN, Reason.INSIDE_UNIT, Reason.NO_TRANSLATION}
    assert not set(words.reason[words.unit < 0].tolist()) & {Reason.SWITCHED, Reason.NOT_DRAWN, Reason.INSIDE_UNIT}


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("a credit card", {}, [("a", "UNKNOWN"), ("credit", "SWITCHED"), ("card", "SWITCHED")]),
        ("a credit card", {"p": 0}, [("a", "UNKNOWN"), ("credit", "NOT_DRAWN"), ("card", "INSIDE_UNIT")]),
        ("open house", {}, [("open", "NO_TRANSLATION"), ("house", "SWITCHED")]),
        ("open house", {"skip": ["House"]}, [("open", "NO_TRANSLATION"), ("house", "SKIPPED")]),
        ("House @house", {}, [("House", "SWITCHED"), ("house", "PROTECTED")]),
        ("the House #1", {"keep_names": True}, [("the", "UNKNOWN"), ("House", "NAME"), ("1", "PROTECTED")]),
        ("house", {"languages": {"en": 1, "de": 1e-99}, "draw_language": "text"}, [("house", "SOURCE_LANGUAGE")]),
        ("open card", {"draw_language": "text"}, [("open", "NO_TRANSLATION"), ("card", "SWITCHED")]),
        ("", {}, []),
    ],
)  # fmt: skip
def test_each_reason(text: str, options: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """Each reason why a word stays has an example."""
    assert reasons(explain(text, **options)) == expected


def test_a_drawn_language_without_a_translation_is_a_reason() -> None:
    """With missing="keep" and p = 1, units that stay have no translation into the language that was drawn."""
    switcher = CodeSwitcher(LEXICON, p=1, missing="keep")
    explained = switcher.explain(["card card card card card card card card"])
    counts = np.bincount(explained.words.reason, minlength=len(Reason))
    assert counts[Reason.SWITCHED] == len(explained.switched.switches)
    assert counts[Reason.NO_TRANSLATION] == 8 - counts[Reason.SWITCHED] > 0
    assert np.allclose(explained.units.chance, 0.5)


def test_a_unit_that_crosses_a_label_stays() -> None:
    """Units that may not be switched beside labelled spans stay for this reason, and the texts are those of spans."""
    switcher = CodeSwitcher(LEXICON, ["de"], p=1)
    text, spans = "my credit card house", [[(10, 20)]]
    explained = switcher.explain([text], spans=spans)
    assert reasons(explained) == [
        ("my", "UNKNOWN"),
        ("credit", "LABEL_BOUNDARY"),
        ("card", "INSIDE_UNIT"),
        ("house", "SWITCHED"),
    ]
    assert explained.switched.texts == switcher.apply_spans([text], spans).texts == ["my credit card Haus"]
    assert reasons(switcher.explain([text], spans=spans, inside="nothing"))[-1] == ("house", "LABEL_BOUNDARY")


def test_chances_follow_weights_and_probabilities() -> None:
    """The chance of a unit is the mean of p over the languages that know its term, by their weights."""
    switcher = CodeSwitcher(LEXICON, {"de": 3, "ru": 1}, {"de": 0.2, "ru": 0.6})
    chances = switcher.explain(["house card open"]).units.chance
    assert np.allclose(chances, [0.75 * 0.2 + 0.25 * 0.6, 0.2, 0.6])
    kept = switcher.replace(missing="keep").explain(["house card open"]).units.chance
    assert np.allclose(kept, [0.3, 0.75 * 0.2, 0.25 * 0.6])


def test_candidates_are_those_of_the_languages() -> None:
    """The candidates of a unit come with weights, for the languages of the switcher only."""
    explained = explain("river")
    assert {language: [tuple(one) for one in found] for language, found in explained.candidates(0).items()} == {
        "de": [("Fluss", 1.0)]
    }
