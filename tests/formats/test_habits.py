from pathlib import Path

import pytest

from lexswitch.errors import LexiconError
from lexswitch.formats import FORMATS
from lexswitch.formats.base import Entry, LexiconFile
from lexswitch.formats.habits import without_habits

from .dictionaries import freedict, write_dictd, write_stardict
from .reading import read


def polish(file: LexiconFile, *entries: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    """The pairs (term, language, translation) without habits."""
    found = without_habits(file, [Entry(number, *entry) for number, entry in enumerate(entries, 1)])
    return [(entry.term, entry.language, entry.translation) for entry in found]


def test_both_sides(tmp_path: Path) -> None:
    """Marks and particles are removed from terms and translations, by the rules of each language."""
    file = LexiconFile(tmp_path, "ru", None, strict=False)
    verbs = [("петь", "en", "to sing"), ("пить", "en", "to drink")]
    assert polish(
        file, ("хоте́ть", "en", "to want"), ("соба́ка", "la", "canēs"), ("поны́не", "en", "to date"), *verbs
    ) == [
        ("хотеть", "en", "want"),
        ("собака", "la", "canes"),
        ("поныне", "en", "to date"),
        ("петь", "en", "sing"),
        ("пить", "en", "drink"),
    ]
    assert not file.dropped


def test_explanations(tmp_path: Path) -> None:
    """Explanations of more than seven words are dropped and counted; long pairs of similar length are kept."""
    file = LexiconFile(tmp_path, "en", None, strict=False)
    long = "he who sleeps forgets his hunger and thirst"
    assert polish(
        file,
        ("tribune", "de", "ein Beamter im alten Rom der das Volk schützte"),
        ("a person who protects the people of old Rome", "de", "Tribun"),
        ("tribune", "de", "wer das Volk im alten Rom schützte"),
        (long, "de", "wer schläft der vergisst Hunger und Durst ganz und gar"),
    ) == [
        ("tribune", "de", "wer das Volk im alten Rom schützte"),
        (long, "de", "wer schläft der vergisst Hunger und Durst ganz und gar"),
    ]
    assert file.dropped == {"explanation": 2}
    strict = LexiconFile(tmp_path / "file", "en", None, strict=True)
    with pytest.raises(LexiconError, match=r"file:1: explanation: \('tribune', "):
        polish(strict, ("tribune", "de", "ein Beamter im alten Rom der das Volk schützte"))


def test_empty(tmp_path: Path) -> None:
    """No entries give no pairs."""
    assert polish(LexiconFile(tmp_path, "en", None, strict=False)) == []


def test_later_languages(tmp_path: Path) -> None:
    """A language with few pairs at first is checked on later pairs, until there are enough."""
    file = LexiconFile(tmp_path, "de", None, strict=False)
    many = [("Haus", "fr", "maison")] * 9_999
    rows = [("Haus", "sl", "hiša"), *many, ("Tisch", "sl", "míza"), *many, ("Eis", "sl", "lẹ̑d")]
    assert [row for row in polish(file, *rows) if row[1] == "sl"] == [
        ("Haus", "sl", "hiša"),
        ("Tisch", "sl", "miza"),
        ("Eis", "sl", "led"),
    ]


def test_sorted_terms(tmp_path: Path) -> None:
    """Terms with the particle lose it, also if all are in one later chunk."""
    file = LexiconFile(tmp_path, "en", None, strict=False)
    many = [("house", "de", "Haus")] * 10_000
    rows = [
        *many,
        ("to the left", "de", "nach links"),
        *[("to want", "de", "wollen")] * 30,
        *many,
        ("to go", "de", "gehen"),
    ]
    assert {row[0] for row in polish(file, *rows)} == {"house", "to the left", "want", "go"}


def test_every_dictionary(tmp_path: Path) -> None:
    """Habits are removed in all dictionary formats."""
    tei = tmp_path / "words.tei"
    tei.write_text(
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><entry><form><orth>dog</orth></form><sense>'
        '<cit type="trans" xml:lang="ru"><quote>соба́ка</quote></cit></sense></entry></body></text></TEI>'
    )
    wiktextract = tmp_path / "words.jsonl"
    wiktextract.write_text(
        '{"word": "dog", "lang_code": "en", "pos": "noun", "translations": [{"lang_code": "ru", "word": "соба́ка"}]}\n'
    )
    mueller = tmp_path / "Mueller7.txt"
    mueller.write_text("Mueller's dictionary\ndog  _n. соба́ка\n")
    entry = "dog /dɒɡ/\nсоба́ка\n"
    paths = {
        "dictd": write_dictd(tmp_path, "freedict-eng-rus", freedict("English-Russian FreeDict Dictionary", entry)),
        "stardict": write_stardict(tmp_path, [("dog", "соба́ка".encode())], sametypesequence="m"),
        "tei": tei,
        "wiktextract": wiktextract,
        "mueller": mueller,
    }
    for name, path in paths.items():
        assert read(FORMATS[name], path, ("ru",)).pairs == [("dog", "ru", "собака", 1.0)], name


def test_text_as_it_is(tmp_path: Path) -> None:
    """MUSE files and tables are read literally."""
    path = tmp_path / "en-ru.txt"
    path.write_text("dog\tсоба́ка\nwant\tхоте́ть\n")
    assert [pair[2] for pair in read(FORMATS["muse"], path, ("ru",)).pairs] == ["соба́ка", "хоте́ть"]
    assert [pair[2] for pair in read(FORMATS["table"], path, ("ru",)).pairs] == ["соба́ка", "хоте́ть"]
