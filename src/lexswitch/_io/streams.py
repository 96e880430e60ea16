"""Opens files as streams: decompresses them within a size limit, and reads UTF-8 text in blocks of whole lines."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from ..errors import LexiconError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 26

# Text compresses to about a tenth. A file that decompresses to far more may be made to fill memory or disk.
_MAX_FREE = 1 << 26
_MAX_RATIO = 200
# Zstandard decompresses each input in one go, and four bytes of input may hold 128 KiB.
_ZSTANDARD_STEP = 1 << 10
# Number of first bytes that identify the compression.
_MAGIC_SIZE = 6

# Copies of attributes that macOS puts into zip archives.
_MACOS = "__MACOSX/"
_MAX_SHOWN = 9

# If more of the letters near the invalid byte are beyond ASCII, the text has another alphabet, not only accents.
_OTHER_ALPHABET_SHARE = 0.4
_WINDOW = 1 << 13
# Japanese text has more kana than this; a window may begin or end within a character.
_KANA_SHARE, _DAMAGED_SHARE = 0.2, 0.1


class TextBlock(NamedTuple):
    """Consecutive whole lines of a file."""

    line: int
    """Number of the first line, from 1."""
    text: str
    size: int
    """Number of bytes."""


def open_unpacked(path: Path | int, progress: Callable[[int], Any] | None = None) -> io.BufferedReader:
    """Open a file for reading bytes; decompress gzip, bzip2, xz, Zstandard and zip, which are detected from content.

    The file is read once, in order, so `path` may name a pipe. A zip archive must be a file, not a pipe, and hold one
    file; folders and the copies of attributes that macOS adds do not count. Archives are never extracted to disk.

    Parameters
    ----------
    path : Path or int
        Path, or the number of an open file, which stays open.
    progress : callable, optional
        Called after each read with the number of compressed bytes.

    Raises
    ------
    LexiconError
        If a zip archive is damaged or does not hold exactly one file. While reading: if the compressed file is damaged,
        or decompresses to more than 64 MiB plus 200 times the bytes read.
    ImportError
        If the file needs Zstandard, which is not installed.
    """
    raw = _Counted(path, progress)
    file: io.BufferedReader = io.BufferedReader(raw, _BLOCK)
    try:
        head = file.peek(_MAGIC_SIZE)
        for magic, decompress in _DECOMPRESSORS.items():
            if head.startswith(magic):
                return io.BufferedReader(_Decompressed(decompress(file), file, raw), _BLOCK)
    except BaseException:
        file.close()
        raise
    return file


def read_texts(
    stream: io.BufferedIOBase,
    name: str,
    size: int = _BLOCK,
    longest: int | None = _LONGEST_LINE,
    keep_mark: bool = False,
) -> Iterator[TextBlock]:
    r"""Yield UTF-8 text in blocks of whole lines of about `size` bytes.

    A line ends at ``b"\n"``; a line longer than `size` stays whole. Lines from a pipe are yielded as soon as they
    arrive. A byte order mark at the beginning is removed unless `keep_mark` is true.

    Raises
    ------
    LexiconError
        If a line is not UTF-8, or has more than `longest` bytes (default 64 MiB; None for no limit). The lines before
        it are yielded first; the message names line and byte offset.
    """
    number, offset = 1, 0
    for data in _whole_lines(stream, size, longest):
        if data is None:
            raise LexiconError(
                f"{name}:{number}: a line of more than {longest:,} bytes; this does not seem to be a text file"
            )
        valid, error = len(data), None
        try:
            text = data.decode()
        except UnicodeDecodeError as fault:
            valid, error = data.rfind(b"\n", 0, fault.start) + 1, fault
            text = data[:valid].decode()
        if valid:
            yield TextBlock(number, text if offset or keep_mark else text.removeprefix("\ufeff"), valid)
        number += data.count(b"\n", 0, valid)
        if error:
            position = f"{name}:{number}: byte offset {offset + error.start}"
            raise LexiconError(f"{position}: not UTF-8 ({error.reason}); {_encoding_remedy(data, error.start)}")
        offset += valid


def _whole_lines(stream: io.BufferedIOBase, size: int, longest: int | None) -> Iterator[bytes | None]:
    """Yield blocks of whole lines, and None if the next line is too long."""
    pending: list[bytes] = []
    waiting = 0
    while data := stream.read1(size):
        end = data.find(b"\n")
        waiting += end if end >= 0 else len(data)
        if longest is not None and waiting > longest:
            yield None
            return
        if end < 0:
            pending.append(data)
            continue
        cut = data.rfind(b"\n") + 1
        yield b"".join([*pending, data[:cut]])
        pending, waiting = [data[cut:]], len(data) - cut
    if rest := b"".join(pending):
        yield rest


def _encoding_remedy(data: bytes, offset: int) -> str:
    """The remedy for data that is not UTF-8 from an offset on."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it begins with the byte order mark of UTF-16: convert it with iconv -f UTF-16 -t UTF-8"
    if has_zeros(data.decode("latin-1")):
        return "it has the zero bytes of UTF-16 or of binary data: convert it with iconv -f UTF-16 -t UTF-8"
    if _is_euc_jp(data[max(0, offset - _WINDOW) : offset + _WINDOW]):
        return "it seems to be Japanese in EUC-JP: convert it with iconv -f EUC-JP -t UTF-8"
    letters = [byte for byte in data[max(0, offset - _WINDOW) : offset + _WINDOW] if byte > 127 or chr(byte).isalpha()]
    other_alphabet = sum(byte > 127 for byte in letters) > _OTHER_ALPHABET_SHARE * len(letters)
    guess = "perhaps KOI8-R, WINDOWS-1251 or another of its alphabet" if other_alphabet else "perhaps WINDOWS-1252"
    return f"convert it with iconv -f ENCODING -t UTF-8 ({guess})"


def _is_euc_jp(data: bytes) -> bool:
    """Whether bytes are Japanese text in EUC-JP: kana are frequent, and nearly all bytes can be decoded."""
    text = data.decode("euc_jp", "replace")
    beyond_ascii = len(text) - sum(map(str.isascii, text))
    kana = sum("\u3041" <= character <= "\u30fc" for character in text)
    return kana > _KANA_SHARE * beyond_ascii and text.count("\ufffd") < _DAMAGED_SHARE * beyond_ascii


def has_zeros(text: str) -> bool:
    """Whether more than a quarter of the characters are zero, as in UTF-16 decoded as UTF-8, or in binary data."""
    return 4 * text.count("\0") > len(text)


class _Counted(io.FileIO):
    """A file that counts the bytes read; the first read returns enough bytes to identify the compression."""

    def __init__(self, path: Path | int, progress: Callable[[int], Any] | None) -> None:
        super().__init__(path, closefd=not isinstance(path, int))
        self.count = 0
        self._progress = progress

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        view = memoryview(buffer).cast("B")
        first = self.count
        while count := super().readinto(view[self.count - first :]) or 0:
            self.count += count
            if self.count >= min(_MAGIC_SIZE, len(view)):  # a pipe may deliver its first bytes one by one
                break
        if self._progress is not None and self.count > first:
            self._progress(self.count - first)
        return self.count - first


class _Decompressed(io.RawIOBase):
    """Limits the decompressed size, and reports damage with the name of the file."""

    def __init__(self, stream: BinaryIO, file: io.BufferedReader, raw: _Counted) -> None:
        self._stream = stream
        self._file = file
        self._raw = raw
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._stream.read(len(view))
        except Exception as error:  # decompressors raise many kinds of errors, such as zlib.error and lzma.LZMAError
            raise LexiconError(f"{self._name}: the compressed file is damaged ({error}); download it again") from error
        self._count += len(data)
        if self._count > _MAX_FREE + _MAX_RATIO * self._raw.count:
            raise LexiconError(
                f"{self._name}: decompresses to more than {_MAX_FREE >> 20} MiB plus {_MAX_RATIO} times its size; if "
                "you trust it, decompress it yourself and read the result"
            )
        view[: len(data)] = data
        return len(data)

    @property
    def _name(self) -> object:
        return "standard input" if self._raw.name == 0 else self._raw.name

    def close(self) -> None:
        self._stream.close()
        self._file.close()
        super().close()


class _Zstandard:
    """Decompresses Zstandard frames one by one; unlike the library's reader, it detects a truncated file."""

    def __init__(self, file: BinaryIO, decompressor: Any) -> None:
        self._file = file
        self._decompressor = decompressor
        self._frame = decompressor.decompressobj()
        self._begun = False
        self._ready = memoryview(b"")

    def read(self, size: int) -> memoryview:
        """Return at most `size` bytes; none at the end."""
        while not self._ready:
            if self._frame.eof:
                left = self._frame.unused_data
                self._frame, self._begun = self._decompressor.decompressobj(), False
            else:
                left = b""
            data = left or self._file.read(_ZSTANDARD_STEP)
            if not data and self._begun:
                raise EOFError("the file ends within a frame")
            if not data:
                break
            self._begun = True
            self._ready = memoryview(self._frame.decompress(data))
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def close(self) -> None:
        """Do nothing: the caller closes the file."""


def _open_gzip(file: BinaryIO) -> BinaryIO:
    import gzip

    return cast(BinaryIO, gzip.open(file))


def _open_bz2(file: BinaryIO) -> BinaryIO:
    import bz2

    return cast(BinaryIO, bz2.open(file))


def _open_xz(file: BinaryIO) -> BinaryIO:
    import lzma

    return cast(BinaryIO, lzma.open(file))


def _open_zstandard(file: BinaryIO) -> BinaryIO:
    try:
        import zstandard
    except ImportError:
        raise ImportError(
            f'{file.name} is compressed with Zstandard; pip install "lexswitch[zstd]", or decompress it yourself'
        ) from None
    return cast(BinaryIO, _Zstandard(file, zstandard.ZstdDecompressor()))


def _open_zip(file: BinaryIO) -> BinaryIO:
    import zipfile

    try:
        archive = zipfile.ZipFile(file)
        names = [
            member.filename
            for member in archive.infolist()
            if not member.is_dir() and not member.filename.startswith(_MACOS)
        ]
        if len(names) == 1:
            return cast(BinaryIO, archive.open(names[0]))
    except Exception as error:  # BadZipFile, RuntimeError if it has a password, NotImplementedError, struct.error, ...
        raise LexiconError(
            f"{file.name} is a zip archive that cannot be read ({error}); download it again, or unpack it yourself"
        ) from error
    more = f" and {len(names) - _MAX_SHOWN} more" if len(names) > _MAX_SHOWN else ""
    shown = (": " if names else "") + ", ".join(map(repr, names[:_MAX_SHOWN])) + more
    raise LexiconError(
        f"{file.name} is a zip archive that holds {len(names)} files{shown}; an archive must hold one: "
        "unpack it and pass the file that you want"
    )


_DECOMPRESSORS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": _open_gzip,
    b"BZh": _open_bz2,
    b"\xfd7zXZ\0": _open_xz,
    b"\x28\xb5\x2f\xfd": _open_zstandard,
    b"PK\x03\x04": _open_zip,
    b"PK\x05\x06": _open_zip,
}
