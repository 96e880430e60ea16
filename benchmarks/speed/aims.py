"""The table of aims: what must be reached, what should be, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.common.processes import Row
from benchmarks.common.report import section, yes
from benchmarks.speed.competitors import FAST_AUG, NUMPY, OURS, PAPER, SPLIT, Competitor
from benchmarks.speed.figures import cell, of, overhead, ratio
from benchmarks.speed.lexicons import LEXICONS, TEXTS
from benchmarks.speed.methods import SIZES

Stages = dict[str, list[Row]]


class Aim(NamedTuple):
    """An aim.

    Attributes
    ----------
    what : str
    must, goal : float or None
    values : list of float
        What was measured; the worst of them counts.
    unit : str
    at_least : bool
        Whether larger values are better.
    """

    what: str
    must: float | None
    goal: float | None
    values: list[float]
    unit: str = "x"
    at_least: bool = True

    def reaches(self, limit: float | None) -> str:
        """Return whether the worst value reaches a limit."""
        if limit is None:
            return "-"
        return yes(min(self.values) >= limit if self.at_least else max(self.values) <= limit)

    def line(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        shown = dict.fromkeys(f"{value:.3g}" for value in (min(self.values), max(self.values)))
        measured = f"{' to '.join(shown)} {self.unit}"
        limits = [self._limit(limit) for limit in (self.must, self.goal)]
        return (self.what, limits[0], self.reaches(self.must), limits[1], self.reaches(self.goal), measured)

    def _limit(self, limit: float | None) -> str:
        return "-" if limit is None else f"{'at least' if self.at_least else 'at most'} {limit:g} {self.unit}"


def table(stages: Stages) -> str:
    """Return a table of aims, what was measured, and whether they are reached."""
    found = [aim.line() for aim in _all(stages)]
    return section("Aims", ("", "must", "reached", "goal", "reached", "measured"), found) if found else ""


def _all(stages: Stages) -> Iterator[Aim]:
    if stages.get("methods"):
        yield from _methods(stages["methods"])
    if rows := stages.get("cold"):
        yield Aim(
            f"batches of 32 to {SPLIT.name}, cold cache", 2.5, 6, [ratio(of(rows, OURS.name), of(rows, SPLIT.name))]
        )
    if rows := stages.get("arrow"):
        pairs = zip(rows[1::2], rows[::2], strict=True)
        compiled = [ratio(column, lists) for column, lists in pairs if column["engine"] == "c"]
        yield Aim("`apply_arrow` to `apply` on lists", 1.2, 2, compiled)
    if rows := stages.get("sharing"):
        values = [rows[1]["lexicon"] / rows[0]["lexicon"]]
        yield Aim("memory for a lexicon in use, eight processes to one", 1.5, 1.1, values, at_least=False)
    sizes = [row for row in stages.get("sizes", []) if row["name"] == OURS.name and row["terms"] >= 10_000]
    if len(sizes) > 1:
        what = f"time, {sizes[-1]['terms']:,} terms to {sizes[0]['terms']:,}"
        yield Aim(what, 1.5, None, [ratio(sizes[0], sizes[-1])], at_least=False)
    if rows := stages.get("lexicon"):
        yield from _lexicon(rows[0])


def _methods(rows: list[Row]) -> Iterator[Aim]:
    def against(other: Competitor, size: int) -> list[float]:
        """Return the ratios for each lexicon and kind of texts."""
        cells = [cell(rows, lexicon, source, size) for lexicon in LEXICONS for source in TEXTS]
        return [ratio(of(each, OURS.name), of(each, other.name)) for each in cells]

    for size, must, goal in zip(SIZES, (4, 6, 7), (7, 10, 12), strict=True):
        yield Aim(f"batches of {size:,} to {SPLIT.name}", must, goal, against(SPLIT, size))
    for size, must, goal in zip(SIZES, (60, 8, 3), (150, 15, 4), strict=True):
        yield Aim(f"batches of {size:,} to the NumPy engine", must, goal, against(NUMPY, size))
    yield Aim(f"batches of 1,000 to {FAST_AUG.name}, its best case", 2, 3, against(FAST_AUG, 1000))
    yield Aim(f"batches of 1,000 to {PAPER.name}", 100, 200, against(PAPER, 1000))


def _lexicon(row: Row) -> Iterator[Aim]:
    dictionary = row["dictionary_memory"]["loaded"]["resident"]
    count = f"{row['pairs']:,} pairs"
    for what, limit, value, unit in (
        ("build", 10, row["build_seconds"], "s"),
        ("load with checks", 50, row["load_seconds"]["verified"] * 1e3, "ms"),
        ("load without", 50, row["load_seconds"]["unverified"] * 1e3, "ms"),
        ("besides text and index", 60, overhead(row), "bytes per pair"),
        ("memory to dict's, loaded", 0.25, row["memory"]["loaded"]["resident"] / dictionary, "x"),
        ("memory to dict's, in use", 0.25, row["memory"]["used"]["resident"] / dictionary, "x"),
    ):
        yield Aim(f"{count}, {what}", limit, None, [value], unit, at_least=False)
