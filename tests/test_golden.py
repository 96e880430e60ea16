"""The golden file: the same bytes from the engine and from the specification, on every Python."""

from __future__ import annotations

import json

from lexswitch import CodeSwitcher, Lexicon

from .golden import PATH, options_of, with_results

CASES = json.loads(PATH.read_text(encoding="utf-8"))


def test_engine_gives_the_golden_results() -> None:
    """Texts and switches are those that were written, whatever this interpreter knows of Unicode."""
    for case in CASES:
        pairs = {language: [tuple(pair) for pair in of_language] for language, of_language in case["pairs"].items()}
        switcher = CodeSwitcher(Lexicon.from_pairs(pairs, case["source"]), **options_of(case))
        switched = switcher.trace(case["texts"], keys=case["keys"], epoch=case["epoch"])
        assert switched.texts == case["results"]
        assert [list(switch) for switch in switched.switches] == case["switches"]
        assert switcher.apply(case["texts"], keys=case["keys"], epoch=case["epoch"]) == case["results"]


def test_specification_gives_the_golden_results() -> None:
    """The file is what the specification makes of the cases."""
    for case in CASES:
        assert json.loads(json.dumps(with_results(case))) == case


def test_there_is_much_to_see() -> None:
    """Most cases have switches, and the texts have characters that are newer than Unicode 13."""
    assert sum(bool(case["switches"]) for case in CASES) > 50
    assert CASES[-1]["results"] == ["#\U00010570Haus here", "#house", "\U00010570Haus", "@\ua7c1 Haus"]
