"""A million rows: lines of the documentation with a number as key. LEXSWITCH_ROWS=1000 makes fewer."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from .jobs.settings import digest, lexicon, switcher_of

COUNT = int(os.environ.get("LEXSWITCH_ROWS", "1000000"))
FEW = COUNT // 10
_ROOT = Path(__file__).parents[2]


@cache
def _texts() -> pa.Array:
    pages = [_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md"))]
    return pa.array(line for page in pages for line in page.read_text(encoding="utf-8").splitlines() if line.strip())


def table() -> pa.Table:
    """Return the rows, sorted by key. The texts repeat, so that only the key makes their draws different."""
    ids = pa.array(range(COUNT))
    return pa.table({"id": ids, "text": _texts().take(pa.array(number % len(_texts()) for number in range(COUNT)))})


def write(folder: Path, count: int, files: int) -> None:
    """Write the first rows to files of equal size."""
    folder.mkdir()
    rows = table().slice(0, count)
    size = -(-count // files)
    for number in range(files):
        pq.write_table(rows.slice(number * size, size), folder / f"{number:02}.parquet")


@cache
def expected(count: int = COUNT, epoch: int = 0) -> str:
    """Return the SHA-256 of the first rows, switched by one call of ``apply``."""
    texts = table()["text"].slice(0, count).to_pylist()
    return digest(switcher_of(lexicon()).apply(texts, keys=range(count), epoch=epoch))


def digest_of(folder: Path, count: int = COUNT) -> str:
    """Return the SHA-256 of the rows in the Parquet files of a folder, after a check that each key is there once."""
    files = [str(path) for path in folder.rglob("*.parquet") if "_temporary" not in path.parts]
    return digest(texts_of(ds.dataset(files, format="parquet").to_table(columns=["id", "text"]), count))


def texts_of(rows: pa.Table, count: int) -> list[str]:
    """Return the texts in the order of keys, after a check that each key is there once."""
    rows = rows.sort_by("id")
    assert rows["id"].to_pylist() == [*range(count)]
    texts: list[str] = rows["text"].to_pylist()
    return texts
