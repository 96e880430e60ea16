"""Pipes, devices, links and closed streams as input and output."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from lexswitch._io.atomic import replace_file
from lexswitch.cli import main

from .running import COMMAND, error_of, names_in, output_of, run_process

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other pipes and devices")

APPLY = ("apply", "--columns", "q=de", "-p", "1", "--quiet", "-o")
TABLE = "q\tp\n" + "".join(f"a house {number}\tthe house\n" for number in range(3000))
SWITCHED = TABLE.replace("a house", "a Haus")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with more rows than fit into the buffer of a pipe."""
    path = tmp_path / "in.tsv"
    path.write_text(TABLE)
    return path


@contextmanager
def read_from(fifo: Path) -> Iterator[list[bytes]]:
    """Read a FIFO in a thread; the list holds its bytes afterwards."""
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(fifo.read_bytes()))
    thread.start()
    yield found
    thread.join(60)


@contextmanager
def written_to(fifo: Path, data: bytes) -> Iterator[Path]:
    """Write a FIFO in a thread, the first bytes one by one."""
    os.mkfifo(fifo)

    def write() -> None:
        with fifo.open("wb", buffering=0) as file:
            for at in range(8):
                file.write(data[at : at + 1])
                time.sleep(0.01)
            file.write(data[8:])

    thread = threading.Thread(target=write)
    thread.start()
    yield fifo
    thread.join(60)


# -- output ------------------------------------------------------------------------------------------------------------


def test_fifo_gets_the_table(table: Path, tmp_path: Path) -> None:
    """A FIFO gets the table and stays a FIFO; no other file is left."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with read_from(fifo) as found:
        output_of(*APPLY, fifo, table)
    assert found == [SWITCHED.encode()]
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert names_in(tmp_path) == ["fifo", "in.tsv"]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["apply", "export"])
def test_device_stays(table: Path, tmp_path: Path, command: str) -> None:
    """A character device, made like /dev/null, gets the output and stays a device."""
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        device.read_bytes()
    except PermissionError:
        pytest.skip("only root makes devices, and not in every container")
    if command == "apply":
        output_of(*APPLY, device, table)
    else:
        output_of("lexicon", "export", "starter", "-o", device)
    assert stat.S_ISCHR(device.stat().st_mode)
    assert names_in(tmp_path) == ["in.tsv", "null"]


def test_terminal_gets_the_table(tmp_path: Path) -> None:
    """A terminal is a character device too."""
    (tmp_path / "in.csv").write_text("q\nhouse\n")
    master, slave = os.openpty()
    try:
        output_of(*APPLY, os.ttyname(slave), tmp_path / "in.csv")
        shown = b""
        while b"Haus" not in shown:  # a terminal hands over its lines one by one
            shown += os.read(master, 100)
        assert shown == b"q\r\nHaus\r\n"
    finally:
        os.close(slave)
        os.close(master)


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize("output", ["-", "/dev/stdout"])
def test_standard_output(table: Path, tmp_path: Path, output: str) -> None:
    """Output is appended to the file of standard output if the shell opened it so."""
    (tmp_path / "log").write_text("old\n")
    with (tmp_path / "log").open("ab") as log:
        subprocess.run([*COMMAND, *APPLY, output, table], stdout=log, check=True)
    assert (tmp_path / "log").read_text() == "old\n" + SWITCHED


def test_open_file_gets_the_table(table: Path) -> None:
    """A path such as /dev/fd/3 names an open file of the process, which is written to and stays open."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as file:
        thread = threading.Thread(target=output_of, args=(*APPLY, f"/dev/fd/{writing}", table))
        thread.start()
        assert file.read(len(SWITCHED)).decode() == SWITCHED
        thread.join(60)
        os.close(writing)
        assert file.read() == b""


@pytest.mark.parametrize("command", ["apply", "export", "parquet"])
def test_link_stays_and_its_target_is_replaced(table: Path, tmp_path: Path, command: str) -> None:
    """A symbolic link as output stays; its target, in another folder, is replaced."""
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to("far/target")
    if command == "apply":
        output_of(*APPLY, link, table, "--force")
        assert target.read_text() == SWITCHED
    elif command == "parquet":
        parquet.write_table(pa.table({"q": ["house"]}), tmp_path / "a.parquet")
        output_of(*APPLY, link, tmp_path / "a.parquet", "--force")
        assert parquet.read_table(target).to_pydict() == {"q": ["Haus"]}
    else:
        output_of("lexicon", "export", "starter", "-o", link, "--format", "tsv")
        assert target.read_text().count("\n") > 1000
    assert link.is_symlink()
    assert names_in(tmp_path / "far") == ["target"]


def test_parquet_into_a_pipe(tmp_path: Path) -> None:
    """Parquet can be written to a pipe."""
    parquet.write_table(pa.table({"q": ["house", None], "n": [1, 2]}), tmp_path / "a.parquet")
    os.mkfifo(tmp_path / "fifo")
    with read_from(tmp_path / "fifo") as found:
        output_of(*APPLY, tmp_path / "fifo", tmp_path / "a.parquet")
    assert parquet.read_table(pa.BufferReader(found[0])).to_pydict() == {"q": ["Haus", None], "n": [1, 2]}


def test_refused_outputs(table: Path, tmp_path: Path) -> None:
    """Folders, sockets and circular links are refused before the work, and stay."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to("circle")
    corpus = tmp_path / "no corpus"  # the output is refused before the missing corpus is noticed
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
        for name, said in {
            "folder": "folder is a folder; name a file in it, such as",
            "socket": "socket is a socket, not a file; name a file that is new or may be replaced",
            "circle": "circle is a link that leads back to itself",
        }.items():
            assert said in error_of(*APPLY, tmp_path / name, table)
            assert said in error_of("lexicon", "export", "starter", "-o", tmp_path / name, "--format", "tsv")
            assert said in error_of("train", corpus, "-o", tmp_path / name)
    assert names_in(tmp_path) == ["circle", "folder", "in.tsv", "socket"]


@pytest.mark.parametrize("name", [".out.partial", ".out.journal"])
@pytest.mark.parametrize("kind", ["link", "hard link", "dangling link", "folder", "fifo"])
def test_planted_files_are_not_followed(table: Path, tmp_path: Path, name: str, kind: str) -> None:
    """A foreign file with the name of one of our own stays, and so does the file to which it links."""
    precious, planted = tmp_path / "precious", tmp_path / name
    precious.write_text("precious")
    if kind == "link":
        planted.symlink_to(precious)
    elif kind == "hard link":
        os.link(precious, planted)
    elif kind == "dangling link":
        planted.symlink_to(tmp_path / "new")
    elif kind == "folder":
        planted.mkdir()
    else:
        os.mkfifo(planted)
    assert f"{name} is a link or not a file, so lexswitch did not make it" in error_of(*APPLY, tmp_path / "out", table)
    assert precious.read_text() == "precious"
    assert not {"out", "new"} & set(names_in(tmp_path))


def test_resume_needs_files(table: Path, tmp_path: Path) -> None:
    """A run with a pipe as input or a device as output cannot be resumed."""
    error = error_of(*APPLY, "/dev/null", table, "--resume")
    assert error == "--resume needs files, but the output /dev/null is a pipe or a device; leave --resume out"
    error = error_of(*APPLY, tmp_path / "out", "-", "--format", "tsv", "--resume", stdin=TABLE)
    assert error == "--resume needs files, but the input - is a pipe or a device; leave --resume out"


# -- input -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_table_from_a_fifo(tmp_path: Path, workers: str) -> None:
    """A table is read in one pass, also if its first bytes arrive one by one."""
    with written_to(tmp_path / "fifo", TABLE.encode()) as fifo:
        output_of(*APPLY, tmp_path / "out", fifo, "--format", "tsv", "--workers", workers)
    assert (tmp_path / "out").read_text() == SWITCHED


@pytest.mark.slow
def test_compressed_table_from_a_fifo(tmp_path: Path) -> None:
    """Compression is detected from the first bytes of a pipe, also if they arrive one by one."""
    with written_to(tmp_path / "fifo", gzip.compress(TABLE.encode() * 30)) as fifo:
        output_of(*APPLY, tmp_path / "out.tsv.gz", fifo, "--format", "tsv")
    head, _, rest = SWITCHED.partition("\n")
    found = gzip.decompress((tmp_path / "out.tsv.gz").read_bytes()).decode()
    assert found == head + "\n" + rest + (head + "\n" + rest) * 29


LINES = "".join(json.dumps({"q": f"a house {number}"}) + "\n" for number in range(5000))


def test_table_from_standard_input() -> None:
    """Standard input is read in one pass from a pipe."""
    assert output_of(*APPLY, "-", "-", "--format", "jsonl", stdin=LINES) == LINES.replace("house", "Haus")


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_table_from_a_file_as_standard_input(tmp_path: Path, name: str) -> None:
    """Standard input may be a file, and may go by its path."""
    (tmp_path / "a").write_text(LINES)
    with (tmp_path / "a").open("rb") as file:
        command = [*COMMAND, *APPLY, "-", name, "--format", "jsonl"]
        ran = subprocess.run(command, stdin=file, capture_output=True, check=True)
    assert ran.stdout.decode() == LINES.replace("house", "Haus")


def test_pipes_that_cannot_be_read(tmp_path: Path) -> None:
    """Parquet needs a file, and standard input a format."""
    error = error_of(*APPLY, tmp_path / "out", "-", "--format", "parquet", stdin="x")
    assert error == "standard input: Parquet is read from its end, and a pipe has none; write it to a file first"
    error = error_of(*APPLY, tmp_path / "out", "-", stdin="x")
    assert error == "standard input has no name; choose one of tsv, csv, jsonl, parquet with --format"
    error = error_of(*APPLY, tmp_path / "out", "-", "--format", "jsonl", stdin='{"q":"a"}\n{"q":1}\n')
    assert error.startswith("standard input:2: column 'q' holds int")


# -- closed streams, signals and locales -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "command", "message"),
    [
        ("stdin", ["apply"], "standard input is closed; name a file, or send one: < FILE"),
        ("stdout", ["apply", "in.tsv", "--format", "text"], "standard output is closed; send it somewhere: > FILE"),
        ("stdout", ["lexicon", "info"], "standard output is closed; send it somewhere: > FILE"),
        ("stdout", ["lexicon", "merge", "starter", "starter", "-o", "l"], "standard output is closed; send it"),
    ],
)
def test_closed_stream_is_named(
    stream: str,
    command: list[str],
    message: str,
    table: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A closed standard stream, for which Python has None, is named if it is needed."""
    monkeypatch.chdir(table.parent)
    monkeypatch.setattr(sys, stream, None)
    assert main(command) == 2
    assert capsys.readouterr().err.startswith(f"lexswitch: error: {message}")
    assert names_in(table.parent) == ["in.tsv"]


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize("output", [True, False])
def test_closed_streams(table: Path, tmp_path: Path, output: bool) -> None:
    """Without standard streams a run with an output works, and one without fails and prints nothing."""
    arguments = [*APPLY, tmp_path / "out", table] if output else ["apply", tmp_path / "missing"]
    command = ["bash", "-c", f'"$@" <&- {">&- " * output}2>&-', "bash", *COMMAND, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == ((0, "") if output else (2, ""))
    assert not output or (tmp_path / "out").read_text() == SWITCHED


@pytest.mark.process
def test_sigterm_cleans_up(tmp_path: Path) -> None:
    """SIGTERM ends a run with 143, and its temporary files are removed."""
    script = (
        "import signal, sys, time\n"
        "from lexswitch.cli import main\n"
        "import lexswitch.cli.lexicon.show as show\n"
        "from lexswitch._io.atomic import replace_file\n"
        "def export(args):\n"
        "    with replace_file(show.Path(args.output)) as temporary:\n"
        "        temporary.write_text('begun')\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(60)\n"
        "show._export = export\n"
        "sys.exit(main(['lexicon', 'export', 'starter', '-o', sys.argv[1]]))\n"
    )
    command = [COMMAND[0], "-c", script, tmp_path / "out.tsv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        assert names_in(tmp_path) != []
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143
        assert process.stderr.read() == ""
    assert names_in(tmp_path) == []


def test_encoding_of_ascii() -> None:
    """Output is UTF-8, also if the standard streams have another encoding."""
    assert output_of("apply", "--to", "ru", "-p", "1", stdin="house\n", PYTHONIOENCODING="ascii") == "дом\n"
    assert "дом" in output_of("lexicon", "get", "house", PYTHONIOENCODING="ascii")


@pytest.mark.slow
@pytest.mark.process
def test_locale_of_ascii(tmp_path: Path) -> None:
    """The locale C changes neither what is printed nor file names beyond ASCII."""
    ascii = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    (tmp_path / "bücher.tsv").write_text("q\na house\n", encoding="utf-8")
    assert run_process(*APPLY, tmp_path / "möbel.tsv", tmp_path / "bücher.tsv", **ascii).returncode == 0
    assert (tmp_path / "möbel.tsv").read_text(encoding="utf-8") == "q\na Haus\n"
    (tmp_path / "wörter.tsv").write_text("house\tHaus\n", encoding="utf-8")
    run_process("lexicon", "build", f"de={tmp_path / 'wörter.tsv'}", "-o", tmp_path / "l", "--quiet", **ascii)
    assert "from w" in run_process("lexicon", "info", tmp_path / "l", **ascii).stdout
    assert "No such file" in run_process("apply", tmp_path / "böse", **ascii).stderr


def test_cache_of_a_user_that_is_not_there() -> None:
    """The error names a cache folder that cannot be found, and the variable that sets it."""
    error = error_of("lexicon", "build", "muse:en-de", "-o", "never", LEXSWITCH_CACHE="~nosuchuser/x")
    assert error.startswith("LEXSWITCH_CACHE is '~nosuchuser/x', but this user does not exist; name a folder")


def test_run_after_a_kill_removes_temporaries(table: Path, tmp_path: Path) -> None:
    """The next run removes the temporary file that kill -9 leaves, but not that of a running process."""
    (tmp_path / ".out.parquet.0123456789abcdef").write_text("left")
    (tmp_path / ".out.parquet.notes").write_text("not ours")
    parquet.write_table(pa.table({"q": ["house"]}), tmp_path / "a.parquet")
    with replace_file(tmp_path / "out.parquet") as alive:
        alive.write_text("alive")
        output_of(*APPLY, tmp_path / "out.parquet", tmp_path / "a.parquet")
        assert alive.read_text() == "alive"
        assert set(names_in(tmp_path)) == {alive.name, ".out.parquet.notes", "a.parquet", "in.tsv", "out.parquet"}
