"""Compression of an output, part by part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
"""Endings of names of compressed files."""


def compressor(path: Path) -> Callable[[bytes], bytes]:
    """Return a function that compresses a part of an output, by the ending of the output's name.

    In all these formats, compressed parts one after the other are a compressed file.
    """
    if path.suffix == ".gz":
        import gzip

        return lambda data: gzip.compress(data, 6, mtime=0)
    if path.suffix == ".bz2":
        import bz2

        return bz2.compress
    if path.suffix == ".xz":
        import lzma

        return lzma.compress
    if path.suffix == ".zst":
        try:
            import zstandard
        except ImportError:
            raise ImportError(f'{path} needs Zstandard; pip install "lexswitch[zstd]", or choose .gz') from None
        return lambda data: zstandard.ZstdCompressor().compress(data)
    return bytes
