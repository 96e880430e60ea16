"""Tables from the results, for the README and for *Scale out* in the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.common import files
from benchmarks.common.parts import Option, Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import put_between_marks, section, table, yes

PAGE = Path(__file__).parents[2] / "docs" / "scale-out.md"
_MB = 1e6


def markdown(results: Results) -> str:
    """Return all tables of the parts that were measured."""
    found = rows_of(results)
    titles = {"bytes": "One SHA-256", "rates": "Rates and where the time goes", "memory": "Memory"}
    tables = {"bytes": same_bytes, "rates": rates, "memory": memory}
    return "\n\n".join(
        [
            heading(results),
            *(section(titles[name], *tables[name](found[name]), right=True) for name in tables if name in found),
        ]
    )


_Table = tuple[tuple[str, ...], Sequence[tuple[object, ...]]]


def same_bytes(rows: list[Row]) -> _Table:
    """Return head and lines: whether the SHA-256 is the same, and how much each worker received."""
    wanted = rows[0]["digest"]
    lines = [
        (
            row["method"],
            f"{row['rows']:,}",
            f"`{row['digest'][:16]}`",
            yes(row["digest"] == wanted),
            " and ".join(f"{count / row['lexicon']:.2f}" for count in row.get("received", ())),
        )
        for row in rows
    ]
    return ("", "rows", "SHA-256", "same", "bytes received by each worker / bytes of the lexicon"), lines


def rates(rows: list[Row]) -> _Table:
    """Return head and lines: rows per second, the seconds of each part, and core hours for a billion words."""
    lines = []
    for row in rows:
        total = row["switch"]
        hours = 1e9 / row["words"] / row["rows"] * total / 3600 * row["cores"]
        parts = (row["read"], row["identity"] - row["read"], total - row["identity"])
        shares = (f"{max(part, 0) / total:.0%}" for part in parts)
        lines.append((row["method"], row["cores"], f"{row['rows'] / total:,.0f}", *shares, f"{hours:.2f}"))
    head = ("", "cores", "rows/s", "reading", "to Python and back", "switching", "core hours per 10^9 words")
    return head, lines


def memory(rows: list[Row]) -> _Table:
    """Return head and lines: the highest memory of each process."""
    names = list(rows[0]["pss"])
    lines = [
        (
            f"{row['pairs']:,}",
            f"{row['lexicon'] / _MB:,.0f}",
            f"{row['received'] / _MB:,.0f}",
            *(f"{row['pss'][name] / _MB:,.0f}" for name in names),
            f"{row['broadcast']:.1f}",
            f"{row['first']:.1f}",
        )
        for row in rows
    ]
    head = ("pairs", "on disk, MB", "received by a worker, MB", *(f"{name}, MB" for name in names))
    return (*head, "broadcast, s", "first rows, s"), lines


def tables_of_page(results: Results) -> dict[str, str]:
    """Return the tables of the documentation by their marks."""
    found = rows_of(results)
    own = {"memory": memory, "rates": rates}
    return {
        name: "\n".join(table(*of_rows(found[name]), right=True)).strip()
        for name, of_rows in own.items()
        if name in found
    }


def _write_page(_: bool) -> int:
    path = max(Path(__file__).with_name("results").glob("[0-9]*.json"))
    for name, lines in tables_of_page(files.read_json(path)).items():
        put_between_marks(PAGE, lines, name)
    return 0


PAGES = Option(
    "--page",
    _write_page,
    {"action": "store_true", "help": "write the tables of the newest results into the documentation"},
)
