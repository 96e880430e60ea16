"""How good an induced lexicon seems, without gold and, where there is some, with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...lexicon import Lexicon

_COLUMNS = ("words", "pairs", "coverage", "identical", "mutual", "similarity", "margin", "precision@1", "precision@5")


def measure_precision(lexicon: Lexicon, gold: Lexicon, languages: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision at 1 and 5 by language, among the gold terms that the lexicon has; languages without gold are left out.

    See `Lexicon.evaluate`.
    """
    shared = [language for language in languages if language in gold.languages]
    if not shared:
        return {}
    rows = lexicon.select(shared).evaluate(gold).rows
    return {
        row.language: {f"precision@{k}": round(share, 4) for k, share in row.precision.items() if share is not None}
        for row in rows
        if row.language in shared and row.band == "all"
    }


def quality_table(lexicon: Lexicon) -> str:
    """What inducing found out about each language, from the lexicon's provenance, as aligned text.

    Words of the source language with a vector; pairs; coverage, the share of these words that have a translation; the
    share of translations identical to their word; the share of first candidates that are mutual, and their mean
    cosine, and mean margin over the second in score; precision where gold was given; and whether the alignment seems
    to have failed.
    """
    records = [record for record in lexicon.provenance if "quality" in record]
    columns = [name for name in _COLUMNS if any(name in record["quality"] for record in records)]
    lines = [["language", *columns, "alignment"]]
    lines += [
        [
            " ".join(record["languages"]),
            *(_cell(record["quality"], name) for name in columns),
            f"{record['alignment']['method']}{', FAILED' if record['alignment'].get('failed') else ''}",
        ]
        for record in records
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_aligned(line, widths) for line in lines)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells side by side: the first and the last to the left, numbers to the right."""
    numbers = map(str.rjust, cells[1:-1], widths[1:-1])
    return "  ".join([cells[0].ljust(widths[0]), *numbers, cells[-1]])


def _cell(quality: Mapping[str, Any], name: str) -> str:
    value = quality.get(name)
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
