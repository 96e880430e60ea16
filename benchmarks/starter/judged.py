"""Tables of the translations that were judged by hand, from ``results/judged-samples.json``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.common import files
from benchmarks.common.report import section, short

RECORD = Path(__file__).parent / "results" / "judged-samples.json"


def record() -> dict[str, Any]:
    """Return the samples, the verdicts, and what misses became."""
    return dict(files.read_json(RECORD))


def markdown() -> str:
    """Return both tables."""
    found = record()
    return f"{_samples(found)}\n\n{_unconfirmed(found['arabic_unconfirmed'])}"


def _samples(found: Mapping[str, Any]) -> str:
    head = ("language", "drawn from", "acceptable", "misses: was, is", "kept with doubt")
    rows = [
        (
            each["language"],
            f"{each['rows']:,}",
            f"{short(each['acceptable'] / each['judged'], digits=2)} of {each['judged']}",
            _misses(each["misses"]),
            "; ".join(f"{term} {_cell(each['read'][term])}" for term in each["kept_with_doubt"]),
        )
        for each in found["languages"]
    ]
    return section(f"Random samples, {found['readers']}", head, rows)


def _misses(misses: list[dict[str, str]]) -> str:
    return "; ".join(f"{miss['term']}: {_cell(miss['was'])}, {_cell(miss['is'])} ({miss['kind']})" for miss in misses)


def _cell(cell: str) -> str:
    """Write a cell of the lexicon, without weights: *Bank*, or *Bank / Ufer*."""
    return f"*{' / '.join(candidate.partition('=')[0] for candidate in cell.split('|'))}*"


def _unconfirmed(found: Mapping[str, Any]) -> str:
    wrong = f"{len(found['wrong'])} of {found['judged']} wrong: {_misses(found['wrong'])}"
    rows = [(reason, count) for reason, count in found["reasons"].items()]
    return section(f"Arabic pairs that the dictionary does not confirm, {wrong}", ("why", "pairs"), rows)
