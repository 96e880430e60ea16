"""Tables in memory: readers find the switched texts, and all other cells unchanged, for cells of any content."""

from __future__ import annotations

import csv
import io
import json
import pickle
import re
from collections.abc import Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import CodeSwitcher, Lexicon, LexiconError, switch_columns
from lexswitch.cli.tables import HeaderWarning, TablePosition, csv_rows, open_table, row_reader

# Translations that CSV must quote; no dictionary has such ones, but a lexicon may.
LEXICON = Lexicon.from_pairs({"de": [("house", "Haus"), ("car", 'Au"to, Wagen'), ("tree", '"Baum"')]})
SWITCHER = CodeSwitcher(LEXICON, p=1.0)


def switched(path: Path, *columns: str, header: bool | None = None) -> bytes:
    """Return a table with switched columns; each block is switched by a copy, as in workers."""
    hook = switch_columns(dict.fromkeys(columns, SWITCHER))
    with closing(open_table(path, None, columns, header)) as table:
        head = table.head()
        worker = pickle.loads(pickle.dumps(table))
        return head + b"".join(worker.switch(block, hook) for block in table.blocks(TablePosition()))


# -- CSV and TSV -------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["house", "car", "tree", "NA", "1.0", "ä", "😀", "", " ", "x"])
MARKS = st.sampled_from([" ", ",", '"', '""', "\n", "\r", "\r\n", "\t", ";", "'", "\\", "\u2028", "\x0b"])
CELLS = st.lists(WORDS | MARKS, max_size=5).map("".join)

DIALECTS = {
    "excel": {"dialect": "excel"},
    "unix": {"dialect": "unix"},
    "line feeds": {"lineterminator": "\n"},
    "all quoted": {"quoting": csv.QUOTE_ALL},
    "numbers bare": {"quoting": csv.QUOTE_NONNUMERIC},
}


def as_csv(rows: Sequence[Sequence[object]], **dialect: Any) -> str:
    """Return rows as CSV, written by the csv module, except for cells that it does not quote before Python 3.13."""
    end = dialect.get("lineterminator", "\n" if dialect.get("dialect") == "unix" else "\r\n")
    lines = []
    for row in rows:
        file = io.StringIO(newline="")
        # Cells with a character of the terminator are quoted.
        csv.writer(file, **{**dialect, "lineterminator": "\r\n"}).writerow(row)
        lines.append(file.getvalue().removesuffix("\r\n") + end)
    return "".join(lines)


def by_csv(data: bytes) -> list[list[str]]:
    """Return the rows that the csv module reads."""
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def by_pandas(data: bytes) -> list[list[str]]:
    """Return the rows that pandas reads."""
    frame = pd.read_csv(io.BytesIO(data), header=None, dtype=str, keep_default_na=False, skip_blank_lines=False)
    return frame.to_numpy().tolist()


def by_polars(data: bytes) -> list[list[str]]:
    """Return the rows that polars reads."""
    frame = pl.read_csv(data, has_header=False, infer_schema_length=0).fill_null("")
    return [list(row) for row in frame.rows()]


READERS = {"csv": by_csv, "pandas": by_pandas, "polars": by_polars}


@pytest.mark.parametrize("dialect", DIALECTS)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS, st.just("x")), min_size=1, max_size=5))
def test_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, dialect: str, rows: list[tuple[str, str, str, str]]
) -> None:
    """In each dialect csv, pandas and polars read the switched cells, and find all others equal."""
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(as_csv(rows, **DIALECTS[dialect]).encode())
    found = switched(path, "1", "3", header=False)
    keys = range(len(rows))
    hook = switch_columns({"1": SWITCHER, "3": SWITCHER})
    new = hook({"1": [row[0] for row in rows], "3": [row[2] for row in rows]}, keys)
    expected = [[one, row[1], three, row[3]] for one, three, row in zip(new["1"], new["3"], rows, strict=True)]
    for read in READERS.values():
        assert read(found) == expected


@given(st.lists(st.lists(CELLS.map(lambda cell: re.sub(r"[\t\r\n]", " ", cell)), min_size=3, max_size=3), min_size=1))
def test_tsv_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    """TSV fields are separated by tabs alone; quotes are ordinary characters."""
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8", newline="")
    found = [line.split("\t") for line in switched(path, "2", header=False).decode().split("\n")[:-1]]
    new = switch_columns({"2": SWITCHER})({"2": [row[1] for row in rows]}, range(len(rows)))["2"]
    assert found == [[row[0], cell, row[2]] for row, cell in zip(rows, new, strict=True)]


KEPT = {
    "line feed in another cell": (b'q,doc\nhouse,"line one\nline two"\n', b'q,doc\nHaus,"line one\nline two"\n'),
    "CR in another cell": (b'q,doc\nhouse,"one\rtwo"\r\n', b'q,doc\nHaus,"one\rtwo"\r\n'),
    "quote of inches": (b'q,doc\na 5" house,1\n', b'q,doc\n"a 5"" Haus",1\n'),
    "quote of inches elsewhere": (b'doc,q\na 5" disk,house\n"6""",house\n', b'doc,q\na 5" disk,Haus\n"6""",Haus\n'),
    "blank before a quote": (b'doc,q\n "x" ,house\n', b'doc,q\n "x" ,Haus\n'),
    "quoted stays quoted": (b'q\n"house"\n', b'q\n"Haus"\n'),
    "new quotes": (b"q\ncar\n", b'q\n"Au""to, Wagen"\n'),
    "no last line feed": (b'q,p\nhouse,""', b'q,p\nHaus,""'),
    "byte order mark": (b'\xef\xbb\xbf"q"\nhouse\n', b'\xef\xbb\xbf"q"\nHaus\n'),
    "empty lines": (b"q\n\nhouse\n\r\n", b"q\n\nHaus\n\r\n"),
}


@pytest.mark.parametrize("name", KEPT)
def test_only_switched_cells_change(tmp_path: Path, name: str) -> None:
    """Cells that are not switched are copied as they are written."""
    before, after = KEPT[name]
    (tmp_path / "a.csv").write_bytes(before)
    assert switched(tmp_path / "a.csv", "q") == after


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_byte_order_mark_before_rows(tmp_path: Path, name: str) -> None:
    """The mark is preserved and is not part of the first cell, also without a header."""
    cell = '"house"' if name == "a.csv" else "house"
    (tmp_path / name).write_bytes(f"\ufeff{cell}\na house\n".encode())
    assert switched(tmp_path / name, "1", header=False).decode() == f"\ufeff{cell}\na house\n".replace("house", "Haus")


# -- quotes and long cells ---------------------------------------------------------------------------------------------


def test_long_cells(tmp_path: Path) -> None:
    """Cells of more than the 131,072 characters of the csv module are read, quoted or not, across blocks."""
    long = "the house, " * 300_000
    rows = [["house", long], ["x" * 200_000, '"' * 70_000]]
    (tmp_path / "a.csv").write_bytes(as_csv([["q", "doc"], *rows], quoting=csv.QUOTE_ALL).encode())
    head, first, second = _split_csv(switched(tmp_path / "a.csv", "q"))
    assert (head, first, second) == (["q", "doc"], ["Haus", long], rows[1])


def _split_csv(data: bytes) -> list[list[str]]:
    """Split CSV whose cells are all quoted."""
    lines = data.decode().split('"\r\n')[:-1]
    return [[cell.replace('""', '"') for cell in line[1:].split('","')] for line in lines]


@pytest.mark.parametrize("line", [1, 3, 50_000])
def test_stray_quote_is_found_soon(tmp_path: Path, line: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unclosed quote is an error with its line after 16 MiB (here 2), not after the whole file."""
    monkeypatch.setattr(csv_rows, "_LONGEST_CELL", 2 << 20)
    rows = ["a house,1"] * 100_000
    rows[line - 1] = '"5 disk,1'
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n" + "x,1\n" * (10 << 18))
    read: list[int] = []
    with (
        pytest.raises(
            LexiconError, match=rf"a\.csv:{line}: the cell that begins with '\"5 disk,1' has no closing"
        ) as error,
        closing(open_table(tmp_path / "a.csv", None, ["1"], False, read.append)) as table,
    ):
        list(table.blocks(TablePosition()))
    assert "within 2 MiB" in str(error.value)
    assert sum(read) < 8 << 20


@given(st.lists(st.sampled_from(["a", ",", '"', '""', "\n", "\r\n", "ä"]), max_size=40).map("".join))
def test_csv_ends_are_those_of_csv(text: str) -> None:
    """Rows end as in the csv module, which also refuses what is refused, except for an open cell at the end."""
    data = text.encode()
    try:
        ends = csv_rows.csv_ends(data, True).tolist()
    except row_reader.RowError:
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(text, newline=""), strict=True))
        return
    pieces = [
        data[start:stop].decode()
        for start, stop in zip([0, *(end + 1 for end in ends)], [*ends, len(data)], strict=True)
    ]
    found = [row for piece in pieces for row in csv.reader(io.StringIO(piece, newline=""), strict=True) if row]
    assert found == [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]


# -- JSON lines --------------------------------------------------------------------------------------------------------

JSON_KEPT = {
    "huge number": ('{"n":1e999,"q":"house"}', '{"n":1e999,"q":"Haus"}'),
    "long whole number": ('{"n":' + "9" * 5000 + ',"q":"house"}', '{"n":' + "9" * 5000 + ',"q":"Haus"}'),
    "long decimal": ('{"n": 0.1234567890123456789012, "q": "house"}', '{"n": 0.1234567890123456789012, "q": "Haus"}'),
    "minus zero": ('{"n":-0,"m":-0.0,"q":"house"}', '{"n":-0,"m":-0.0,"q":"Haus"}'),
    "no number": ('{"n":NaN,"m":-Infinity,"q":"house"}', '{"n":NaN,"m":-Infinity,"q":"Haus"}'),
    "member twice": ('{"n":1,"q":"house","n":2}', '{"n":1,"q":"Haus","n":2}'),
    "half of a pair": ('{"n":"\\ud800 \\uDC00","q":"house"}', '{"n":"\\ud800 \\uDC00","q":"Haus"}'),
    "escapes": ('{"n":"\\u00e4\\/","q":"a\\/b house"}', '{"n":"\\u00e4\\/","q":"a/b Haus"}'),
    "blanks": (' { "q"\t: "house" , "n":[ 1 , {} ] } \r', ' { "q"\t: "Haus" , "n":[ 1 , {} ] } \r'),
    "escaped name": ('{"\\u0071":"house"}', '{"\\u0071":"Haus"}'),
    "list": (
        '{"q":[ "house" , null,"x\\/y", "a house" ],"n":{"q":1}}',
        '{"q":[ "Haus" , null,"x\\/y", "a Haus" ],"n":{"q":1}}',
    ),
    "letters as they are": ('{"n":"ä","q":"ä house"}', '{"n":"ä","q":"ä Haus"}'),
    "letters as escapes": ('{"q":"\\u00e4 house"}', '{"q":"\\u00e4 Haus"}'),
    "nothing to switch": ('{"q":"\\u0078\\/"}', '{"q":"\\u0078\\/"}'),
    "null": ('{"q":null}', '{"q":null}'),
    "empty list": ('{"q":[ ]}', '{"q":[ ]}'),
}


@pytest.mark.parametrize("name", JSON_KEPT)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_only_switched_values_change(tmp_path: Path, name: str, mark: str) -> None:
    """The rest of a line is copied as it is written."""
    before, after = JSON_KEPT[name]
    (tmp_path / "a.jsonl").write_text(f"{mark}{before}\n", encoding="utf-8", newline="")
    assert switched(tmp_path / "a.jsonl", "q").decode() == f"{mark}{after}\n"


def test_blank_lines_are_rows_without_cells(tmp_path: Path) -> None:
    """Blank lines stay, and count as rows."""
    text = '\n{"q":"house"}\r\n \t\r\n{"q":"a house"}\n\n'
    (tmp_path / "a.jsonl").write_text(text, newline="")
    assert switched(tmp_path / "a.jsonl", "q").decode() == text.replace("house", "Haus")
    with closing(open_table(tmp_path / "a.jsonl", None, ["q"])) as table:
        assert [block.end.row for block in table.blocks(TablePosition())] == [5]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["house", "a car"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
SPACES = st.tuples(st.sampled_from([",", ", ", " , "]), st.sampled_from([":", ": ", " : "]))


@given(
    st.dictionaries(st.text(max_size=4), VALUES, max_size=4),
    st.sampled_from(["a house", "x", None, ["car", None, "😀 tree"]]),
    SPACES,
    st.booleans(),
)
def test_json_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any], cell: Any, separators: tuple[str, str], ascii: bool
) -> None:
    """A line with any other members gets the switched cell; the other bytes are preserved."""
    path = tmp_path_factory.mktemp("jsonl") / "a.jsonl"
    new = switch_columns({"query": SWITCHER})({"query": [cell]}, [0])["query"][0]
    lines = [json.dumps({**row, "query": one}, ensure_ascii=ascii, separators=separators) for one in (cell, new)]
    path.write_bytes(lines[0].encode())
    assert switched(path, "query") == lines[1].encode()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"q":"house","q":"car"}', "it has 'q' twice, and readers differ in which of them counts; remove one"),
        ('{"q":"\\ud800"}', "column 'q' has \\ud800, which is half of a character"),
        ('{"q":["x","\\uDFFF y"]}', "column 'q' has \\udfff, which is half of a character"),
        ('{"q":12345678901234567890}', "column 'q' holds int, not a text, a list of texts, or null"),
        ('{"q":[1.5]}', "column 'q' holds float, not a text"),
        ('{"q":"a"} {', "not JSON (Extra data at column 11)"),
        ('{"q":"a",}', "not JSON (Expecting property name enclosed in double quotes"),
        ('{"q" "a"}', "not JSON (Expecting ':' delimiter at column 6)"),
        ('{"q":"a" "b"}', "not JSON (Expecting ',' delimiter at column 10)"),
        ('{"q":"a', "not JSON (Unterminated string"),
        ('{"q":"a"', "not JSON (Expecting ',' delimiter"),
        ("{", "not JSON (Expecting property name"),
        ("[1]", "it is list; each line must be a JSON object"),
        ('{"p":1}', "no column 'q'; the line has 'p'"),
        ('{"q":' + "[" * 100_000, "maximum recursion depth exceeded"),
    ],
)
def test_bad_json(tmp_path: Path, line: str, message: str) -> None:
    """The error names file and line."""
    (tmp_path / "a.jsonl").write_text(f'{{"q":"a"}}\n{line}\n')
    with pytest.raises(LexiconError, match=rf"a\.jsonl:2: {re.escape(message)}"):
        switched(tmp_path / "a.jsonl", "q")


# -- a first row -------------------------------------------------------------------------------------------------------

QUERIES = "what is a house\t1\nhow much is a car\t2\n"
FIRST = {
    "names that are known": ("query\tid\n" + QUERIES, True),
    "one known name": ("frage\tpid\n" + QUERIES, True),
    "a word over texts": ("frage\tnummer\n" + QUERIES, True),
    "a text": ("a red house\t7\n" + QUERIES, False),
    "a word over words": ("house\tHaus\ncar\tAuto\ntree\tBaum\n", False),
    "a digit": ("b2b\t1\n" + QUERIES, False),
    "one row": ("house\tHaus\n", False),
}


@pytest.mark.parametrize("name", FIRST)
@pytest.mark.parametrize("separator", [("a.tsv", "\t"), ("a.csv", ",")])
def test_a_first_row_that_looks_like_a_header(tmp_path: Path, name: str, separator: tuple[str, str]) -> None:
    """With columns by number it is switched with a warning; --header keeps it, --no-header confirms a row."""
    text, looks_so = FIRST[name]
    file, comma = separator
    path = tmp_path / file
    path.write_text(text.replace("\t", comma), newline="")
    with pytest.warns(HeaderWarning, match="looks like a header.*--header") if looks_so else nullcontext():
        switched(path, "1")
    with nullcontext():  # a warning is an error
        kept = switched(path, "1", header=True)
        assert kept.startswith(text.replace("\t", comma).partition("\n")[0].encode())
        assert switched(path, "1", header=False).count(b"\n") == text.count("\n")


def test_rows_count_from_the_header(tmp_path: Path) -> None:
    """The rows after a header that --header keeps are switched like those of a file without it."""
    text = "".join(f"a house and a car {number}\t{number}\n" for number in range(100))
    half = switch_columns({"1": CodeSwitcher(LEXICON, p=0.5)})
    found = {}
    for header in (True, False):
        path = tmp_path / "a.tsv"
        path.write_text("frage\tnummer\n" * header + text)
        with closing(open_table(path, None, ["1"], header)) as table:
            table.head()
            found[header] = b"".join(table.switch(block, half) for block in table.blocks(TablePosition()))
    assert found[True] == found[False]


@pytest.mark.parametrize(
    ("name", "columns", "header", "message"),
    [
        ("a.jsonl", ["q"], True, "--header and --no-header are for tsv and csv; .* is read as jsonl: leave it out"),
        ("a.tsv", ["q"], False, "--no-header: name columns by number, as 1=de, not q"),
        ("a.tsv", ["3"], True, "has no column '3'; it has '1', '2'"),
    ],
)
def test_header_options_that_do_not_fit(
    tmp_path: Path, name: str, columns: list[str], header: bool, message: str
) -> None:
    """The error names the purpose of the option."""
    (tmp_path / name).write_text("q\tp\n")
    with pytest.raises(LexiconError, match=message):
        open_table(tmp_path / name, None, columns, header)
