"""Option `runs`: stretches of switched units."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from math import sqrt
from typing import Any

import pytest

from lexswitch import CharacterTokenizer, CodeSwitcher, Lexicon, Switches

from ..chance import assert_share, assert_shares
from ..sentences import SENTENCES

WORDS = ("house", "tree", "river", "cloud", "lamp", "road", "stone", "glass")
TEXTS = [" ".join(WORDS) + f" {number}" for number in range(800)]
EVEN = Lexicon.from_pairs({language: [(word, language + word) for word in WORDS] for language in ("de", "fr", "ru")})
STARTER = Lexicon.starter()


def states_of(switches: Switches, units: Switches) -> list[list[str]]:
    """The language of each unit of each text that has units, "" for units that stay."""
    languages = {(switch.row, switch.source_start): switch.language for switch in switches}
    states: dict[int, list[str]] = {}
    for unit in units:
        states.setdefault(unit.row, []).append(languages.pop((unit.row, unit.source_start), ""))
    assert not languages
    return list(states.values())


def switch_states(switcher: CodeSwitcher, texts: list[str], **call: Any) -> list[list[str]]:
    """The states of the units of texts."""
    every = switcher.replace(p=1.0, runs=None)
    return states_of(switcher.trace(texts, **call).switches, every.trace(texts, **call).switches)


def variance(units: int, p: float, runs: float) -> float:
    """Variance of the number of switched units of a text: a Markov chain of two states."""
    correlation = 1 - 1 / runs - p / ((1 - p) * runs)
    return p * (1 - p) * (units + 2 * sum((units - lag) * correlation**lag for lag in range(1, units)))


# -- chances -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "runs"), [(0.3, 3), (0.5, 1), (0.5, 1.25), (0.9, 9), (0.05, 2.5)])
def test_units_follow_a_markov_chain(p: float, runs: float) -> None:
    """At each place p of the units are switched; after a switched unit, and after another one, the next one's share."""
    states = switch_states(CodeSwitcher(EVEN, p=p, runs=runs), TEXTS)
    for place in range(len(WORDS)):
        assert_share(sum(bool(of_text[place]) for of_text in states), len(TEXTS), p)
    neighbours = Counter((bool(one), bool(other)) for of_text in states for one, other in pairwise(of_text))
    after_switched = neighbours[True, True] + neighbours[True, False]
    after_other = neighbours[False, True] + neighbours[False, False]
    assert_share(neighbours[True, True], after_switched, 1 - 1 / runs)
    assert_share(neighbours[False, True], after_other, min(1.0, p / ((1 - p) * runs)))


@pytest.mark.parametrize("p", [0.3, 0.5, 0.7])
def test_average_on_sentences(p: float) -> None:
    """On English sentences a stretch has three units, within 5 %, and p holds within the interval of a chain."""
    texts = [" ".join(SENTENCES["en"][first::6]) for first in range(6)] * 30
    states = switch_states(CodeSwitcher(STARTER, ["de", "ru"], p=p, runs=3), texts, keys=range(len(texts)))
    total = sum(map(len, states))
    switched = sum(map(bool, (state for of_text in states for state in of_text)))
    deviation = sqrt(sum(variance(len(of_text), p, 3) for of_text in states))
    assert abs(switched - p * total) < 4.9 * deviation  # one in a million
    # Ends of texts cut stretches, so count ends of stretches among units with another unit behind.
    neighbours = [(one, other) for of_text in states for one, other in pairwise(of_text) if one]
    assert len(neighbours) / sum(not other for _, other in neighbours) == pytest.approx(3, rel=0.05)


@pytest.mark.parametrize("draw_language", ["unit", "text"])
def test_a_stretch_has_one_language(draw_language: Any) -> None:
    """The units of a stretch have one language; languages of stretches, and of texts, follow the weights."""
    weights = {"de": 1.0, "fr": 2.0, "ru": 0.5}
    states = switch_states(CodeSwitcher(EVEN, weights, runs=4, draw_language=draw_language), TEXTS)
    assert all(one == other for of_text in states for one, other in pairwise(of_text) if one and other)
    if draw_language == "text":
        assert all(len(set(of_text) - {""}) <= 1 for of_text in states)
        assert_shares(Counter(next(filter(None, of_text)) for of_text in states if any(of_text)), weights)
    else:
        begun = (other for of_text in states for one, other in pairwise(["", *of_text]) if other and not one)
        assert_shares(Counter(begun), weights)


def test_p_per_language_of_texts() -> None:
    """With draw_language="text" the texts of a language have its p."""
    p = {"de": 0.75, "fr": 0.3, "ru": 1.0}
    states = switch_states(CodeSwitcher(EVEN, p=p, runs=3, draw_language="text"), TEXTS)
    for place in range(len(WORDS)):
        counts = Counter(of_text[place] for of_text in states)
        for language, chance in p.items():
            assert_share(counts[language], len(TEXTS), chance / 3)


# -- translations that are missing -------------------------------------------------------------------------------------

PARTS = Lexicon.from_pairs(
    {"de": [("house", "Haus"), ("tree", "Baum"), ("cloud", "Wolke")], "fr": [("tree", "arbre"), ("river", "rivière")]}
)


def results(**options: Any) -> set[str]:
    """Texts of a switcher that always switches into one language each: all stretches are whole texts."""
    switcher = CodeSwitcher(PARTS, p=1.0, runs=3, **options)
    return set(switcher.apply(["tree house river tree cloud"] * 200, keys=range(200)))


def test_missing_redraw() -> None:
    """A unit that the language of its stretch lacks gets another language; the next unit returns to the first one."""
    assert results() == {"Baum Haus rivière Baum Wolke", "arbre Haus rivière arbre Wolke"}


def test_missing_keep() -> None:
    """With missing="keep" such a unit stays, and the stretch goes on after it."""
    assert results(missing="keep") == {"Baum Haus river Baum Wolke", "arbre house rivière arbre cloud"}


# -- everything else works the same ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"keep_names": True, "languages": ["de", "ja"], "candidates": "weighted"},
        {"draw_language": "text", "missing": "keep", "languages": {"en": 1, "ar": 3}},
        {"tokenizer": CharacterTokenizer(), "max_words": 8, "forms": None},
        {"runs": 1.5, "p": 0.6},
    ],
)
def test_rows_are_alone(options: dict[str, Any]) -> None:
    """Texts without units among others, alone and by Arrow: all give the same texts."""
    pyarrow = pytest.importorskip("pyarrow")
    texts = ["", "qxq", *SENTENCES["en"][::6], "", "qxq"]
    switcher = CodeSwitcher(STARTER, **{"runs": 3, **options})
    expected = switcher.apply(texts)
    assert expected != texts
    assert expected == [switcher.apply([text])[0] for text in texts]
    assert expected == switcher.trace(texts).texts
    assert expected == switcher.apply_arrow(pyarrow.array(texts)).to_pylist()


def test_labels_do_not_end_stretches() -> None:
    """Labelled words stay, all other units are switched as without labels, in spans and in tokens."""
    switcher = CodeSwitcher(EVEN, ["ru"], runs=3)
    text = " ".join(WORDS)
    span = (len("house tree "), len("house tree river"))
    free, labelled = [], []
    for key in range(25):
        free.append([word if word != "ruriver" else "river" for word in switcher.apply([text], keys=[key])[0].split()])
        spans = switcher.apply_spans([text], [[span]], inside="nothing", keys=[key])
        tags = ["O", "O", "B-X", *["O"] * 5]
        tokens = switcher.apply_tokens([list(WORDS)], [tags], inside="nothing", keys=[key])
        assert spans.texts[0].split() == tokens.tokens[0]
        labelled.append(tokens.tokens[0])
    assert labelled == free
    assert len(set(map(tuple, free))) > 10


# -- option ------------------------------------------------------------------------------------------------------------


def test_signature() -> None:
    """The signature has `runs` only if it is given."""
    assert "runs" not in CodeSwitcher(EVEN).signature
    assert "|runs:3|" in CodeSwitcher(EVEN, runs=3).signature
    assert CodeSwitcher(EVEN, runs=3) == CodeSwitcher(EVEN, runs=3.0) != CodeSwitcher(EVEN, runs=3.5)
    assert CodeSwitcher(EVEN, runs=3).replace(runs=None) == CodeSwitcher(EVEN)


@pytest.mark.parametrize(("p", "runs"), [(0.9, 9), (0.7, 7 / 3), (0.5, 1), (0.0, 1), (1.0, 1), (0.999, 999)])
def test_least_runs(p: float, runs: float) -> None:
    """The shortest stretches for a p are allowed, also where rounding makes p / (1 - p) greater."""
    states = switch_states(CodeSwitcher(EVEN, p=p, runs=runs), TEXTS[:100])
    kept = [(one, other) for of_text in states for one, other in pairwise(of_text) if not one]
    assert p == 0 or all(other for _, other in kept)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"runs": "3"}, TypeError, "runs is '3'; it must be a number of at least 1, or None for independent units"),
        ({"runs": True}, TypeError, "runs is True; it must be a number of at least 1"),
        ({"runs": 0.5}, ValueError, "runs is 0.5; it must be a number of at least 1"),
        ({"runs": float("nan")}, ValueError, "runs is nan; it must be a number of at least 1"),
        ({"runs": float("inf")}, ValueError, "runs is inf; it must be a number of at least 1"),
        (
            {"runs": 3, "p": 0.9},
            ValueError,
            (
                "runs is 3 and p is 0.9; a stretch then has at least p / (1 - p) units; pass runs=9 or more, or "
                "p=0.75 or less"
            ),
        ),
        (
            {"runs": 2, "p": {"de": 0.5, "fr": 0.9, "ru": 1}, "draw_language": "text"},
            ValueError,
            (
                "runs is 2 and p is 0.9; a stretch then has at least p / (1 - p) units; pass runs=9 or more, or "
                "p=0.666666666667 or less"
            ),
        ),
        (
            {"runs": 3, "p": {"de": 0.5, "fr": 0.5, "ru": 0.25}},
            ValueError,
            (
                "runs is 3 and p is {'de': 0.5, 'fr': 0.5, 'ru': 0.25}; with runs, pass one p for all languages, such "
                "as p=0.5, or draw_language='text'"
            ),
        ),
        ({"run_length": 3}, TypeError, "unknown option 'run_length'; did you mean 'runs'?"),
    ],
)
def test_bad_runs(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """Values that cannot be are errors, which name the values that can."""
    with pytest.raises(error, match=re.escape(message)):
        CodeSwitcher(**{"lexicon": EVEN, **options})


def test_remedies_work() -> None:
    """The values that the message names are allowed."""
    for p in (0.51, 0.7, 0.9, 2 / 3, 0.99, 0.123456789 + 0.5):
        with pytest.raises(ValueError, match="pass runs=") as caught:
            CodeSwitcher(EVEN, p=p, runs=1)
        runs, new_p = re.findall(r"pass runs=(\S+) or more, or p=(\S+) or less", str(caught.value))[0]
        CodeSwitcher(EVEN, p=p, runs=float(runs))
        CodeSwitcher(EVEN, p=float(new_p), runs=1)
