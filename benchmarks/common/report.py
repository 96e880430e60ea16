"""What reports are made of: numbers and tables in Markdown, plots, and a README whose results are between marks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import files
from benchmarks.common.statistics import Difference

_MARKS = "<!-- results -->\n", "<!-- end of results -->"


def short(value: float, sign: bool = False) -> str:
    """Write .123, or +.123."""
    text = f"{value:+.3f}" if sign else f"{value:.3f}"
    return text.replace("0.", ".", 1)


def table(head: Sequence[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Return the lines of a table, and an empty one."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows), ""]


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def with_interval(gain: Difference) -> str:
    """Write +.012 [+.003, +.021]."""
    return f"{short(gain.mean, True)} [{short(gain.low, True)}, {short(gain.high, True)}]"


def p_value(value: float) -> str:
    """Write p < .001, or p = .012."""
    return "p < .001" if value < 0.001 else f"p = {short(value)}"


def figure(
    columns: int = 1, rows: int = 1, size: tuple[float, float] | None = None, grid: Mapping[str, Any] | None = None
) -> tuple[Any, Any]:
    """Return a figure and its axes, or an array of them.

    Parameters
    ----------
    columns, rows
        Panels.
    size
        Inches.
    grid
        For `matplotlib.gridspec.GridSpec`, as ``width_ratios``.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    size = size or (7 if columns == 1 else 10, 3.6)
    return pyplot.subplots(rows, columns, figsize=size, layout="constrained", gridspec_kw=grid)


def save(drawn: Any, path: Path) -> None:
    """Write a figure as PNG and close it."""
    from matplotlib import pyplot

    content = io.BytesIO()
    drawn.savefig(content, format="png", dpi=110, metadata={"Software": None})
    pyplot.close(drawn)
    files.write_bytes(path, content.getvalue())


def machine_line(about: Mapping[str, Any]) -> str:
    """Tell when and where was measured.

    Parameters
    ----------
    about
        From `benchmarks.common.machine.description`.
    """
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    where = [about["date"][:10], about["cpu"], f"{about['cores']} cores", about["system"], about["python"]]
    return f"{', '.join(where)}; {packages}."


def put_between_marks(readme: Path, lines: Sequence[str]) -> None:
    """Replace what is between the marks of a README; everything else stays.

    Parameters
    ----------
    readme
        Has the two marks, comments of HTML.
    lines
        What comes between them.
    """
    before, mark, rest = readme.read_text(encoding="utf-8").partition(_MARKS[0])
    _, end, after = rest.partition(_MARKS[1])
    if not end:
        raise ValueError(f"{readme} lacks the marks {_MARKS[0].strip()} and {_MARKS[1]}")
    text = "\n".join(lines).strip()
    files.write_bytes(readme, f"{before}{mark}\n{text}\n\n{end}{after}".encode())
