import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch.errors import LexiconError
from lexswitch.formats.base import LexiconFile
from lexswitch.formats.dictd import FORMAT as DICTD
from lexswitch.formats.stardict import FORMAT

from .dictionaries import info, stardict_bytes, synonym_bytes, write_stardict
from .reading import damaged, found, read, survives

ENTRIES = [("house", b"Haus, Geb\xc3\xa4ude"), ("tree", b"tree\nBaum")]
PAIRS = [("house", "de", "Haus", 1.0), ("house", "de", "Gebäude", 1.0), ("tree", "de", "Baum", 1.0)]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("bits", [32, 64])
def test_pairs(tmp_path: Path, packed: bool, bits: int) -> None:
    """Any of the three files identifies the dictionary, compressed or not, with offsets of 32 or 64 bits."""
    path = write_stardict(tmp_path, ENTRIES, packed, sametypesequence="m", idxoffsetbits=bits)
    for file in tmp_path.iterdir():
        assert found(FORMAT, file)
        assert not found(DICTD, file)
        result = read(FORMAT, file)
        assert result.pairs == PAIRS
        assert result.lines == [1, 1, 2]
    opened = LexiconFile(path, "en", ("de",), strict=False)
    list(FORMAT.read(opened))
    assert opened.metadata == {"name": "Words"}


@pytest.mark.parametrize(
    ("types", "data"),
    [
        ("m", b"Haus"),
        ("tm", b"ha\xca\x8as\0Haus"),
        ("Pm", struct.pack(">I", 3) + b"\0\0\0Haus"),
        ("mW", b"Haus\0\1\2\0"),
        ("", b"t\xca\x8as\0mHaus\0"),
        ("", b"W" + struct.pack(">I", 3) + b"\0m\0mHaus"),
        ("g", b"<b>Haus</b> <i>n.</i> <span foreground='gray'>x</span>"),
        (
            "h",
            b"<div><font color='green'>noun</font><br>Haus<script>x = '<b>'</script> <a href='bword://a'>see</a></div>",
        ),
        ("h", b"<html><head><title>Name</title></head><style>p {}</style><i>n<p>Haus<div class='example'>z. B.</div>"),
        (
            "x",
            b"<k>house</k>\n<tr>ha</tr> <abr>n.</abr> <dtrn>Haus</dtrn> <co>Bau</co><ex>our house</ex><kref>hut</kref>",
        ),
        ("x", b"<ar><k>house</k><def><gr>n</gr><deftext>Haus</deftext></def></ar>"),
        ("m", b"house /ha\xca\x8as/\n1. Haus\n"),
    ],
)
def test_types(tmp_path: Path, types: str, data: bytes) -> None:
    """Text is found among fields of all types; markup, labels, references and examples are removed."""
    assert read(FORMAT, write_stardict(tmp_path, [("house", data)], sametypesequence=types)).pairs == PAIRS[:1]


def test_entities(tmp_path: Path) -> None:
    """HTML character references are decoded."""
    path = write_stardict(tmp_path, [("x", b"Geb&auml;ude &#38; H&#xf6;fe")], sametypesequence="h")
    assert [pair[2] for pair in read(FORMAT, path).pairs] == ["Gebäude & Höfe"]


def test_shared_entry(tmp_path: Path) -> None:
    """Several headwords may share one entry."""
    path = write_stardict(tmp_path, ENTRIES, packed=False, sametypesequence="m")
    index = tmp_path / "words.idx"
    data = index.read_bytes()
    index.write_bytes(data + b"home" + data[5:14])
    assert [pair[0] for pair in read(FORMAT, path).pairs] == ["house", "house", "home", "home", "tree"]


@pytest.mark.parametrize("suffix", [".syn", ".syn.dz"])
def test_synonyms(tmp_path: Path, suffix: str) -> None:
    """A synonym is a headword of its entry, also if the text repeats the headword."""
    path = write_stardict(tmp_path, ENTRIES, sametypesequence="m")
    data = synonym_bytes([("home", 0), ("oak", 1), ("shrub", 1)])
    (tmp_path / f"words{suffix}").write_bytes(gzip.compress(data) if suffix == ".syn.dz" else data)
    result = read(FORMAT, path)
    assert [pair[::2] for pair in result.pairs] == [
        ("house", "Haus"),
        ("house", "Gebäude"),
        ("home", "Haus"),
        ("home", "Gebäude"),
        ("tree", "Baum"),
        ("oak", "Baum"),
        ("shrub", "Baum"),
    ]
    assert result.dropped == {}
    assert read(FORMAT, tmp_path / f"words{suffix}") == result


@pytest.mark.parametrize(
    ("damage", "count"), [(b"far\0\0\0\0\2", 1), (b"cut\0\0\0", 1), (b"end", 1), (b"far\0\xff\xff\xff\xffend", 2)]
)
def test_damaged_synonyms(tmp_path: Path, damage: bytes, count: int) -> None:
    """Synonyms of missing entries and truncated synonyms are counted; the others are read."""
    path = write_stardict(tmp_path, ENTRIES, sametypesequence="m")
    (tmp_path / "words.syn").write_bytes(synonym_bytes([("oak", 1)]) + damage)
    result = read(FORMAT, path)
    assert result.pairs == [*PAIRS, ("oak", "de", "Baum", 1.0)]
    assert result.dropped == {"damaged synonym": count}


def test_same_translation(tmp_path: Path) -> None:
    """A text that equals the headword is its translation."""
    path = write_stardict(tmp_path, [("taxi", b"taxi")], bookname="A FreeDict Dictionary", sametypesequence="m")
    assert read(FORMAT, path).pairs == [("taxi", "de", "taxi", 1.0)]


TABLE = (
    '<div>/<font color="gray">t</font>/<br>\n<div><font class="grammar" color="green">noun</font></div><ol><li><ol>'
    "<li>furniture</li><li>board, panel</li></ol><div>Tisch</div></li><li>rows of data<ol><li><div>Tabelle</div></li>"
    "<li><div>Tafel</div></li></ol></li></ol></div>"
)
SHIP = '<div><font color="green">suffix</font><br>state<div>schaft</div></div>'


@pytest.mark.parametrize("name", ["Words", "English-Deutsch FreeDict+WikDict dictionary (en-de)"])
def test_wikdict(tmp_path: Path, name: str) -> None:
    """Translations, not definitions, are read from WikDict's HTML, with and without its name."""
    path = write_stardict(
        tmp_path, [("ship", SHIP.encode()), ("table", TABLE.encode())], bookname=name, sametypesequence="h"
    )
    (tmp_path / "words.syn").write_bytes(synonym_bytes([("tables", 1)]))
    result = read(FORMAT, path)
    assert [pair[::2] for pair in result.pairs] == [
        (term, translation) for term in ("table", "tables") for translation in ("Tisch", "Tabelle", "Tafel")
    ]
    assert result.dropped == {"unusable headword": 1, "no translation": 1}


def test_plain_wikdict(tmp_path: Path) -> None:
    """A WikDict dictionary converted from dictd's layout is read like the original."""
    text = "table //t// <n>\n1. Tisch, Tafel 2.\nfurniture\n 3.\nboard\n2. Tabelle\nrows of data\n"
    path = write_stardict(tmp_path, [("table", text.encode())], sametypesequence="m")
    assert [pair[2] for pair in read(FORMAT, path).pairs] == ["Tisch", "Tafel", "Tabelle"]


def test_family(tmp_path: Path) -> None:
    """FreeDict dictionaries are cleaned by their rules, and name their languages."""
    html = b"<div><font color='gray'>/x/</font></div><div>jdn. schlagen, auf etw. hauen</div><div>Synonym: hauen</div>"
    path = write_stardict(
        tmp_path, [("hit sb.", html)], bookname="English-German FreeDict Dictionary", sametypesequence="h"
    )
    assert read(FORMAT, path, None).pairs == [("hit", "de", "schlagen", 1.0)]
    with pytest.raises(LexiconError, match=r"source='en', target='de'\)\.invert\('de'\)"):
        read(FORMAT, path, ("en",), source="de")


@pytest.mark.parametrize("missing", ["words.idx", "words.dict.dz", "words.ifo"])
def test_missing_file(tmp_path: Path, missing: str) -> None:
    """A missing file is an error that names it."""
    path = write_stardict(tmp_path, ENTRIES, sametypesequence="m")
    (tmp_path / (missing if missing != "words.idx" else "words.idx.gz")).unlink()
    with pytest.raises(LexiconError, match=f"of this dictionary is missing; put .*{missing}"):
        read(FORMAT, path if path.exists() else tmp_path / "words.dict.dz")


def test_no_dictionary(tmp_path: Path) -> None:
    """A file with another first line is refused."""
    path = write_stardict(tmp_path, ENTRIES, sametypesequence="m")
    path.write_text("bookname=Words\n")
    assert not found(FORMAT, path)
    with pytest.raises(LexiconError, match=r"words.ifo:1: this is not a StarDict dictionary; its first line must be"):
        read(FORMAT, path)


def test_damaged_index(tmp_path: Path) -> None:
    """A truncated index, or one with invalid offsets, is read as far as possible."""
    path = write_stardict(tmp_path, ENTRIES, packed=False, sametypesequence="m")
    index = tmp_path / "words.idx"
    data = index.read_bytes()
    index.write_bytes(data + b"far\0" + b"\xff\xff\xff\xff\0\0\0\4" + b"long\0\0\0\0\0\xff\xff\xff\xff" + b"cut\0\0\0")
    result = read(FORMAT, path)
    assert result.pairs == PAIRS
    assert result.dropped == {
        "damaged index entry": 1,
        "beyond the end of the text": 1,
        "entry of more than 64 KiB": 1,
    }


@pytest.mark.parametrize("lost", [1, 2])
def test_cut_off(tmp_path: Path, lost: int) -> None:
    """A text that ends before more than one of its few entries is refused."""
    path = write_stardict(tmp_path, [*ENTRIES, ("dog", b"Hund")], packed=False, sametypesequence="m")
    text = tmp_path / "words.dict"
    text.write_bytes(text.read_bytes()[: -2 if lost == 1 else -6])
    if lost == 1:
        assert read(FORMAT, path).dropped == {"beyond the end of the text": 1}
    else:
        with pytest.raises(LexiconError, match=r"words.dict ends before 2 of its 3 entries; the file is truncated"):
            read(FORMAT, path)


def test_encoding(tmp_path: Path) -> None:
    """Entries that are not UTF-8, or have no text, are dropped."""
    path = write_stardict(tmp_path, [("a", b"Geb\xe4ude"), *ENTRIES], sametypesequence="m")
    result = read(FORMAT, path)
    assert result.pairs == PAIRS
    assert result.dropped == {"not UTF-8": 1}
    path = write_stardict(tmp_path, ENTRIES, sametypesequence="P")
    assert read(FORMAT, path).dropped == {"no translation": 2}


INDEX, TEXT = stardict_bytes([*ENTRIES, ("run", b"<i>v.</i> laufen<br>&amp; rennen"), ("table", TABLE.encode())])


@settings(max_examples=300, deadline=None)
@pytest.mark.slow
@given(
    damaged(INDEX, pieces=(b"\0", b"\xff\xff\xff\xff", b"\0\0\0\x05")),
    damaged(TEXT, pieces=(b"<", b">", b"<!", b"&#", b"\0")),
    damaged(synonym_bytes([("home", 0), ("oak", 1)]), pieces=(b"\0", b"\xff\xff\xff\xff")),
    st.sampled_from(["m", "h", "x", "g", "tm", "mW", "Pm", "", "é"]),
    st.sampled_from(["W", "WikDict and FreeDict"]),
)
def test_damage(index: bytes, text: bytes, synonyms: bytes, types: str, name: str) -> None:
    """Damaged files raise only LexiconError."""
    files = {"w.ifo": info(bookname=name, sametypesequence=types), "w.idx": index, "w.dict": text, "w.syn": synonyms}
    survives(FORMAT, files, "w.ifo")


@settings(max_examples=100, deadline=None)
@given(damaged(info(bookname="English-German", sametypesequence="m", idxoffsetbits=64), pieces=(b"=",)))
def test_damaged_information(data: bytes) -> None:
    """A damaged information file raises only LexiconError."""
    survives(FORMAT, {"w.ifo": data, "w.idx": INDEX, "w.dict": TEXT}, "w.ifo")
