"""CC-CEDICT and its relatives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from lexswitch import Lexicon, LexiconError
from lexswitch.formats import FORMATS
from lexswitch.formats.base import LexiconFile, Sample
from lexswitch.formats.cedict import FORMAT

from .reading import damaged, found, read, survives

FILE = """# CC-CEDICT
#! version=1
#! license=https://creativecommons.org/licenses/by-sa/4.0/
傳統 传统 [chuan2 tong3] /tradition/traditional/CL:個|个[ge4]/
王 王 [Wang2] /surname Wang/
㐂 㐂 [xi3] /Japanese variant of 喜[xi3]/
去 去 [qu4] /to go; to leave/(of a time etc) last/(coll.) to be sent/
北京 北京 [Bei3 jing1] /Beijing, capital of the People's Republic of China/
國體 国体 [guo2 ti3] /state system (i.e. form of government)/abbr. for 國民體育大會|国民体育大会[Guo2 min2]/
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cedict_ts.u8"
    path.write_text(FILE, encoding="utf-8")
    return path


def glosses(path: Path, *texts: str) -> tuple[list[str], dict[str, int]]:
    """The translations of an entry with these glosses, and what was dropped."""
    path.write_text(f"中 中 [zhong1] /{'/'.join(texts)}/\n", encoding="utf-8")
    result = read(FORMAT, path, ("en",), source="zh")
    return [pair[2] for pair in result.pairs], result.dropped


def test_pairs(path: Path) -> None:
    """Each gloss is a translation; notes are counted, and an entry of notes only has no translation."""
    result = read(FORMAT, path, ("en",), source="zh")
    assert [(term, translation) for term, _, translation, _ in result.pairs] == [
        ("传统", "tradition"),
        ("传统", "traditional"),
        ("去", "go"),
        ("去", "leave"),
        ("去", "last"),
        ("去", "be sent"),
        ("北京", "Beijing"),
        ("国体", "state system"),
    ]
    assert result.lines == [4, 4, 7, 7, 7, 7, 8, 9]
    assert result.dropped == {"classifier": 1, "surname": 1, "reference": 1, "abbreviation": 1, "no translation": 2}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", "传统"),
        ("zh-Hans", "传统"),
        ("zh-CN", "传统"),
        ("cmn", "传统"),
        ("zh-Hant", "傳統"),
        ("zh-TW", "傳統"),
        ("zh-HK", "傳統"),
    ],
)
def test_scripts(path: Path, language: str, expected: str) -> None:
    """The code chooses simplified or traditional characters, for terms and for translations."""
    assert read(FORMAT, path, ("en",), source=language).pairs[0] == (expected, "en", "tradition", 1.0)
    assert read(FORMAT, path, (language,)).pairs[0] == ("tradition", language, expected, 1.0)


def test_languages(path: Path) -> None:
    """Without a target, the other language of the dictionary is read; other languages are an error."""
    assert Lexicon.read(path, "zh").languages == ("en",)
    assert Lexicon.read(path, "en").languages == ("zh",)
    with pytest.raises(
        LexiconError, match=r"is a dictionary from 'zh' to 'en', .* read it with source='zh', target='en'"
    ):
        read(FORMAT, path, ("de",), source="zh")


def test_other_dictionaries(tmp_path: Path) -> None:
    """HanDeDict is German; without comments, the caller's language counts."""
    line = "傳統 传统 [chuan2 tong3] /Tradition (u.E.) (S)/\n"
    for text in (f"# HanDeDict\n# in the format of CC-CEDICT\n{line}", line):
        (tmp_path / "words.u8").write_text(text, encoding="utf-8")
        assert read(FORMAT, tmp_path / "words.u8", ("de",), source="zh").pairs == [("传统", "de", "Tradition", 1.0)]


def test_metadata(path: Path) -> None:
    """Name and licence are those in the comments."""
    file = LexiconFile(path, "zh", None, strict=False)
    list(FORMAT.read(file))
    assert file.metadata == {"name": "CC-CEDICT", "licence": "https://creativecommons.org/licenses/by-sa/4.0/"}


@pytest.mark.parametrize(
    ("gloss", "expected"),
    [
        ("to give sb sth", "give"),
        ("OK, all right", "OK"),
        ("hello, hi", "hello, hi"),
        ("also", "also"),
        ("see", "see"),
        ("surname", "surname"),
        ("short of money", "short of money"),
        ("Anhui Province, short name 皖[Wan3]", "Anhui Province"),
        ("abbreviation", "abbreviation"),
        ("father/mother", "father"),
        ("fig. to leave quickly", "leave quickly"),
        ("(idiom) all at once", "all at once"),
        ("one two three four five six seven", "one two three four five six seven"),
    ],
)
def test_kept(path: Path, gloss: str, expected: str) -> None:
    """Labels, placeholders and text in brackets are removed from translations."""
    assert glosses(path, gloss)[0][:1] == [expected]


@pytest.mark.parametrize(
    ("gloss", "reason"),
    [
        ("CL:個|个[ge4],位[wei4]", "classifier"),
        ("variant of 傳|传[chuan2]", "reference"),
        ("old variant of 傳", "reference"),
        ("see also 傳統|传统[chuan2 tong3]", "reference"),
        ("see 傳統", "reference"),
        ("also written 傳統", "reference"),
        ("also pr. [zhong4]", "reference"),
        ("Taiwan pr. [zhong4]", "reference"),
        ("used in 傳統|传统", "reference"),
        ("surname Wang", "surname"),
        ("two-character surname Wang", "surname"),
        ("Japanese surname Tanaka", "surname"),
        ("abbr. for 傳統", "abbreviation"),
        ("abbreviation of Peking University", "abbreviation"),
        ("lit. to add feet to a snake", "explanation"),
        ("one two three four five six seven eight", "explanation"),
        ("to put sth on sb", "no word or phrase"),
    ],
)
def test_dropped(path: Path, gloss: str, reason: str) -> None:
    """Notes and explanations are counted by reason."""
    assert glosses(path, gloss, "middle") == (["middle"], {reason: 1})


def test_damaged_lines(path: Path) -> None:
    """Damaged lines are counted; strict=True names the first."""
    path.write_text(
        "中 中 [zhong1] /middle/\n中 中 /middle/\n中 [zhong1] middle\n％ ％ [pa1] /percent/\n", encoding="utf-8"
    )
    result = read(FORMAT, path, ("en",), source="zh")
    assert len(result.pairs) == 1
    assert result.dropped == {"damaged line": 2, "unusable headword": 1, "no translation": 1}
    with pytest.raises(LexiconError, match=r"cedict_ts.u8:2: damaged line: .*correct it, or read without strict"):
        read(FORMAT, path, ("en",), source="zh", strict=True)


def test_recognised(path: Path) -> None:
    """The file is recognised, by this format only and before all others."""
    assert next(name for name, format in FORMATS.items() if format.detect(Sample(path))) == "cedict"
    path.write_text("house /haus/ [x] /Haus/\n", encoding="utf-8")
    assert not found(FORMAT, path)
    path.write_text("# only a comment\n", encoding="utf-8")
    assert not found(FORMAT, path)


@settings(max_examples=200, deadline=None)
@given(damaged(FILE.encode(), FILE.encode("gb18030"), pieces=(b"/", b"[", b"]", b"CL:", b"#", b";")))
def test_damage(data: bytes) -> None:
    """Damaged files raise only LexiconError."""
    survives(FORMAT, {"cedict.u8": data}, "cedict.u8")
