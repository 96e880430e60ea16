"""``lexswitch apply`` on lines."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.cli.lines import read_blocks

from .running import COMMAND, error_of, run_bytes, shown_on_terminal, without_summary

TEXTS = [
    "what is an affinity credit card program?",
    "",
    "The Bank,  the HOUSE and\tthe car",
    "naïve 😀 house\x00 of water",
]


def output_of(*args: object, stdin: bytes = b"") -> bytes:
    """Return what a run prints that must succeed and print nothing but a summary on standard error."""
    ran = run_bytes(*args, stdin=stdin)
    assert (ran.returncode, without_summary(ran.stderr.decode())) == (0, "")
    return ran.stdout


def as_lines(texts: Sequence[str]) -> bytes:
    """Return the texts as the lines of a file."""
    return "".join(f"{text}\n" for text in texts).encode()


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The built-in lexicon."""
    return Lexicon.starter()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved lexicon of two languages."""
    path = tmp_path_factory.mktemp("lexicons") / "own.lexicon"
    Lexicon.from_pairs({"de": [("house", "Haus"), ("boat house", "Bootshaus")], "it": [("house", "casa")]}).save(path)
    return path


OPTIONS = {
    "none": ([], {}),
    "to": (["--to", "de,ru"], {"languages": ["de", "ru"]}),
    "weights": (["--to", "de:2,ru:1"], {"languages": {"de": 2, "ru": 1}}),
    "some weights": (["--to", "de:2, ru"], {"languages": {"de": 2, "ru": 1}}),
    "p": (["-p", "1"], {"p": 1.0}),
    "probability": (["--probability", "0.2"], {"p": 0.2}),
    "seed": (["--seed", "11"], {"seed": 11}),
    "per text": (["--per-text", "-p", "1"], {"draw_language": "text", "p": 1.0}),
    "runs": (["--runs", "4"], {"runs": 4}),
    "max words": (["--max-words", "1", "-p", "1"], {"max_words": 1, "p": 1.0}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIONS)
def test_lines_are_switched_as_by_apply(name: str, lexicon: Lexicon) -> None:
    """Every option reaches the switcher: the command prints what ``CodeSwitcher.apply`` returns."""
    arguments, options = OPTIONS[name]
    expected = as_lines(CodeSwitcher(lexicon, **options).apply(TEXTS))
    assert output_of("apply", *arguments, stdin=as_lines(TEXTS)) == expected
    assert name == "none" or expected != as_lines(CodeSwitcher(lexicon).apply(TEXTS))


def test_own_lexicon(own: Path) -> None:
    """``--lexicon`` opens a saved lexicon."""
    expected = b"the Bootshaus\n"
    assert output_of("apply", "--lexicon", str(own), "--to", "de", "-p", "1", stdin=b"the boat house\n") == expected


def test_trace_prints_json_lines(lexicon: Lexicon) -> None:
    """``--trace`` prints one object per line, with every switch of ``CodeSwitcher.trace``."""
    printed = output_of("apply", "--trace", "-p", "1", "--seed", "3", stdin=as_lines(TEXTS)).decode()
    rows = [json.loads(line) for line in printed.split("\n")[:-1]]
    switched = CodeSwitcher(lexicon, p=1.0, seed=3).trace(TEXTS)
    assert [row["text"] for row in rows] == switched.texts
    assert [(number, *switch.values()) for number, row in enumerate(rows) for switch in row["switches"]] == list(
        switched.switches
    )
    assert set(rows[0]["switches"][0]) == {
        "source_start", "source_end", "start", "end", "language", "term", "translation",
    }  # fmt: skip
    assert "\\u0" not in printed.replace("\\u0000", "")  # letters are shown, not escaped


def test_files_and_standard_input_in_order(tmp_path: Path) -> None:
    """Files are read one after the other; "-" is standard input."""
    (tmp_path / "a").write_bytes(b"a house\n")
    (tmp_path / "b").write_bytes(b"b house\n")
    printed = output_of("apply", "-p", "0", str(tmp_path / "a"), "-", str(tmp_path / "b"), stdin=b"stdin house\n")
    assert printed == b"a house\nstdin house\nb house\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n",
        b"\r\n",
        b"no end",
        b"one\r\ntwo\nthree\r",
        b"a\x0b\x0c\x1cb\xc2\x85c\xe2\x80\xa8d\rz\n",
        b"\xef\xbb\xbfx\n",
    ],
)
def test_without_switches_bytes_stay(data: bytes) -> None:
    """All kinds of line ends, a missing last one and a byte order mark are preserved."""
    assert output_of("apply", "-p", "0", stdin=data) == data


def test_line_ends_change_no_draw() -> None:
    """The end of a line does not change how its text is switched."""
    unix = output_of("apply", stdin=as_lines(TEXTS))
    assert output_of("apply", stdin=as_lines(TEXTS).replace(b"\n", b"\r\n")) == unix.replace(b"\n", b"\r\n")
    assert output_of("apply", stdin=as_lines(TEXTS)[:-1]) == unix[:-1]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1 << 20])
def test_blocks_hold_the_same_lines(size: int, tmp_path: Path) -> None:
    """The lines and their ends do not depend on the size of blocks."""
    path = tmp_path / "text"
    data = as_lines(TEXTS) + b"one\r\n\r\n" + "длинная строка".encode() * 20 + b"\nlast"
    path.write_bytes(data)
    blocks = list(read_blocks(str(path), size))
    lines = [line for block in blocks for line in zip(block.lines, block.ends, strict=True)]
    assert lines == [(text, "\n") for text in TEXTS] + [
        ("one", "\r\n"), ("", "\r\n"), ("длинная строка" * 20, "\n"), ("last", ""),
    ]  # fmt: skip
    assert sum(block.size for block in blocks) == len(data)


def test_compressed_texts(tmp_path: Path) -> None:
    """A compressed file is read as its text, also by the name of a plain one; damage is named."""
    path = tmp_path / "texts.txt"
    path.write_bytes(gzip.compress(as_lines(TEXTS)))
    assert output_of("apply", path) == output_of("apply", stdin=as_lines(TEXTS))
    (block,) = read_blocks(str(path))
    assert block.size == path.stat().st_size
    path.write_bytes(path.read_bytes()[:-9])
    assert f"{path}: the compressed file is damaged" in error_of("apply", path)


def test_long_input_equals_one_batch(tmp_path: Path, lexicon: Lexicon) -> None:
    """An input of several blocks has the result of one batch."""
    texts = [f"{TEXTS[0]} number {number}" for number in range(25_000)]
    (tmp_path / "long").write_bytes(as_lines(texts))
    assert output_of("apply", str(tmp_path / "long")) == as_lines(CodeSwitcher(lexicon).apply(texts))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (b"\xff", 1, 0),
        (b"one\ntwo \xe4\nthree\n", 2, 8),
        (b"one\ncut \xc3", 2, 8),
        (b"%099d\n" % 0 * 14_000 + b"\xed\xa0\x80\n", 14_001, 1_400_000),
    ],
    ids=["first byte", "Latin-1", "cut", "surrogate far behind"],
)
def test_invalid_utf8_is_located(data: bytes, line: int, byte: int, tmp_path: Path) -> None:
    """The error names file, line and byte; the lines before are printed."""
    path = tmp_path / "bad"
    path.write_bytes(data)
    for files, stdin, name in ([str(path)], b"", str(path)), ([], data, "standard input"):
        ran = run_bytes("apply", "-p", "0", *files, stdin=stdin)
        assert ran.returncode == 2
        assert f"{name}:{line}: byte offset {byte}: not UTF-8" in ran.stderr.decode()
        assert ran.stdout == data[: data.rfind(b"\n", 0, byte) + 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "de,xx"], "unknown languages ['xx']; this lexicon has ['ar', 'cs', 'de'"),
        (["--to", "de:0,ru:0"], "--to has only weights of 0"),
        (["--to", "de:-1"], "a weight is a number from 0 to"),
        (["--to", "de:nan"], "a weight is a number from 0 to"),
        (["--to", "de:two"], "'de:two' has no number after the colon; write de:2"),
        (["--to", "de,de:2"], "must name each language once"),
        (["--to", ""], "must name each language once"),
        (["-p", "1.5"], "-p/--probability: '1.5' is not a probability; pass a number from 0 to 1"),
        (["-p", "nan"], "-p/--probability: 'nan' is not a probability"),
        (["-p", "half"], "-p/--probability: 'half' is not a probability; pass a number from 0 to 1; see lexswitch"),
        (["--query", "x"], "unrecognized arguments: --query; did you mean --quiet? See lexswitch apply --help"),
        (["--lang", "de"], "unrecognized arguments: --lang; did you mean --to? See lexswitch apply --help"),
        (["--seed", "one"], "--seed is 'one'; it must be a whole number"),
        (["--seed", "-1"], "seed is -1; it must be from 0 to"),
        (["--max-words", "0"], "--max-words is 0; it must be from 1 to"),
        (["--protect", "("], "--protect"),
        (["--prob-ability=1"], "unrecognized arguments: --prob-ability=1; did you mean --probability? See lexswitch"),
        (["--to"], "--to has no value; write --to LANGUAGES; see lexswitch apply --help"),
        (["-p"], "--probability has no value; write --probability P; see lexswitch apply --help"),
        (["--format", "tvs"], "; did you mean tsv? See lexswitch apply --help"),
        (["missing.txt"], "missing.txt: No such file or directory"),
        (["."], ".: Is a directory"),
        (
            ["--lexicon", "missing.lexicon"],
            "missing.lexicon does not exist; pass a saved lexicon: lexswitch lexicon build writes one",
        ),
    ],
)
def test_bad_arguments_are_one_line(arguments: list[str], said: str) -> None:
    """A wrong argument is reported in one line, without a traceback, and the exit code is 2."""
    assert said in error_of("apply", *arguments)


def test_missing_file_is_reported_before_anything_is_printed(tmp_path: Path) -> None:
    """A missing second file stops the run before the first is switched."""
    (tmp_path / "a").write_bytes(b"a house\n")
    ran = run_bytes("apply", str(tmp_path / "a"), str(tmp_path / "missing"))
    assert ran.returncode == 2
    assert ran.stdout == b""


def test_damaged_lexicon(own: Path, tmp_path: Path) -> None:
    """A lexicon folder with a changed column is refused."""
    damaged = tmp_path / "damaged.lexicon"
    damaged.mkdir()
    for file in own.iterdir():
        (damaged / file.name).write_bytes(file.read_bytes())
    (column,) = damaged.glob("translations-*.npy")
    column.write_bytes(column.read_bytes().replace(b"Haus", b"Maus"))
    assert f"{column.name} was changed: its SHA-256 does not match" in error_of("apply", "--lexicon", str(damaged))


@pytest.mark.parametrize("arguments", [[], ["lexicon"], ["switch"]])
def test_missing_or_unknown_command(arguments: list[str]) -> None:
    """Without a command that exists, the error points to the help."""
    assert "--help" in error_of(*arguments)


def test_misspelled_command() -> None:
    """The error names the closest command."""
    assert error_of("appli").endswith("; did you mean apply? See lexswitch --help")
    assert error_of("lexicon", "export-all").endswith("; did you mean export? See lexswitch lexicon --help")


def test_low_coverage_gets_one_warning() -> None:
    """A long input gets one warning; ``--quiet`` suppresses it, and does not change the output."""
    data = b"lorem ipsum dolor amet\n" * 50_000
    ran = run_bytes("apply", stdin=data)
    assert (ran.returncode, ran.stdout) == (0, data)
    assert ran.stderr.decode().count("lexswitch: warning: only 0 of ") == 1
    assert output_of("apply", "--quiet", stdin=data) == data


def test_progress_only_on_a_terminal(tmp_path: Path) -> None:
    """A terminal on standard error gets a bar, unless ``--quiet`` is given."""
    (tmp_path / "text").write_bytes(b"a house\n" * 1000)
    assert b"100%" in shown_on_terminal("apply", tmp_path / "text")
    assert shown_on_terminal("apply", "--quiet", tmp_path / "text") == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals and pipes")
@pytest.mark.process
class TestSignals:
    """Broken pipes and Ctrl-C end a run without a message, with the exit codes of shells."""

    def test_broken_pipe(self, tmp_path: Path) -> None:
        """``lexswitch apply big | head -1`` prints a line and no error, and exits with 141."""
        big = tmp_path / "big"
        big.write_bytes(b"a house of cards\n" * 500_000)
        script = '"$@" | head -1; echo "${PIPESTATUS[0]}"'
        command = ["bash", "-c", script, "bash", *COMMAND, "apply", "-p", "0", str(big)]
        ran = subprocess.run(command, capture_output=True, check=True)
        assert (ran.stdout, ran.stderr) == (b"a house of cards\n141\n", b"")

    def test_interrupt(self) -> None:
        """A line from a pipe is switched at once; Ctrl-C then ends the run with 130."""
        with subprocess.Popen(
            [*COMMAND, "apply", "-p", "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdin.write(b"a house\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"a house\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
            assert process.stderr.read() == b""


@pytest.mark.slow
@pytest.mark.process
def test_memory_is_constant(tmp_path: Path) -> None:
    """The peak of memory is the same for seven times the input."""
    resource = pytest.importorskip("resource")  # not on Windows
    line = b"the credit card program of the bank has %d new customers\n"
    part = b"".join(line % number for number in range(20_000))
    # A small process in between, because the peak of a child starts at that of its parent.
    measure = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peaks = []
    for megabytes in (5, 35):
        path = tmp_path / "text"
        with path.open("wb") as file:
            for _ in range(megabytes * 1_000_000 // len(part)):
                file.write(part)
        command = [sys.executable, "-c", measure, *COMMAND, "apply", str(path)]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True).stdout))
        path.unlink()
    slack = (16 << 20) // (1 if sys.platform == "darwin" else resource.getpagesize() // 4)
    assert peaks[1] < peaks[0] + slack
