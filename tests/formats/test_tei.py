import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch.errors import LexiconError
from lexswitch.formats.base import LexiconFile
from lexswitch.formats.dictd import FORMAT as DICTD
from lexswitch.formats.muse import FORMAT as MUSE
from lexswitch.formats.table import FORMAT as TABLE
from lexswitch.formats.tei import FORMAT

from .reading import damaged, found, read, survives

HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/css" href="freedict-dictionary.css"?>
<!DOCTYPE TEI SYSTEM "freedict-P5.dtd">
<TEI xmlns="http://www.tei-c.org/ns/1.0" version="5.0"><teiHeader xml:lang="en"><fileDesc>
<titleStmt><title>{title}</title><respStmt><name>[up for grabs]</name></respStmt></titleStmt>
<editionStmt><edition>0.3</edition></editionStmt>
<publicationStmt><availability status="free"><p>Available under the terms of the <ref target="x">GNU GPL</ref>.</p>
</availability></publicationStmt></fileDesc></teiHeader><text>"""


def write(folder: Path, *entries: str, title: str = "English-German FreeDict Dictionary", body: str = "") -> Path:
    """Write a dictionary with one entry per line, from line 9 on."""
    path = folder / "words.tei"
    lines = "".join(f"{entry}\n" for entry in entries)
    path.write_text(f"{HEADER.format(title=title)}<body{body}>\n{lines}</body></text></TEI>", encoding="utf-8")
    return path


def entry(headword: str, *translations: str, language: str = "") -> str:
    """An entry with one sense for each translation."""
    lang = f' xml:lang="{language}"' if language else ""
    senses = "".join(f'<sense><cit type="trans"{lang}><quote>{text}</quote></cit></sense>' for text in translations)
    return f"<entry><form><orth>{headword}</orth><pron>x</pron></form>{senses}</entry>"


def pairs(path: Path) -> list[tuple[str, str]]:
    return [(term, translation) for term, _, translation, _ in read(FORMAT, path).pairs]


def test_pairs(tmp_path: Path) -> None:
    """Senses keep their order and the line of their entry; the header describes the dictionary."""
    path = write(tmp_path, entry("house", "Haus", "Gebäude"), entry("tree", "Baum"))
    assert found(FORMAT, path)
    assert not any(found(other, path) for other in (DICTD, MUSE, TABLE))
    result = read(FORMAT, path)
    assert result.pairs == [
        ("house", "de", "Haus", 1.0),
        ("house", "de", "Gebäude", 1.0),
        ("tree", "de", "Baum", 1.0),
    ]
    assert result.lines == [9, 9, 10]
    assert not result.dropped
    file = LexiconFile(path, "en", None, strict=False)
    list(FORMAT.read(file))
    assert file.metadata == {
        "name": "English-German FreeDict Dictionary",
        "version": "0.3",
        "licence": "Available under the terms of the GNU GPL.",
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            '<sense><cit type="trans"><quote>Haus <note>Bau</note></quote><gramGrp><gen>n</gen></gramGrp></cit></sense>',
            ["Haus"],
        ),
        (
            '<sense><usg type="dom">tech</usg><note>n</note><cit type="trans"><quote>Haus</quote></cit></sense>',
            ["Haus"],
        ),
        ('<sense><cit type="example"><quote>a</quote><cit type="trans"><quote>Satz</quote></cit></cit></sense>', []),
        (
            '<sense><xr type="syn"><ref>hut</ref></xr><cit type="translation"><quote>Haus</quote></cit></sense>',
            ["Haus"],
        ),
        ('<sense><def>a thing</def><cit type="trans"><quote>Haus</quote></cit></sense>', ["Haus"]),
        ("<sense><def>Haus</def></sense>", ["Haus"]),
        ("<trans><tr>Haus</tr></trans>", ["Haus"]),
        ('<sense><cit><quote type="trans">Haus</quote></cit></sense>', ["Haus"]),
        ("<sense><cit><quote>it is a house</quote></cit></sense>", []),
        ('<sense><cit><quote>a</quote><cit type="trans"><quote>Satz</quote></cit></cit></sense>', []),
        ('<sense><cit type="example"><quote type="trans">Satz</quote></cit></sense>', []),
        ('<sense><cit type="trans"><quote>Haus</quote><quote>Heim</quote></cit></sense>', ["Haus", "Heim"]),
        ("<hom><sense><cit><quote type='translation'>Haus</quote></cit></sense></hom>", ["Haus"]),
        ('<sense><sense><cit type="trans"><quote>Haus</quote></cit></sense></sense>', ["Haus"]),
        ('<re><form><orth>h.</orth></form><sense><cit type="trans"><quote>Hof</quote></cit></sense></re>', []),
        ('<sense><cit type="trans"><quote>jdm. ein <hi>Haus</hi> bauen</quote></cit></sense>', ["ein Haus bauen"]),
        (
            '<sense><cit type="trans"><quote>Hof (klein), Haus</quote><form><orth>x</orth></form></cit></sense>',
            ["Hof", "Haus"],
        ),
        ('<sense><cit type="trans"><quote>Geb&auml;ude</quote></cit></sense>', ["Gebäude"]),
        ("", []),
    ],
)
def test_elements(tmp_path: Path, content: str, expected: list[str]) -> None:
    """Translations are read; notes, labels, examples, references and related entries are not."""
    path = write(tmp_path, f"<entry><form><orth>house</orth></form>{content}</entry>")
    assert pairs(path) == [("house", translation) for translation in expected]


def test_headwords(tmp_path: Path) -> None:
    """Each spelling of the headword gets the translations; an entry without a headword is counted."""
    spelled = entry("colour", "Farbe").replace("</form>", "</form><form><orth>color</orth></form>")
    path = write(tmp_path, spelled, "<superEntry>" + entry("house", "Haus") + "</superEntry>", entry("", "Baum"))
    assert pairs(path) == [("colour", "Farbe"), ("color", "Farbe"), ("house", "Haus")]
    path = write(tmp_path, entry("house"), "<entry><sense><def>x</def></sense></entry>")
    assert read(FORMAT, path).dropped == {"no translation": 1, "no headword": 1}


def test_languages_of_translations(tmp_path: Path) -> None:
    """Translations get the language they name; languages that are not requested are skipped."""
    path = write(tmp_path, entry("house", "Haus", language="deu"), entry("house", "дом", language="ru"), title="Words")
    assert read(FORMAT, path, ("ru", "de")).pairs == [("house", "de", "Haus", 1.0), ("house", "ru", "дом", 1.0)]
    assert read(FORMAT, path, ("ru",)).pairs == [("house", "ru", "дом", 1.0)]
    assert len(read(FORMAT, path, None).pairs) == 2


def marked(headword: str, translation: str, language: str) -> str:
    """An entry whose headword names its language."""
    return entry(headword, translation).replace("<form>", f'<form xml:lang="{language}">')


def test_languages(tmp_path: Path) -> None:
    """The languages of title, headwords and file name are checked; without any, the target is required."""
    path = write(tmp_path, entry("house", "Haus"))
    with pytest.raises(LexiconError, match=r"source='en', target='de'\)\.invert\('de'\)"):
        read(FORMAT, path, ("en",), source="de")
    with pytest.raises(LexiconError, match="read it with source='en', target='de'"):
        read(FORMAT, path, ("fr",))
    path = write(tmp_path, marked("Haus", "house", "de"), title="Words")
    with pytest.raises(LexiconError, match="is a dictionary from 'de', but source is 'en'; read it with source='de'"):
        read(FORMAT, path, ("en",))
    assert read(FORMAT, path, ("en",), source="de").pairs == [("Haus", "en", "house", 1.0)]
    with pytest.raises(LexiconError, match="pass one: target="):
        read(FORMAT, path, None, source="de")
    path = path.rename(tmp_path / "eng-deu.tei")
    path.write_text(write(tmp_path, entry("a", "b"), title="FreeDict").read_text())
    assert read(FORMAT, path, None).pairs == [("a", "de", "b", 1.0)]


@pytest.mark.parametrize("language", ["en", "fr", "wo", "la"])
def test_language_of_the_body_does_not_count(tmp_path: Path, language: str) -> None:
    """A Wolof dictionary whose text element claims English, as in FreeDict, is read as Wolof."""
    path = write(tmp_path, entry("aay", "interdit"), title="Wolof - French FreeDict dictionary")
    path.write_text(path.read_text(encoding="utf-8").replace("<text>", f'<text xml:lang="{language}">'))
    expected = [("aay", "fr", "interdit", 1.0)]
    assert read(FORMAT, path, ("fr",), source="wo").pairs == expected
    assert read(FORMAT, path, None, source="wo").pairs == expected
    path = write(tmp_path, entry("aay", "interdit"), title="Words", body=f' xml:lang="{language}"')
    assert read(FORMAT, path, ("fr",), source="wo").pairs == expected


@pytest.mark.parametrize("title", ["Latin-German FreeDict Dictionary", "German-Latin", "Words", "English-Wolof"])
def test_language_of_headwords_decides(tmp_path: Path, title: str) -> None:
    """The language of headwords takes precedence over the title; headwords in another language are dropped."""
    entries = marked("domus", "Haus", "la"), entry("canis", "Hund"), marked("house", "Haus", "en")
    result = read(FORMAT, write(tmp_path, *entries, title=title), ("wo" if "Wolof" in title else "de",), source="la")
    assert [pair[0] for pair in result.pairs] == ["domus", "canis"]
    assert result.dropped == {"headword in another language": 1}
    languages = ' xml:lang="la">', "<entry>"
    path = write(tmp_path, entry("domus", "Haus", language="de").replace(languages[1], f"<entry{languages[0]}"))
    assert read(FORMAT, path, source="la").pairs == [("domus", "de", "Haus", 1.0)]


def test_marks_of_the_source_language(tmp_path: Path) -> None:
    """Translations in a sense marked with the source language are still in the target language."""
    sense = '<sense xml:lang="en"><cit type="trans"><quote>Haus</quote></cit></sense>'
    path = write(tmp_path, f"<entry><form><orth>house</orth></form>{sense}</entry>")
    assert read(FORMAT, path, None).pairs == [("house", "de", "Haus", 1.0)]


@pytest.mark.parametrize(("source", "target"), [("swh", "pl"), ("sw", "pl"), ("pl", "sw"), ("pl", "swh")])
def test_either_code(tmp_path: Path, source: str, target: str) -> None:
    """A Swahili file with either code is read by either code; the pairs have the requested code."""
    for code in ("sw", "swh"):
        body = marked("asali", "miód", code) if target == "pl" else entry("miód", "asali", language=code)
        title = "Swahili-Polish" if target == "pl" else "Polish-Swahili"
        for path in (write(tmp_path, body, title=title), write(tmp_path, body, title="Words")):
            assert [pair[1] for pair in read(FORMAT, path, (target,), source=source).pairs] == [target]


codes = st.sampled_from(["", "en", "de", "wo", "sw"])


@given(codes, codes, codes, codes, st.sampled_from(["en", "de", "wo", "swh"]), st.sampled_from(["en", "de", "fr"]))
def test_advice_does_not_go_in_circles(
    tmp_path_factory: pytest.TempPathFactory, text: str, form: str, quote: str, title: str, source: str, target: str
) -> None:
    """Following the remedies about languages, at most three times, gives the pairs."""
    names = {"en": "English-French", "de": "German-English", "wo": "Wolof-French", "sw": "Swahili-Polish", "": "Words"}
    body = marked("a", "b", form) if form else entry("a", "b")
    if quote:
        body = body.replace("<quote>", f'<quote xml:lang="{quote}">')
    folder = tmp_path_factory.mktemp("tei")
    path = write(folder, body, title=names[title], body=f' xml:lang="{text}"' if text else "")
    result = None
    for _ in range(4):  # the language of the headwords may be known before that of the translations
        try:
            result = read(FORMAT, path, (target,), source=source).pairs
            break
        except LexiconError as error:
            advice = dict(re.findall(r"(source|target)='(\w+)'", str(error)))
            if "source and target are both" in str(error):  # pass the language of the translations as target
                advice = {"target": "fr"}
        source, target = advice.get("source", source), advice.get("target", target)
    assert result in ([("a", target, "b", 1.0)], [])
    assert result or quote not in ("", source, target)


BOMB = """<?xml version="1.0"?>
<!DOCTYPE TEI [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>
<TEI><text><body><entry><form><orth>&c;</orth></form></entry></body></text></TEI>"""
SECRET = (
    '<!DOCTYPE TEI [<!ENTITY a SYSTEM "file:///etc/passwd">]><TEI><entry><form><orth>&a;</orth></form></entry></TEI>'
)
DEFAULTS = '<!DOCTYPE TEI [<!ATTLIST entry n CDATA "aaaaaaaa">]><TEI><entry/></TEI>'


@pytest.mark.parametrize("text", [BOMB, SECRET, DEFAULTS])
def test_document_type(tmp_path: Path, text: str) -> None:
    """Declared entities and defaults are refused, because they may expand or read other files."""
    path = tmp_path / "bomb.tei"
    path.write_text(text)
    with pytest.raises(LexiconError, match=r"declares entities or attributes, .* remove the <!DOCTYPE"):
        read(FORMAT, path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<TEI><text>", r"words.tei:1: not well-formed XML \(no element found"),
        ("<TEI>\n<entry></form></TEI>", r"words.tei:2: not well-formed XML \(mismatched tag"),
        ('<?xml version="1.0" encoding="klingon"?><TEI/>', "not well-formed XML .*encoding"),
        ('<?xml version="1.0" encoding="utf-7"?><TEI/>', "not well-formed XML"),
        ("<TEI>" + "<a>" * 300, "nested more than 200 deep"),
        pytest.param("<TEI><!--" + "x" * (20 << 20), "more than 16 MiB", marks=pytest.mark.slow),
    ],
)
def test_malformed(tmp_path: Path, text: str, message: str) -> None:
    """A file that is not XML, or not a dictionary, is an error with its line."""
    path = tmp_path / "words.tei"
    path.write_text(text)
    with pytest.raises(LexiconError, match=message):
        read(FORMAT, path)


def test_before_the_damage(tmp_path: Path) -> None:
    """A file that declares another encoding is read."""
    path = tmp_path / "words.tei"
    text = write(tmp_path, entry("house", "Gebäude")).read_text(encoding="utf-8")
    path.write_bytes(text.replace("UTF-8", "ISO-8859-1").encode("latin-1"))
    assert pairs(path) == [("house", "Gebäude")]


@pytest.mark.slow
def test_bounds(tmp_path: Path) -> None:
    """Long texts and entries with very many parts are cut and counted, in little memory."""
    path = write(tmp_path, entry("house", "Haus " * 10**6), entry("tree", *["Baum"] * 10**5), entry("dog", "Hund"))
    tracemalloc.start()
    result = read(FORMAT, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.pairs[-1][2] == "Hund"
    assert result.dropped["text of more than 10,000 characters"] == 1
    assert result.dropped["entry of more than 5,000 parts"] > 90_000
    assert peak < 10 << 20


def test_other_files(tmp_path: Path) -> None:
    """Parts in other files are counted, not read; a dictionary without other parts is an error."""
    include = '<include href="letters/a.xml" xmlns="http://www.w3.org/2001/XInclude"/>'
    path = write(tmp_path, include, entry("house", "Haus"), include)
    assert read(FORMAT, path).dropped == {"entries in another file": 2}
    with pytest.raises(LexiconError, match=r"they are in other files; join them: xmllint --xinclude words\.tei"):
        read(FORMAT, write(tmp_path, include))


FILE = (HEADER.format(title="English-German") + "<body>" + entry("house", "Haus") + "</body></text></TEI>").encode()


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(damaged(FILE, BOMB.encode(), pieces=(b"<", b">", b"</", b"<entry>", b"&", b'"', b"<!--", b"<![CDATA[")))
def test_damage(data: bytes) -> None:
    """Damaged files raise only LexiconError."""
    survives(FORMAT, {"words.tei": data}, "words.tei")
