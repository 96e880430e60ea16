"""Quality of an induced lexicon: estimates without a gold standard, and precision with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...lexicon import Lexicon
from .retrieval import Retrieval
from .selection import Candidates

_COLUMNS = ("words", "pairs", "coverage", "identical", "mutual", "similarity", "margin", "precision@1", "precision@5")


def estimate_quality(retrieval: Retrieval, candidates: Candidates) -> dict[str, float]:
    """Return what `quality_table` shows of one language, except the precision."""
    scores, similarities = retrieval.forward.scores, retrieval.forward.similarities
    count = int(candidates.kept.sum())
    quality = {
        "words": len(scores),
        "pairs": count,
        "coverage": candidates.kept.any(axis=1).mean(),
        "identical": candidates.identical[candidates.kept].mean() if count else 0.0,
        "mutual": candidates.mutual[:, 0].mean(),
        "similarity": similarities[:, 0].mean(dtype=np.float64),
    }
    if scores.shape[1] > 1:
        quality["margin"] = (scores[:, 0] - scores[:, 1]).mean(dtype=np.float64)
    return {name: value if isinstance(value, int) else round(float(value), 4) for name, value in quality.items()}


def measure_precision(lexicon: Lexicon, gold: Lexicon, languages: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return precision at 1 and 5 for each language, over the gold terms that the lexicon has.

    Languages without gold are left out. See `Lexicon.evaluate`.
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
    """Return the quality of each language of an induced lexicon, read from its provenance, as aligned text.

    The columns: *words* of the source language that have a vector; *pairs*; *coverage*, the share of these words that
    have a translation; *identical*, the share of translations that are identical to their word; *mutual*, the share of
    first candidates that are mutual; *similarity*, their mean cosine; *margin*, their mean distance in score to the
    second candidate; *precision*, if there was a gold standard; and *alignment*, which says whether it seems to have
    failed.
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
    """Join cells into a line: the first and the last aligned left, numbers aligned right."""
    numbers = map(str.rjust, cells[1:-1], widths[1:-1])
    return "  ".join([cells[0].ljust(widths[0]), *numbers, cells[-1]])


def _cell(quality: Mapping[str, Any], name: str) -> str:
    value = quality.get(name)
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
