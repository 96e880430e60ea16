"""Streams: decompression within limits, and text in blocks of whole lines."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch import LexiconError
from lexswitch._io.streams import open_unpacked, read_texts

from ..strategies import any_text

DATA = "house Haus\ncredit card\tKreditkarte\nhouse дом\n".encode()


def zstandard() -> Any:
    return pytest.importorskip("zstandard")


def zstd(data: bytes) -> bytes:
    packed: bytes = zstandard().ZstdCompressor(write_checksum=True).compress(data)
    return packed


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd,
}  # fmt: skip


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def unpacked(path: Path) -> bytes:
    with open_unpacked(path) as stream:
        return stream.read()


def error_or(function: Callable[[], Any]) -> Any:
    """What a function returns, or the LexiconError that it raises."""
    try:
        return function()
    except LexiconError as error:
        return error


# -- compressed files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\x1f", b"BZ", b"plain\n", b"x" * 3_000_000])
def test_plain_files(tmp_path: Path, data: bytes) -> None:
    """A file without a known signature is read as it is."""
    assert unpacked(write(tmp_path / "file.gz", data)) == data


@pytest.mark.slow
@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("data", [b"", DATA, bytes(range(256)) * 20_000])
def test_compressed_files(tmp_path: Path, name: str, data: bytes) -> None:
    """Compressed files are recognised by content, not by name."""
    assert unpacked(write(tmp_path / "file.txt", PACKERS[name](data))) == data


@pytest.mark.parametrize("name", PACKERS)
def test_several_members(tmp_path: Path, name: str) -> None:
    """Concatenated compressed files are read as one, empty ones too."""
    pack = PACKERS[name]
    assert (
        unpacked(write(tmp_path / "file", pack(b"one\n") + pack(b"") + pack(b"two" * 100_000)))
        == b"one\n" + b"two" * 100_000
    )


@pytest.mark.parametrize("size", [1, 7, 1 << 10, 1 << 20])
@pytest.mark.parametrize("name", PACKERS)
def test_reads_of_any_size(tmp_path: Path, name: str, size: int) -> None:
    """Reading piece by piece returns the same bytes as reading all at once."""
    data = os.urandom(3_000) + bytes(50_000)
    with open_unpacked(write(tmp_path / "file", PACKERS[name](data))) as stream:
        pieces = list(iter(lambda: stream.read(size), b""))
    assert b"".join(pieces) == data


@pytest.mark.parametrize("name", PACKERS)
def test_truncated(tmp_path: Path, name: str) -> None:
    """A compressed file that is truncated after its signature is an error that names the file."""
    packed = PACKERS[name](DATA)
    for size in range(6, len(packed)):
        path = write(tmp_path / "cut", packed[:size])
        with pytest.raises(LexiconError, match=r"cut: the compressed file is damaged \(.+\); download it again"):
            unpacked(path)


@pytest.mark.parametrize("name", PACKERS)
def test_changed_bytes(tmp_path: Path, name: str) -> None:
    """A changed byte in a compressed file is an error that names the file, or does not change the data."""
    packed = PACKERS[name](DATA)
    results = []
    for at in range(len(packed)):
        for change in (0x01, 0x80, 0xFF):
            damaged = packed[:at] + bytes([packed[at] ^ change]) + packed[at + 1 :]
            path = write(tmp_path / "file", damaged)
            results.append(error_or(lambda path=path: unpacked(path)))  # type: ignore[misc]
            if not isinstance(results[-1], LexiconError):
                assert results[-1] in {DATA, damaged}  # the signature may be gone
    errors = [str(result) for result in results if isinstance(result, LexiconError)]
    assert all("file: the compressed file is damaged (" in error for error in errors)
    assert len(errors) > len(results) / 2


@pytest.mark.parametrize("name", PACKERS)
def test_signature_alone(tmp_path: Path, name: str) -> None:
    """A file that only begins like a compressed file is damaged."""
    mark = PACKERS[name](DATA)[:6]
    for rest in (b"", b"\0" * 100, b"\xff" * 100, b"text, not compressed\n"):
        with pytest.raises(LexiconError, match="is damaged"):
            unpacked(write(tmp_path / "file", mark + rest))


def test_missing_zstandard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, a Zstandard file is an ImportError that names what to install."""
    monkeypatch.setitem(sys.modules, "zstandard", None)
    path = write(tmp_path / "file.zst", b"\x28\xb5\x2f\xfd rest")
    with pytest.raises(ImportError, match=r'file\.zst is compressed with Zstandard; pip install "lexswitch\[zstd\]"'):
        open_unpacked(path)


def test_progress(tmp_path: Path) -> None:
    """Progress counts compressed bytes and adds up to the size of the file."""
    path = write(tmp_path / "file", gzip.compress(os.urandom(3_000_000)))
    seen: list[int] = []
    with open_unpacked(path, seen.append) as stream:
        stream.read()
    assert sum(seen) == path.stat().st_size
    assert len(seen) > 1


_BOMBS = {
    "bz2": "b''.join([bz2.compress(bytes(9_000_000))] * 1_120)",
    "gz": "gzip.compress(bytes(300 << 20))",
    "xz": "lzma.compress(bytes(300 << 20), preset=0)",
    "zst": "zstandard.ZstdCompressor().compress(bytes(300 << 20))",
    "bz2 of lines": "b''.join([bz2.compress(b'a b\\n' * 2_250_000)] * 1_120)",
}


@pytest.mark.parametrize("name", _BOMBS)
@pytest.mark.slow
def test_bombs_are_stopped(tmp_path: Path, name: str) -> None:
    """A small file that decompresses to hundreds of MB or 10 GB is stopped at the limit, in bounded memory."""
    pytest.importorskip("resource")  # not on Windows
    if name == "zst":
        zstandard()
    script = f"""
import bz2, gzip, lzma, pathlib, sys
if {name!r} == "zst": import zstandard
pathlib.Path(sys.argv[1]).write_bytes({_BOMBS[name]})
"""
    path = tmp_path / "bomb"
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    size = path.stat().st_size
    assert size < 1_000_000
    measure = """
import pathlib, resource, sys
from lexswitch._io.streams import open_unpacked
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
total = 0
try:
    with open_unpacked(pathlib.Path(sys.argv[1])) as stream:
        while data := stream.read1(1 << 20):
            total += len(data)
except ValueError as error:
    print(error)
print(total)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    # A small process in between, because the peak memory of a child starts with that of its parent.
    between = "import subprocess, sys; subprocess.run(sys.argv[1:], check=True)"
    command = [sys.executable, "-c", between, sys.executable, "-c", measure, str(path)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    message, total, grown = ran.stdout.splitlines()
    assert "bomb: decompresses to more than 64 MiB plus 200 times its size; if you trust it, decompress it" in message
    assert int(total) <= (64 << 20) + 200 * size
    assert int(grown) * (1 if sys.platform == "darwin" else 1024) < 80 << 20


# -- zip archives ------------------------------------------------------------------------------------------------------


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("others", [[], ["lexicons/"], ["__MACOSX/._en-de.txt", "__MACOSX/"]])
def test_zip_archive_of_one_file(tmp_path: Path, method: int, others: list[str]) -> None:
    """The one file of a zip archive is read, also from a folder; nothing is extracted to disk."""
    path = write(tmp_path / "en-de.zip", zipped({"../lexicons/en-de.txt": DATA, **dict.fromkeys(others, b"")}, method))
    assert unpacked(path) == DATA
    assert list(tmp_path.rglob("*")) == [path]


def test_zip_archive_of_several_files(tmp_path: Path) -> None:
    """An archive of several files, or of none, is an error that names some of them."""
    path = write(tmp_path / "a.zip", zipped({"en-de.txt": b"", "en-ru.txt": b""}))
    message = "a.zip is a zip archive that holds 2 files: 'en-de.txt', 'en-ru.txt'; an archive must hold one: unpack it"
    with pytest.raises(LexiconError, match=message):
        open_unpacked(path)
    path = write(tmp_path / "b.zip", zipped({f"{number}.txt": b"" for number in range(10_000)}))
    with pytest.raises(LexiconError, match=r"holds 10000 files: '0.txt', .*'8.txt' and 9991 more; an archive must"):
        open_unpacked(path)
    with pytest.raises(LexiconError, match=r"c.zip is a zip archive that holds 0 files; an archive must hold one"):
        open_unpacked(write(tmp_path / "c.zip", zipped({})))


def test_damaged_zip_archives(tmp_path: Path) -> None:
    """An archive that is truncated or changed is an error that names it, unless its file is unchanged."""
    packed = zipped({"en-de.txt": DATA})
    cut = [packed[:size] for size in range(4, len(packed))]
    changed = [
        packed[:at] + bytes([packed[at] ^ change]) + packed[at + 1 :]
        for at in range(4, len(packed))
        for change in (0x01, 0x80, 0xFF)
    ]
    for data in cut + changed:
        path = write(tmp_path / "file", data)
        result = error_or(lambda path=path: unpacked(path))  # type: ignore[misc]
        assert result == DATA if isinstance(result, bytes) else "file" in str(result)
        assert isinstance(result, LexiconError) or data in changed


@pytest.mark.slow
def test_bombs_in_zip_archives(tmp_path: Path) -> None:
    """A small archive that decompresses to hundreds of MB is stopped at the limit."""
    path = write(tmp_path / "bomb", zipped({"a": bytes(150 << 20)}))
    with pytest.raises(LexiconError, match="bomb: decompresses to more than 64 MiB plus 200 times its size"):
        unpacked(path)


# -- text --------------------------------------------------------------------------------------------------------------


def texts_of(data: bytes, size: int = 1 << 20, **options: Any) -> list[tuple[int, str, int]]:
    return [tuple(text) for text in read_texts(io.BufferedReader(io.BytesIO(data)), "name", size, **options)]  # type: ignore[arg-type, misc]


@given(
    st.text(any_text.map(lambda text: text[:1] or "\n") | st.sampled_from("\n\r a\ufeff"), max_size=60),
    st.integers(1, 20),
)
def test_blocks_are_whole_lines(text: str, size: int) -> None:
    """Blocks of any size hold all the text, end at line ends, and have the number of their first line."""
    data = text.encode()
    blocks = texts_of(data, size, keep_mark=True)
    assert "".join(block for _, block, _ in blocks) == text
    assert [block for _, block, _ in blocks if not block] == []
    assert all(block.endswith("\n") for _, block, _ in blocks[:-1])
    number = 1
    for line, block, length in blocks:
        assert (line, length) == (number, len(block.encode()))
        number += block.count("\n")
    without = "".join(block for _, block, _ in texts_of(data, size))
    assert without == text.removeprefix("\ufeff")


def test_mark_at_the_beginning_only() -> None:
    """A byte order mark is removed once at the beginning, and kept elsewhere."""
    mark = "\ufeff".encode()
    assert texts_of(mark + mark + b"a\n" + mark + b"b", size=3) == [(1, "\ufeffa\n", 8), (2, "\ufeffb", 4)]
    assert texts_of(mark) == [(1, "", 3)]


@given(
    st.lists(st.sampled_from(("", "a", "дом", "世界" * 5, "\r")), max_size=12),
    st.sampled_from((b"\xff", b"\xe4", b"\xc3", b"\xed\xa0\x80", b"a\x80")),
    st.lists(st.sampled_from((b"", b"x", b"\xff")), max_size=3),
    st.integers(1, 40),
)
def test_wrong_bytes_are_located(lines: list[str], wrong: bytes, rest: list[bytes], size: int) -> None:
    """For any block size, the lines before are yielded, then the error names line and byte offset."""
    before = "".join(f"{line}\n" for line in lines)
    data = before.encode() + b"ok " + wrong + b"".join(b"\n" + line for line in rest)
    got: list[str] = []
    texts = read_texts(io.BufferedReader(io.BytesIO(data)), "some.txt", size)
    with pytest.raises(LexiconError) as caught:
        got.extend(text.text for text in texts)
    assert "".join(got) == before
    offset = len(before.encode()) + 3 + (wrong == b"a\x80")
    assert str(caught.value).startswith(f"some.txt:{len(lines) + 1}: byte offset {offset}: not UTF-8 (")


@pytest.mark.parametrize(
    ("text", "encoding", "hint"),
    [
        ("house Häuser\nstreet Straße\n" * 50, "latin-1", "-f ENCODING -t UTF-8 (perhaps WINDOWS-1252)"),
        ("plain English\n" * 90_000 + "Straße und Häuser\n", "latin-1", "(perhaps WINDOWS-1252)"),
        ("house дом\nstreet улица\n" * 50, "koi8-r", "(perhaps KOI8-R, WINDOWS-1251 or another of its alphabet)"),
        ("plain English\n" * 90_000 + "дом улица город\n" * 900, "cp1251", "(perhaps KOI8-R, WINDOWS-1251 or another"),
        (
            "house Haus\n",
            "utf-16",
            "the byte order mark of UTF-16: convert it with iconv -f UTF-16 -t UTF-8",
        ),
        ("\ufeffhouse дом\n", "utf-16-be", "it begins with the byte order mark of UTF-16"),
        ("house für\n", "utf-16-le", "zero bytes of UTF-16 or of binary data"),
    ],
)
def test_wrong_encodings_are_guessed(text: str, encoding: str, hint: str) -> None:
    """The error says how to convert a file that is in another encoding."""
    with pytest.raises(LexiconError, match="not UTF-8") as caught:
        texts_of(text.encode(encoding))
    assert hint in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("size", [1, 3, 8])
@pytest.mark.parametrize("end", [b"", b"\n", b"\nab\n"])
def test_limit_of_lines(size: int, end: bytes) -> None:
    """A line of exactly the limit is read; a longer one is an error with its number, unless there is no limit."""
    data = b"ab\n\n" + b"x" * 8
    assert "".join(text for _, text, _ in texts_of(data + end, size, longest=8)).encode() == data + end
    data += b"x" + end
    with pytest.raises(LexiconError, match="name:3: a line of more than 8 bytes; this does not seem to be a text file"):
        texts_of(data, size, longest=8)
    assert "".join(text for _, text, _ in texts_of(data, size, longest=None)).encode() == data


@pytest.mark.slow
def test_lines_of_megabytes(tmp_path: Path) -> None:
    """Lines of 1 MB and of 64 MiB are read whole; one of 65 MiB is an error, in memory of that order."""
    pytest.importorskip("resource")  # not on Windows
    text = "x" * (1 << 20)
    assert texts_of(f"a\n{text}\nb".encode(), 1 << 16) == [(1, "a\n", 2), (2, f"{text}\n", len(text) + 1), (3, "b", 1)]
    script = """
import io, pathlib, resource, sys
from lexswitch._io.streams import open_unpacked, read_texts
size = int(sys.argv[2])
with open(sys.argv[1], "wb") as file:
    file.write(b"a\\n")
    for _ in range(size):
        file.write(bytes([120]) * (1 << 20))
try:
    with open_unpacked(pathlib.Path(sys.argv[1])) as stream:
        print([text.size for text in read_texts(stream, "long")])
except ValueError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    between = "import subprocess, sys; subprocess.run(sys.argv[1:], check=True)"
    said = {}
    for size in (64, 65):
        path = tmp_path / "long"
        command = [sys.executable, "-c", between, sys.executable, "-c", script, str(path), str(size)]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        path.unlink()
        said[size], peak = ran.stdout.splitlines()
        assert int(peak) * (1 if sys.platform == "darwin" else 1024) < 400 << 20
    assert said[64] == f"[2, {64 << 20}]"
    assert said[65] == "long:2: a line of more than 67,108,864 bytes; this does not seem to be a text file"


def test_line_ends() -> None:
    """Only line feeds end lines; carriage returns and other breaks stay, and the last line may lack its end."""
    data = "a\r\nb\rc\u2028d\x85e\x0bf\n\nlast".encode()
    assert texts_of(data) == [(1, "a\r\nb\rc\u2028d\x85e\x0bf\n\n", len(data) - 4), (4, "last", 4)]
    assert texts_of(b"") == []


def test_pipes_are_not_held_back() -> None:
    """Lines that arrived through a pipe are yielded before more arrives."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb", buffering=0) as pipe:
        texts = read_texts(stream, "pipe")
        for part, expected in ((b"one\n", "one\n"), (b"two\nthr", "two\n"), (b"ee\n", "three\n")):
            pipe.write(part)
            late = threading.Timer(30, pipe.close)  # a reader that waits for more sees the end then, and fails below
            late.start()
            assert next(texts).text == expected
            late.cancel()
