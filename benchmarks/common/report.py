"""Parts of reports: figures and tables in Markdown, plots, and READMEs whose results stand between two marks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import files, statistics
from benchmarks.common.statistics import ALPHA, Difference
from benchmarks.common.summary import Experiment

# --- figures ---------------------------------------------------------------------------------------------------------


def short(value: float, sign: bool = False, digits: int = 3) -> str:
    """Write .123, or +.123."""
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return text.replace("0.", ".", 1)


def between(values: Iterable[float]) -> str:
    """Write .12 to .34, the least and the greatest value, or .12 if they are equal."""
    found = list(values)
    return " to ".join(dict.fromkeys(short(value, digits=2) for value in (min(found), max(found))))


def with_interval(gain: Difference) -> str:
    """Write +.012 [+.003, +.021]."""
    return f"{short(gain.mean, True)} [{short(gain.low, True)}, {short(gain.high, True)}]"


def p_value(value: float) -> str:
    """Write p < .001, or p = .012."""
    return "p < .001" if value < 0.001 else f"p = {short(value)}"


def times(factor: float) -> str:
    """Write 1.23 x, 12 x, or 0.0012 x."""
    return f"{factor:.2g} x" if factor < 0.1 else f"{factor:.2f} x" if factor < 10 else f"{factor:,.0f} x"


def yes(reached: bool) -> str:
    """Write whether an aim was reached."""
    return "yes" if reached else "**no**"


# --- tables ----------------------------------------------------------------------------------------------------------


def table(head: Sequence[object], rows: Iterable[Iterable[object]], right: bool = False) -> list[str]:
    """Return the lines of a table, and an empty line.

    Parameters
    ----------
    head, rows
        The cells.
    right
        Align all columns but the first to the right.
    """
    rule = ["---", *(["---:" if right else "---"] * (len(head) - 1))]
    return [_row(head), _row(rule), *map(_row, rows), ""]


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def section(title: str, head: Sequence[object], rows: Iterable[Iterable[object]], right: bool = False) -> str:
    """Return a table under a heading."""
    return "\n".join([f"### {title}", "", *table(head, rows, right)]).rstrip()


def machine_line(about: Mapping[str, Any], before: str = "") -> str:
    """Return when and on what was measured.

    Parameters
    ----------
    about
        From `benchmarks.common.machine.description`.
    before
        What is named before the packages.
    """
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items() if version)
    memory = f"{about['memory_gib']} GiB"
    gpu = [about["gpu"]] if "gpu" in about else []
    parts = [about["date"][:10], *gpu, about["cpu"], f"{about['cores_usable']} cores", memory, about["system"]]
    return f"{', '.join([*parts, about['python']])}; {before}{packages}."


# --- READMEs ---------------------------------------------------------------------------------------------------------


def put_between_marks(page: Path, lines: Sequence[str] | str, name: str = "results") -> None:
    """Replace what is between two marks of a page; everything else stays.

    Parameters
    ----------
    page
        A Markdown file with the comments ``<!-- name -->`` and ``<!-- end of name -->``.
    lines
        The new content.
    name
        Name of the marks.
    """
    before, _, after = _parts(page, name)
    text = lines if isinstance(lines, str) else "\n".join(lines)
    files.write_bytes(page, f"{before}\n{text.strip()}\n\n{after}".encode())


def between_marks(page: Path, name: str = "results") -> str:
    """Return what is between two marks of a page, without empty lines around it."""
    return _parts(page, name)[1].strip()


def _parts(page: Path, name: str) -> tuple[str, str, str]:
    """Split a page into the text up to the first mark, the text between the marks, and the rest."""
    first, last = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, mark, rest = page.read_text(encoding="utf-8").partition(first)
    between, end, after = rest.partition(last)
    if not end:
        raise ValueError(f"{page} lacks the marks {first.strip()} and {last}; add them where the results belong")
    return before + mark, between, end + after


# --- experiments -----------------------------------------------------------------------------------------------------


Section = Callable[[Experiment], list[str]]
"""Maps an experiment to the lines of its section."""


def load(folder: Path, name: str) -> Experiment | None:
    """Return the results of an experiment, or None if there are none."""
    path = folder / f"{name}.json"
    return Experiment(files.read_json(path)) if path.exists() else None


def sections(folder: Path, of_experiments: Mapping[str, Section]) -> list[str]:
    """Return the sections of the experiments that were measured."""
    found: list[str] = []
    for name, lines in of_experiments.items():
        if (experiment := load(folder, name)) is not None:
            found += lines(experiment)
    return found


def means_table(
    experiment: Experiment, measure: str, kinds: Sequence[str], more: Mapping[str, Callable[[str], str]] | None = None
) -> list[str]:
    """Return a table with the mean of each system and kind of queries; kinds that were not measured are left out.

    Parameters
    ----------
    experiment
        The results.
    measure
        Name of the figures.
    kinds
        The columns.
    more
        Further columns: heading -> function from a system to its cell.
    """
    kinds, more = experiment.measured(kinds), more or {}
    rows = [
        [
            system,
            *(short(experiment.mean(system, kind)) for kind in kinds),
            *(cell(system) for cell in more.values()),
        ]
        for system in experiment.systems
    ]
    return table([measure, *kinds, *more], rows)


def gains_table(
    experiment: Experiment, base: str, kinds: Sequence[str], limit: str, no_share: Sequence[str] = ()
) -> list[str]:
    """Return a table with gains over a system, their intervals, corrected p, and share of the upper bound's gain.

    Parameters
    ----------
    experiment
        The results.
    base
        The system to compare with.
    kinds
        The columns; kinds that were not measured are left out.
    limit
        The system that is the upper bound.
    no_share
        Kinds for which the share is not shown.
    """
    kinds, systems = experiment.measured(kinds), experiment.compared(base)
    found = {(system, kind): experiment.difference(system, base, kind) for system in systems for kind in kinds}
    corrected = dict(zip(found, statistics.holm([each.p for each in found.values()]), strict=True))
    rows = []
    for system in systems:
        cells = []
        for kind in kinds:
            gain, bound = found[system, kind], found.get((limit, kind))
            text = f"{with_interval(gain)}, {p_value(corrected[system, kind])}"
            if system != limit and kind not in no_share and bound is not None and bound.low > 0:
                text += f"; {statistics.share_of(gain, bound):.0%}"
            cells.append(text)
        rows.append([system, *cells])
    return table([f"gain over {base}", *kinds], rows)


def stars(p: Mapping[Any, float]) -> dict[Any, str]:
    """Return a star for each correction (Holm, Bonferroni) after which a test is significant."""
    values = list(p.values())
    corrected = zip(statistics.holm(values), statistics.bonferroni(values), strict=True)
    return {key: "*" * sum(each < ALPHA for each in both) for key, both in zip(p, corrected, strict=True)}


def entries_table(experiment: Experiment, what: str) -> list[str]:
    """Return a table with the share of test queries that are an entry of each lexicon.

    Parameters
    ----------
    experiment
        The results; ``lexicons`` has the shares by language.
    what
        Heading of the table.
    """
    found = {name: about["entries"] for name, about in experiment.document["lexicons"].items()}
    languages = list(next(iter(found.values())))
    rows = [[name, *(f"{shares[language]:.1%}" for language in languages)] for name, shares in found.items()]
    return table([what, *languages], rows)


def seeds_line(experiment: Experiment, cpu: bool = False) -> str:
    """Return how many seeds were run, and how long they took. Processes may have shared a GPU."""
    seeds, minutes = experiment.document["seeds"], experiment.document["minutes"]
    words = {1: "One seed", 2: "Two seeds", 3: "Three seeds"}
    machine = experiment.document["machine"]
    unit, name = ("process", machine["gpu"]) if "gpu" in machine else ("core", machine["cpu"])
    of = f" ({name})" if cpu else ""
    return f"{words.get(seeds, f'{seeds} seeds')}; {minutes:.0f} minutes of one {unit}{of} in all."


# --- plots -----------------------------------------------------------------------------------------------------------


def figure(
    columns: int = 1, rows: int = 1, size: tuple[float, float] | None = None, grid: Mapping[str, Any] | None = None
) -> tuple[Any, Any]:
    """Return a figure and its axes, or an array of axes.

    Parameters
    ----------
    columns, rows
        Numbers of panels.
    size
        Inches.
    grid
        Options of `matplotlib.gridspec.GridSpec`, such as ``width_ratios``.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    size = size or (7 if columns == 1 else 10, 3.6)
    return pyplot.subplots(rows, columns, figsize=size, layout="constrained", gridspec_kw=dict(grid or {}))


def save(drawn: Any, path: Path) -> None:
    """Write a figure as PNG and close it."""
    from matplotlib import pyplot

    content = io.BytesIO()
    drawn.savefig(content, format="png", dpi=110, metadata={"Software": None})
    pyplot.close(drawn)
    files.write_bytes(path, content.getvalue())


def plot_gains(experiment: Experiment, measure: str, base: str, kinds: Sequence[str], path: Path) -> None:
    """Plot the gains over a system, with their intervals."""
    kinds, systems = experiment.measured(kinds), experiment.compared(base)
    drawn, axes = figure()
    for row, system in enumerate(systems):
        gains = [experiment.difference(system, base, kind) for kind in kinds]
        at = np.arange(len(kinds)) + (row - (len(systems) - 1) / 2) * 0.8 / len(systems)
        errors = [[gain.mean - gain.low for gain in gains], [gain.high - gain.mean for gain in gains]]
        axes.bar(at, [gain.mean for gain in gains], 0.75 / len(systems), yerr=errors, capsize=3, label=system)
    axes.set_xticks(range(len(kinds)), kinds)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel(f"{measure}, gain over {base}")
    axes.legend(frameon=False)
    save(drawn, path)


def plot_sweep(experiment: Experiment, measure: str, kinds: Sequence[str], path: Path) -> None:
    """Plot the means by translation probability; the systems are called ``p = ...``."""
    drawn, axes = figure()
    points = sorted((float(system.removeprefix("p = ")), system) for system in experiment.systems)
    for kind in kinds:
        means = [experiment.mean(system, kind) for _, system in points]
        axes.plot([p for p, _ in points], means, marker="o", label=kind)
    axes.set_xlabel("translation probability p")
    axes.set_ylabel(measure)
    axes.legend(frameon=False)
    save(drawn, path)
