"""Tables from the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import section, short, table, yes

AIM = 0.8
"""Minimum share of the gap between the first candidate and any of them."""

_CHOICES = {
    "general": "general frequency",
    "agreement": "agreement",
    "sum": "both",
    "frequency": "in-domain frequency",
    "contexts": "and contexts",
}
_HALVES = {"test": "Test half", "development": "Development half (constants were chosen here)"}
_SOURCES = ("title", "page")


def markdown(results: Results) -> str:
    """Return all tables of the parts that were measured."""
    found = rows_of(results)
    tables = [heading(results)]
    for half, title in _HALVES.items():
        if half in found:
            tables += [_gap_table(title, found[half]), _share_table(found[half], "joined")]
    if "test" in found:
        of_test = found["test"]
        alone = "### The dictionaries alone: no starter lexicon, no inflected forms"
        tables += [_known_table(of_test), alone, _share_table(of_test, "dictionary"), _variants_table(of_test)]
    if "speed" in found:
        tables.append(_speed_table(found["speed"][0]))
    return "\n\n".join(tables)


def missed(results: Results) -> list[str]:
    """Return the languages that miss the aim on the test half."""
    return [row["language"] for row in rows_of(results).get("test", []) if not _reached(row)]


def closed(result: Mapping[str, Any], choice: str, source: str) -> float:
    """Return which share of the gap between the first candidate and any of them a choice closes.

    Parameters
    ----------
    result
        Shares of all choices.
    choice
        Name of a choice.
    source
        "title" or "page".
    """
    first, limit = result["first"][source], result["any"][source]
    return float((result[choice][source] - first) / (limit - first))


def _reached(row: Row) -> bool:
    return all(closed(row["joined"], "contexts", source) >= AIM for source in _SOURCES)


def _two(values: Mapping[str, float]) -> str:
    return " / ".join(short(values[source], digits=2) for source in _SOURCES)


def _gap(result: Mapping[str, Any], choice: str) -> str:
    return _two({source: closed(result, choice, source) for source in _SOURCES})


def _gap_table(title: str, rows: list[Row]) -> str:
    head = ["share of the gap closed, title / page", *_CHOICES.values(), f"{AIM} reached"]
    lines = []
    for row in rows:
        *gaps, last = (_gap(row["joined"], choice) for choice in _CHOICES)
        lines.append([row["language"], *gaps, f"**{last}**", yes(_reached(row))])
    return section(title, head, lines)


def _share_table(rows: list[Row], lexicon: str) -> str:
    head = ["title / page", "first in dictionary", *_CHOICES.values(), "any candidate", "words known"]
    known = {"joined": "inflected", "dictionary": "dictionary"}[lexicon]
    lines = []
    for row in rows:
        cells = [_two(row[lexicon][choice]) for choice in ("first", *_CHOICES, "any")]
        lines.append([row["language"], *cells, short(row["known"][known], digits=2)])
    return "\n".join(table(head, lines)).rstrip()


def _known_table(rows: list[Row]) -> str:
    head = ["", "titles", "content words", "dictionaries", "and the starter lexicon", "and inflected forms", "pairs"]
    lines = [
        [
            row["language"],
            f"{row['titles']:,}",
            f"{row['words']:,}",
            *(short(share, digits=2) for share in row["known"].values()),
            f"{row['joined']['pairs']:,}",
        ]
        for row in rows
    ]
    return section("Words known", head, lines)


def _variants_table(rows: list[Row]) -> str:
    head = [
        "share of the gap closed, title / page",
        "frequency, a quarter of the pages",
        "and contexts, English from another quarter",
        "contexts, candidates weighed by place first",
    ]
    choices = ("frequency_half", "contexts_apart", "ordered")
    lines = [[row["language"], *(_gap(row["joined"], choice) for choice in choices)] for row in rows]
    return section("Variants", head, lines)


def _speed_table(row: Row) -> str:
    lines = [
        ["frequency", f"{row['frequency']:.1f}"],
        [f"and contexts, with {row['words_en']:,} English words", f"{row['contexts']:.1f}"],
        ["agreement with one lexicon of as many pairs", f"{row['agreement']:.1f}"],
    ]
    return section("Speed", [f"{row['pairs']:,} pairs, {row['words_de']:,} German words", "s"], lines)
