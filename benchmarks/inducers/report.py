"""Tables from the results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import section
from benchmarks.inducers.alignments import SHARED, WEIGHTS_SHOWN

_T95 = {1: float("nan"), 2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}
"""Student's t for intervals of 95 %, by number of values."""


def markdown(results: Results) -> str:
    """Return all tables of the parts that were measured."""
    found = rows_of(results)
    return "\n\n".join([heading(results), *(table(found[name]) for name, table in _TABLES.items() if name in found)])


def _table(title: str, head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    return section(title, head, lines, right=True)


def _csls(rows: list[Row]) -> str:
    head = ("words", "time / bare products", "time, s", "bare products, s", "MB beyond the vectors", "other than plain")
    return _table(
        "CSLS, compared with bare products of the same blocks",
        head,
        [
            (
                f"{row['words']:,} x {row['words']:,}",
                f"{row['ratio']:.2f}",
                row["seconds"],
                row["sgemm_seconds"],
                f"{row['mb']:,}",
                f"{row['differing']} of {row['compared_words']:,} words",
            )
            for row in rows
        ],
    )


def _against(rows: list[Row], title: str, extra: Callable[[Row], object], name: str) -> str:
    lines = []
    for row in rows:
        ours = next(one for one in rows if one["method"] == "lexswitch" and one["words"] == row["words"])
        ratio = f"{row['seconds'] / ours['seconds']:.2f}"
        lines.append((row["method"], f"{row['words']:,}", ratio, row["seconds"], f"{row['mb']:,}", extra(row)))
    return _table(title, ("", "words", "time / lexswitch", "time, s", "MB more", name), lines)


def _retrieval(rows: list[Row]) -> str:
    return _against(
        rows,
        "The best translation of each word by CSLS, 300 dimensions",
        lambda row: f"{row['same']:.4f}",
        "same words",
    )


def _reading(rows: list[Row]) -> str:
    size = f"{rows[0]['bytes'] / 1e6:,.0f} MB"
    title = f"Reading a text file of vectors, 300 dimensions, {size}"
    return _against(rows, title, lambda row: f"{row['sum']:.3f}", "sum of all numbers")


def _rotated(rows: list[Row]) -> str:
    languages = list(dict.fromkeys(row["language"] for row in rows))
    by_method: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_method[row["method"]].append(row)
    shared = {row["language"]: row["precision@1"] for row in by_method[SHARED]}
    lines = []
    for method, of_method in by_method.items():
        cells = [f"{row['precision@1']:.3f}" for row in of_method]
        worst = min(row["precision@1"] - shared[row["language"]] for row in of_method)
        at_5 = sum(row["precision@5"] for row in of_method) / len(of_method)
        seconds = sum(row["seconds"] for row in of_method) / len(of_method)
        lines.append(
            (method, *cells, f"{worst:+.3f}", f"{at_5:.3f}", f"{seconds:.1f}", max(row["mb"] for row in of_method))
        )
    head = ("precision@1", *languages, "worst - one space", "p@5, mean", "s, mean", "MB, most")
    one = _table("The encoder's spaces, rotated, shifted, with noise; 20,000 words of each language", head, lines)
    weights = _weights([row for row in rows if row["method"] in WEIGHTS_SHOWN])
    failed = [f"{row['language']} {row['method']}" for row in rows if row.get("failed")]
    return f"{one}\n\nReported as failed: {', '.join(failed) or 'none'}.\n\n{weights}"


def _weights(rows: list[Row]) -> str:
    lines = [
        (
            row["language"],
            row["method"],
            *(f"{weight:.2f}: {right:.2f}" if count else "-" for weight, right, count in row["by_weight"]),
        )
        for row in rows
    ]
    head = ("", "", "0-.2", ".2-.4", ".4-.6", ".6-.8", ".8-1")
    return _table("Weights and precision: mean weight of the words in each bin, and their precision@1", head, lines)


def _trained(rows: list[Row]) -> str:
    languages = list(dict.fromkeys(row["language"] for row in rows))
    lines = []
    for method in dict.fromkeys(row["method"] for row in rows):
        of_method = [row for row in rows if row["method"] == method]
        cells: list[str] = []
        for language in languages:
            some = [row for row in of_method if row["language"] == language]
            cells += [_interval([row["precision@1"] for row in some]), _failures(some)]
        means = [sum(row[name] for row in of_method) / len(of_method) for name in ("precision@5", "seconds")]
        lines.append((method, *cells, f"{means[0]:.3f}", f"{means[1]:.1f}"))
    head = ["precision@1 (95 %, 5 seeds)"]
    for language in languages:
        head += [f"en-{language}", "reported as failed"]
    title = "Vectors trained on some megabytes of text, from different documents for each language"
    return _table(title, (*head, "p@5, mean", "s, mean"), lines)


def _interval(values: list[float]) -> str:
    mean = sum(values) / len(values)
    if len(values) < 2:
        return f"{mean:.3f}"
    deviation = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return f"{mean:.3f} ± {_T95[len(values)] * deviation / len(values) ** 0.5:.3f}"


def _failures(rows: list[Row]) -> str:
    known = [row for row in rows if "failed" in row]
    return f"{sum(row['failed'] for row in known)} of {len(known)}" if known else "-"


_TABLES: dict[str, Callable[[list[Row]], str]] = {
    "csls": _csls,
    "reading": _reading,
    "retrieval": _retrieval,
    "rotated": _rotated,
    "trained": _trained,
}
