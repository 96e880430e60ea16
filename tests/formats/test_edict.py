"""EDICT and EDICT2."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from lexswitch import Lexicon, LexiconError
from lexswitch.formats import FORMATS
from lexswitch.formats.base import Sample
from lexswitch.formats.edict import FORMAT

from .reading import damaged, found, read, survives

FILE = """　？？？ /EDICT, EDICT_SUB(P), EDICT2 Japanese-English Electronic Dictionary Files/Created: 2024-01-01/
家(P);屋(oK) [いえ(P);や] /(n) (1) house/residence/(2) (See 家庭) family/(P)/EntL1191730X/
あっさり(P);アッサリ /(adv) (1) easily/(2) lightly seasoned food (of food, taste)/(P)/EntL1000360X/
食べる;喰べる [たべる] /(v1,vt) (1) to eat/(2) to live on (e.g. a salary)/EntL1358280X/
"""
EDICT1 = "家 [いえ] /(n) house/(P)/\nあっさり /(adv) easily/\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "edict2"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_pairs(path: Path) -> None:
    """Words in kanji, else in kana, are terms; outdated spellings, labels and entry numbers are skipped."""
    result = read(FORMAT, path, ("en",), source="ja")
    assert [(term, translation) for term, _, translation, _ in result.pairs] == [
        ("家", "house"),
        ("家", "residence"),
        ("家", "family"),
        ("あっさり", "easily"),
        ("アッサリ", "easily"),
        ("あっさり", "lightly seasoned food"),
        ("アッサリ", "lightly seasoned food"),
        ("食べる", "eat"),
        ("喰べる", "eat"),
        ("食べる", "live on"),
        ("喰べる", "live on"),
    ]
    assert result.lines[-1] == 4
    assert not result.dropped


def test_first_version(path: Path) -> None:
    """Files of EDICT, without labels and numbers of entries, are read."""
    path.write_text(EDICT1, encoding="utf-8")
    assert found(FORMAT, path)
    assert [pair[0] for pair in read(FORMAT, path, ("en",), source="ja").pairs] == ["家", "あっさり"]


def test_unusual_spellings(path: Path) -> None:
    """An entry whose spellings are all unusual keeps the first."""
    path.write_text("屋(oK);舎(rK) [や] /(n) house/\n", encoding="utf-8")
    assert [pair[0] for pair in read(FORMAT, path, ("en",), source="ja").pairs] == ["屋"]


def test_languages(path: Path) -> None:
    """From English, the pairs are inverted; other languages are an error."""
    assert Lexicon.read(path, "en", "ja")["house"]["ja"][0].translation == "家"
    assert Lexicon.read(path, "ja").languages == ("en",)
    with pytest.raises(LexiconError, match="read it with source='ja', target='en'"):
        read(FORMAT, path, ("de",), source="ja")


@pytest.mark.parametrize("text", [FILE, EDICT1 * 5000])
def test_encoding(path: Path, text: str) -> None:
    """The published files are in EUC-JP; the error has the command that converts them."""
    path.write_bytes(text.encode("euc_jp"))
    assert found(FORMAT, path)
    with pytest.raises(LexiconError, match=r"edict2:1: byte offset 0: not UTF-8 .* iconv -f EUC-JP -t UTF-8"):
        Lexicon.read(path, "ja", "en")


def test_damaged_lines(path: Path) -> None:
    """Damaged lines are counted, each once; strict=True names the first."""
    path.write_text(
        FILE + "家 [いえ] house\n甲;乙 [こう] /one two three four five six seven eight/\n", encoding="utf-8"
    )
    assert read(FORMAT, path, ("en",), source="ja").dropped == {
        "damaged line": 1,
        "explanation": 1,
        "no translation": 1,
    }
    with pytest.raises(LexiconError, match=r"edict2:5: damaged line: .*correct it, or read without strict"):
        read(FORMAT, path, ("en",), source="ja", strict=True)


def test_recognised(path: Path) -> None:
    """The file is recognised, and files of other languages in slashes are not."""
    assert next(name for name, format in FORMATS.items() if format.detect(Sample(path))) == "edict"
    path.write_text("house /haus/\ndog /dog/\n", encoding="utf-8")
    assert not found(FORMAT, path)
    path.write_text("傳統 传统 [chuan2 tong3] /tradition/\n", encoding="utf-8")
    assert not found(FORMAT, path)


@settings(max_examples=200, deadline=None)
@given(damaged(FILE.encode(), FILE.encode("euc_jp"), pieces=(b"/", b"[", b"]", b";", b"(", b"EntL1X")))
def test_damage(data: bytes) -> None:
    """Damaged files raise only LexiconError."""
    survives(FORMAT, {"edict2": data}, "edict2")
