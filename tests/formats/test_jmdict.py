"""JMdict in XML."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings

from lexswitch import Lexicon, LexiconError
from lexswitch.formats import FORMATS
from lexswitch.formats.base import Sample
from lexswitch.formats.jmdict import FORMAT

from .reading import damaged, found, read, survives

DOCTYPE = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Rev 1.09 -->
<!DOCTYPE JMdict [
<!ELEMENT JMdict (entry*)>
<!ELEMENT gloss (#PCDATA | pri)*>
<!ATTLIST gloss xml:lang CDATA "eng">
<!ATTLIST gloss g_type CDATA #IMPLIED>
<!ENTITY n "noun (common) (futsuumeishi)">
<!ENTITY v5b "Godan verb with 'bu' ending">
<!ENTITY oK "word containing out-dated kanji or kanji usage">
<!ENTITY RnD "R&amp;D">
]>
"""
HOUSE = """<entry><ent_seq>1191730</ent_seq>
<k_ele><keb>家</keb><ke_pri>ichi1</ke_pri></k_ele><k_ele><keb>屋</keb><ke_inf>&oK;</ke_inf></k_ele>
<k_ele><keb>舎</keb></k_ele>
<r_ele><reb>いえ</reb></r_ele>
<sense><pos>&n;</pos><gloss>house</gloss><gloss>residence</gloss><gloss g_type="expl">where one lives</gloss></sense>
<sense><stagk>家</stagk><pos>&n;</pos><gloss>family</gloss></sense>
<sense><gloss xml:lang="ger">Haus (n)</gloss><gloss xml:lang="ger">Heim; Wohnung</gloss></sense>
<sense><gloss xml:lang="rus">дом</gloss></sense>
</entry>
"""
KANA = """<entry><ent_seq>1000360</ent_seq><r_ele><reb>あっさり</reb></r_ele>
<sense><pos>&n;</pos><gloss>easily</gloss><gloss>&RnD;</gloss></sense></entry>
"""
FILE = f"{DOCTYPE}<JMdict>\n{HOUSE}{KANA}</JMdict>\n"


def write(tmp_path: Path, *entries: str, doctype: str = DOCTYPE) -> Path:
    path = tmp_path / "JMdict"
    path.write_text(f"{doctype}<JMdict>\n{''.join(entries)}</JMdict>\n", encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, HOUSE, KANA)


def pairs(path: Path, source: str, *targets: str) -> list[tuple[str, str]]:
    return [(term, translation) for term, _, translation, _ in read(FORMAT, path, targets, source=source).pairs]


def test_pairs(path: Path) -> None:
    """Words in kanji, else in kana, get the glosses of their senses; a sense may apply to some spellings."""
    assert pairs(path, "ja", "en") == [
        ("家", "house"),
        ("舎", "house"),
        ("家", "residence"),
        ("舎", "residence"),
        ("家", "family"),
        ("あっさり", "easily"),
        ("あっさり", "R&D"),
    ]
    result = read(FORMAT, path, ("en",), source="ja")
    assert result.lines == [14] * 5 + [23] * 2
    assert result.dropped == {"explanation": 1}


def test_languages(path: Path) -> None:
    """Glosses have the language of their attribute; other languages than the requested ones are skipped."""
    assert pairs(path, "ja", "de")[::2] == [("家", "Haus"), ("家", "Heim"), ("家", "Wohnung")]
    assert set(Lexicon.read(path, "ja").languages) == {"de", "en", "ru"}
    assert set(Lexicon.read(path, "ja", ["de", "ru"]).languages) == {"de", "ru"}


def test_inverse(path: Path) -> None:
    """From another language, its glosses are terms; a language without glosses is an error."""
    assert pairs(path, "en", "ja")[:2] == [("house", "家"), ("house", "舎")]
    assert pairs(path, "de", "ja")[0] == ("Haus", "家")
    assert Lexicon.read(path, "ru").languages == ("ja",)
    with pytest.raises(
        LexiconError, match="no entry in the source language 'fr', only in de, en, ru; pass one of them"
    ):
        read(FORMAT, path, ("ja",), source="fr")
    with pytest.raises(LexiconError, match="read it with source='en', target='ja'"):
        read(FORMAT, path, ("de",))


def test_dropped(tmp_path: Path) -> None:
    """Entries without a word and glosses in no language are counted; strict=True names the line."""
    entries = ("<entry><sense><gloss>x</gloss></sense></entry>\n", KANA.replace("<gloss>", '<gloss xml:lang="?">'))
    path = write(tmp_path, *entries, HOUSE)
    assert read(FORMAT, path, ("en",), source="ja").dropped == {
        "no headword": 1,
        "wrong language code": 2,
        "explanation": 1,
    }
    with pytest.raises(LexiconError, match=r"JMdict:14: no headword: .*correct it, or read without strict"):
        read(FORMAT, path, ("en",), source="ja", strict=True)


def test_recognised(path: Path, tmp_path: Path) -> None:
    """The file is recognised, also compressed and if its document type is longer than the sample."""
    assert [name for name, format in FORMATS.items() if format.detect(Sample(path))] == ["jmdict"]
    packed = tmp_path / "JMdict.gz"
    packed.write_bytes(gzip.compress(FILE.replace("<!ELEMENT JM", f"<!-- {'x' * 70_000} -->\n<!ELEMENT JM").encode()))
    assert found(FORMAT, packed)
    assert len(read(FORMAT, packed, ("en",), source="ja").pairs) == 7
    path.write_text("<TEI/>", encoding="utf-8")
    assert not found(FORMAT, path)


BOMB = '<!DOCTYPE JMdict [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
DEFAULTS = "".join(f'<!ATTLIST gloss a{number} CDATA "x">' for number in range(101))
LONG = "x" * 201


@pytest.mark.parametrize(
    ("doctype", "message"),
    [
        (BOMB, "JMdict:1: the entity 'b' may hold other entities"),
        ('<!DOCTYPE JMdict [<!ENTITY b "&#38;a;">]>', "the entity 'b' may hold other entities"),
        ('<!DOCTYPE JMdict [<!ENTITY % b "x">]>', "the entity 'b' may hold other entities"),
        (
            '<!DOCTYPE JMdict [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
            "in another file, 'file:///etc/passwd', which is",
        ),
        (f'<!DOCTYPE JMdict [<!ENTITY b "{LONG}">]>', "the entity 'b' has more than 200 characters; remove"),
        (f'<!DOCTYPE JMdict [<!ATTLIST gloss a CDATA "{LONG}">]>', "or one of more than 200 characters"),
        (f"<!DOCTYPE JMdict [{DEFAULTS}]>", "more than 100 default values of attributes"),
    ],
)
def test_entities(tmp_path: Path, doctype: str, message: str) -> None:
    """Entities that could expand to any size or that are in other files are refused."""
    with pytest.raises(LexiconError, match=message):
        read(FORMAT, write(tmp_path, KANA, doctype=doctype), ("en",), source="ja")


def test_other_document_type(tmp_path: Path) -> None:
    """A document type in another file is not opened; the labels that it declares are not needed."""
    path = write(tmp_path, KANA, doctype='<!DOCTYPE JMdict SYSTEM "file:///etc/passwd">')
    assert pairs(path, "ja", "en")[0] == ("あっさり", "easily")


def test_limits(tmp_path: Path) -> None:
    """Long texts and entries with very many parts are counted."""
    long = KANA.replace("easily", "easily " * 2000)
    many = KANA.replace("<gloss>easily", "<gloss>x</gloss>" * 6000 + "<gloss>easily")
    dropped = read(FORMAT, write(tmp_path, long, many), ("en",), source="ja").dropped
    assert dropped["text of more than 10,000 characters"] == 1
    assert dropped["entry of more than 5,000 parts"] > 1000


@settings(max_examples=200, deadline=None)
@given(damaged(FILE.encode(), BOMB.encode(), pieces=(b"<", b">", b"</", b"<entry>", b"<sense>", b"&n;", b"&", b'"')))
@pytest.mark.slow
def test_damage(data: bytes) -> None:
    """Damaged files raise only LexiconError."""
    survives(FORMAT, {"JMdict": data}, "JMdict")
