"""The first screen of README.md and of the documentation: the chart, and the figures beside it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from benchmarks.common.parts import Results, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import put_between_marks, times
from benchmarks.speed.competitors import FAST_AUG, FLOOR, NUMPY, OURS, PAPER, SPLIT, TUNED
from benchmarks.speed.figures import fastest_peer, main_cell, millions, of, ratio
from benchmarks.speed.lexicons import REAL
from benchmarks.speed.methods import SIZES

PLOT = Path(__file__).parents[2] / "docs" / "speed.png"
README = Path(__file__).parents[2] / "README.md"
HOME = README.parent / "docs" / "index.md"
# Pages that show the figures, each with its link to all results.
PAGES = {README: "benchmarks/speed/README.md", HOME: "results.md#speed"}
_ABOUT = {
    FAST_AUG.name: "fast-aug, which inserts random words and cannot look words up",
    TUNED.name: "the same loop tuned by hand",
}
_COLOURS = {OURS.name: "#c2410c", NUMPY.name: "#fdba74", FLOOR.name: "#d4d4d4"}


def draw(results: Results) -> None:
    """Draw the chart, and write its figures into the README of the project and into the documentation."""
    plot(results)
    for page, link in PAGES.items():
        put_between_marks(page, headline(results, link), "speed")


# -- figures ----------------------------------------------------------------------------------------------------------


def headline(results: Results, link: str) -> str:
    """Return the figures for a page: against a loop with a dict, the fastest peer, and the paper's pipeline."""
    rows = {size: main_cell(rows_of(results)["methods"], size) for size in SIZES}
    single, some, many = (times(ratio(of(rows[size], OURS.name), of(rows[size], SPLIT.name))) for size in SIZES)
    peers = {size: fastest_peer(rows[size]) for size in SIZES}
    fastest = [times(ratio(of(rows[size], OURS.name), peer)) for size, peer in peers.items()]
    names = dict.fromkeys(str(_ABOUT.get(peer["name"], peer["name"])) for peer in peers.values())
    method = "The next fastest is" if len(names) == 1 else "The next fastest are"
    ours = of(rows[SIZES[-1]], OURS.name)
    paper = ratio(ours, of(rows[SIZES[-1]], PAPER.name))
    pairs = results["lexicons"][REAL]["pairs"]
    return (
        f"**{millions(ours)} million words per second on one core: {many} a loop of `str.split` and a dict**,\n"
        f"in batches of {SIZES[2]:,}. It is {some} in batches of {SIZES[1]}, and {single} for single texts.\n"
        f"{method} {' or '.join(names)}.\n"
        f"Compared with it, lexswitch is {fastest[2]} as fast in batches of {SIZES[2]:,}, {fastest[1]} in batches of\n"
        f"{SIZES[1]}, and {fastest[0]} for single texts. The usual pipeline of\n"
        f"tokenizer, loop and detokenizer is {paper:.0f} times slower. The lexicon has {pairs:,} pairs;\n"
        f"[all results]({link}) include the losses."
    )


# -- chart ------------------------------------------------------------------------------------------------------------


def plot(results: Results, path: Path = PLOT) -> None:
    """Draw the rates of all methods as horizontal bars on a logarithmic scale: one panel for each size of batches."""
    from matplotlib.figure import Figure
    from PIL import Image

    rows = {size: main_cell(rows_of(results)["methods"], size) for size in SIZES}
    order = [row["name"] for row in sorted(rows[SIZES[-1]], key=lambda row: float(row["words_per_second"]))]
    figure = Figure(figsize=(10.5, 0.31 * len(order) + 1.1), layout="constrained")
    panels = figure.subplots(1, len(SIZES), sharex=True, sharey=True)
    for axes, size in zip(panels, SIZES, strict=True):
        _panel(axes, [of(rows[size], name) for name in order])
        axes.set_title(f"batches of {size:,} texts" if size > 1 else "one text at a time", fontsize=10)
    rates = [float(row["words_per_second"]) for each in rows.values() for row in each]
    panels[0].set_xlim(min(rates) / 2, max(rates) * 25)
    for label in panels[0].get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == OURS.name else "normal")
    figure.supxlabel("million words per second on one core, list[str] in and out (logarithmic scale)", fontsize=9)
    path.parent.mkdir(exist_ok=True)
    image = io.BytesIO()
    figure.savefig(image, dpi=110)
    Image.open(image).convert("RGB").quantize(64).save(path, optimize=True)  # reduces the file to a third


def _panel(axes: Any, rows: list[Row]) -> None:
    ours = of(rows, OURS.name)
    rates = [float(row["words_per_second"]) for row in rows]
    axes.barh(
        [row["name"] for row in rows], rates,
        color=[_COLOURS.get(row["name"], "#94a3b8") for row in rows], height=0.7,
    )  # fmt: skip
    for position, row in enumerate(rows):
        weight = "bold" if row is ours else "normal"
        axes.text(rates[position] * 1.15, position, _label(row, ours), va="center", fontsize=8, weight=weight)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1e6:g}")
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="x", which="minor", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _label(row: Row, ours: Row) -> str:
    """Return the rate, and how many times as fast the faster one of this method and lexswitch is."""
    if row is ours:
        return f"{millions(row)} M/s"
    factor = ratio(ours, row)
    return f"lexswitch {times(factor)}" if factor >= 1 else f"{times(1 / factor)} lexswitch"
