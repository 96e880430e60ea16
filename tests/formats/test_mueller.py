from pathlib import Path

import pytest
from hypothesis import given, settings

from lexswitch.errors import LexiconError
from lexswitch.formats import dictd, mueller, stardict
from lexswitch.formats.base import LexiconFile
from lexswitch.formats.mueller import FORMAT
from lexswitch.formats.muse import FORMAT as MUSE
from lexswitch.formats.table import FORMAT as TABLE

from .dictionaries import write_dictd, write_stardict
from .reading import damaged, found, read, survives


def translations(*lines: str, headword: str = "word") -> list[str]:
    """The pairs of an article."""
    return [translation for _, translation in mueller.clean(headword, lines, lambda reason, content: None)]


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("   [wɜ:d] _n. слово; речь", ["слово", "речь"]),
        ("   1. _n.\n      1) ящик, коробка\n      10)ложа\n   2. _v. бить", ["ящик", "коробка", "ложа", "бить"]),
        ("_I [a]\n 1. _n. бокс\n _II [b] _n. самшит (дерево и т.п.)", ["бокс", "самшит"]),
        ("_a. _амер. _разг. крупный; big noise шум, гам; большой", ["крупный"]),
        ("1) высокий; big noise\n а) шишка;\n б) шум 2) взрослый", ["высокий", "взрослый"]),
        ("1) _p-p. от go 2) ушедший", ["ушедший"]),
        ("= other; иной", []),
        ("а) отбирать; б) ссылаться на кого-л., что-л.", ["отбирать", "ссылаться на"]),
        ("цветок, растущий в мае: ландыш, дом, который построил кто-то", []),
        ("весёлый, бьющий на эффект", ["весёлый", "бьющий на эффект"]),
        ("начинка из изюма, миндаля, сахара и пр.; футляр, чехол и т.п.", ["футляр", "чехол"]),
        ("указывает на направление в", []),
        ("то что остаётся после того как всё кончено, остаток", ["остаток"]),
        ("_мор. подъём/спуск; -ка; вверх + род. п.", ["подъём", "спуск"]),
    ],
)
def test_article(article: str, expected: list[str]) -> None:
    """Translations precede the first English phrase of a sense; labels, brackets and explanations are removed."""
    assert translations(*article.split("\n")) == expected


def test_spellings() -> None:
    """Spellings of a headword are separate terms; "etc" is a headword."""
    found = mueller.clean("jewellery, jewelry", ["_n. украшения"], lambda reason, content: None)
    assert list(found) == [("jewellery", "украшения"), ("jewelry", "украшения")]
    assert translations("и так далее; и прочее", headword="etc") == ["и так далее", "и прочее"]


def test_stress() -> None:
    """Capitals that mark stress become lower case; capitals of names are kept."""
    assert translations("1) разнОсчик, Уличный торгОвец 2) ЕврОпа, вычЁсывание") == [
        "разносчик",
        "уличный торговец",
        "Европа",
        "вычёсывание",
    ]
    assert translations("Африка, Юпитер") == ["Африка", "Юпитер"]


FILE = """(C) English-Russian Dictionary by V.K.Mueller; electronic version under GNU GPL
The word is apart from its article by two blanks
_a.  adjective имя прилагательное
_n.  noun имя существительное
abase  [ə'beɪs] _v. унижать; to abase oneself унижаться
abbey  _n. 1> аббатство 2> монастырь, the Abbey
abc  1. _n. 1> алфавит; азбука; as easy as abc
"""


def test_text_file(tmp_path: Path) -> None:
    """The text file is recognised by its first line; its list of labels is not read."""
    path = tmp_path / "Mueller7.txt"
    path.write_text(FILE)
    assert found(FORMAT, path)
    assert not found(MUSE, path)
    assert not found(TABLE, path)
    result = read(FORMAT, path, ("ru",))
    assert [(term, translation) for term, _, translation, _ in result.pairs] == [
        ("abase", "унижать"),
        ("abbey", "аббатство"),
        ("abc", "алфавит"),
        ("abc", "азбука"),
    ]
    assert result.lines == [5, 6, 7, 7]
    assert [weight for *_, weight in result.pairs] == [1.0, 1.0, 1.0, 0.5]
    file = LexiconFile(path, "en", None, strict=False)
    assert {block.languages[0] for block in FORMAT.read(file)} == {"ru"}
    assert file.metadata["name"].startswith("(C) English-Russian Dictionary")


def test_encoding(tmp_path: Path) -> None:
    """The published files are recognised, and refused with the command that converts them."""
    path = tmp_path / "Mueller7.koi"
    path.write_bytes(FILE.encode("koi8-r", "replace"))
    assert found(FORMAT, path)
    with pytest.raises(LexiconError, match=r"Mueller7.koi:3: byte offset \d+: not UTF-8 .* iconv -f ENCODING"):
        read(FORMAT, path, ("ru",))


def test_languages(tmp_path: Path) -> None:
    """Languages other than English and Russian are refused."""
    path = tmp_path / "Mueller7.txt"
    path.write_text(FILE)
    with pytest.raises(LexiconError, match=r"source='en', target='ru'\)\.invert\('ru'\)"):
        read(FORMAT, path, ("en",), source="ru")


def test_other_containers(tmp_path: Path) -> None:
    """Releases for dictd and StarDict are cleaned and weighed in the same way."""
    entry = "abbey\n   [æbɪ] _n. аббатство, монастырь; abbey town город"
    about = ("00-database-short", "00-database-short\n     Mueller English-Russian Dictionary\n")
    expected = [("abbey", "ru", "аббатство", 1.0), ("abbey", "ru", "монастырь", 0.5)]
    assert read(dictd.FORMAT, write_dictd(tmp_path, "m", [about, ("abbey", entry)]), ("ru",)).pairs == expected
    path = write_stardict(tmp_path, [("abbey", entry.encode())], bookname="Mueller7", sametypesequence="m")
    assert read(stardict.FORMAT, path, ("ru",)).pairs == expected


@settings(max_examples=200, deadline=None)
@given(damaged(FILE.encode(), FILE.encode("koi8-r", "replace"), pieces=(b"  ", b"_I ", b"1> ")))
def test_damage(data: bytes) -> None:
    """Damaged files raise only LexiconError."""
    survives(FORMAT, {"mueller.txt": data}, "mueller.txt")
