"""Mistakes that users often make: each message names the argument, what came, what is allowed and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lexswitch import CodeSwitcher, Lexicon, LexiconBuilder

SWITCHER: Any = CodeSwitcher  # mypy would find these mistakes, too
LEXICON_CLASS: Any = Lexicon
LEXICON = Lexicon.from_pairs({"de": [("house", "Haus")], "pt-BR": [("house", "casa")], "zh-Hans": [("house", "房子")]})


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: SWITCHER(LEXICON, probability=0.3),
            TypeError,
            "unknown option 'probability'; did you mean 'p'?",
        ),
        (lambda: SWITCHER(LEXICON, candidate="best"), TypeError, "did you mean 'candidates'?"),
        (lambda: SWITCHER(LEXICON, max_word=2), TypeError, "did you mean 'max_words'?"),
        (lambda: SWITCHER(LEXICON, random_state=1), TypeError, "did you mean 'seed'?"),
        (lambda: CodeSwitcher(LEXICON).replace(prob=1), TypeError, "unknown option 'prob'; did you mean 'p'?"),
        (lambda: CodeSwitcher.multilingual(LEXICON, prob=1), TypeError, "unknown option 'prob'; did you mean 'p'?"),
        (lambda: CodeSwitcher(LEXICON).on("q", prob={"q": 1}), TypeError, "unknown option 'prob'; did you mean 'p'?"),
        (
            lambda: SWITCHER(LEXICON, xyzzy=1),
            TypeError,
            "unknown option 'xyzzy'; options are lexicon, languages, p",
        ),
        (lambda: CodeSwitcher(LEXICON, "de"), TypeError, "languages is 'de'; pass a list such as ['de']"),
        (lambda: CodeSwitcher(LEXICON, "german"), TypeError, "languages is 'german'; pass a list such as ['de']"),
        (lambda: CodeSwitcher(LEXICON, ["DE"]), ValueError, "unknown languages ['DE']; did you mean 'de'?"),
        (lambda: CodeSwitcher(LEXICON, ["german"]), ValueError, "unknown languages ['german']; did you mean 'de'?"),
        (lambda: CodeSwitcher(LEXICON, ["zh-CN"]), ValueError, "unknown languages ['zh-CN']; did you mean 'zh-Hans'?"),
        (lambda: CodeSwitcher(LEXICON, ["pt"]), ValueError, "unknown languages ['pt']; did you mean 'pt-BR'?"),
        (
            lambda: CodeSwitcher(LEXICON, ["fr"]),
            ValueError,
            "unknown languages ['fr']; this lexicon has ['de', 'pt-BR'",
        ),
        (
            lambda: LEXICON.select("german"),
            ValueError,
            "unknown languages ['german']; did you mean 'de'? This lexicon has ['de', 'pt-BR'",
        ),
        (lambda: CodeSwitcher.translate(LEXICON, "german"), ValueError, "['german']; did you mean 'de'? This lexicon"),
        (
            lambda: CodeSwitcher.bilingual(LEXICON, ["de", "fr"]),
            TypeError,
            "['de', 'fr']; pass one language such as 'de', or use CodeSwitcher.multilingual(lexicon, ['de', 'fr'])",
        ),
        (lambda: CodeSwitcher.translate(LEXICON, 7), TypeError, "language is 7; pass one language such as 'de'"),
        (
            lambda: LEXICON_CLASS({"a": "b"}),
            TypeError,
            "Lexicon(dict) does not make a lexicon; pass pairs to Lexicon.from_pairs(",
        ),
        (
            lambda: LEXICON_CLASS.read("en-de.txt", "en", languages=["de"]),
            TypeError,
            "read has no argument 'languages'; did you mean target=['de']?",
        ),
        (lambda: LexiconBuilder("en", "de"), TypeError, "languages is 'de'; pass a list such as ['de']"),
        (
            lambda: LexiconBuilder().add("german", []),
            ValueError,
            "language: 'german' is not a BCP 47 language code; did you mean 'de'?",
        ),
        (lambda: LexiconBuilder().add("de", "x"), TypeError, "pairs is str; pass a list of pairs"),
        (
            lambda: LEXICON.merge(Lexicon.from_pairs({"fr": [("Haus", "maison")]}, "de")),
            ValueError,
            "a lexicon from 'de' into one from 'en'; translate through 'de' instead: lexicon.compose(other)",
        ),
        (
            lambda: LEXICON.merge(Lexicon.from_pairs({"en": [("talo", "house")]}, "fi")),
            ValueError,
            "cannot merge a lexicon from 'fi' into one from 'en'; invert it first: lexicon.invert('en')",
        ),
        (
            lambda: LEXICON.merge(Lexicon.from_pairs({"fr": [("talo", "maison")]}, "fi")),
            ValueError,
            "cannot merge a lexicon from 'fi' into one from 'en'; pass lexicons from 'en'",
        ),
        (
            lambda: CodeSwitcher("sw.lexicon"),
            TypeError,
            "lexicon is 'sw.lexicon', a str; pass Lexicon.load('sw.lexicon')",
        ),
        (lambda: CodeSwitcher("sw.lexicon"), TypeError, "or Lexicon.read('sw.lexicon', ...) for a dictionary file"),
        (
            lambda: CodeSwitcher(LEXICON).apply("a house"),
            TypeError,
            "texts is str, not a list of str; for one text pass",
        ),
    ],
)
def test_message(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    """The message has the remedy in the caller's own words."""
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_missing_values_of_a_series() -> None:
    """A Series with NaN points to the methods that keep missing values."""
    series = pd.Series(["a house", float("nan")], name="query", dtype=object)
    with pytest.raises(
        TypeError, match=r"texts\[1\] is missing \(nan\), not str; .*apply_arrow\(series\), or .*on\('query'\)"
    ):
        CodeSwitcher(LEXICON).apply(series)
    switched = CodeSwitcher(LEXICON, ["de"], p=1).apply_arrow(series)
    assert switched.tolist()[0] == "a Haus"
    assert pd.isna(switched.tolist()[1])


def test_source_equal_to_target(tmp_path: Path) -> None:
    """A file that does not name its languages cannot be read from a language into the same language."""
    path = tmp_path / "en-sw.txt"
    path.write_text("house\tnyumba\n")
    with pytest.raises(ValueError, match="source and target are both 'en'; pass the language of its terms as source"):
        Lexicon.read(path, "en", "en")


def test_dictionary_file_instead_of_a_saved_lexicon(tmp_path: Path) -> None:
    """`Lexicon.load` of a dictionary file points to `Lexicon.read`."""
    path = tmp_path / "en-sw.txt"
    path.write_text("house\tnyumba\n")
    with pytest.raises(FileNotFoundError, match=re.escape(f"Lexicon.read({str(path)!r}, ...)")):
        Lexicon.load(path)
