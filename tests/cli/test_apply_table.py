"""``lexswitch apply --columns``: TSV, CSV, JSON lines and Parquet, with several workers, and after a kill."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import signal
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from lexswitch import CodeSwitcher, Lexicon, switch_columns
from lexswitch.cli.resumable_output import ResumableOutput
from lexswitch.cli.table_switching import TableJob, _run_id
from lexswitch.cli.tables import TableBlock, TablePosition, open_table, row_reader

from ..strategies import any_text
from .running import COMMAND, error_of, names_in, output_of, run

LEXICON = Lexicon.starter()
QUERIES = ["what is a credit card program?", "the house of the bank", "", 'the "water" of life', "naïve 😀 car"] * 40
PASSAGES = [f"{number} houses and a car, {query}" for number, query in enumerate(QUERIES)]
HOOK = switch_columns({"query": CodeSwitcher(LEXICON, ["de"]), "passage": CodeSwitcher(LEXICON, ["ru", "it"])})
EXPECTED = HOOK({"query": QUERIES, "passage": PASSAGES}, range(len(QUERIES)))
COLUMNS = ("--columns", "query=de", "passage=ru,it")


def rows(*columns: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*columns, strict=True))


def as_csv(header: list[str], content: list[tuple[str, ...]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([header, *content])
    return file.getvalue()


SOURCE = rows(QUERIES, PASSAGES)
SWITCHED = rows(EXPECTED["query"], EXPECTED["passage"])


def files(content: list[tuple[str, ...]]) -> dict[str, bytes]:
    """Return the rows in each text format."""
    lines = ["query\tpassage", *map("\t".join, content)]
    objects = [json.dumps({"query": query, "n": 1, "passage": [passage, None]}) for query, passage in content]
    return {
        "a.tsv": "".join(f"{line}\n" for line in lines).encode(),
        "a.csv": as_csv(["query", "passage"], content).encode(),
        "a.jsonl": "".join(f"{line}\n" for line in objects).encode(),
    }


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
def test_text_formats(tmp_path: Path, name: str, workers: str) -> None:
    """Each format has the result of the columns in memory, with one worker and with two."""
    (tmp_path / name).write_bytes(files(SOURCE)[name])
    assert output_of("apply", tmp_path / name, "-o", tmp_path / "out", *COLUMNS, "--workers", workers) == ""
    found = (tmp_path / "out").read_bytes()
    if name == "a.jsonl":
        found = b"".join(json.dumps(json.loads(line)).encode() + b"\n" for line in found.splitlines())
    assert found == files(SWITCHED)[name]
    assert names_in(tmp_path) == sorted([name, "out"])


def test_parquet(tmp_path: Path) -> None:
    """Parquet keeps schema, metadata, compression and other columns."""
    schema = pa.schema(
        [("query", pa.large_string()), ("id", pa.int32()), ("passage", pa.list_(pa.string()))], metadata={"a": "b"}
    )
    columns = {"query": QUERIES, "id": range(len(QUERIES)), "passage": [[text, None] for text in PASSAGES]}
    parquet.write_table(pa.table(columns, schema), tmp_path / "a.parquet", compression="zstd", row_group_size=70)
    for workers in ("1", "2"):
        output = tmp_path / f"{workers}.parquet"
        output_of("apply", tmp_path / "a.parquet", "-o", output, *COLUMNS, "--workers", workers)
        table = parquet.read_table(output)
        assert table.schema.equals(parquet.read_schema(tmp_path / "a.parquet"), check_metadata=True)
        expected = {**columns, "query": EXPECTED["query"], "passage": [[text, None] for text in EXPECTED["passage"]]}
        assert table.to_pydict() == {**expected, "id": list(columns["id"])}
        assert parquet.ParquetFile(output).metadata.row_group(0).column(0).compression == "ZSTD"
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


def test_parquet_codecs_and_missing_columns(tmp_path: Path) -> None:
    """Each column keeps its codec; columns of nulls are preserved, also if they are to be switched."""
    columns = {"query": pa.array(["a house", None]), "id": pa.array([1, 2]), "none": pa.nulls(2)}
    codecs = {"query": "zstd", "id": "gzip", "none": "snappy"}
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet", compression=codecs)
    output_of("apply", tmp_path / "a.parquet", "-o", tmp_path / "out", "--columns", "query=de", "none=de", "-p", "1")
    found = parquet.ParquetFile(tmp_path / "out")
    assert found.read().equals(pa.table({**columns, "query": pa.array(["a Haus", None])}))
    group = found.metadata.row_group(0)
    assert [group.column(number).compression for number in range(3)] == ["ZSTD", "GZIP", "SNAPPY"]


def test_parquet_with_a_name_twice(tmp_path: Path) -> None:
    """A name of two columns is refused only if these are to be switched."""
    table = pa.table([pa.array(["house"]), pa.array([1]), pa.array([2])], ["q", "n", "n"])
    parquet.write_table(table, tmp_path / "a.parquet")
    arguments = ("apply", tmp_path / "a.parquet", "-o", tmp_path / "out", "-p", "1", "--columns")
    assert error_of(*arguments, "n=de").endswith("a.parquet has 2 columns 'n'; give each another name")
    output_of(*arguments, "q=de")
    assert parquet.ParquetFile(tmp_path / "out").read().equals(table.set_column(0, "q", pa.array(["Haus"])))


UNPACK = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress, ".zst": None}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", UNPACK)
def test_compressed_files(tmp_path: Path, suffix: str) -> None:
    """Input is decompressed by content, and output compressed by name, to the same bytes each time."""
    (tmp_path / "a.tsv.gz").write_bytes(gzip.compress(files(SOURCE)["a.tsv"]))
    for number in ("1", "2"):
        output_of("apply", tmp_path / "a.tsv.gz", "-o", tmp_path / f"{number}.tsv{suffix}", *COLUMNS)
    packed = (tmp_path / f"1.tsv{suffix}").read_bytes()
    assert packed == (tmp_path / f"2.tsv{suffix}").read_bytes()
    unpack = UNPACK[suffix] or (
        lambda data: zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    )
    assert unpack(packed) == files(SWITCHED)["a.tsv"]


def test_columns_by_number(tmp_path: Path) -> None:
    """Without a header, as in MS MARCO's triples, columns are named by number; line ends are preserved."""
    content = "".join(f"{query}\t{passage}\t{query}\r\n" for query, passage in SOURCE).encode()
    (tmp_path / "triples.tsv").write_bytes(content)
    output_of("apply", tmp_path / "triples.tsv", "-o", tmp_path / "out", "--columns", "1=de", "2=ru,it")
    expected = "".join(
        f"{query}\t{passage}\t{old}\r\n" for (query, passage), old in zip(SWITCHED, QUERIES, strict=True)
    )
    assert (tmp_path / "out").read_bytes() == expected.encode()


@pytest.mark.slow
def test_a_header_among_rows(tmp_path: Path) -> None:
    """A first row that looks like a header gets one warning; --header, --no-header and --quiet prevent it."""
    (tmp_path / "a.tsv").write_text("house\tid\nthe house of a bank\t1\nthe house\t2\n")
    apply = ("apply", tmp_path / "a.tsv", "-o", "-", "--columns", "1=de", "-p", "1")
    ran = run(*apply)
    assert ran.returncode == 0
    assert ran.stdout == "Haus\tid\nthe Haus of a Bank\t1\nthe Haus\t2\n"
    assert ran.stderr.startswith(f"lexswitch: warning: {tmp_path / 'a.tsv'}: the first row ('house\\tid') looks like a")
    assert ran.stderr.count("\n") == 4  # the warning and the summary
    assert output_of(*apply, "--quiet") == output_of(*apply, "--no-header") == ran.stdout
    assert output_of(*apply, "--header") == ran.stdout.replace("Haus\tid", "house\tid", 1)


def test_options_and_the_place_of_the_file(tmp_path: Path) -> None:
    """The file may follow --columns, columns without languages get those of --to, and options apply."""
    (tmp_path / "a.tsv").write_bytes(files(SOURCE)["a.tsv"])
    output_of(
        *(
            "apply",
            "-o",
            tmp_path / "out",
            "--to",
            "de",
            "-p",
            "1",
            "--seed",
            "3",
            "--columns",
            "query",
            tmp_path / "a.tsv",
        )
    )
    expected = CodeSwitcher(LEXICON, ["de"], 1.0, seed=3).apply(QUERIES, keys=range(len(QUERIES)))
    assert (tmp_path / "out").read_bytes() == files(rows(expected, PASSAGES))["a.tsv"]


def test_untouched_rows_stay_as_they_are(tmp_path: Path) -> None:
    """Without switches, odd spacing, quotes, escapes and a last line without end are preserved."""
    odd = {
        "a.csv": b'\xef\xbb\xbfid,"query"\r\n1,"x, y"\r\n\n"2",z\r\n3,"a ""b""\n\tc"',  # codespell:ignore
        "b.jsonl": b'{ "query" : "\\u00e4\\/" ,"n":1.50}\r\n{"query":null}',
        "c.tsv": 'q\tquery\n"\t"\n \tä\u2028 \x0b'.encode(),
    }
    for name, content in odd.items():
        (tmp_path / name).write_bytes(content)
        output_of("apply", tmp_path / name, "-o", tmp_path / "out", "--columns", "query=de", "-p", "0", "--force")
        assert (tmp_path / "out").read_bytes() == content


def read_from(path: Path, start: TablePosition) -> tuple[bytes, list[TableBlock]]:
    """Return the head of a table, and its blocks from a position on."""
    with closing(open_table(path, None, ["b"])) as table:
        return table.head(), list(table.blocks(start))


CELL = any_text.map(lambda text: text.translate({9: " ", 10: " ", 13: " "}))


@given(st.lists(st.tuples(CELL, CELL), min_size=1), st.sampled_from((1, 40, 300)))
def test_blocks_cut_anywhere(
    tmp_path_factory: pytest.TempPathFactory, content: list[tuple[str, str]], size: int
) -> None:
    """Rows and their numbers do not depend on the size of blocks or the position of a resumed run."""
    folder = tmp_path_factory.mktemp("rows")
    quoted = io.StringIO(newline="")
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *((one, f'{other}\n"') for one, other in content)])
    whole = row_reader._BLOCK
    try:
        for name, text in {
            "a.tsv": "a\tb\n" + "".join(f"{one}\t{other}\n" for one, other in content),
            "a.csv": quoted.getvalue(),
        }.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
            row_reader._BLOCK = size
            head, blocks = read_from(folder / name, TablePosition())
            assert (head + b"".join(block.data for block in blocks)).decode() == text
            assert blocks[-1].end.row == len(content)
            for number, block in enumerate(blocks):
                assert read_from(folder / name, block.start)[1] == blocks[number:]
    finally:
        row_reader._BLOCK = whole


# -- stopped and resumed -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize(("name", "workers"), [("big.tsv.gz", "2"), ("big.parquet", "1")])
def test_killed_and_resumed(tmp_path: Path, name: str, workers: str) -> None:
    """A killed run leaves no output. It can be resumed, and the output is that of a complete run."""
    queries, passages = QUERIES * 500, PASSAGES * 500
    if name == "big.parquet":
        parquet.write_table(pa.table({"query": queries, "passage": passages}), tmp_path / name)
    else:
        (tmp_path / name).write_bytes(gzip.compress(files(rows(queries, passages))["a.tsv"], 1))
    whole, output = tmp_path / f"whole-{name}", tmp_path / f"out-{name}"
    output_of("apply", tmp_path / name, "-o", whole, *COLUMNS)
    command = [*COMMAND, "apply", str(tmp_path / name), "-o", str(output), *COLUMNS, "--workers", workers, "--resume"]
    journal, done = tmp_path / f".{output.name}.journal", 0
    for _ in range(2):
        process = subprocess.Popen(command)
        while process.poll() is None and (not journal.exists() or len(journal.read_text().splitlines()) < done + 2):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not output.exists()
        done = len(journal.read_text().splitlines()) - 1
    text = journal.read_text()
    ran = run("apply", tmp_path / name, "-o", output, *COLUMNS, "--seed", 1, "--resume")
    assert "was made from another input or with other options" in ran.stderr
    assert journal.read_text() == text
    assert run(*command[3:]).returncode == 0
    assert output.read_bytes() == whole.read_bytes()
    assert names_in(tmp_path) == sorted([name, whole.name, output.name])


def stopped(output: Path, *parts: bytes) -> None:
    """Leave the files of a run that stopped after some parts."""
    with suppress(KeyboardInterrupt), ResumableOutput(output, "job").open(resume=True) as partial:
        for number, part in enumerate(parts, 1):
            partial.append(part, TablePosition(number, number, number))
        raise KeyboardInterrupt


def rows_done(output: Path) -> list[int]:
    """Return the row numbers after each part that a resumed run keeps."""
    found = []
    with suppress(KeyboardInterrupt), ResumableOutput(output, "job").open(resume=True) as partial:
        found = [entry.position.row for entry in partial.entries]
        raise KeyboardInterrupt
    return found


DAMAGE = {
    "cut line": (lambda journal: journal[:-3], [1, 2]),
    "no end": (lambda journal: journal[:-1], [1, 2]),
    "larger size": (lambda journal: journal.replace(b"[2, 2, 2], 6", b"[2, 2, 2], 7"), [1]),
    "smaller size": (lambda journal: journal.replace(b"[2, 2, 2], 6", b"[2, 2, 2], 2"), [1]),
    "negative size": (lambda journal: journal.replace(b"[1, 1, 1], 3", b"[1, 1, 1], -3"), []),
    "other place": (lambda journal: journal.replace(b"[1, 1, 1]", b"[0, 1, 1]"), []),
    "a line left out": (lambda journal: b"".join(journal.splitlines(True)[:2] + journal.splitlines(True)[3:]), [1]),
    "no numbers": (lambda journal: journal.replace(b"[2, 2, 2]", b'["2", 2, 2]'), [1]),
    "no JSON": (lambda journal: journal.replace(b"[[2", b"[[["), [1]),
    "no job": (lambda journal: journal[5:], []),
    "nothing": (lambda journal: b"", []),
    "other bytes": (lambda journal: b"\xff\n" * 5, []),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_journals(tmp_path: Path, damage: str) -> None:
    """The lines of a journal are used up to the first that does not match; the rest is done again."""
    output, journal = tmp_path / "out", tmp_path / ".out.journal"
    stopped(output, b"abc", b"def", b"ghi")
    change, rows = DAMAGE[damage]
    journal.write_bytes(change(journal.read_bytes()))
    assert rows_done(output) == rows
    assert (tmp_path / ".out.partial").read_bytes() == b"abcdefghi"[: 3 * len(rows)]


@pytest.mark.parametrize(
    ("data", "rows"), [(b"abcdefghi", [1, 2, 3]), (b"abcdefg", [1, 2]), (b"abXdef", []), (b"", [])]
)
def test_damaged_output(tmp_path: Path, data: bytes, rows: list[int]) -> None:
    """A part with missing or changed bytes is done again, and so are all parts after it."""
    stopped(tmp_path / "out", b"abc", b"def", b"ghi")
    (tmp_path / ".out.partial").write_bytes(data)
    assert rows_done(tmp_path / "out") == rows
    with ResumableOutput(tmp_path / "out", "job").open(resume=True) as partial:
        partial.append(b"xyz", TablePosition(9, 9, 9))
        assert list(partial.parts()) == [*[b"abc", b"def", b"ghi"][: len(rows)], b"xyz"]
    assert names_in(tmp_path) == []


def test_another_separator_is_another_job(tmp_path: Path) -> None:
    """A run with another separator does not go on with the output of a stopped one."""
    path, switcher = tmp_path / "a.csv", CodeSwitcher(LEXICON, ["de"]).on("1")
    path.write_text("house;1\n", encoding="utf-8")
    found = set()
    for separator in (";", ","):
        job = TableJob(path, tmp_path / "out", separator=separator)
        with closing(open_table(path, None, ["1"], separator=separator)) as table:
            found.add(_run_id(job, table, switcher))
    assert len(found) == 2


def test_without_resume_a_run_starts_anew(tmp_path: Path) -> None:
    """Without --resume a run uses nothing of a stopped run."""
    stopped(tmp_path / "out", b"abc")
    with ResumableOutput(tmp_path / "out", "other job").open(resume=False) as partial:
        assert (partial.entries, partial.position) == ([], TablePosition())


def test_two_runs_for_one_output(tmp_path: Path) -> None:
    """The second run fails, and does not disturb the first."""
    (tmp_path / "a.tsv").write_bytes(files(SOURCE)["a.tsv"])
    with ResumableOutput(tmp_path / "out", "job").open(resume=False) as partial:
        partial.append(b"abc", TablePosition(1, 1, 1))
        error = error_of("apply", tmp_path / "a.tsv", "-o", tmp_path / "out", *COLUMNS)
        assert error.endswith("another run is writing it; wait for it, or choose another output")
        assert (tmp_path / ".out.partial").read_bytes() == b"abc"


@pytest.mark.slow
@pytest.mark.process
def test_many_runs_for_one_output(tmp_path: Path) -> None:
    """If runs start and end at once, the output is the complete output of one of them."""
    (tmp_path / "a.tsv").write_bytes(files(SOURCE)["a.tsv"])
    command = [*COMMAND, "apply", str(tmp_path / "a.tsv"), "-o", str(tmp_path / "out"), *COLUMNS]
    processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(4)]
    assert {process.wait() for process in processes} <= {0, 2}
    assert (tmp_path / "out").read_bytes() == files(SWITCHED)["a.tsv"]
    assert names_in(tmp_path) == ["a.tsv", "out"]


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "columns", "message"),
    [
        ("a.tsv", b"q\tp\n", ["query=de"], "a.tsv has no column 'query'; it has 'q', 'p'"),
        ("a.tsv", b"query\tb\n", ["quer=de"], "has no column 'quer'; it has 'query', 'b'; did you mean query?"),
        ("a.tsv", b"a\tb\n", ["3=de"], "a.tsv has no column '3'; it has '1', '2'"),
        ("a.tsv", b"a\tb\n", ["1:de"], "a.tsv has no column '1:de'; it has 'a', 'b'; write 1=de"),
        ("a.tsv", b"q\tp\na\tb\nc\n", ["p=de"], "a.tsv:3: 1 field, but column 'p' is field 2; correct the row"),
        (
            "a.csv",
            b"q;p\na;b\n",
            ["p=de"],
            """a.csv has no column 'p'; it has 'q;p'; if its cells are separated by ';', add""",
        ),
        ("a.tsv", b"q,p\na,b\n", ["p=de"], "separated by ',', add --format csv --separator \",\""),
        ("a.csv", b"q\tp\na\tb\n", ["p=de"], "separated by '\\t', add --format csv --separator \"tab\""),
        ("a.parquet", b"", ["q=de"], "a.parquet is empty; a Parquet file has at least a schema, so write it again"),
        ("a.tsv", b"q\na\nb\xff\n", ["q=de"], "a.tsv:3: not UTF-8 (invalid start byte)"),
        ("a.tsv", b"\xff\n", ["q=de"], "a.tsv:1: not UTF-8 (invalid start byte)"),
        ("a.tsv", b"", ["q=de"], "a.tsv has no column 'q'; it has ''"),
        (
            "a.csv",
            b'q,p\na,"b\nc,d\n',
            ["q=de"],
            "a.csv:2: the cell that begins with '\"b' has no closing quote; add it",
        ),
        (
            "a.csv",
            b'q\nx\n"5" disk\ny\n',
            ["q=de"],
            "a.csv:3: the cell that begins with '\"5\" disk' has text after",
        ),
        ("a.csv", b'q\n"a"\rb\n', ["q=de"], "a.csv:2: the cell that begins with"),
        ("a.csv", b"q\na\rb\n", ["q=de"], "a.csv:2: a carriage return outside of quotes"),
        ("a.csv", b"q,q\na,b\n", ["q=de"], "a.csv has 2 columns 'q'; give each another name"),
        ("a.jsonl", b'{"q":"a"}\n{"q":}\n', ["q=de"], "a.jsonl:2: not JSON (Expecting value"),
        ("a.jsonl", b'{"q":"a"}\n["q"]\n', ["q=de"], "a.jsonl:2: it is list; each line must be a JSON object"),
        ("a.jsonl", b'{"q":"a"}\n{"p":"a"}\n', ["q=de"], "a.jsonl:2: no column 'q'; the line has 'p'"),
        ("a.jsonl", b'{"q":"a"}\n{"q":{}}\n', ["q=de"], "a.jsonl:2: column 'q' holds dict, not a text"),
        ("a.parquet", b"nothing", ["q=de"], "a.parquet: not Parquet"),
        (
            "a.txt",
            b"a\n",
            ["q=de"],
            "a.txt does not show its format; choose one of tsv, csv, jsonl, parquet",
        ),
        ("a.tsv.gz", b"\x1f\x8b\x08nothing", ["q=de"], "a.tsv.gz: the compressed file is damaged"),
        ("a.tsv", b"q\n", ["q=xx"], "unknown languages ['xx']"),
        ("a.tsv", b"q\n", ["q=de", "q=ru"], "name each column once, as in query=de passage=ru,it"),
        ("a.tsv", b"q\n", ["q=de:x"], "'de:x' has no number after the colon"),
    ],
)
def test_bad_tables(tmp_path: Path, name: str, content: bytes, columns: list[str], message: str) -> None:
    """An error names file and line or column, and no output is left."""
    (tmp_path / name).write_bytes(content)
    assert message in error_of("apply", tmp_path / name, "-o", tmp_path / "out", "--columns", *columns)
    assert "out" not in names_in(tmp_path)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--columns", "q=de"], '--columns needs one file ("-" for standard input) and -o PATH'),
        (["a.tsv", "--columns", "q=de"], '--columns needs one file ("-" for standard input) and -o PATH'),
        (["a.tsv", "-o", "out", "--columns", "q=de", "--workers", "0"], "--workers is 0; it must be from 1 to "),
        (
            ["a.tsv", "-o", "out", "--columns", "q=de", "--workers", "100000"],
            "--workers is 100000; it must be from 1 to ",
        ),
        (["a.tsv", "-o", "out"], "a.tsv is a table; name the columns to switch: --columns 1; or add --format text"),
        (["a.tsv", "--workers", "2", "--format", "text"], "--workers is for tables"),
        (["b.tsv", "-o", "out", "--columns", "q=de"], "b.tsv: No such file or directory"),
        (
            ["a.tsv", "-o", "out.parquet", "--columns", "q=de"],
            "this name is one of parquet, but the output has the format of the input, tsv; name it out.tsv",
        ),
        (["a.tsv", "-o", "out.csv.gz", "--columns", "q=de"], "this name is one of csv, but the output has the format"),
        (["a.tsv", "-o", "a.tsv/out", "--columns", "q=de"], "a.tsv/out: Not a directory"),
    ],
)
def test_bad_command_lines(tmp_path: Path, args: list[str], message: str) -> None:
    """A wrong command line is reported in one line."""
    (tmp_path / "a.tsv").write_bytes(b"q\n")
    named = [str(tmp_path / arg) if arg.startswith(("a.tsv", "b.tsv", "out")) else arg for arg in args]
    assert message in error_of("apply", *named)
