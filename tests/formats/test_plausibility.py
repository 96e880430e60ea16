"""Swapped columns and dictionaries of one language are detected, without false alarms."""

from __future__ import annotations

import json
import warnings
from itertools import permutations
from pathlib import Path

import pytest

from lexswitch import Lexicon, LexiconLanguageWarning
from lexswitch._io.data import read_data
from lexswitch.formats.plausibility import find_language_problem
from lexswitch.lexicon.collecting import PairCollector
from lexswitch.lexicon.pairs import PairBlock


def first_candidate(cell: str) -> str:
    """The best of the candidates in a cell of the starter lexicon."""
    return cell.split("|", maxsplit=1)[0]


HEADER, *ROWS = read_data("lexicon", "starter.tsv").splitlines()
LINES = [row for row in ROWS if "\t\t" not in row and not row.endswith("\t")]  # with a word in each language
WORDS = dict(
    zip(HEADER.split("\t"), zip(*(map(first_candidate, line.split("\t")) for line in LINES), strict=True), strict=True)
)


def fault_of(terms: list[str], translations: list[str], source: str, target: str) -> str | None:
    collector = PairCollector()
    assert not collector.add(PairBlock(range(len(terms)), terms, target, translations))
    return find_language_problem(collector.pairs(), source, target)


# Of the languages with all words. (Korean beside Chinese would not be recognised: it is written in both scripts.)
_LANGUAGES = ("en", "ar", "de", "es", "fr", "hi", "id", "it", "ja", "nl", "pt", "ru", "vi", "zh")
_PAIRS = list(permutations(_LANGUAGES, 2))


@pytest.mark.slow
@pytest.mark.parametrize(("source", "target"), _PAIRS)
def test_languages_of_the_starter_lexicon(source: str, target: str) -> None:
    """Every other word of two languages as a lexicon: correct, swapped, and translated by the other words."""
    terms, translations = list(WORDS[source][0:1900:2]), list(WORDS[target][0:1900:2])
    assert fault_of(terms, translations, source, target) is None
    assert fault_of(translations, terms, source, target) == "swapped"
    others = list(WORDS[source][1:1900:2])
    assert fault_of(terms, others, source, target) == "one language"


@pytest.mark.parametrize(
    ("terms", "translations", "source", "target", "expected"),
    [
        (["дом", "кот"], ["house", "cat"], "en", "ru", "swapped"),
        (["house", "cat"], ["дом", "кот"], "en", "ru", None),
        (["дом", "кот"], ["ház", "macska"], "hu", "ru", "swapped"),
        (["ház", "macska"], ["дом", "кот"], "hu", "ru", None),
        (["ház", "macska"], ["talo", "kissa"], "fi", "hu", None),  # undecided
        (["mal", "pisîk"], ["house", "cat"], "ku", "en", None),  # in the other script of Kurdish
        (["куќа", "мачка"], ["къща", "котка"], "bg", "mk", None),
        (["дом", "кот"], ["ferme", "felin"], "ru", "fr", None),
        (["дом", "кот"], ["здание", "животное"], "ru", "fr", "one language"),
        (["123"], ["456"], "en", "ru", None),
        (["x"], ["y"], "xx", "de", None),
    ],
)
def test_letters(terms: list[str], translations: list[str], source: str, target: str, expected: str | None) -> None:
    """If the languages have different scripts, scripts decide even for few words."""
    assert fault_of(terms, translations, source, target) == expected


def test_explanations_in_the_source_language() -> None:
    """Translations mixed with source-language words are not reported as swapped columns."""
    german, others = list(WORDS["de"][:600]), list(WORDS["de"][600:1800])
    assert fault_of(german * 3, ["kupka"] * 600 + others, "de", "hu") is None
    assert fault_of(german * 3, ["къща"] * 1200 + others[:600], "de", "bg") is None
    assert fault_of(german, german, "de", "hu") is None


def test_languages_that_have_a_usual_code() -> None:
    """Codes with a script or region, and members of a macrolanguage, use the words of their language."""
    assert fault_of(list(WORDS["pt"]), list(WORDS["en"]), "en-GB", "pt-BR") == "swapped"
    assert fault_of(list(WORDS["ar"]), list(WORDS["en"]), "en", "arb") == "swapped"


@pytest.mark.parametrize(
    ("name", "format"),
    [("words.txt", None), ("words.txt", "table"), ("words.csv", None), ("lex.f2e", None), ("words.jsonl", None)],
)
def test_files(tmp_path: Path, name: str, format: str | None) -> None:
    """Swapped columns cause a warning whose remedy reads the right lexicon; correct columns cause none."""
    pairs = [(en.replace(" ", "_"), de.replace(" ", "_")) for en, de in zip(WORDS["en"], WORDS["de"], strict=True)]
    forms = {
        "words.txt": "".join(f"{en}\t{de}\n" for en, de in pairs),
        "words.csv": "".join(f"{en};{de}\n" for en, de in pairs),
        "lex.f2e": "".join(f"{de} {en} 0.5\n" for en, de in pairs),
        "words.jsonl": "".join(f"{json.dumps([en, de])}\n" for en, de in pairs),
    }
    path = tmp_path / name
    path.write_text(forms[name], encoding="utf-8")
    with pytest.warns(LexiconLanguageWarning, match="the columns seem to be swapped") as caught:
        Lexicon.read(path, "de", "en", format=format)
    message = str(caught[0].message)
    assert "terms look like 'en', translations like 'de'; if they are, use Lexicon.read(" in message
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = Lexicon.read(path, "en", "de")
        remedied = eval(message.rpartition("use ")[2], {"Lexicon": Lexicon})  # noqa: S307 - as a reader pastes it
    assert (remedied.source, remedied.languages) == ("de", ("en",))
    assert {(de, en) for de, _, en, _ in remedied.pairs()} == {(de, en) for en, _, de, _ in expected.pairs()}
