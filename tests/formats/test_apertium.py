"""Bilingual dictionaries of Apertium."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings

from lexswitch import Lexicon, LexiconError
from lexswitch.formats import FORMATS
from lexswitch.formats.apertium import FORMAT, languages_of_name
from lexswitch.formats.base import Sample

from .reading import damaged, found, read, survives

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<!-- A dictionary -->
<dictionary>
  <alphabet/>
  <sdefs><sdef n="n" c="Noun"/></sdefs>
  <pardefs><pardef n="x"><e><p><l>one</l><r>un</r></p></e></pardef></pardefs>
  <section id="main" type="standard">
    <e><p><l>house<s n="n"/></l><r>casa<s n="n"/><s n="f"/></r></p></e>
    <e r="LR"><p><l>home<s n="n"/></l><r>casa<s n="n"/></r></p></e>
    <e r="RL"><p><l>house<s n="n"/></l><r>fogar<s n="n"/></r></p></e>
    <e><p><l>take<g><b/>off</g><s n="vblex"/></l><r>despegar<s n="vblex"/></r></p></e>
    <e><i>Paris<s n="np"/></i><par n="x"/></e>
    <e><p><l>of<s n="pr"/><j/>the<s n="det"/></l><r>de<j/>o</r></p></e>
    <e><re>[0-9]+</re><p><l><s n="num"/></l><r><s n="num"/></r></p></e>
    <e><p><l>,<s n="cm"/></l><r>,<s n="cm"/></r></p></e>
    <e i="yes"><p><l>old</l><r>vello</r></p></e>
    <e><par n="x"/></e>
  </section>
</dictionary>
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "apertium-en-gl.en-gl.dix"
    path.write_text(FILE, encoding="utf-8")
    return path


def pairs(path: Path, source: str, *targets: str) -> list[tuple[str, str]]:
    return [(term, translation) for term, _, translation, _ in read(FORMAT, path, targets, source=source).pairs]


def test_pairs(path: Path) -> None:
    """Blanks and joins are spaces, tags are removed, paradigms are ignored, other entries are counted."""
    result = read(FORMAT, path, ("gl",))
    assert [(term, translation) for term, _, translation, _ in result.pairs] == [
        ("house", "casa"),
        ("home", "casa"),
        ("take off", "despegar"),
        ("Paris", "Paris"),
        ("of the", "de o"),
    ]
    assert result.lines == [8, 9, 11, 12, 13]
    assert result.dropped == {"regular expression": 1, "no word or phrase": 1, "ignored entry": 1, "paradigm only": 1}


def test_inverse(path: Path) -> None:
    """From the language of the right side, the pairs are inverted, with the entries for this direction."""
    assert pairs(path, "gl", "en")[:3] == [("casa", "house"), ("fogar", "house"), ("despegar", "take off")]
    assert Lexicon.read(path, "gl").languages == ("en",)
    assert Lexicon.read(path, "en").languages == ("gl",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("en-gl.dix", ("en", "gl")),
        ("apertium-en-gl.en-gl.dix", ("en", "gl")),
        ("apertium-eng-cat.eng-cat.dix.gz", ("en", "ca")),
        ("apertium-swe-nor.swe-nob.dix", ("sv", "nb")),
        ("apertium-en-gl.en.dix", None),
        ("words.dix", None),
    ],
)
def test_languages_of_name(name: str, expected: tuple[str, str] | None) -> None:
    """The file name has the languages of the pair."""
    assert languages_of_name(Path(name)) == expected


def test_languages(path: Path) -> None:
    """Other languages than those of the name are an error; without such a name, the caller's count."""
    with pytest.raises(
        LexiconError, match=r"is a dictionary from 'en' to 'gl', .* read it with source='en', target='gl'"
    ):
        read(FORMAT, path, ("de",))
    path = path.rename(path.parent / "words.dix")
    assert pairs(path, "en", "pt")[0] == ("house", "casa")
    with pytest.raises(LexiconError, match="does not name its target language"):
        read(FORMAT, path, None)


def test_monolingual(path: Path) -> None:
    """A dictionary of one language has no pairs; the error says why."""
    entries = '<e lm="house"><i>house</i><par n="house__n"/></e>'
    path.write_text(f"<dictionary><alphabet>abc</alphabet><section>{entries}</section></dictionary>", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"no pair into .* read as 'apertium'; dropped: \{'monolingual entry': 1}"):
        Lexicon.read(path, "en", "gl")


def test_strict(path: Path) -> None:
    """strict=True names the line of the first entry that is dropped."""
    with pytest.raises(LexiconError, match=r"gl.dix:14: regular expression: .*correct it, or read without strict"):
        read(FORMAT, path, ("gl",), strict=True)


def test_long_texts(path: Path) -> None:
    """An entry with a very long text is counted."""
    path.write_text(FILE.replace("casa", "casa" * 5000, 1), encoding="utf-8")
    assert read(FORMAT, path, ("gl",)).dropped["text of more than 10,000 characters"] == 1


def test_recognised(path: Path) -> None:
    """The file is recognised by this format alone, also compressed."""
    assert [name for name, format in FORMATS.items() if format.detect(Sample(path))] == ["apertium"]
    packed = path.with_name("en-gl.dix.gz")
    packed.write_bytes(gzip.compress(FILE.encode()))
    assert found(FORMAT, packed)
    assert len(pairs(packed, "en", "gl")) == 5
    path.write_text("<dictionary><entry>x</entry></dictionary>", encoding="utf-8")
    assert not found(FORMAT, path)


def test_entities(path: Path) -> None:
    """A document type with declarations is refused."""
    path.write_text(f'<!DOCTYPE dictionary [<!ENTITY a "b">]>{FILE.partition("?>")[2]}', encoding="utf-8")
    with pytest.raises(LexiconError, match="its document type declares entities"):
        read(FORMAT, path, ("gl",))


@settings(max_examples=200, deadline=None)
@given(damaged(FILE.encode(), pieces=(b"<", b">", b"<e>", b"</e>", b"<l>", b"<b/>", b"&", b'"', b"<pardef>")))
def test_damage(data: bytes) -> None:
    """Damaged files raise only LexiconError."""
    survives(FORMAT, {"words.dix": data}, "words.dix")
