"""Tables from the results."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import section, times, yes
from benchmarks.integrations import loaders


def markdown(results: Results) -> str:
    """Return all tables of the parts that were measured."""
    found = rows_of(results)
    return "\n\n".join([heading(results), *(table(found[name]) for name, table in _TABLES.items() if name in found)])


def _hooks(rows: list[Row]) -> str:
    lines = [
        (
            row["hook"],
            f"{row['seconds'] / row['identity']:.2f}",
            f"{row['count'] / row['seconds']:,.0f}",
            f"{row['count'] / row['identity']:,.0f}",
        )
        for row in rows
    ]
    return section("Hooks", ("", "time / identity", "rows/s switching", "rows/s identity"), lines, right=True)


def _loaders(rows: list[Row]) -> str:
    lines = [
        (method, row["lexicon"], " and ".join(row["columns"]), *_compared(method, measured))
        for method in loaders.AIMS
        for row in rows
        for measured in [row["methods"][method]]
    ]
    head = ("", "lexicon", "columns", "to NumPy", "at least", "reached", "goal", "reached", "rows/s", "rows/s, NumPy")
    return section("Loaders of PyTorch, the compiled engine to NumPy", head, lines, right=True)


def _compared(method: str, measured: Row) -> tuple[str, ...]:
    """Return the ratio of the engines, whether it reaches the aims, and the rates."""
    ratio = median(numpy / c for numpy, c in zip(measured["numpy"], measured["c"], strict=True))
    aims = [cell for aim in loaders.AIMS[method] for cell in (f"{aim} x", yes(ratio >= aim))]
    rates = [f"{measured['rows'] / median(measured[engine]):,.0f}" for engine in loaders.ENGINES]
    return (times(ratio), *aims, *rates)


def _arrow(rows: list[Row]) -> str:
    lines = [
        (
            row["column"],
            times(row["list from and to Arrow"] / row["apply_arrow"]),
            times(row["list alone"] / row["apply_arrow"]),
            f"{row['count'] / row['apply_arrow']:,.0f}",
        )
        for row in rows
    ]
    head = ("", "apply_arrow is faster than list from and to Arrow", "than list alone", "rows/s")
    return section("Arrow", head, lines, right=True)


def _memory(rows: list[Row]) -> str:
    lines = [(row["workers"], f"{row['pairs']:,}", f"{row['pss_mb']:.0f}") for row in rows]
    return section("Memory of datasets' workers", ("processes", "pairs", "PSS in all, MB"), lines, right=True)


def _entities(rows: list[Row]) -> str:
    names = ("inside", "entities", "untouched", "translation", "neither", "words", "switched")
    return section("Entities of CoNLL-2003", names, ([row[name] for name in names] for row in rows), right=True)


def _file(rows: list[Row]) -> str:
    lines = [
        (
            f"{row['count']:,}",
            f"{row['bytes'] / 1e9:.1f}",
            row["workers"],
            f"{row['count'] / row['seconds']:,.0f}",
            f"{row['pss_mb']:.0f}",
            row["kills"],
            "yes" if row["same"] else "**no**",
        )
        for row in rows
    ]
    head = ("rows", "GB", "workers", "rows/s", "PSS in all, MB", "kills", "same bytes")
    return section("Triples on the command line", head, lines, right=True)


_TABLES: dict[str, Callable[[list[Row]], str]] = {
    "hooks": _hooks,
    "loaders": _loaders,
    "arrow": _arrow,
    "memory": _memory,
    "entities": _entities,
    "file": _file,
}
