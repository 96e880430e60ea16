"""``lexswitch apply --columns``: TSV, CSV, JSON lines and Parquet, by several workers, and after a kill."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import signal
import subprocess
import time
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from lexswitch import CodeSwitcher, Lexicon, switch_columns
from lexswitch.cli import tables
from lexswitch.cli.jobs import Partial, in_order
from lexswitch.cli.tables import Position, open_table

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
    """The rows in each format of text."""
    lines = ["query\tpassage", *map("\t".join, content)]
    objects = [json.dumps({"query": query, "n": 1, "passage": [passage, None]}) for query, passage in content]
    return {
        "a.tsv": "".join(f"{line}\n" for line in lines).encode(),
        "a.csv": as_csv(["query", "passage"], content).encode(),
        "a.jsonl": "".join(f"{line}\n" for line in objects).encode(),
    }


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
def test_text_formats(tmp_path: Path, name: str, workers: str) -> None:
    """Each format gives what the columns give in memory, with one worker and two."""
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


UNPACK = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress, ".zst": None}


@pytest.mark.parametrize("suffix", UNPACK)
def test_packed_files(tmp_path: Path, suffix: str) -> None:
    """Input is unpacked by its content, output packed by its name, the same bytes each time."""
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
    """Without a header, as in MS MARCO's triples, columns have numbers; line ends stay."""
    content = "".join(f"{query}\t{passage}\t{query}\r\n" for query, passage in SOURCE).encode()
    (tmp_path / "triples.tsv").write_bytes(content)
    output_of("apply", tmp_path / "triples.tsv", "-o", tmp_path / "out", "--columns", "1=de", "2=ru,it")
    expected = "".join(
        f"{query}\t{passage}\t{old}\r\n" for (query, passage), old in zip(SWITCHED, QUERIES, strict=True)
    )
    assert (tmp_path / "out").read_bytes() == expected.encode()


def test_options_and_the_place_of_the_file(tmp_path: Path) -> None:
    """A file may stand behind --columns, columns without languages go where --to says, and options count."""
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
    """Where nothing is switched, odd spacing, quotes and escapes stay, and so does a last line without end."""
    odd = {
        "a.csv": b'\xef\xbb\xbfid,"query"\r\n1,"x, y"\r\n\n"2",z\r\n3,"a ""b""\n\tc"',  # codespell:ignore
        "b.jsonl": b'{ "query" : "\\u00e4\\/" ,"n":1.50}\r\n{"query":null}',
        "c.tsv": 'q\tquery\n"\t"\n \tä\u2028 \x0b'.encode(),
    }
    for name, content in odd.items():
        (tmp_path / name).write_bytes(content)
        output_of("apply", tmp_path / name, "-o", tmp_path / "out", "--columns", "query=de", "-p", "0")
        assert (tmp_path / "out").read_bytes() == content


CELL = any_text.map(lambda text: text.translate({9: " ", 10: " ", 13: " "}))


@given(st.lists(st.tuples(CELL, CELL), min_size=1), st.sampled_from((1, 40, 300)))
def test_blocks_cut_anywhere(
    tmp_path_factory: pytest.TempPathFactory, content: list[tuple[str, str]], size: int
) -> None:
    """Wherever blocks are cut and work is resumed, rows and their numbers are the same."""
    folder = tmp_path_factory.mktemp("rows")
    quoted = io.StringIO(newline="")
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *((one, f'{other}\n"') for one, other in content)])
    whole = tables._BLOCK
    try:
        for name, text in {
            "a.tsv": "a\tb\n" + "".join(f"{one}\t{other}\n" for one, other in content),
            "a.csv": quoted.getvalue(),
        }.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
            table = open_table(folder / name, None, ["b"])
            tables._BLOCK = size
            blocks = list(table.blocks(Position()))
            assert (table.head() + b"".join(block.data for block in blocks)).decode() == text
            assert blocks[-1].end.row == len(content)
            for number, block in enumerate(blocks):
                assert list(table.blocks(block.start)) == blocks[number:]
    finally:
        tables._BLOCK = whole


# -- stopped and resumed -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("name", "workers"), [("big.tsv.gz", "2"), ("big.parquet", "1")])
def test_killed_and_resumed(tmp_path: Path, name: str, workers: str) -> None:
    """A killed run leaves no output; resumed, it goes on where it was, and ends with the bytes of a whole run."""
    queries, passages = QUERIES * 1500, PASSAGES * 1500
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


def test_cut_journals_and_files(tmp_path: Path) -> None:
    """A part whose line in the journal, or whose bytes, were not written whole is written again."""
    output = tmp_path / "out"
    with Partial(output, "job", resume=True).open() as append:
        for number in range(3):
            append(b"abc", (number,))
    journal, data = tmp_path / ".out.journal", tmp_path / ".out.partial"
    journal.write_text(journal.read_text()[:-3])
    assert [mark.place for mark in Partial(output, "job", resume=True).marks] == [(0,), (1,)]
    data.write_bytes(b"abcab")
    partial = Partial(output, "job", resume=True)
    with partial.open() as append:
        append(b"xyz", (9,))
    assert (data.read_bytes(), partial.sizes()) == (b"abcxyz", [3, 3])
    assert Partial(output, "job", resume=False).marks == []


def test_two_runs_for_one_output(tmp_path: Path) -> None:
    """The second run is told, and the first one is not disturbed."""
    (tmp_path / "a.tsv").write_bytes(files(SOURCE)["a.tsv"])
    with Partial(tmp_path / "out", "job", resume=False).open() as append:
        append(b"abc", (1,))
        error = error_of("apply", tmp_path / "a.tsv", "-o", tmp_path / "out", *COLUMNS)
        assert error.endswith("another run is writing it; wait for it, or choose another output")
    assert (tmp_path / ".out.partial").read_bytes() == b"abc"


def _die(item: int) -> int:
    if item == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_worker_that_dies() -> None:
    """What was done before is given in order; then an error tells how to go on."""
    found: list[tuple[int, int]] = []
    with pytest.raises(ChildProcessError, match=r"a worker process died.*go on with --resume"):
        found.extend(in_order(_die, range(100), 2))
    assert found == [(number, number) for number in range(len(found))]


def test_workers_go_with_their_parent(tmp_path: Path) -> None:
    """However a run is killed, no worker stays behind."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, time\n"
        "from lexswitch.cli.jobs import in_order\n"
        "def work(item):\n"
        "    os.write(1, b'%d\\n' % os.getpid())\n"
        "    time.sleep(.1)\n"
        "for _ in in_order(work, range(10000), 2): pass\n"
    )
    with subprocess.Popen([COMMAND[0], script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        workers = {int(process.stdout.readline()) for _ in range(8)}
        process.kill()
        process.wait()
        deadline = time.monotonic() + 20
        while any(map(_is_alive, workers)) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not any(map(_is_alive, workers))


def _is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "columns", "message"),
    [
        ("a.tsv", b"q\tp\n", ["query=de"], "a.tsv has no column 'query'; it has 'q', 'p'"),
        ("a.tsv", b"a\tb\n", ["3=de"], "a.tsv has no column '3'; it has '1', '2'"),
        ("a.tsv", b"q\tp\na\tb\nc\n", ["p=de"], "a.tsv:3: 1 fields, but column 'p' is field 2; mend the row"),
        ("a.tsv", b"q\na\nb\xff\n", ["q=de"], "a.tsv:3: no UTF-8 (invalid start byte)"),
        ("a.tsv", b"\xff\n", ["q=de"], "a.tsv:1: no UTF-8 (invalid start byte)"),
        ("a.tsv", b"", ["q=de"], "a.tsv has no column 'q'; it has ''"),
        ("a.csv", b'q,p\na,"b\nc,d\n', ["q=de"], "a.csv:2: no CSV (unexpected end of data)"),
        ("a.csv", b'q\n5" disk\n6" disk\nx\n', ["q=de"], "a.csv:2: from here on quotes do not pair"),
        ("a.jsonl", b'{"q":"a"}\n{"q":}\n', ["q=de"], "a.jsonl:2: no JSON (Expecting value"),
        ("a.jsonl", b'{"q":"a"}\n["q"]\n', ["q=de"], "a.jsonl:2: list; each line must be a JSON object"),
        ("a.jsonl", b'{"q":"a"}\n{"p":"a"}\n', ["q=de"], "a.jsonl:2: no column 'q'; the row has ['p']"),
        ("a.jsonl", b'{"q":"a"}\n{"q":{}}\n', ["q=de"], "rows 1 to 2: column 'q': row 1 holds dict; pass str"),
        ("a.parquet", b"nothing", ["q=de"], "a.parquet: no Parquet"),
        ("a.txt", b"a\n", ["q=de"], "a.txt: no format is known by this name; tell one of tsv, csv, jsonl, parquet"),
        ("a.tsv.gz", b"\x1f\x8b\x08nothing", ["q=de"], "a.tsv.gz: the packed file is damaged"),
        ("a.tsv", b"q\n", ["q=xx"], "unknown languages ['xx']"),
        ("a.tsv", b"q\n", ["q=de", "q=ru"], "name each column once, as in query=de passage=ru,it"),
        ("a.tsv", b"q\n", ["q=de:x"], "'de:x' has no number behind the colon"),
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
        (["--columns", "q=de"], "--columns needs one file and -o PATH"),
        (["a.tsv", "--columns", "q=de"], "--columns needs one file and -o PATH"),
        (["a.tsv", "-o", "out", "--columns", "q=de", "--workers", "0"], "--workers is 0; it must be 1 or more"),
        (["a.tsv", "-o", "out"], "--output is for tables: tell the columns to switch with --columns"),
        (["a.tsv", "--workers", "2"], "--workers is for tables"),
        (["b.tsv", "-o", "out", "--columns", "q=de"], "b.tsv: No such file or directory"),
        (["a.tsv", "-o", "a.tsv/out", "--columns", "q=de"], "a.tsv/.out.partial: Not a directory"),
    ],
)
def test_bad_command_lines(tmp_path: Path, args: list[str], message: str) -> None:
    """What is missing or impossible is told in a line."""
    (tmp_path / "a.tsv").write_bytes(b"q\n")
    named = [str(tmp_path / arg) if arg.startswith(("a.tsv", "b.tsv", "out")) else arg for arg in args]
    assert message in error_of("apply", *named)
