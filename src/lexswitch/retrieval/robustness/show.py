"""Reports of stress tests as text, as HTML and as a plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ..._io.pictures import new_figure, save_picture
from ...switching.markup import to_html, to_terminal
from ...switching.report.show import Rows, Section, html_document, html_table
from .bootstrap import Estimate
from .conditions import SIDE_NAMES, shortest
from .coverage_check import LEAST
from .curves import curves
from .measures import MEASURES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .examples import BrokenQuery
    from .report import Point, RobustnessReport

_SHOWN = 5
"""Number of broken queries that are printed."""
_HEAD = ("to", "p", "mean", "loss", "changed", "loss of changed")
_NOTE = (
    "A loss is the difference to the data as they are. Brackets have 95 % intervals of a paired bootstrap over queries."
)


def text_lines(report: RobustnessReport) -> Iterator[str]:
    """Yield the lines of the report as text."""
    for heading, rows in sections(report):
        yield f"{heading}:"
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if worst := _some_broken(report):
        yield "broken queries (rank before → after):"
        yield from (f"  {line}" for line in to_terminal([one.marked for one in worst], color=False).split("\n"))


def _some_broken(report: RobustnessReport) -> list[BrokenQuery]:
    """Return a broken query for each language: the worst one, not yet shown, at the probability nearest to 0.5."""
    about = {result.name: (result.language, abs(result.p - 0.5)) for result in report.results}
    nearest: dict[str, float] = {}
    for one in report.broken:
        language, distance = about[one.condition]
        nearest[language] = min(distance, nearest.get(language, 1.0))
    shown: dict[str, BrokenQuery] = {}
    for one in report.broken:
        language, distance = about[one.condition]
        is_new = language not in shown and one.query not in {other.query for other in shown.values()}
        if is_new and distance == nearest[language]:
            shown[language] = one
    return list(shown.values())[:_SHOWN]


def sections(report: RobustnessReport) -> Iterator[Section]:
    """Yield the tables of the report. The first row of all but the first table has the names of the columns."""
    yield "stress test", _about(report)
    for measure in MEASURES:
        yield measure, _measure_rows(report, measure)
    if report.languages:
        yield "languages of the first 10 documents", _bias_rows(report)


def _about(report: RobustnessReport) -> Rows:
    return [
        ("data", report.data),
        ("model", report.model),
        *((name, f"{count:,}") for name, count in report.counts.items()),
        ("switched", SIDE_NAMES[report.side]),
        ("lexicon", report.lexicon.partition("|")[2]),  # without its languages, which may be many
        *((f"words of {name} in the lexicon", _share(share)) for name, share in report.coverage.items()),
    ]


def _share(share: float) -> str:
    low = "" if share >= LEAST else " (low: check that the texts are in the lexicon's source language)"
    return f"{share:.0%}{low}"


def _measure_rows(report: RobustnessReport, measure: str) -> Rows:
    first = ("", "0", _with_interval(report.base.means[measure]), "", "", "")
    rows = [_HEAD, first, *(_point_row(point, measure) for point in report.points)]
    if report.side == "document":  # then no query changes
        return [row[: _HEAD.index("changed")] for row in rows]
    return rows


def _point_row(point: Point, measure: str) -> tuple[str, ...]:
    return (
        point.language,
        shortest(point.p),
        _with_interval(point.means[measure]),
        _with_interval(point.losses[measure]),
        f"{point.changed:,.1f}".removesuffix(".0"),
        _with_interval(point.changed_losses[measure]) if point.changed else "",
    )


def _with_interval(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _bias_rows(report: RobustnessReport) -> Rows:
    """Return the share of each document language in the collection, and among the first documents by condition."""
    names = list(report.languages)
    rows = [("condition", *names), ("collection", *(f"{report.languages[name]:.1%}" for name in names))]
    rows += [(one.name, *(f"{one.bias.get(name, 0):.1%}" for name in names)) for one in report.results]
    return rows


def html_body(report: RobustnessReport) -> str:
    """Return the report as HTML: curves, tables, and queries with coloured switches."""
    about, *others = sections(report)
    tables = html_table(*about) + "".join(html_table(title, rows, names) for title, (names, *rows) in others)
    picture = curves(_series(report, MEASURES[0]), MEASURES[0])
    return f"{picture}<p>{_NOTE}</p>\n{tables}{_broken_html(report)}{_conditions(report)}"


def html_page(report: RobustnessReport) -> str:
    """Return the report as a page in one file, which loads nothing."""
    return html_document(f"{report.model} on {report.data}, in mixed languages", html_body(report))


def _broken_html(report: RobustnessReport) -> str:
    parts = []
    for name in dict.fromkeys(one.condition for one in report.broken):
        marked = [one.marked for one in report.broken if one.condition == name]
        parts.append(f"<details><summary>{escape(name)}</summary>{to_html(marked, len(marked))}</details>\n")
    heading = "<h2>Broken queries</h2>\n<p>Rank of the first relevant document, before → after.</p>\n"
    return heading + "".join(parts) if parts else ""


def _conditions(report: RobustnessReport) -> str:
    rows = [(one.name, one.signature) for one in report.results]
    return f"<details><summary>Signatures</summary>{html_table('signatures', rows)}</details>\n"


def _series(report: RobustnessReport, measure: str) -> dict[str, list[tuple[float, Estimate]]]:
    """Return a curve for each language: probabilities and estimates. All begin with the data as they are."""
    found: dict[str, list[tuple[float, Estimate]]] = {}
    for point in report.points:
        curve = found.setdefault(point.language, [(0.0, report.base.means[measure])])
        curve.append((point.p, point.means[measure]))
    return found


def draw_plot(report: RobustnessReport, path: str | Path | None) -> Figure:
    """Draw a curve for each language and measure; save the picture to `path` if it is given."""
    figure = new_figure(4 * len(MEASURES), 3.6)
    for axes, measure in zip(figure.subplots(1, len(MEASURES)), MEASURES, strict=True):
        for language, curve in _series(report, measure).items():
            chances: Sequence[float] = [p for p, _ in curve]
            axes.plot(chances, [one.mean for _, one in curve], marker="o", label=language)
            axes.fill_between(chances, [one.low for _, one in curve], [one.high for _, one in curve], alpha=0.15)
        axes.set_title(measure, loc="left", fontsize="medium")
        axes.set_xlabel("translation probability p")
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False)
    if path is not None:
        save_picture(figure, Path(path))
    return figure
