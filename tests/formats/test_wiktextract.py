import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.errors import LexiconError
from lexswitch.formats.jsonl import FORMAT as JSON
from lexswitch.formats.wiktextract import FORMAT

from .reading import damaged, found, read, survives


def translation(code: str, word: str | None, **more: object) -> dict[str, object]:
    """A translation as in the English edition since 2025: code is kept beside lang_code."""
    named = {} if word is None else {"word": word}
    return {"lang": "...", "code": code, "lang_code": code, "sense": "abode", **more, **named}


HOUSE: dict[str, Any] = {
    "senses": [
        {"links": [["building", "building"]], "glosses": ["A structure built to live in."]},
        {
            "glosses": ["A theatre."],
            "tags": ["theater"],
            "translations": [translation("de", "Saal", tags=["masculine"])],
        },
    ],
    "pos": "noun",
    "head_templates": [{"name": "en-noun", "args": {"1": "s"}, "expansion": "house (plural houses)"}],
    "forms": [{"form": "houses", "tags": ["plural"]}],
    "sounds": [{"ipa": "/haʊs/"}],
    "translations": [
        translation("de", "Haus", tags=["neuter"]),
        translation("de", "Heim", tags=["neuter"]),
        translation("ru", "дом", roman="dom", tags=["masculine"]),
        translation("cmn", "房子", roman="fángzi"),
        translation("yue", "屋企", alt="屋"),
        translation("de", None, note="usually expressed with a compound"),
        translation("gem-pro", "*hūsą"),
        {"lang": "Unknown", "sense": "abode", "word": "xyz"},
        {"code": "fr", "lang": "French", "word": "maison"},
    ],
    "word": "house",
    "lang": "English",
    "lang_code": "en",
}
HAUS = {"word": "Haus", "lang": "German", "lang_code": "de", "pos": "noun", "senses": [{"glosses": ["house"]}]}
REDIRECT = {"title": "houses", "redirect": "house"}
PHRASE = {
    "word": "credit card",
    "lang_code": "en",
    "pos": "noun",
    "senses": [{"glosses": ["plastic"]}],
    "translations": [{"code": "de", "lang": "German", "word": "Kreditkarte"}],
}
DUMP = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in (HAUS, HOUSE, REDIRECT, PHRASE))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kaikki.org-dictionary-English.jsonl"


def test_translations(path: Path) -> None:
    """Translations of senses, then of the entry, are read in file order; older files have only code."""
    path.write_text(DUMP)
    result = read(FORMAT, path)
    assert result.pairs == [
        ("house", "de", "Saal", 1.0),
        ("house", "de", "Haus", 1.0),
        ("house", "de", "Heim", 1.0),
        ("credit card", "de", "Kreditkarte", 1.0),
    ]
    assert result.lines == [2, 2, 2, 4]
    assert not result.dropped


def test_all_languages(path: Path) -> None:
    """Without target languages all are read; Mandarin counts as Chinese; reconstructed words are dropped."""
    path.write_text(DUMP)
    result = read(FORMAT, path, None)
    assert [pair[1:3] for pair in result.pairs[3:]] == [
        ("ru", "дом"),
        ("zh", "房子"),
        ("yue", "屋企"),
        ("fr", "maison"),
        ("de", "Kreditkarte"),
    ]
    assert result.dropped == {"markup": 1}


def test_close_code_asked_for(path: Path) -> None:
    """A request for Mandarin returns Mandarin."""
    path.write_text(DUMP)
    assert read(FORMAT, path, ("cmn",)).pairs == [("house", "cmn", "房子", 1.0)]
    assert read(FORMAT, path, ("zh",)).pairs == [("house", "zh", "房子", 1.0)]


def test_packed(tmp_path: Path) -> None:
    """Compressed dumps are read directly."""
    path = tmp_path / "raw-wiktextract-data.jsonl.gz"
    path.write_bytes(gzip.compress(DUMP.encode()))
    assert found(FORMAT, path)
    assert len(read(FORMAT, path).pairs) == 4


def test_other_edition(path: Path) -> None:
    """The German edition, with translations in senses, has German as source language."""
    senses = [{"glosses": ["Gebäude"], "translations": [{"lang": "Englisch", "lang_code": "en", "word": "house"}]}]
    path.write_text(json.dumps({**HAUS, "senses": senses}))
    assert read(FORMAT, path, ("en",), source="de").pairs == [("Haus", "en", "house", 1.0)]


def test_wrong_source_language(path: Path) -> None:
    """A file without entries in the source language is an error that lists its languages."""
    path.write_text(DUMP)
    with pytest.raises(LexiconError, match="no entry in the source language 'fr', only in en; pass one of them"):
        read(FORMAT, path, source="fr")


def test_damaged_lines(path: Path) -> None:
    """A truncated line is counted; strict=True names it."""
    path.write_text(DUMP + DUMP[:180] + "\n" + json.dumps({**PHRASE, "word": None}))
    assert read(FORMAT, path).dropped == {"not JSON": 1, "no word": 1}
    with pytest.raises(LexiconError, match=r"English.jsonl:6: not JSON"):
        read(FORMAT, path, strict=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DUMP, True),
        (DUMP.replace('": ', '":'), True),
        (json.dumps({**HOUSE, "translations": HOUSE["translations"] * 500}), True),  # a line longer than the sample
        ('{"word": "house", "translation": "Haus", "pos": "noun"}\n', False),
        ('{"house": "Haus"}\n', False),
        ("house\tHaus\n", False),
        ("", False),
    ],
)
def test_recognised(path: Path, text: str, expected: bool) -> None:
    """Dumps are recognised, and other files are not."""
    path.write_text(text)
    assert found(FORMAT, path) is expected


def test_json_would_take_it(path: Path) -> None:
    """The general JSON format also recognises dumps, so this format must be tried first."""
    path.write_text(DUMP)
    assert found(JSON, path)


VALUES = st.one_of(
    st.none(), st.booleans(), st.just("de"), st.just(""), st.just("en"), st.lists(st.just({"word": "x", "code": "de"}))
)


@given(
    st.dictionaries(st.sampled_from(["word", "lang_code", "senses", "translations", "code"]), VALUES), st.integers(0, 3)
)
def test_fuzz_members(members: dict[str, object], depth: int) -> None:
    """Members of any type raise only LexiconError."""
    entry: dict[str, object] = {**HOUSE, **members}
    for _ in range(depth):
        entry = {**HOUSE, "senses": [entry, members], "translations": [entry, members, None]}
    survives(FORMAT, {"file": json.dumps(entry).encode()}, "file")


@given(damaged(DUMP.encode(), pieces=(b'"', b"[", b"{", b"}", b"null", b"\\ud800")))
def test_fuzz(data: bytes) -> None:
    """Any bytes raise only LexiconError."""
    survives(FORMAT, {"file": data}, "file")
