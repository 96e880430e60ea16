"""Rows of results, and ratios between them."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from benchmarks.common.processes import Row
from benchmarks.speed.competitors import FLOOR, NUMPY, OURS
from benchmarks.speed.lexicons import REAL, TEXTS


def ratio(row: Row, other: Row) -> float:
    """Return how many times as fast one row is as another: the median over the passes, which take turns."""
    return float(median(mine / theirs for mine, theirs in zip(row["rates"], other["rates"], strict=True)))


def of(rows: Iterable[Row], name: str) -> Row:
    """Return the row of a method."""
    return next(row for row in rows if row["name"] == name)


def sizes_of(rows: list[Row]) -> list[int]:
    """Return the sizes of batches."""
    return sorted({row["batch"] for row in rows})


def cell(rows: list[Row], lexicon: str, source: str, batch: int) -> list[Row]:
    """Return the rows of all methods for a lexicon, a kind of texts and a size of batches."""
    return [row for row in rows if (row["lexicon"], row["source"], row["batch"]) == (lexicon, source, batch)]


def main_cell(rows: list[Row], batch: int) -> list[Row]:
    """Return the rows of all methods for the paragraphs and the large lexicon."""
    return cell(rows, REAL, next(iter(TEXTS)), batch)


def fastest_peer(rows: list[Row]) -> Row:
    """Return the row of the fastest method besides lexswitch; the floor is not a method."""
    peers = [row for row in rows if row["name"] not in (OURS.name, NUMPY.name, FLOOR.name)]
    return max(peers, key=lambda row: float(row["words_per_second"]))


def millions(row: Row) -> str:
    """Return the rate in millions of words per second."""
    return f"{row['words_per_second'] / 1e6:.3g}"


def overhead(row: Row) -> float:
    """Return the bytes on disk per pair, without the text itself and without the index."""
    return float((row["disk_bytes"] - row["text_bytes"] - row.get("index_bytes", 0)) / row["pairs"])
