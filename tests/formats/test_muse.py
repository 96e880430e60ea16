"""MUSE dictionaries, read alone and through Lexicon.read."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import pickle
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon, LexiconError
from lexswitch.engine.characters import normalise_term
from lexswitch.formats.muse import FORMAT

from ..strategies import any_text, pair_tables, vocabularies
from .reading import damaged, found, read, survives

tables = vocabularies().flatmap(pair_tables)


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def lexicon_of(path: Path, data: str | bytes, **options: object) -> Lexicon:
    return Lexicon.read(write(path, data), "en", "de", **options)  # type: ignore[arg-type]


def pairs_of(lexicon: Lexicon) -> list[tuple[str, str]]:
    return [(term, translation) for term, _, translation, _ in lexicon.pairs()]


HOUSE = [("credit card", "Kreditkarte"), ("house", "Haus"), ("house", "Heim")]


@pytest.mark.parametrize(
    "data",
    [
        "credit card\tKreditkarte\nhouse\tHaus\nhouse\tHeim\n",
        "house\tHaus\ncredit card\tKreditkarte\nhouse\tHeim",
        "house Haus\ncredit card\tKreditkarte\nhouse Heim\n",
        "house Haus\r\ncredit card\tKreditkarte\r\nhouse   Heim\r\n",
        "\ufeffhouse\tHaus\r\n\r\n \t \ncredit card\tKreditkarte\nhouse\tHeim",
        "HOUSE \t Haus\ncredit-card\tKreditkarte\n  house\tHeim  \n",
        "\u200fhouse\tHaus\u200e\ncredit card\tKredit\u202akarte\u202c\nhouse\t\ufeffHeim\n",
        "house\u3000Haus\nCredit  Card\tKreditkarte\nhouse\u00a0Heim\n",
    ],
)
def test_tabs_and_blanks(tmp_path: Path, data: str) -> None:
    """Lines with a tab or spaces and either line end are read; repeated terms have several candidates."""
    lexicon = lexicon_of(tmp_path / "en-de.txt", data, format="muse")
    assert [(normalise_term(term), translation) for term, translation in pairs_of(lexicon)] == HOUSE
    assert lexicon.provenance[0]["dropped"] == {}
    assert lexicon_of(tmp_path / "en-de.txt", data) == lexicon  # detected
    assert (lexicon.source, lexicon.languages) == ("en", ("de",))


@given(tables, st.sampled_from((" ", "\t", "mixed")), st.sampled_from(("\n", "\r\n")), st.booleans())
def test_any_pairs(
    tmp_path_factory: pytest.TempPathFactory,
    pairs: dict[str, list[tuple[str, str]]],
    separator: str,
    end: str,
    last: bool,
) -> None:
    """Pairs in a MUSE file are read as from_pairs reads them, in the same order."""
    rows: list[tuple[str, str, str]] = []
    for term, translation, *_ in pairs[min(pairs)]:
        term, translation = (" ".join(text.split()) for text in (term, translation))
        both = term + translation
        if term and translation and not any(unicodedata.category(char) in ("Cc", "Cf") for char in both):
            tab = separator == "\t" or any(map(str.isspace, both)) or (separator == "mixed" and len(rows) % 2)
            rows.append((term, translation, "\t" if tab else " "))
    text = end.join(f"{term}{by}{translation}" for term, translation, by in rows) + end * last
    path = write(tmp_path_factory.mktemp("muse") / "file.txt", text)
    if not rows:
        with pytest.raises(LexiconError):
            Lexicon.read(path, "en", "de")
        return
    lexicon = Lexicon.read(path, "en", "de", format="muse")
    assert lexicon == Lexicon.from_pairs({"de": [row[:2] for row in rows]})
    assert len(rows) - lexicon.num_pairs == lexicon.provenance[0]["dropped"].get("duplicate", 0)


@given(tables)
def test_written_files_come_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: dict[str, list[tuple[str, str]]]
) -> None:
    """A lexicon of equal weights survives export and reading, except for direction marks."""
    language = min(pairs)
    rows = [
        pair[:2]
        for pair in pairs[language]
        if not any(unicodedata.category(char) == "Cf" for char in "".join(pair[:2]))
    ]
    if rows:
        lexicon = Lexicon.from_pairs({language: rows})
        path = tmp_path_factory.mktemp("muse") / "file.txt"
        lexicon.export(path)
        assert Lexicon.read(path, "en", language, format="muse") == lexicon


def test_provenance(tmp_path: Path) -> None:
    """The provenance has file, hash, format, number of pairs, and dropped lines by reason."""
    data = "a x\na x\nA X\nb\nb c d\nc\ty\tz\n\ty\nz\t\nd\x01\ty\ne\ty\x7f\nf\tg\n"
    (record,) = lexicon_of(tmp_path / "en-de.txt", data, format="muse").provenance
    assert len(record.pop("sha256")) == 64
    assert record == {
        "file": "en-de.txt",
        "format": "muse",
        "languages": "en -> de",
        "pairs": 3,
        "dropped": {
            "control character in term": 1,
            "control character in translation": 1,
            "duplicate": 1,
            "empty term": 1,
            "empty translation": 1,
            "ragged line": 3,
        },
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("b", "ragged line: 'b'"),
        ("b c d", "ragged line: 'b c d'"),
        ("b\tc\td", "ragged line: 'b\\tc\\td'"),
        ("\tx", "empty term: ('', 'x')"),
        ("b\t", "empty translation: ('b', '')"),
        ("b\t\u200f", "empty translation: ('b', '\\u200f')"),
        ("b\0\tc", "control character in term: ('b\\x00', 'c')"),
        ("b\tc\x85d", "control character in translation: ('b', 'c\\x85d')"),
    ],
)
def test_strict(tmp_path: Path, line: str, reason: str) -> None:
    """With `strict` the first dropped line is an error with file, line and content; blank lines are not errors."""
    good = "a\tx\n" * 300
    path = tmp_path / "en-de.txt"
    assert lexicon_of(path, good + "\n \n", strict=True).num_pairs == 1
    message = f"{path}:301: {reason}; correct it, or read without strict to skip it"
    for rest in ("", "ragged\n", "\tx\n"):
        with pytest.raises(LexiconError, match=re.escape(message)):
            lexicon_of(path, f"{good}{line}\n{rest}", strict=True, format="muse")
    assert lexicon_of(path, f"{good}{line}\n").provenance[0]["dropped"] == {
        reason.partition(":")[0]: 1,
        "duplicate": 299,
    }


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """Compressed files are read like others; the hash is that of the compressed file."""
    plain = lexicon_of(tmp_path / "plain", "house\tHaus\n")
    packed = lexicon_of(tmp_path / "packed", pack(b"house\tHaus\n"))
    assert packed == plain
    assert packed.provenance[0]["sha256"] != plain.provenance[0]["sha256"]


@pytest.mark.slow
def test_several_blocks(tmp_path: Path) -> None:
    """Large files are read in blocks, with some irregular lines and continuous line numbers."""
    lines = [f"term{number} Übersetzung{number}" for number in range(200_000)]
    lines[70_000] = "phrase of words\tPhrase\u00a0aus Wörtern"
    lines[150_000] = "ragged"
    path = tmp_path / "en-de.txt"
    lexicon = lexicon_of(path, "\n".join(lines))
    assert lexicon.num_pairs == 199_999
    assert lexicon["phrase of words"]["de"][0].translation == "Phrase\u00a0aus Wörtern"
    assert lexicon["TERM199999"]["de"] == [("Übersetzung199999", 1.0)]
    with pytest.raises(LexiconError, match=r"en-de\.txt:150001: ragged line: 'ragged'"):
        lexicon_of(path, "\n".join(lines), strict=True)


def test_lines_of_a_megabyte(tmp_path: Path) -> None:
    """Texts of 1 MB are too long, and counted as dropped."""
    long = "x" * (1 << 20)
    data = f"house Haus\n{long}a {long}b\n{long}a {long}b\n{long}a {long}c\n{long} {long}b\n"
    lexicon = lexicon_of(tmp_path / "en-de.txt", data)
    assert pairs_of(lexicon) == [("house", "Haus")]
    assert lexicon.provenance[0]["dropped"] == {"translation too long": 4}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("house Häuser\n".encode("latin-1"), ":1: byte offset 7: not UTF-8"),
        ("ok ok\nhouse дом\n".encode("koi8-r"), ":2: byte offset 12: not UTF-8"),
        ("house Haus\n".encode("utf-16"), "it is UTF-16; convert it: iconv -f UTF-16 -t UTF-8"),
        ("house Haus\n".encode("utf-16-le"), ":1: byte offset 1: the first of many zero bytes"),
        (b"\x1f\x8b\x08 no gzip", "the compressed file is damaged"),
    ],
)
def test_wrong_encodings(tmp_path: Path, data: bytes, message: str) -> None:
    """Files in other encodings are refused with line, byte offset and remedy."""
    with pytest.raises(LexiconError, match=re.escape(message)):
        lexicon_of(tmp_path / "en-de.txt", data, format="muse")


@pytest.mark.parametrize(
    "data", ["", "\n\n", "\ufeff", " ", "one\ntwo\n", "This is no lexicon at all.\nIt is prose.\n"]
)
def test_no_lexicon(tmp_path: Path, data: str) -> None:
    """Files without pairs are an error with the reason, with and without a named format."""
    path = tmp_path / "some.txt"
    with pytest.raises(LexiconError, match=re.escape(str(path))):
        lexicon_of(path, data)
    with pytest.raises(LexiconError, match=f"{re.escape(str(path))}: no pair into ..de.. found, read as 'muse'"):
        lexicon_of(path, data, format="muse")


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", [{"house": ["Haus"]}, [("house", "Haus")], {}, [], ("house", "Haus"), {"house"}])
@pytest.mark.parametrize("chosen", [None, "muse"])
def test_pickles(tmp_path: Path, protocol: int, value: object, chosen: str | None) -> None:
    """A pickle is refused, with the reason if it is recognised."""
    path = write(tmp_path / "dict.pkl", pickle.dumps(value, protocol))
    with pytest.raises(LexiconError) as caught:
        Lexicon.read(path, "en", "de", format=chosen)
    if value and isinstance(value, (dict, list)):
        assert "is a pickle; reading one can run any code, so lexswitch never does" in str(caught.value)


@pytest.mark.parametrize("target", [None, ["de", "ru"]])
def test_target_is_needed(tmp_path: Path, target: object) -> None:
    """A MUSE file does not name its target language, so the target is required."""
    path = write(tmp_path / "en-de.txt", "house Haus\n")
    with pytest.raises(
        LexiconError, match=r"does not name its target language, and target is .*; pass one: target='de'"
    ):
        Lexicon.read(path, "en", target, format="muse")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "deu"}, "target: 'deu' is not a BCP 47 language code; did you mean 'de'"),
        ({"target": "german"}, "target: 'german' is not a BCP 47 language code; did you mean 'de'"),
        ({"target": "de", "source": "jp"}, "source: 'jp' is not a BCP 47 language code; did you mean 'ja'"),
        ({"target": []}, "target is empty"),
        ({"target": ["de", ""]}, "target: '' is not a BCP 47 language code"),
        ({"target": "de", "format": "msue"}, "format is 'msue'; it must be one of "),
    ],
)
def test_wrong_arguments(tmp_path: Path, options: dict[str, object], message: str) -> None:
    """Wrong languages and formats are errors before anything is read."""
    path = write(tmp_path / "en-de.txt", "house Haus\n")
    with pytest.raises(LexiconError, match=re.escape(message)):
        Lexicon.read(path, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "is_muse"),
    [
        ("house Haus\n", False),
        ("house\tHaus\n", True),
        ("house Haus\ndog Hund\n", True),
        ("AccessDenied Request", False),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 123\n", False),
        ("house\tHaus\ncredit card\tKreditkarte\n", True),
        ("house Haus\n" * 20 + "ragged\n", True),
        ("\n\nhouse Haus\n\ndog Hund", True),
        ("the и\nthe этот\n3d 3d\n10 10\n", True),
        ("", False),
        ("\n\n", False),
        ("house\n", False),
        ("house Haus extra\n", False),
        ("house,Haus\ncar,Auto\n", False),
        ("credit card,Kreditkarte\nhealth insurance,Krankenversicherung\n", False),
        ("credit card;Kreditkarte\nhealth insurance;Krankenversicherung\n", False),
        ("credit card | Kreditkarte\nhealth insurance | Krankenversicherung\n", False),
        ('{"house": "Haus"}\n', False),
        ("# comment\nhouse Haus\n", False),
        ("<a> <b>\n", False),
        ("the 22038615\nbe 12545825\nof 0.5\n", False),
        ("house\tHaus\t0.5\n", False),
        ("house NULL 0.1\nHaus house 0.2\n", False),
    ],
)
def test_detection(tmp_path: Path, data: str, is_muse: bool) -> None:
    """Two words per line are a MUSE file; other formats, lists of frequencies and prose are not."""
    assert found(FORMAT, write(tmp_path / "some.txt", data)) == is_muse


def test_reader_alone(tmp_path: Path) -> None:
    """The reader returns lines, terms and translations unchanged, and counts ragged lines."""
    result = read(FORMAT, write(tmp_path / "a", "A\tx y \n\nragged\nB  z\n"))
    assert result.pairs == [("A", "de", "x y ", 1.0), ("B", "de", "z", 1.0)]
    assert (result.lines, result.dropped) == ([1, 4], {"ragged line": 1})


_FILES = (
    b"house Haus\nhouse Heim\ncar Auto\n",
    "credit card\tKreditkarte\r\nдом\thouse\r\n".encode(),
    "\ufeffبيت\tHaus\u200f\n\u200fكتاب Buch\n家 いえ\n".encode(),
    gzip.compress(b"house Haus\nhouse\tHeim\n", mtime=0),
)


@given(damaged(*_FILES, pieces=(b"\t", b"\t\t", b"\x1f", b"\xe2\x80\x8f", b"\xed\xa0\x80", b"\xc2\x85", b"\r\n")))
def test_damaged_files(data: bytes) -> None:
    """Any bytes raise only LexiconError."""
    survives(FORMAT, {"en-de.txt": data}, "en-de.txt")


@given(
    damaged(*_FILES, pieces=(b"\t", b" ", b"\n")) | any_text.map(str.encode),
    st.booleans(),
    st.sampled_from((None, "muse")),
)
def test_damaged_files_through_the_front_door(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, strict: bool, chosen: str | None
) -> None:
    """Lexicon.read returns a lexicon with consistent counts, or raises LexiconError."""
    path = write(tmp_path_factory.getbasetemp() / "damaged.txt", data)
    lexicon = None
    with contextlib.suppress(LexiconError):
        lexicon = Lexicon.read(path, "en", "de", chosen, strict)
    if lexicon is None:
        return
    (record,) = lexicon.provenance
    assert record["pairs"] == lexicon.num_pairs
    if record["format"] == "muse" and not data.startswith(b"\x1f\x8b"):
        lines = [line for line in data.decode("utf-8-sig").split("\n") if line.strip()]
        assert record["pairs"] + sum(record["dropped"].values()) == len(lines)
