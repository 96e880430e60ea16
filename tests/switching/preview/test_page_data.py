"""The data of a page: exact at each p, with a reason for each word that stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.switching.keys import row_keys
from lexswitch.switching.preview import page_data as page_data_module
from lexswitch.switching.preview.compact import encode_numbers
from lexswitch.switching.preview.page_data import find_outcomes, page_data, steps_of
from lexswitch.switching.preview.sampling import TextSample

from ...strategies import Case, cases
from .pages import decode_numbers, spans_of, texts_at

LEXICON = Lexicon.from_pairs(
    {
        "de": [("credit card", "Kreditkarte"), ("house", "Haus", 0.75), ("house", "Gebäude", 0.25)],
        "ru": [("house", "дом")],
    }
)


def data_of(switcher: CodeSwitcher, texts: list[str], keys: Any = None, epoch: int = 0) -> dict[str, Any]:
    """Return the data of a page without its steps."""
    sample = TextSample(100)
    sample.add_texts(texts, keys)
    steps, _ = steps_of(switcher)
    outcomes = find_outcomes(sample.texts(), {"": switcher}, steps, epoch)
    return page_data(sample.texts(), outcomes, switcher.lexicon, list(switcher.languages))


@pytest.mark.slow
@given(cases())
def test_texts_at_each_step_equal_those_of_apply(case: Case) -> None:
    """With any options, the page shows at each p exactly what `apply` returns with this p."""
    keys = None if case.keys is None else row_keys(case.keys, len(case.texts))
    data = data_of(case.switcher, case.texts, keys, case.epoch)
    steps, own = steps_of(case.switcher)
    for number, step in enumerate(steps):
        switched = case.switcher.replace(p=step.p).apply(case.texts, **case.call)
        assert texts_at(data, number) == switched
        assert number != own or switched == case.switcher.apply(case.texts, **case.call)


@pytest.mark.parametrize(
    ("p", "labels", "own"),
    [
        (0.5, ["0", "0.25", "0.5", "0.75", "1"], 2),
        (0.3, ["0", "0.25", "0.3", "0.5", "0.75", "1"], 2),
        (1.0, ["0", "0.25", "0.5", "0.75", "1"], 4),
        (0, ["0", "0.25", "0.5", "0.75", "1"], 0),
        ({"de": 0.2, "ru": 0.6}, ["0", "0.25", "de 0.2, ru 0.6", "0.5", "0.75", "1"], 2),
    ],
)
def test_steps_have_the_own_p(p: Any, labels: list[str], own: int) -> None:
    """The slider has five values of p, and the switcher's own p in its place."""
    steps, at = steps_of(CodeSwitcher(LEXICON, p=p))
    assert ([step.label for step in steps], at) == (labels, own)


def test_steps_that_runs_exclude_are_left_out() -> None:
    """Stretches of 1.5 units are not possible with p = 0.75, so the slider has no such step."""
    steps, own = steps_of(CodeSwitcher(LEXICON, runs=1.5))
    assert ([step.label for step in steps], own) == (["0", "0.25", "0.5", "1"], 2)


def test_each_word_that_stays_has_its_reason() -> None:
    """The spans of a text are its units and all other words, each with the reason."""
    switcher = CodeSwitcher(LEXICON, ["de"], skip=["house"])
    data = data_of(switcher, ["credit card, house blue #tag"])
    unit, *stays = spans_of(data, 0)
    assert (unit.start, unit.end, unit.choice) == (0, 11, [0, 0, 0])
    assert [(*span[:2], data["reasons"][span.choice]) for span in stays] == [
        (13, 18, "skipped"),
        (19, 23, "not in the lexicon"),
        (25, 28, "protected"),
    ]


def test_units_that_cannot_be_switched_have_their_term() -> None:
    """If the drawn language has no translation, the unit has its term, its candidates and the reason."""
    switcher = CodeSwitcher(LEXICON, ["de", "ru"], missing="keep", seed=1)
    data = data_of(switcher, ["credit card"] * 20, keys=row_keys(range(20), 20))
    choices = [spans_of(data, row)[0].choice for row in range(20)]
    stays = [choice for choice in choices if len(choice) == 2]
    assert 0 < len(stays) < 20
    assert {data["reasons"][reason] for _, reason in stays} == {"no translation into the language"}
    assert {data["terms"][term][0] for term, _ in stays} == {"credit card"}


def test_candidates_are_listed_with_weights() -> None:
    """Each term has its candidates by language: the first translations, their weights, and how many there are more."""
    pairs = {"de": [("house", f"Haus{number}", 1 / (number + 1)) for number in range(6)], "ru": [("house", "дом")]}
    ((term, candidates, hidden),) = data_of(CodeSwitcher(Lexicon.from_pairs(pairs)), ["house"])["terms"]
    assert (term, hidden) == ("house", 0)
    assert candidates == [
        [0, ["Haus0", "Haus1", "Haus2", "Haus3"], [1.0, 0.5, 0.33, 0.25], 2],
        [1, ["дом"]],
    ]


def test_rare_terms_have_candidates_of_drawn_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """If there are too many candidates, the less frequent terms have only those in the languages drawn for them."""
    monkeypatch.setattr(page_data_module, "_CANDIDATES_IN_ALL", 1)
    lexicon = Lexicon.from_pairs(
        {"de": [("house", "Haus"), ("red", "rot")], "ru": [("house", "дом"), ("red", "красный")]}
    )
    terms = data_of(CodeSwitcher(lexicon), ["house house red"])["terms"]
    assert [(term, len(groups), hidden) for term, groups, hidden in terms] == [("house", 2, 0), ("red", 1, 1)]


@given(st.lists(st.integers(0, 2**40)))
def test_numbers_survive_their_code(numbers: list[int]) -> None:
    """Numbers of any size are decoded to the same numbers."""
    assert list(decode_numbers(encode_numbers(numbers))) == numbers
