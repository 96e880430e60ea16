import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import Lexicon
from lexswitch.errors import LexiconError
from lexswitch.formats.table import FORMAT, write

from .reading import damaged, found, read, survives

HEADER = "term\tlanguage\ttranslation\tweight\n"
ROWS = HEADER + "house\tde\tHaus\t0.75\ncredit card\tde\tKreditkarte\t1.0\nhouse\tru\tдом\t2.5\n"
CSV = 'Source,Target,note\nhouse,Haus,n\n"""so"" they say","so, sagen sie",x\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lexicon.tsv"


def test_header_names_columns(path: Path) -> None:
    """Columns are found by name, in any order and letter case, among other columns."""
    path.write_text("note\tWord\tLang\tScore\tTarget\nx\thouse\tdeu\t0.5\tHaus\ny\tdog\tru\t1e-3\tсобака\n")
    result = read(FORMAT, path, None)
    assert result.pairs == [("house", "de", "Haus", 0.5), ("dog", "ru", "собака", 0.001)]
    assert result.lines == [2, 3]
    assert found(FORMAT, path)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("credit card\tKreditkarte\nhouse\tHaus\n", [("credit card", "Kreditkarte", 1.0), ("house", "Haus", 1.0)]),
        ("house\tHaus\t.5\ndog\tHund\t2\n", [("house", "Haus", 0.5), ("dog", "Hund", 2.0)]),
        ("house\tde\tHaus\ndog\tde\tHund\n", [("house", "Haus", 1.0), ("dog", "Hund", 1.0)]),
        ("house\tde\tHaus\t3\ndog\tde\tHund\t4", [("house", "Haus", 3.0), ("dog", "Hund", 4.0)]),
        ("house,Haus\r\ndog,Hund\r\n", [("house", "Haus", 1.0), ("dog", "Hund", 1.0)]),
        ("house;Haus;1.5\ndog;Hund;0\n", [("house", "Haus", 1.5), ("dog", "Hund", 0.0)]),
        ('"house"\t"Haus ""am"" See"\t1\n"dog"\t"Hund"\t2\n', [("house", 'Haus "am" See', 1.0), ("dog", "Hund", 2.0)]),
        ('\n\nsource,target\n\n5" disk,"Disk, klein"\n', [('5" disk', "Disk, klein", 1.0)]),
    ],
    ids=["pairs", "weights", "languages", "all", "csv", "semicolons", "r", "blank lines"],
)
def test_layouts(path: Path, text: str, pairs: list[tuple[str, str, float]]) -> None:
    """Each documented layout is recognised and read."""
    path.write_bytes(text.encode())
    assert found(FORMAT, path)
    result = read(FORMAT, path)
    assert result.pairs == [(term, "de", translation, weight) for term, translation, weight in pairs]
    assert not result.dropped


def test_csv_quotes(path: Path) -> None:
    """Quoted CSV fields may hold separators and doubled quotes; an unclosed quote affects only its line."""
    path.write_text(CSV + '"open,Haus,x\nweb,Netz,y\n"a"b,c"d,e"\n"x"y,z,"\nlast,Letzter,\n')
    result = read(FORMAT, path)
    assert [pair[0] for pair in result.pairs] == ["house", '"so" they say', "web", "last"]
    assert result.pairs[1][2] == "so, sagen sie"
    assert result.dropped == {"ragged line": 3}
    assert result.lines == [2, 3, 5, 8]


def test_tsv_is_literal(path: Path) -> None:
    """Quotes in tab-separated files are ordinary characters, also if they are not closed."""
    path.write_text(HEADER + '"\tde\t„\t1.0\n"quoted"\tde\t"Zitat"\t1.0\n')
    assert [pair[::2] for pair in read(FORMAT, path).pairs] == [('"', "„"), ('"quoted"', '"Zitat"')]


@pytest.mark.parametrize("text", [CSV, "source,target,note\n", "source\ttarget\tnote\n"])
def test_long_lines(path: Path, text: str) -> None:
    """A line beyond the field limit of the csv module is dropped; lines around it are read."""
    separator = "\t" if "\t" in text else ","
    path.write_text(f"{text}{'x' * 200_000}{separator}y{separator}z\ndog{separator}Hund{separator}n\n")
    result = read(FORMAT, path)
    assert result.pairs[-1] == ("dog", "de", "Hund", 1.0)
    assert result.dropped == {"line too long": 1}


def test_drops(path: Path) -> None:
    """Rows without number, language or all fields are counted; with strict=True the error names the line."""
    path.write_text(ROWS + "a\tde\tb\nc\tde\td\t0,5\ne\tgerman\tf\t1\n\ng\tde\th\tnan\n")
    assert read(FORMAT, path).dropped == {"ragged line": 1, "weight is not a number": 2, "wrong language code": 1}
    for line, reason in ((5, "ragged line"), (5, "weight is not a number"), (5, "wrong language code")):
        bad = {"ragged line": "a\tb", "weight is not a number": "a\tde\tb\t1,5", "wrong language code": "a\t?\tb\t1"}[
            reason
        ]
        path.write_text(ROWS + bad)
        with pytest.raises(LexiconError, match=f"lexicon.tsv:{line}: {reason}"):
            read(FORMAT, path, strict=True)


def test_blocks_agree_with_lines(path: Path) -> None:
    """The fast path for whole blocks equals reading line by line, for a file of several blocks."""
    rows = [f"term {number}\tde\tWort {number}\t{number / 7!r}\n" for number in range(1, 90_000)]
    path.write_text(HEADER + "".join(rows))
    plain = read(FORMAT, path)
    path.write_text(
        HEADER + "\n" + "".join(row if number % 40_000 else "ragged\n" + row for number, row in enumerate(rows))
    )
    ragged = read(FORMAT, path)
    assert plain.pairs == ragged.pairs
    assert plain.pairs[-1] == ("term 89999", "de", "Wort 89999", 89_999 / 7)
    assert plain.lines == list(range(2, 90_001))
    assert ragged.lines[0] == 4
    assert ragged.lines[-1] == 90_000 + 4
    assert ragged.dropped == {"ragged line": 3}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It was a bright cold day in April, and the clocks were striking thirteen.\nWinston Smith, his chin nuzzled.\n",
        "Dear John,\nthank you, indeed, for the letter.\nYours, Mary\n",
        "time,temperature,place\n2024-01-01,3.5,Berlin\n2024-01-02,4.5,Hamburg\n",
        "id,langvar,txt,txt_degr\n1,187,house,house\n",
        "the\t23135851162\nof\t13151942776\n",
        "house Haus\ndog Hund\n",
        "house\tHaus\ndog\tHund\n",
        '{"term": "a",\n"b": "c"}\n',
        "aardvark\tA\tDk\nabacus\tDl\tBQ\n",
        "We walked home late in the rain last night.\tWir gingen gestern Nacht spät im Regen nach Hause.\n" * 3,
        "1\tThe\tthe\tDET\t_\t_\t2\tdet\t_\t_\n",
        "AccessDenied,Request,403",
    ],
    ids=[
        "empty",
        "prose",
        "letter",
        "csv",
        "panlex",
        "counts",
        "muse",
        "muse tabs",
        "json",
        "dictd",
        "corpus",
        "conll",
        "message",
    ],
)
def test_not_tables(path: Path, text: str) -> None:
    """Other texts are not recognised, nor pairs of single words, which MUSE reads."""
    path.write_text(text)
    assert not found(FORMAT, path)


def test_no_table(path: Path) -> None:
    """A file without a table layout is an error that lists the layouts."""
    path.write_text("a\tb\tc\nd\te\tf\n")
    with pytest.raises(LexiconError, match="not a table of pairs; name the columns term and translation"):
        read(FORMAT, path)


def test_target_must_be_known(path: Path) -> None:
    """Without a language column, the target language is required."""
    path.write_text("source,target\nhouse,Haus\n")
    with pytest.raises(LexiconError, match="target='de'"):
        read(FORMAT, path, None)


def test_several_terms(path: Path) -> None:
    """In tab-separated lines without a header, bars separate terms, but not in sentences; else they are literal."""
    path.write_text("adviser|advisor\tder Berater\t0.5\ndog\tHund\t1\nHow is|are you?\tWie geht's?\t1\n")
    result = read(FORMAT, path)
    assert result.pairs == [
        ("adviser", "de", "der Berater", 0.5),
        ("advisor", "de", "der Berater", 0.5),
        ("dog", "de", "Hund", 1.0),
        ("How is|are you?", "de", "Wie geht's?", 1.0),
    ]
    assert result.lines == [1, 1, 2, 3]
    path.write_text("term\ttranslation\na|b\tc\n")
    assert read(FORMAT, path).pairs == [("a|b", "de", "c", 1.0)]


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool)
PAIRS = st.lists(st.tuples(WORDS, st.sampled_from(["de", "pt-BR", "zh-Hant"]), WORDS, st.floats(1e-30, 1e30)))


@given(PAIRS)
def test_written_is_read(pairs: list[tuple[str, str, str, float]]) -> None:
    """Written pairs are read back identically, including all bits of weights."""
    file = io.StringIO()
    write(iter(pairs), file)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.tsv"
        path.write_bytes(file.getvalue().encode())
        assert read(FORMAT, path, None).pairs == pairs
        assert found(FORMAT, path)


@pytest.mark.parametrize(
    "text",
    [
        "en,de\nhouse,Haus\ndog,Hund\n",
        "DE\ten\nHaus\thouse\nHund\tdog\n",
        "English,German\nhouse,Haus\ndog,Hund\n",
        "\n german ; english\n\nHaus;house\nHund;dog\n",
    ],
)
@pytest.mark.parametrize("targets", [None, ("de",)])
def test_header_names_languages(path: Path, text: str, targets: tuple[str, ...] | None) -> None:
    """A header of language codes or names identifies the columns, in any order, without a target."""
    path.write_text(text)
    assert found(FORMAT, path)
    assert read(FORMAT, path, targets).pairs == [("house", "de", "Haus", 1.0), ("dog", "de", "Hund", 1.0)]
    assert read(FORMAT, path, ("en",), source="de").pairs[0] == ("Haus", "en", "house", 1.0)


def test_several_languages(path: Path) -> None:
    """Every column except the source language's holds translations; other columns and empty fields are skipped."""
    path.write_text("fr\ten\tpt_BR\nmaison\thouse\t\nchien\tdog\tcachorro\n")
    assert found(FORMAT, path)
    result = read(FORMAT, path, None)
    assert sorted(result.pairs) == [
        ("dog", "fr", "chien", 1.0),
        ("dog", "pt-BR", "cachorro", 1.0),
        ("house", "fr", "maison", 1.0),
    ]
    assert not result.dropped
    assert [pair[2] for pair in read(FORMAT, path, ("pt-BR",)).pairs] == ["cachorro"]


@pytest.mark.parametrize("header", ["French,German", "fr-FR,de-DE"])
def test_other_languages(path: Path, header: str) -> None:
    """A header without the source language is an error with the remedy."""
    path.write_text(f"{header}\nmaison,Haus\n")
    with pytest.raises(LexiconError, match=r"lexicon.tsv:1: the columns are .*, but source is 'en'; pass source='fr"):
        read(FORMAT, path)


@pytest.mark.parametrize("text", ["is,es\nhouse,Haus\n", "en,en\nhouse,Haus\n", "en,Haus\nhouse,Haus\n"])
def test_words_like_codes(path: Path, text: str) -> None:
    """Words that are codes by chance are ordinary pairs."""
    path.write_text(text)
    assert len(read(FORMAT, path).pairs) == 2


@pytest.mark.parametrize("tags", [("NN", "NN"), ("Nn", "Nn"), ("nn", "noun"), ("adj", "noun"), ("de", "DE")])
def test_tags(path: Path, tags: tuple[str, str]) -> None:
    """Part-of-speech tags between term and translation are not read as languages."""
    path.write_text(f"house\t{tags[0]}\tHaus\ndog\t{tags[1]}\tHund\n" * 20)
    assert not found(FORMAT, path)
    with pytest.raises(LexiconError, match=r"not a table of pairs; name the columns .* in a header line"):
        read(FORMAT, path, None)


@pytest.mark.parametrize("translation", ["a\tb", "a\nb"])
def test_unwritable(translation: str) -> None:
    """A translation with a tab or line break is refused."""
    with pytest.raises(LexiconError, match="write JSONL"):
        write([("term", "de", translation, 1.0)], io.StringIO())


@given(damaged(ROWS.encode(), CSV.encode(), b"house;Haus;1\ndog;Hund;2\n", pieces=(b"\t", b",", b'"', b'","', b";")))
def test_fuzz(data: bytes) -> None:
    """Any bytes raise only LexiconError."""
    survives(FORMAT, {"file": data}, "file")


@pytest.mark.parametrize(
    "text",
    [
        "house\tHaus; Gebäude\ndog\tHund; Hündin\ncat\tKatze; Kater\nhot dog\tHotdog\n",
        "house\tHaus;Gebäude\ndog\tHund;Hündin\ncat\tKatze;Kater\nhot dog\tHotdog\n",
        'en,de\nhouse,"Haus, Gebäude"\ndog,"Hund, Hündin"\ncat,"Katze, Kater"\nhot dog,Hotdog\n',
        "de\tfr\ten\nHaus, Gebäude\t\thouse\nHund, Hündin\tchien\tdog\nKatze, Kater\tchat\tcat\nHotdog\t\thot dog\n",
    ],
)
def test_lists(path: Path, text: str) -> None:
    """Cells that list translations are split if most cells of the column are lists; the number is in provenance."""
    path.write_text(text)
    lexicon = Lexicon.read(path, "en", "de")
    assert lexicon.provenance[0]["format"] == "table"
    assert lexicon.provenance[0]["lists"] == "3"
    assert {(term, translation) for term, _, translation, _ in lexicon.pairs()} == {
        ("house", "Haus"),
        ("house", "Gebäude"),
        ("dog", "Hund"),
        ("dog", "Hündin"),
        ("cat", "Katze"),
        ("cat", "Kater"),
        ("hot dog", "Hotdog"),
    }


LISTS = "house\tHaus, Gebäude\ndog\tHund, Hündin\ncat\tKatze, Kater\n"


@pytest.mark.parametrize("cell", ["ja, das ist hier so", "Haus (klein, alt)"])
def test_phrases_in_lists(path: Path, cell: str) -> None:
    """In a column of lists, sentences and brackets stay whole, and so does a phrase whose term has a comma."""
    path.write_text(f"{LISTS}yes\t{cell}\nwell, yes\tna, ja\n")
    assert [pair[2] for pair in read(FORMAT, path).pairs][6:] == [cell, "na, ja"]


@pytest.mark.parametrize(
    "text",
    [
        "yes, sir\tja, Herr\nno, sir\tnein, Herr\nwell, no\tna, nein\n",
        "house\tHaus, Gebäude\ndog\tHund\ncat\tKatze\nred card\tKarte\n",
        "house\tHaus, Gebäude\t1\ndog\tHund, Hündin\t1\ncat\tKatze, Kater\t1\n",
    ],
    ids=["phrases", "few", "weights"],
)
def test_no_lists(path: Path, text: str) -> None:
    """Cells stay whole if their terms have commas too, if few cells of the column are lists, or if there are weights."""
    path.write_text(text)
    assert len(read(FORMAT, path).pairs) == text.count("\n")
