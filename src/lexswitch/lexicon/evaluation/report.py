"""Evaluations as a table and as a plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..._io.pictures import new_figure, save_picture
from .scores import ALL, BANDS, MEAN, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


# Nearly black stands for all terms. The bands from frequent to rare words have the colours of "viridis" (Smith and van
# der Walt, SciPy 2015), which people with colour vision deficiencies can distinguish. Light grey stands for terms of
# unknown frequency.
_COLOURS = ("#303030", "#3b528b", "#21918c", "#5ec962", "#fde725", "#dcdcdc")
_EDGE = "#404040"
_BAR = 0.16
"""Width of a bar in inches."""
_GAP = 1.5
"""Gap between languages, in bars."""
_LEAST_BARS = 16
"""If there are fewer bars, they are as wide as if there were so many."""
_LEAST, _MOST = 6.4, 40.0
"""Width of the picture in inches."""
_MANY = 30
"""If there are more languages, their names are written vertically."""


def draw_table(scores: Sequence[Score], markdown: bool) -> str:
    """Return scores as aligned text, or as a table in Markdown."""
    rows = [row.as_dict() for row in _shown(scores)]
    if all(row["type_coverage"] is row["token_coverage"] is None for row in rows):  # no corpus
        rows = [{name: row[name] for name in row if name not in ("type_coverage", "token_coverage")} for row in rows]
    cells = [[name.replace("_", " ") for name in rows[0]], *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [[*map(str.ljust, line[:2], widths), *map(str.rjust, line[2:], widths[2:])] for line in cells]
    if not markdown:
        return "\n".join("  ".join(line) for line in lines)
    lines.insert(1, ["-" * width if column < 2 else "-" * (width - 1) + ":" for column, width in enumerate(widths)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(scores: Sequence[Score]) -> Sequence[Score]:
    """Return all scores, without the mean over a single language."""
    languages = {score.language for score in scores if score.language != MEAN}
    return [score for score in scores if len(languages) > 1 or score.language in languages]


def _cell(value: float | str | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def draw_plot(scores: Sequence[Score], k: int, path: str | Path | None) -> Figure:
    """Draw bars of precision@k and coverage per language and band; save them to `path` if it is given."""
    rows = [row for row in _shown(scores) if row.terms]  # some bands have only words of the corpus
    languages = list(dict.fromkeys(row.language for row in rows))
    colours = {
        band: colour
        for band, colour in zip((ALL, *BANDS), _COLOURS, strict=True)
        if any(row.band == band for row in rows)
    }
    width = _BAR * (len(colours) + _GAP) * len(languages) + 1
    figure = new_figure(min(max(width, _LEAST), _MOST), 5.6)
    top, bottom = figure.subplots(2, sharex=True)
    _draw_bars(top, languages, colours, {(row.language, row.band): row.precision[k] for row in rows})
    _draw_bars(bottom, languages, colours, {(row.language, row.band): row.coverage for row in rows})
    top.set_ylabel(f"precision@{k}")
    bottom.set_ylabel("coverage of gold terms")
    bottom.set_xlabel("target language")
    bottom.set_xticks(range(len(languages)), languages, rotation=90 if len(languages) > _MANY else 0)
    if len(colours) > 1:
        _draw_legend(figure, colours)
    if path is not None:
        save_picture(figure, Path(path))
    return figure


def _draw_bars(
    axes: Axes, languages: Sequence[str], colours: Mapping[str, str], shares: Mapping[tuple[str, str], float | None]
) -> None:
    """Draw one bar per language and band, around position i for language i; no bar for a share of nothing."""
    bar = 1 / (len(colours) + _GAP)
    for column, (band, colour) in enumerate(colours.items()):
        offset = bar * (column - (len(colours) - 1) / 2)
        heights = {i + offset: shares.get((language, band)) for i, language in enumerate(languages)}
        known = {position: height for position, height in heights.items() if height is not None}
        axes.bar(list(known), list(known.values()), 0.9 * bar, color=colour, edgecolor=_EDGE, linewidth=0.5, zorder=2)
    margin = max(1, _LEAST_BARS * bar - len(languages) + 1) / 2
    axes.set_xlim(-margin, len(languages) - 1 + margin)
    axes.set_ylim(0, 1)
    axes.grid(axis="y", color="#e0e0e0", zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="x", length=0)


def _draw_legend(figure: Figure, colours: Mapping[str, str]) -> None:
    from matplotlib.patches import Patch

    figure.legend(
        handles=[Patch(facecolor=colour, edgecolor=_EDGE, label=band) for band, colour in colours.items()],
        title="rank of the term among the commonest words",
        loc="outside upper center",
        ncols=len(colours),
        frameon=False,
        fontsize="small",
        columnspacing=1.0,
        handlelength=1.0,
    )
