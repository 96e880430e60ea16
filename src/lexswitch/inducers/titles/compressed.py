"""Reads lines of large compressed files in spans that are independent of each other.

Published dumps often consist of many compressed members, one after the other: the JSON dump of Wikidata has a gzip
member for each batch of some ten thousand entities. A span covers some of these members, so several processes can read
one file. A line belongs to the span in which it begins.
"""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from .title_source import DamageError

_BLOCK = 1 << 22
"""Approximate number of bytes of a block of lines."""
_LONGEST_LINE = 1 << 26
_HEAD, _TRIAL, _WINDOW = 16, 1 << 14, 1 << 20


class _Decompressor(Protocol):
    """The common methods of the decompressor objects of zlib, bz2, lzma and zstandard."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Identity:
    """Decompresses nothing: each piece of an uncompressed file counts as a member."""

    eof = True
    unused_data = b""

    def decompress(self, data: bytes, /) -> bytes:
        return data


class _Compression(NamedTuple):
    """A compression format."""

    signature: bytes
    """First bytes of a file."""
    member_start: re.Pattern[bytes]
    """First bytes of members at which a span may begin."""
    decompressor: Callable[[], _Decompressor]
    step: int
    """Number of bytes that are decompressed at a time. It is small, so that a malicious file cannot fill the memory."""


def _zstandard() -> _Decompressor:
    try:
        import zstandard
    except ImportError:
        raise ImportError(
            'the file is compressed with Zstandard; pip install "lexswitch[zstd]", or decompress it first'
        ) from None
    decompressor: _Decompressor = zstandard.ZstdDecompressor().decompressobj()
    return decompressor


# gzip (RFC 1952): deflate, no flag except for a name, the usual hints of compressors, and usual operating systems.
_GZIP = re.compile(rb"\x1f\x8b\x08[\0\x08].{4}[\0\x02\x04][\0\x03\xff]", re.DOTALL)
_COMPRESSIONS = (
    _Compression(b"\x1f\x8b", _GZIP, lambda: zlib.decompressobj(31), 1 << 18),
    _Compression(b"BZh", re.compile(rb"BZh[1-9]1AY&SY"), bz2.BZ2Decompressor, 1 << 14),
    _Compression(b"\xfd7zXZ\0", re.compile(rb"\xfd7zXZ\0"), lzma.LZMADecompressor, 1 << 14),
    _Compression(b"\x28\xb5\x2f\xfd", re.compile(rb"\x28\xb5\x2f\xfd"), _zstandard, 1 << 10),
)
_UNCOMPRESSED = _Compression(b"", re.compile(b""), _Identity, 1 << 18)


class DecompressedBlock(NamedTuple):
    """Some whole lines."""

    lines: bytes
    reached: int
    """Decompressed bytes of the span up to the end of these lines."""
    consumed: int
    """Bytes of the file that were read for them."""
    first_member: int
    """Offset of the first member of the span."""
    last_member: int
    """Offset of the last member that was read. At the end of a span, that is the first member of the next span."""


class Span(NamedTuple):
    """The lines of a file that begin in the members that begin within these bytes."""

    path: Path
    first: int
    end: int

    def blocks(self, skip: int = 0) -> Iterator[DecompressedBlock]:
        """Yield the lines in blocks of some megabytes, without the first `skip` bytes.

        Raises
        ------
        DamageError
            If the file is damaged or truncated, after all lines before; or if a line has more than 64 MiB.
        """
        pending, size, reached, consumed, first, member = [b""], 0, 0, 0, -1, self.first
        pieces = self._pieces()
        damage, more = None, True
        while more:
            try:
                data, read, member = next(pieces)
            except StopIteration:
                more = False
            except DamageError as found:
                damage, more = found, False
            else:
                first = member if first < 0 else first
                pending.append(data)
                size, consumed = size + len(data), consumed + read
                if size < _BLOCK:
                    continue
            joined = b"".join(pending)
            end = joined.rfind(b"\n") + 1 if more or damage else len(joined)  # the last line may have no line end
            reached += end
            if end and reached > skip:
                lines = joined[max(0, end - (reached - skip)) : end]
                yield DecompressedBlock(lines, reached, consumed, first, member)
                consumed = 0
            pending, size = [joined[end:]], 0 if end else len(joined)
            if size > _LONGEST_LINE:
                raise DamageError(
                    f"{self.path}: a line of more than {_LONGEST_LINE >> 20} MiB; this is probably not a dump"
                )
        if damage is not None:
            raise damage

    def _pieces(self) -> Iterator[tuple[bytes, int, int]]:
        """Yield decompressed data from the first line to the end of the last, with bytes read and offset of member."""
        own = self.first == 0  # the line in which a span begins belongs to the span before
        for data, read, member in self._decompressed():
            after = member >= self.end
            if not own:
                begin = data.find(b"\n") + 1
                if begin and after:
                    return
                data, own = (data[begin:], True) if begin else (b"", False)
            end = data.find(b"\n") + 1 if after else 0
            yield data[:end] if end else data, read, member
            if end:
                return

    def _decompressed(self) -> Iterator[tuple[bytes, int, int]]:
        """Yield decompressed data, the number of bytes read for it, and the offset of its member."""
        with self.path.open("rb") as file:
            compression = _compression_of(file)
            member = self._first_member(file, compression)
            if self.first and member >= self.end:
                return
            file.seek(member)
            data, within, decompressor = b"", False, compression.decompressor()
            while True:
                before = file.tell()
                data = data or file.read(compression.step)
                if not within and not data.strip(b"\0"):  # the end; some programs pad files with zeros
                    return
                if not data:
                    raise DamageError(
                        f"{self.path}: the file ends within compressed data, at byte {before:,}; get it again"
                    )
                try:
                    decompressed = decompressor.decompress(data)
                except Exception as error:  # the decompressors raise errors of many kinds
                    raise DamageError(
                        f"{self.path}: the compressed data is damaged near byte {before:,} ({error})"
                    ) from error
                yield decompressed, file.tell() - before, member
                within, data = not decompressor.eof, b""
                if decompressor.eof:
                    data, decompressor = decompressor.unused_data, compression.decompressor()
                    data = data if len(data) >= _HEAD else data + file.read(_HEAD)
                    if compression.member_start.match(data):
                        member = file.tell() - len(data)

    def _first_member(self, file: IO[bytes], compression: _Compression) -> int:
        """Return the offset of the first member; one after the span if no member begins within it."""
        offset = self.first
        while 0 < offset < self.end:
            file.seek(offset)
            window = file.read(_WINDOW)
            if found := compression.member_start.search(window):
                offset += found.start()
                if _is_member(file, offset, compression):
                    break
                offset += 1
            elif len(window) < _WINDOW:
                return self.end
            else:
                offset += len(window) - _HEAD
        return offset


def spans(path: Path, size: int, first: int = 0) -> list[Span]:
    """Divide a file into spans of `size` bytes, from byte `first` on, where an earlier span must have begun."""
    return [Span(path, offset, offset + size) for offset in range(first, max(1, path.stat().st_size), size)]


def beginning(path: Path, size: int) -> bytes:
    """Return the first bytes of a file, decompressed; fewer if it is shorter, or damaged before."""
    data = b""
    with suppress(DamageError):
        for block in Span(path, 0, 1)._decompressed():
            data += block[0]
            if len(data) >= size:
                break
    return data[:size]


def _compression_of(file: IO[bytes]) -> _Compression:
    head = file.read(_HEAD)
    return next((one for one in _COMPRESSIONS if head.startswith(one.signature)), _UNCOMPRESSED)


def _is_member(file: IO[bytes], offset: int, compression: _Compression) -> bool:
    """Return whether a member begins here: within compressed data, other bytes may look like one."""
    file.seek(offset)
    try:
        compression.decompressor().decompress(file.read(_TRIAL))
    except Exception:  # noqa: BLE001 - the decompressors raise errors of many kinds
        return False
    return True
