"""Samples, lexicon files and blocks of entries, which all formats share."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import LexiconError
from lexswitch.formats.base import Entry, LexiconFile, Sample, in_blocks


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def file_of(path: Path, targets: tuple[str, ...] | None = ("de",), strict: bool = False) -> LexiconFile:
    return LexiconFile(path, "en", targets, strict)


# -- samples -----------------------------------------------------------------------------------------------------------


def test_sample(tmp_path: Path) -> None:
    """A sample holds the beginning, decompressed, and its whole lines."""
    sample = Sample(write(tmp_path / "a", gzip.compress(b"\xef\xbb\xbfone\r\ntwo \xff\n\nlast")))
    assert sample.head == b"\xef\xbb\xbfone\r\ntwo \xff\n\nlast"
    assert sample.lines == ["one", "two \ufffd", "", "last"]
    long = Sample(write(tmp_path / "b", b"0123456789abcde\n" * 10_000))
    assert len(long.head) == 1 << 16
    assert long.lines == ["0123456789abcde"] * (1 << 12)
    assert Sample(write(tmp_path / "c", b"x" * 100_000)).lines == []
    assert Sample(write(tmp_path / "d", b"")).lines == []
    assert (Sample(tmp_path).head, Sample(tmp_path).lines) == (b"", [])


def test_sample_of_a_cut_character(tmp_path: Path) -> None:
    """A character that is cut at the end of the sample is not in its lines."""
    data = b"one\n" + "д".encode() * 40_000
    assert Sample(write(tmp_path / "a", data)).lines == ["one"]


# -- lexicon files -----------------------------------------------------------------------------------------------------


def test_targets(tmp_path: Path) -> None:
    """The requested target languages: all, some, or a single one."""
    assert file_of(tmp_path).target == "de"
    assert file_of(tmp_path, None).wants("xx")
    assert [file_of(tmp_path, ("de", "ru")).wants(language) for language in ("ru", "fr")] == [True, False]
    for targets in (None, (), ("de", "ru")):
        message = f"{tmp_path} does not name its target language, and target is {targets}; pass one: target='de'"
        with pytest.raises(LexiconError, match=re.escape(message)):
            _ = file_of(tmp_path, targets).target


@pytest.mark.parametrize(
    ("source", "targets", "language", "expected"),
    [
        ("en", None, "swh", "sw"),
        ("en", ("swh",), "sw", "swh"),
        ("en", ("swh",), "swh", "swh"),
        ("kmr", ("de",), "ku", "kmr"),
        ("en", ("sw", "swh"), "swh", "swh"),
        ("en", ("zh-Hant",), "cmn", "zh"),
        ("en", ("de",), "pt-BR", "pt-BR"),
    ],
)
def test_codes_asked_for(
    tmp_path: Path, source: str, targets: tuple[str, ...] | None, language: str, expected: str
) -> None:
    """A language of the file gets the requested code, else the code in common use."""
    assert LexiconFile(tmp_path, source, targets, False).asked_code(language) == expected


def test_drop_counts_or_raises(tmp_path: Path) -> None:
    """Dropped lines are counted by reason; with `strict`, the first is an error with file, line and content."""
    path = tmp_path / "a.txt"
    loose, strict = file_of(path), file_of(path, strict=True)
    for line in (3, 4):
        loose.drop("ragged line", line, "x")
    loose.drop("empty term", 9)
    assert loose.dropped == {"ragged line": 2, "empty term": 1}
    with pytest.raises(
        LexiconError, match=rf"{re.escape(str(path))}:7: ragged line: 'a b c'; correct it, or read with"
    ):
        strict.drop("ragged line", 7, "a b c")
    with pytest.raises(LexiconError) as caught:
        strict.drop("ragged line", 7, "long " * 1_000_000)
    assert len(str(caught.value)) < 300 + len(str(path))


def test_entries(tmp_path: Path) -> None:
    """An entry counts once if it gave any pair or if any part of it was dropped."""
    file = file_of(tmp_path)
    assert file.entries() == (0, 0)
    file.keep(range(1, 4))
    file.drop("a", 3)
    file.drop("b", 3)
    file.keep([7, 5, 5, 3])
    for line in (9, 9, 10, 9):
        file.drop("a", line)
    assert file.entries() == (7, 5)


@given(st.lists(st.lists(st.integers(1, 50)), max_size=5), st.lists(st.integers(1, 50)))
def test_entries_are_counted_by_line(kept: list[list[int]], lost: list[int]) -> None:
    """Entries are distinct lines, for any order of lines and blocks."""
    file = file_of(Path("any"))
    for lines in kept:
        file.keep(lines)
    for line in lost:
        file.drop("a", line)
    given = {line for lines in kept for line in lines}
    assert file.entries() == (len(given | set(lost)), len(given))


def test_lines_and_texts(tmp_path: Path) -> None:
    """Lines have numbers and no ends; blank lines are skipped; compressed and other files are read alike."""
    other = write(tmp_path / "other", gzip.compress("дом\n".encode()))
    file = file_of(write(tmp_path / "a", b"\xef\xbb\xbfone\r\n\n \t\n\xe2\x80\xa8x\ntwo \r\r\nthree"))
    assert list(file.lines()) == [(1, "one"), (4, "\u2028x"), (5, "two \r"), (6, "three")]
    assert list(file.lines(other)) == [(1, "дом")]
    assert "".join(text.text for text in file.texts(other)) == "дом\n"
    with file.open(other) as stream:
        assert stream.read() == "дом\n".encode()


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_no_lines(tmp_path: Path, data: bytes) -> None:
    """Empty files have no lines."""
    assert list(file_of(write(tmp_path / "a", data)).lines()) == []


def test_line_numbers_across_blocks(tmp_path: Path) -> None:
    """Line numbers continue from block to block."""
    path = write(tmp_path / "a", b"".join(b"line %d of many\n" % number for number in range(1, 200_001)))
    lines = list(file_of(path).lines())
    assert len(lines) == 200_000
    assert all(line == f"line {number} of many" for number, line in lines)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a für\n".encode("latin-1"), "a.txt:1: byte offset 3: not UTF-8"),
        ("ok\nhouse\tHaus\n".encode("utf-16"), "a.txt:1: byte offset 0: not UTF-8"),
        ("ok\nhouse\tHaus\n".encode("utf-16-le"), "a.txt:1: byte offset 1: the first of many zero bytes"),
        ("ok\nhouse\tHaus\n".encode("utf-16-be"), "a.txt:1: byte offset 0: the first of many zero bytes"),
        (b"\xef\xbb\xbf\xd0\xb4\0\0\0", "a.txt:1: byte offset 5: the first of many zero bytes"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_other_encodings(tmp_path: Path, data: bytes, message: str, packed: bool) -> None:
    """Text that is not UTF-8, or has many zero bytes, is an error with line, byte offset and remedy."""
    path = write(tmp_path / "a.txt", gzip.compress(data) if packed else data)
    with pytest.raises(LexiconError, match=message) as caught:
        list(file_of(path).lines())
    assert "convert it with iconv" in str(caught.value)


def test_some_zero_bytes_are_text(tmp_path: Path) -> None:
    """A single zero byte is not another encoding; the pair with it is dropped later."""
    assert list(file_of(write(tmp_path / "a", b"one\0 more words\n")).lines()) == [(1, "one\0 more words")]


def test_sha256(tmp_path: Path) -> None:
    """The hash of one file is that of its raw bytes; the hash of several depends on all names and contents."""
    path = write(tmp_path / "a.gz", gzip.compress(b"one\n"))
    alone = file_of(path)
    alone.open().close()
    assert alone.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()
    seen = set()
    for name, data in (("b", b"1"), ("c", b"1"), ("b", b"2"), ("b\udcff", b"2")):
        try:
            other = write(tmp_path / name, data)
        except (OSError, UnicodeError):
            continue  # on this file system all names are Unicode
        for order in ((path, other), (other, path)):
            several = file_of(path)
            for file in (*order, path):
                several.open(file).close()
            seen.add(several.sha256())
    assert len(seen) >= 3
    hashes = (hashlib.sha256(data).hexdigest() for data in (path.read_bytes(), b"1"))
    listing = "{} a.gz\n{} c\n".format(*hashes)
    assert hashlib.sha256(listing.encode()).hexdigest() in seen


def test_progress_only_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow reads show a progress bar on a terminal if requested, one bar per file."""
    fcntl, pty, termios = map(pytest.importorskip, ("fcntl", "pty", "termios"))  # not on Windows
    path = write(tmp_path / "big.txt", b"a b\n" * 100_000)
    shown = {}
    for wanted in (True, False):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        with os.fdopen(slave, "w") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            monkeypatch.setattr("tqdm.std.tqdm.monitor_interval", 0)
            file = LexiconFile(path, "en", ("de",), False, progress=wanted)
            assert sum(1 for _ in file.lines()) + sum(1 for _ in file.lines()) == 200_000
            bar = file._bar
            file.close()
            file.close()
            assert (bar is not None) == wanted
            assert bar is None or (bar.n, bar.total) == (400_000, 400_000)
            terminal.write("end")
            terminal.flush()
            shown[wanted] = os.read(master, 1 << 16)
        os.close(master)
    assert shown[False] == b"end"


# -- blocks ------------------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.builds(Entry, st.integers(1, 9), st.text(max_size=2), st.sampled_from(("de", "ru")), st.text(max_size=2))
    )
)
def test_blocks_hold_the_entries(entries: list[Entry]) -> None:
    """Blocks hold all entries in order, with weight 1 by default."""
    rows = [
        row
        for block in in_blocks(entries)
        for row in zip(block.lines, block.terms, block.languages, block.translations, block.weights or (), strict=True)
    ]
    assert rows == [tuple(entry) for entry in entries]


def test_blocks_are_bounded() -> None:
    """Entries are consumed one block at a time, so memory does not grow with the file."""
    taken = 0

    def entries() -> object:
        nonlocal taken
        for taken in range(1, 100_001):
            yield Entry(taken, "a", "de", "b", 0.5)

    blocks = in_blocks(entries())  # type: ignore[arg-type]
    first = next(blocks)
    assert taken == len(first.terms) == 10_000
    assert sum(len(block.terms) for block in blocks) == 90_000
