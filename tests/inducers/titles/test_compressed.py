"""Lines of compressed files, span by span."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexswitch.inducers.titles import compressed
from lexswitch.inducers.titles.compressed import Span, spans
from lexswitch.inducers.titles.title_source import DamageError

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, 1),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "plain": bytes,
}


def lines_of(*parts: Span) -> bytes:
    return b"".join(block.lines for span in parts for block in span.blocks())


@settings(deadline=None)
@given(
    texts=st.lists(st.binary(max_size=40), max_size=12),
    compression=st.sampled_from(sorted(COMPRESS)),
    size=st.integers(20, 200),
)
def test_every_line_is_in_one_span(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], compression: str, size: int
) -> None:
    """The spans together are the file, in whole lines, for any members and any size of spans."""
    path = tmp_path_factory.mktemp("members") / "file"
    path.write_bytes(b"".join(map(COMPRESS[compression], texts)))
    whole = b"".join(texts)
    size = size if compression != "plain" else compressed._UNCOMPRESSED.step
    parts = spans(path, size)
    assert lines_of(*parts) == whole
    for span in parts:
        found = lines_of(span)
        assert not found or found.endswith(b"\n") or whole.endswith(found)


def test_a_plain_file_is_cut_at_lines(tmp_path: Path) -> None:
    """An uncompressed file is divided into spans of whole lines too."""
    path = tmp_path / "file"
    path.write_bytes(b"".join(b"%d " % number * 50 + b"\n" for number in range(20_000)))
    parts = spans(path, compressed._UNCOMPRESSED.step)
    assert len(parts) > 3
    assert all(lines_of(span).endswith(b"\n") for span in parts)
    assert lines_of(*parts) == path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("compression", ["gzip", "bzip2", "plain"])
def test_reading_resumes_within_a_span(tmp_path: Path, compression: str) -> None:
    """A later run can resume after any block."""
    path = tmp_path / "file"
    data = b"".join(b"%d\n" % number for number in range(1_500_000))
    path.write_bytes(COMPRESS[compression](data))
    (span,) = spans(path, 1 << 40)
    blocks = list(span.blocks())
    assert len(blocks) > 1
    for block in blocks:
        assert b"".join(rest.lines for rest in span.blocks(block.reached)) == data[block.reached :]


@pytest.mark.slow
@pytest.mark.parametrize("compression", ["gzip", "bzip2", "xz"])
@pytest.mark.parametrize("kept", [0.2, 0.9, 0.999])
def test_of_a_cut_file_the_whole_lines_are_kept(tmp_path: Path, compression: str, kept: float) -> None:
    """A truncated file yields its whole lines, and then an error that names it."""
    path = tmp_path / "file"
    data = b"".join(b"%d\n" % (number * number) for number in range(200_000))
    stored = COMPRESS[compression](data)
    path.write_bytes(stored[: int(kept * len(stored))])
    blocks, found = Span(path, 0, 1 << 40).blocks(), b""
    with suppress(DamageError):
        while True:
            found += next(blocks).lines
    with pytest.raises(DamageError, match=r"file: the file ends within compressed data, at byte [\d,]+; get it again"):
        lines_of(Span(path, 0, 1 << 40))
    assert data.startswith(found)
    assert found.endswith(b"\n") or not found
    assert compression == "bzip2" or len(found) > 0.1 * kept * len(data)


def test_damage_within(tmp_path: Path) -> None:
    """Wrong bytes within compressed data are reported with their position."""
    path = tmp_path / "file"
    stored = bytearray(gzip.compress(b"".join(b"%d\n" % (number * number) for number in range(500_000)), 1))
    stored[len(stored) // 2 : len(stored) // 2 + 100] = bytes(100)
    path.write_bytes(stored)
    with pytest.raises(DamageError, match=r"file: the compressed data is damaged near byte [\d,]+"):
        lines_of(Span(path, 0, 1 << 40))


def test_zeros_behind_the_end(tmp_path: Path) -> None:
    """Padding with zeros is not damage."""
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(b"a\nb\n") + bytes(600))
    assert lines_of(*spans(path, 1 << 20)) == b"a\nb\n"


def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with one endless line is refused before it fills the memory."""
    monkeypatch.setattr(compressed, "_LONGEST_LINE", 1 << 22)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(bytes(1 << 25), 1))
    with pytest.raises(DamageError, match="a line of more than 4 MiB; this is probably not a dump"):
        lines_of(Span(path, 0, 1 << 40))


def test_what_looks_like_a_member_is_none(tmp_path: Path) -> None:
    """Bytes within compressed data that look like the start of a member do not begin a span."""
    path = tmp_path / "file"
    liar = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" * 30 + b"\n"
    path.write_bytes(gzip.compress(liar * 3, 0) + gzip.compress(b"last\n"))
    for size in (50, 333):
        assert lines_of(*spans(path, size)) == liar * 3 + b"last\n"
