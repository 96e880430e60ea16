"""Tables from the results."""

from __future__ import annotations

from statistics import median

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import section

_BARE = "zlib alone"
_TITLES = {"json": "JSON dump of Wikidata", "sql": "SQL dumps: page and langlinks"}


def markdown(results: Results) -> str:
    """Return all tables of the parts that were measured."""
    found = rows_of(results)
    lines = [heading(results)]
    lines += [_speeds(title, found[name]) for name, title in _TITLES.items() if name in found]
    if "memory" in found:
        head = ("", "items or articles", "while reading, MB", "lexicon, MB", "most in all, MB")
        rows = [
            (row["kind"], f"{row['count']:,}", row["reading_mb"], row["lexicon_mb"], row["whole_mb"])
            for row in found["memory"]
        ]
        lines.append(section("Memory", head, rows, right=True))
    return "\n\n".join(lines)


def _speeds(title: str, rows: list[Row]) -> str:
    seconds = {
        method: median(row["seconds"] for row in rows if row["method"] == method)
        for method in dict.fromkeys(row["method"] for row in rows)
    }
    size = next(row["bytes"] for row in rows if row["method"] == _BARE)
    lines = [
        (name, f"{spent / seconds[_BARE]:.2f}", f"{spent:.1f}", f"{size / spent / 1e6:.0f}")
        for name, spent in seconds.items()
    ]
    about = f"{rows[0]['count']:,}, {size / 1e6:,.0f} MB, {rows[0]['compressed'] / 1e6:,.0f} MB compressed"
    head = ("", "time / zlib alone", "s, median", "MB/s of uncompressed data")
    return section(f"{title} ({about})", head, lines, right=True)
