"""Reads files with one format, and damages files."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from lexswitch.errors import LexiconError
from lexswitch.formats.base import Format, LexiconFile, Sample


class Result(NamedTuple):
    """The pairs of a file."""

    pairs: list[tuple[str, str, str, float]]
    """Term, language, translation, weight."""
    lines: list[int]
    dropped: dict[str, int]


def read(format: Format, path: Path, targets: tuple[str, ...] | None = ("de",), **options: Any) -> Result:
    """Read a file with the reader of one format."""
    source, strict = options.get("source", "en"), options.get("strict", False)
    file = LexiconFile(path, source, targets, strict)
    pairs: list[Any] = []
    lines: list[int] = []
    for block in format.read(file):
        count = len(block.terms)
        languages = [block.languages] * count if isinstance(block.languages, str) else block.languages
        weights = [1.0] * count if block.weights is None else block.weights
        pairs += zip(block.terms, languages, block.translations, weights, strict=True)
        lines += list(block.lines)
    assert len(lines) == len(pairs)
    return Result(pairs, lines, dict(file.dropped))


def found(format: Format, path: Path) -> bool:
    return format.detect(Sample(path))


def survives(format: Format, files: dict[str, bytes], name: str = "") -> None:
    """Write files, then detect and read one of them, or the folder; only LexiconError may be raised."""
    with tempfile.TemporaryDirectory() as folder:
        for each, data in files.items():
            (Path(folder) / each).write_bytes(data)
        path = Path(folder) / name if name else Path(folder)
        with contextlib.suppress(LexiconError):  # raised by decompression
            format.detect(Sample(path))
        for targets in (("de",), ("de", "ru"), None):
            with contextlib.suppress(LexiconError):
                read(format, path, targets)


def damaged(*files: bytes, pieces: tuple[bytes, ...] = ()) -> st.SearchStrategy[bytes]:
    """One of the files with bytes removed, inserted or replaced; or any bytes; or any text."""
    piece = st.one_of(st.binary(max_size=3), st.sampled_from([b"\n", b"\r", b"\0", b" ", b"\xef\xbb\xbf", *pieces]))
    changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4), piece), min_size=1, max_size=6)

    def change(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
        for place, length, piece in changes:
            at = int(place * len(data))
            data = data[:at] + piece + data[at + length :]
        return data

    return st.one_of(
        st.builds(change, st.sampled_from(files), changes),
        st.binary(max_size=100),
        st.text(max_size=100).map(str.encode),
    )
