"""The tables from the results."""

from __future__ import annotations

from benchmarks.common.parts import Results, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import short, table
from benchmarks.starter import judged

TARGETS = {"de": 0.85, "ar": 0.75}
"""Language -> minimum share of confirmed pairs."""

_HEAD = ("language", "all", "words", "phrases", "with inflections", "... of the same part of speech", "target")


def markdown(results: Results) -> str:
    """Return all tables."""
    rows = rows_of(results)["dictionaries"]
    return "\n".join([f"`{results['lexicon']}`", "", *table(_HEAD, map(_cells, rows)), judged.markdown()])


def missed(results: Results) -> list[str]:
    """Return the languages that miss their target."""
    return [row["language"] for row in rows_of(results)["dictionaries"] if _misses(row)]


def _misses(row: Row) -> bool:
    return bool(row["all"]["share"] < TARGETS.get(row["language"], 0))


def _cells(row: Row) -> list[str]:
    target = TARGETS.get(row["language"])
    shown = "" if target is None else f"{short(target, digits=2)}{', **missed**' * _misses(row)}"
    cells = [f"{short(row[name]['share'])} of {row[name]['pairs']:,}" for name in ("all", "words", "phrases")]
    wider = ["", ""]
    if row["all"]["inflected"]:
        same = row["same_part_of_speech"]
        wider = [short(row["all"]["share_with_inflections"])]
        wider.append(f"{short(same['share_with_inflections'])} of {same['pairs']:,}")
    return [row["language"], *cells, *wider, shown]
