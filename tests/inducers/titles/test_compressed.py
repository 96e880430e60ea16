"""Lines of packed files, span by span."""

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

PACK: dict[str, Callable[[bytes], bytes]] = {
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
    packing=st.sampled_from(sorted(PACK)),
    size=st.integers(20, 200),
)
def test_every_line_is_in_one_span(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], packing: str, size: int
) -> None:
    """Whatever the members hold and wherever the file is cut, the spans together are the file, in whole lines."""
    path = tmp_path_factory.mktemp("members") / "file"
    path.write_bytes(b"".join(map(PACK[packing], texts)))
    whole = b"".join(texts)
    size = size if packing != "plain" else compressed._NOT_PACKED.step
    parts = spans(path, size)
    assert lines_of(*parts) == whole
    for span in parts:
        found = lines_of(span)
        assert not found or found.endswith(b"\n") or whole.endswith(found)


def test_a_plain_file_is_cut_at_lines(tmp_path: Path) -> None:
    """A file that is not packed is read in spans as well, each of whole lines."""
    path = tmp_path / "file"
    path.write_bytes(b"".join(b"%d " % number * 50 + b"\n" for number in range(20_000)))
    parts = spans(path, compressed._NOT_PACKED.step)
    assert len(parts) > 3
    assert all(lines_of(span).endswith(b"\n") for span in parts)
    assert lines_of(*parts) == path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("packing", ["gzip", "bzip2", "plain"])
def test_reading_goes_on_within_a_span(tmp_path: Path, packing: str) -> None:
    """What a block says it has reached is where a later run goes on."""
    path = tmp_path / "file"
    data = b"".join(b"%d\n" % number for number in range(1_500_000))
    path.write_bytes(PACK[packing](data))
    (span,) = spans(path, 1 << 40)
    blocks = list(span.blocks())
    assert len(blocks) > 1
    for block in blocks:
        assert b"".join(rest.lines for rest in span.blocks(block.reached)) == data[block.reached :]


@pytest.mark.slow
@pytest.mark.parametrize("packing", ["gzip", "bzip2", "xz"])
@pytest.mark.parametrize("kept", [0.2, 0.9, 0.999])
def test_of_a_cut_file_the_whole_lines_are_kept(tmp_path: Path, packing: str, kept: float) -> None:
    """A file that ends too early gives its whole lines, and then an error that names it."""
    path = tmp_path / "file"
    data = b"".join(b"%d\n" % (number * number) for number in range(200_000))
    packed = PACK[packing](data)
    path.write_bytes(packed[: int(kept * len(packed))])
    blocks, found = Span(path, 0, 1 << 40).blocks(), b""
    with suppress(DamageError):
        while True:
            found += next(blocks).lines
    with pytest.raises(DamageError, match=r"file: the file ends within packed data, at byte [\d,]+; get it again"):
        lines_of(Span(path, 0, 1 << 40))
    assert data.startswith(found)
    assert found.endswith(b"\n") or not found
    assert packing == "bzip2" or len(found) > 0.1 * kept * len(data)


def test_damage_within(tmp_path: Path) -> None:
    """Wrong bytes within packed data are told with their place."""
    path = tmp_path / "file"
    packed = bytearray(gzip.compress(b"".join(b"%d\n" % (number * number) for number in range(500_000)), 1))
    packed[len(packed) // 2 : len(packed) // 2 + 100] = bytes(100)
    path.write_bytes(packed)
    with pytest.raises(DamageError, match=r"file: the packed data is damaged near byte [\d,]+"):
        lines_of(Span(path, 0, 1 << 40))


def test_zeros_behind_the_end(tmp_path: Path) -> None:
    """Zeros that pad a packed file are no damage."""
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(b"a\nb\n") + bytes(600))
    assert lines_of(*spans(path, 1 << 20)) == b"a\nb\n"


def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of one endless line is given up before it fills the memory."""
    monkeypatch.setattr(compressed, "_LONGEST_LINE", 1 << 22)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(bytes(1 << 25), 1))
    with pytest.raises(DamageError, match="a line of more than 4 MiB; this seems to be no dump"):
        lines_of(Span(path, 0, 1 << 40))


def test_what_looks_like_a_member_is_none(tmp_path: Path) -> None:
    """Bytes within packed data that look like the beginning of a member do not begin a span."""
    path = tmp_path / "file"
    liar = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" * 30 + b"\n"
    path.write_bytes(gzip.compress(liar * 3, 0) + gzip.compress(b"last\n"))
    for size in (50, 333):
        assert lines_of(*spans(path, size)) == liar * 3 + b"last\n"
