"""Reports as text, as HTML and as a plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ..._io.pictures import new_figure, save_picture
from ..outcomes import Reason

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .report import Report

_PAPERS = {
    "code-mixing index": "Das & Gambäck 2014",
    "M-index": "Barnett et al. 2000",
    "I-index": "Guzmán et al. 2017",
    "language entropy": "Guzmán et al. 2017",
    "burstiness": "Goh & Barabási 2008; Guzmán et al. 2017",
    "switch-point fraction": "Pratapa et al. 2018",
}
_SHOWN = 10
"""Number of terms in lists."""
_COLOUR = "#3b528b"
_STYLE = """\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  background: Canvas; color: CanvasText; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 0 0 1.5rem; }
th, td { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
td:nth-child(n+2) { font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) { table { font-size: .8rem; } th, td { padding-right: .4rem; } }
"""

#: The rows of a table, and a table with its heading.
Rows: TypeAlias = "Sequence[tuple[str, ...]]"
Section: TypeAlias = "tuple[str, Rows]"


def summary_lines(report: Report) -> list[str]:
    """Return three lines: texts, words, languages."""
    totals = report.totals
    languages = ", ".join(f"{language} {share:.1%}" for language, share in report.languages.items())
    return [
        f"texts: {totals.texts:,}, {totals.switched_texts:,} with a switch ({report.switched_texts:.1%})",
        f"words: {totals.words:,}, {totals.switched_words.total():,} switched ({report.switched_words:.1%})",
        f"languages: {languages or 'none'}",
    ]


def text_lines(report: Report) -> Iterator[str]:
    """Yield the lines of the report as text."""
    for heading, rows in sections(report):
        yield f"{heading}:"
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for name, *cells in rows:
            aligned = [cell.rjust(width) for cell, width in zip(cells[:1], widths[1:], strict=False)]
            yield "  " + "  ".join([name.ljust(widths[0]), *aligned, *cells[1:]]).rstrip()


def sections(report: Report) -> Iterator[Section]:
    """Yield the tables of the report; tables without rows are left out."""
    tables: list[Section] = [
        ("advice", [(sentence,) for sentence in report.advice]),
        ("texts and words", _counts(report)),
        ("words switched into", [(language, f"{share:.1%}") for language, share in report.languages.items()]),
        ("columns", _columns(report)),
        *(_sample(report) if report.sample.texts else []),
    ]
    yield from (table for table in tables if table[1])


def _counts(report: Report) -> Rows:
    totals = report.totals
    return [
        ("texts", f"{totals.texts:,}", ""),
        ("with a switch", f"{totals.switched_texts:,}", f"{report.switched_texts:.1%}"),
        ("words", f"{totals.words:,}", ""),
        ("switched", f"{totals.switched_words.total():,}", f"{report.switched_words:.1%}"),
        ("in units (coverage)", f"{totals.covered:,}", f"{report.coverage:.1%}"),
    ]


def _sample(report: Report) -> list[Section]:
    of_sample = f" (sample of {report.sample.texts:,} texts)" if report.is_sampled else ""
    switched = report.most_switched(_SHOWN)
    return [
        (f"units{of_sample}", _units(report)),
        ("what happened to words", [(one.text, f"{share:.1%}") for one, share in report.reasons.items()]),
        ("missing most often", [(word, f"{count:,}") for word, count in report.most_missing(_SHOWN)]),
        ("switched most often", [(term, f"{count:,}", language) for term, language, count in switched]),
        ("language mixing", [(name, f"{value:.3f}", _PAPERS[name]) for name, value in report.indices.items()]),
    ]


def _units(report: Report) -> Rows:
    sample = report.sample
    return [
        ("units", f"{sample.units:,}"),
        ("switched", f"{report.rate:.1%}"),
        ("expected", f"{report.expected_rate:.1%}"),
        ("average run", f"{report.mean_run:.2f}"),
        ("coverage of content words", f"{report.content_coverage:.1%}"),
    ]


def _columns(report: Report) -> Rows:
    """Return a row per column, with the share of words switched into each language; none for a single column."""
    rows = []
    for name, totals in report.columns.items():
        shares = {one: totals.switched_words[one] / totals.words for one in sorted(totals.switched_words)}
        rows.append((name, f"{totals.words:,}", ", ".join(f"{one} {share:.1%}" for one, share in shares.items())))
    return rows if len(rows) > 1 else []


def html_tables(report: Report) -> str:
    """Return the report as HTML tables."""
    return "".join(html_table(*section) for section in sections(report))


def html_table(heading: str, rows: Rows, names: Sequence[str] = ()) -> str:
    """Return a table with its heading, and perhaps names of columns. The first cell of a row is its name."""
    body = "".join(
        f"<tr><th scope=row>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>\n"
        for row in rows
    )
    if names:
        body = f"<tr>{''.join(f'<th scope=col>{escape(name)}</th>' for name in names)}</tr>\n{body}"
    return f"<h2>{escape(_title(heading))}</h2>\n<table>\n{body}</table>\n"


def _title(heading: str) -> str:
    """Return a heading with a capital, unless its first word has one, as nDCG@10."""
    first, *_ = heading.split()
    return heading if first != first.lower() else heading[:1].upper() + heading[1:]


def html_page(report: Report, title: str) -> str:
    """Return the report as a page in one file, which loads nothing."""
    return html_document(title, html_tables(report))


def html_document(title: str, body: str) -> str:
    """Return a page in one file, which loads nothing, from the HTML below its title."""
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>\n{_STYLE}</style>\n<main>\n<h1>{escape(title)}</h1>\n{body}</main>\n</html>\n"
    )


def draw_plot(report: Report, path: str | Path | None) -> Figure:
    """Draw bars of languages, reasons, and terms; save them to `path` if it is given."""
    figure = new_figure(11, 7.5)
    axes = figure.subplots(2, 2)
    reasons = {reason.text: share for reason, share in report.reasons.items() if reason != Reason.SWITCHED}
    switched = {f"{term} ({language})": count for term, language, count in report.most_switched(_SHOWN)}
    _draw_bars(axes[0, 0], "share of words switched into", report.languages)
    _draw_bars(axes[0, 1], "share of words that stayed", reasons)
    _draw_bars(axes[1, 0], "switched most often", switched)
    _draw_bars(axes[1, 1], "missing most often", dict(report.most_missing(_SHOWN)))
    if path is not None:
        save_picture(figure, Path(path))
    return figure


def _draw_bars(axes: Axes, title: str, values: dict[str, float] | dict[str, int]) -> None:
    names: Sequence[str] = [name.replace("$", r"\$") for name in values]  # no formulas
    axes.barh(range(len(names)), list(values.values()), color=_COLOUR)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_title(title, loc="left", fontsize="medium")
    axes.spines[["top", "right"]].set_visible(False)
