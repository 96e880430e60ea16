"""Lines of large packed files, which are read in spans that can be read apart from each other.

Published dumps are often many packed files one behind the other: the JSON dump of Wikidata has a gzip member for each
batch of some ten thousand entities. A span is some of these members; several processes can read several spans. A line
belongs to the span in which it begins.
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
"""Lines are given in blocks of about so many bytes."""
_LONGEST_LINE = 1 << 26
_HEAD, _TRIAL, _WINDOW = 16, 1 << 14, 1 << 20


class _Unpacker(Protocol):
    """What the decompressor objects of zlib, bz2, lzma and zstandard have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Plain:
    """Unpacks nothing: every piece of a file that is not packed is a member."""

    eof = True
    unused_data = b""

    def decompress(self, data: bytes, /) -> bytes:
        return data


class _Packing(NamedTuple):
    """A way to pack files."""

    mark: bytes
    """The first bytes of a file."""
    begins: re.Pattern[bytes]
    """The first bytes of members at which a span may begin."""
    unpacker: Callable[[], _Unpacker]
    step: int
    """Bytes that are unpacked at a time: so few that a file that is made to do harm cannot fill the memory."""


def _zstandard() -> _Unpacker:
    try:
        import zstandard
    except ImportError:
        raise ImportError(
            'the file is packed with Zstandard; pip install "lexswitch[zstd]", or unpack it yourself'
        ) from None
    unpacker: _Unpacker = zstandard.ZstdDecompressor().decompressobj()
    return unpacker


# gzip (RFC 1952): deflate, no flags but a name, the usual hints of compressors and kinds of systems.
_GZIP = re.compile(rb"\x1f\x8b\x08[\0\x08].{4}[\0\x02\x04][\0\x03\xff]", re.DOTALL)
_PACKINGS = (
    _Packing(b"\x1f\x8b", _GZIP, lambda: zlib.decompressobj(31), 1 << 18),
    _Packing(b"BZh", re.compile(rb"BZh[1-9]1AY&SY"), bz2.BZ2Decompressor, 1 << 14),
    _Packing(b"\xfd7zXZ\0", re.compile(rb"\xfd7zXZ\0"), lzma.LZMADecompressor, 1 << 14),
    _Packing(b"\x28\xb5\x2f\xfd", re.compile(rb"\x28\xb5\x2f\xfd"), _zstandard, 1 << 10),
)
_NOT_PACKED = _Packing(b"", re.compile(b""), _Plain, 1 << 18)


class DecompressedBlock(NamedTuple):
    """Some whole lines."""

    lines: bytes
    reached: int
    """Bytes of the span, unpacked, up to the end of these lines."""
    packed: int
    """Bytes of the file that were read for them."""
    first: int
    """Where the first member of the span begins."""
    member: int
    """Where the last member begins that was looked into: at the end of a span, the first member of the next one."""


class Span(NamedTuple):
    """The lines of a file that begin in those of its members that begin within these bytes."""

    path: Path
    first: int
    end: int

    def blocks(self, skip: int = 0) -> Iterator[DecompressedBlock]:
        """Yield the lines in blocks of some megabytes, but for the first `skip` bytes.

        Raises
        ------
        DamageError
            After all lines before: if the file is damaged or cut, or a line has more than 64 MiB.
        """
        pending, size, reached, packed, first, member = [b""], 0, 0, 0, -1, self.first
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
                size, packed = size + len(data), packed + read
                if size < _BLOCK:
                    continue
            joined = b"".join(pending)
            end = joined.rfind(b"\n") + 1 if more or damage else len(joined)  # the last line may have no end
            reached += end
            if end and reached > skip:
                yield DecompressedBlock(joined[max(0, end - (reached - skip)) : end], reached, packed, first, member)
                packed = 0
            pending, size = [joined[end:]], 0 if end else len(joined)
            if size > _LONGEST_LINE:
                raise DamageError(
                    f"{self.path}: a line of more than {_LONGEST_LINE >> 20} MiB; this seems to be no dump"
                )
        if damage is not None:
            raise damage

    def _pieces(self) -> Iterator[tuple[bytes, int, int]]:
        """Yield what is unpacked, from the first line to the end of the last one, with bytes read and member."""
        own = self.first == 0  # the line that a span begins in is the last one of the span before
        for data, read, member in self._unpacked():
            behind = member >= self.end
            if not own:
                begin = data.find(b"\n") + 1
                if begin and behind:
                    return
                data, own = (data[begin:], True) if begin else (b"", False)
            end = data.find(b"\n") + 1 if behind else 0
            yield data[:end] if end else data, read, member
            if end:
                return

    def _unpacked(self) -> Iterator[tuple[bytes, int, int]]:
        """Yield what is unpacked, how many bytes were read, and where the member begins that it is of."""
        with self.path.open("rb") as file:
            packing = _packing_of(file)
            member = self._first_member(file, packing)
            if self.first and member >= self.end:
                return
            file.seek(member)
            data, within, unpacker = b"", False, packing.unpacker()
            while True:
                before = file.tell()
                data = data or file.read(packing.step)
                if not within and not data.strip(b"\0"):  # the end; some programs pad it with zeros
                    return
                if not data:
                    raise DamageError(
                        f"{self.path}: the file ends within packed data, at byte {before:,}; get it again"
                    )
                try:
                    unpacked = unpacker.decompress(data)
                except Exception as error:  # the unpackers raise errors of many kinds
                    raise DamageError(
                        f"{self.path}: the packed data is damaged near byte {before:,} ({error})"
                    ) from error
                yield unpacked, file.tell() - before, member
                within, data = not unpacker.eof, b""
                if unpacker.eof:
                    data, unpacker = unpacker.unused_data, packing.unpacker()
                    data = data if len(data) >= _HEAD else data + file.read(_HEAD)
                    if packing.begins.match(data):
                        member = file.tell() - len(data)

    def _first_member(self, file: IO[bytes], packing: _Packing) -> int:
        """Where the first member begins; behind the span if none does within it."""
        at = self.first
        while 0 < at < self.end:
            file.seek(at)
            window = file.read(_WINDOW)
            if found := packing.begins.search(window):
                at += found.start()
                if _unpacks(file, at, packing):
                    break
                at += 1
            elif len(window) < _WINDOW:
                return self.end
            else:
                at += len(window) - _HEAD
        return at


def spans(path: Path, size: int, first: int = 0) -> list[Span]:
    """A file in spans of about `size` bytes, from byte `first` on, at which a span must have begun."""
    return [Span(path, at, at + size) for at in range(first, max(1, path.stat().st_size), size)]


def beginning(path: Path, size: int) -> bytes:
    """The first bytes of a file, unpacked; fewer if it is shorter, or damaged before."""
    data = b""
    with suppress(DamageError):
        for block in Span(path, 0, 1)._unpacked():
            data += block[0]
            if len(data) >= size:
                break
    return data[:size]


def _packing_of(file: IO[bytes]) -> _Packing:
    head = file.read(_HEAD)
    return next((packing for packing in _PACKINGS if head.startswith(packing.mark)), _NOT_PACKED)


def _unpacks(file: IO[bytes], at: int, packing: _Packing) -> bool:
    """Whether these bytes really begin a member: within packed data others may look like it."""
    file.seek(at)
    try:
        packing.unpacker().decompress(file.read(_TRIAL))
    except Exception:  # noqa: BLE001 - the unpackers raise errors of many kinds
        return False
    return True
