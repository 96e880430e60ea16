"""Swapped columns are noticed, right ones are not blamed."""

from __future__ import annotations

import json
import warnings
from itertools import permutations
from pathlib import Path

import pytest

from lexswitch import LanguageWarning, Lexicon
from lexswitch.columns import Block, Collector
from lexswitch.files import read_data
from lexswitch.formats.direction import is_swapped

HEADER, *LINES = read_data("starter.tsv").splitlines()
WORDS = dict(zip(HEADER.split("\t"), zip(*(line.split("\t") for line in LINES), strict=True), strict=True))


def swapped(terms: list[str], translations: list[str], source: str, target: str) -> bool:
    collector = Collector()
    assert not collector.add(Block(range(len(terms)), terms, target, translations))
    return is_swapped(collector.pairs(), source, target)


@pytest.mark.parametrize(("source", "target"), list(permutations(WORDS, 2)))
def test_languages_of_the_starter_lexicon(source: str, target: str) -> None:
    """Every other word of two languages, as a lexicon: right columns are right, swapped ones are swapped."""
    terms, translations = list(WORDS[source][::2]), list(WORDS[target][::2])
    assert not swapped(terms, translations, source, target)
    assert swapped(translations, terms, source, target)


@pytest.mark.parametrize(
    ("terms", "translations", "source", "target", "expected"),
    [
        (["дом", "кот"], ["house", "cat"], "en", "ru", True),
        (["house", "cat"], ["дом", "кот"], "en", "ru", False),
        (["дом", "кот"], ["ház", "macska"], "hu", "ru", True),
        (["ház", "macska"], ["дом", "кот"], "hu", "ru", False),
        (["ház", "macska"], ["talo", "kissa"], "fi", "hu", False),  # nobody knows
        (["mal", "pisîk"], ["house", "cat"], "ku", "en", False),  # in the other script of Kurdish
        (["куќа", "мачка"], ["къща", "котка"], "bg", "mk", False),
        (["123"], ["456"], "en", "ru", False),
        (["x"], ["y"], "xx", "de", False),
    ],
)
def test_letters(terms: list[str], translations: list[str], source: str, target: str, expected: bool) -> None:
    """Scripts decide if the languages have none in common, however few words there are."""
    assert swapped(terms, translations, source, target) == expected


def test_explanations_in_the_source_language() -> None:
    """Translations that are mixed with words of the source language do not make the columns swapped."""
    german, others = list(WORDS["de"][:600]), list(WORDS["de"][600:1800])
    assert not swapped(german * 3, ["къща"] * 600 + others, "de", "bg")
    assert not swapped(german, german, "de", "pl")


def test_languages_that_have_a_usual_code() -> None:
    """Codes with a script or region, and members of a macrolanguage, have the words of their language."""
    assert swapped(list(WORDS["pt"]), list(WORDS["en"]), "en-GB", "pt-BR")
    assert swapped(list(WORDS["ar"]), list(WORDS["en"]), "en", "arb")


@pytest.mark.parametrize("name", ["words.txt", "words.csv", "lex.f2e", "words.jsonl"])
def test_files(tmp_path: Path, name: str) -> None:
    """Files that name no languages get a warning if they are swapped, and none if they are right."""
    pairs = [(en.replace(" ", "_"), de.replace(" ", "_")) for en, de in zip(WORDS["en"], WORDS["de"], strict=True)]
    forms = {
        "words.txt": "".join(f"{en}\t{de}\n" for en, de in pairs),
        "words.csv": "".join(f"{en};{de}\n" for en, de in pairs),
        "lex.f2e": "".join(f"{de} {en} 0.5\n" for en, de in pairs),
        "words.jsonl": "".join(f"{json.dumps([en, de])}\n" for en, de in pairs),
    }
    path = tmp_path / name
    path.write_text(forms[name], encoding="utf-8")
    with pytest.warns(
        LanguageWarning, match="the columns seem to be swapped: terms look like 'en', tr.* like 'de'; if"
    ):
        Lexicon.read(path, "de", "en")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Lexicon.read(path, "en", "de")
