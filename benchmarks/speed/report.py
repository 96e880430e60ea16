"""Tables and plot from the results."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import section, times, yes
from benchmarks.speed.competitors import FLOOR, OURS, PAPER, SPLIT

PLOT = Path(__file__).parents[2] / "docs" / "speed.png"


def markdown(results: Results) -> str:
    """Return all tables of the stages that were measured."""
    stages = rows_of(results)
    tables = [table(stages[name]) for name, table in _TABLES.items() if name in stages]
    return "\n\n".join(part for part in (_about(results), _aims(stages), *tables, _losses(stages)) if part)


# -- tables -----------------------------------------------------------------------------------------------------------


def _about(results: Results) -> str:
    texts, lexicon = results["texts"], results["lexicon"]
    return (
        f"{heading(results)}\n"
        f"{texts['paragraphs']:,} paragraphs of {texts['words'] / texts['paragraphs']:.1f} words on average; "
        f"{lexicon['terms']:,} terms, {lexicon['pairs']:,} pairs, "
        f"{lexicon['coverage']:.0%} of the words are in units.\n"
        f"`{results['switcher']}`"
    )


def _competitors(rows: list[Row]) -> str:
    ours = _of(rows, OURS.name)
    rows = sorted(rows, key=_rate)
    lines = [
        (row["name"], times(ratio(ours, row)), _millions(row), _spread(row), f"{row['texts']:,}", row["lacks"] or "-")
        for row in rows
    ]
    heads = ("method", "lexswitch is", "M words/s", "lowest - highest", "texts", "what it lacks or loses")
    return section("All methods, batches of 1,000", heads, lines)


def _batches(rows: list[Row]) -> str:
    return _duels("Batches", "batch", rows, "texts in a batch")


def _sizes(rows: list[Row]) -> str:
    return _duels("Lexicons", "terms", rows, "terms", coverage=True)


def _scripts(rows: list[Row]) -> str:
    return _duels("Scripts, with a lexicon of the text's own words", "script", rows, "text", coverage=True)


def _duels(title: str, key: str, rows: list[Row], head: str, coverage: bool = False) -> str:
    """Return a table with a line for each value of `key`: lexswitch and str.split + dict."""
    lines = []
    for value in dict.fromkeys(row[key] for row in rows):
        of_value = [row for row in rows if row[key] == value]
        ours, split = _of(of_value, OURS.name), _of(of_value, SPLIT.name)
        label = f"{value:,}" if isinstance(value, int) else value
        share = (f"{ours['coverage']:.0%}",) if coverage else ()
        lines.append((label, times(ratio(ours, split)), _millions(ours), _millions(split), *share))
    heads = (head, f"lexswitch to {SPLIT.name}", "lexswitch, M words/s", f"{SPLIT.name}, M words/s")
    return section(title, (*heads, "coverage") if coverage else heads, lines)


def _languages(rows: list[Row]) -> str:
    lines = [(row["lexicon"], row["languages"], _millions(row), f"{row['coverage']:.0%}") for row in rows]
    return section("Languages", ("lexicon", "languages", "M words/s", "coverage"), lines)


def _options(rows: list[Row]) -> str:
    lines = [(f"`{row['options']}`", times(ratio(row, rows[0])), _millions(row)) for row in rows]
    return section("Options", ("option", "to the default", "M words/s"), lines)


def _memory(rows: list[Row]) -> str:
    row = rows[0]
    lines = [
        ("texts, lexicon and index, before", _megabytes(row["before"]["resident"])),
        ("highest during the call", _megabytes(row["after"]["peak"])),
        ("after it, with the switched texts", _megabytes(row["after"]["resident"])),
    ]
    return section(f"Memory of one call with {row['texts']:,} texts", ("resident", "MB"), lines)


def _processes(rows: list[Row]) -> str:
    lines = [(row["processes"], times(ratio(row, rows[0])), _millions(row)) for row in rows]
    return section("Processes, each with its own part", ("processes", "to one", "M words/s"), lines)


def _first_use(rows: list[Row]) -> str:
    lines = [(f"`{row['step']}`", f"{row['seconds'] * 1e3:,.1f}") for row in rows]
    return section("First use, in a fresh process", ("step", "ms"), lines)


def _lexicon(rows: list[Row]) -> str:
    row = rows[0]
    loaded, used, dictionary = (
        sizes["resident"]
        for sizes in (row["memory"]["loaded"], row["memory"]["used"], row["dictionary_memory"]["loaded"])
    )
    lines = [
        ("`Lexicon.from_pairs`", f"{row['build_seconds']:.2f} s"),
        ("`save`", f"{row['save_seconds']:.2f} s"),
        ("`load`, content compared with its checksums", f"{row['load_seconds']['verified'] * 1e3:.1f} ms"),
        ("`load(verify=False)`", f"{row['load_seconds']['unverified'] * 1e3:.1f} ms"),
        ("on disk", f"{_megabytes(row['disk_bytes'])} MB"),
        ("of it the text of terms and translations", f"{_megabytes(row['text_bytes'])} MB"),
        ("besides the text, per pair", f"{_overhead(row):.1f} bytes"),
        ("resident when loaded, every page read", f"{_megabytes(loaded)} MB = {loaded / dictionary:.2f} of dict's"),
        ("resident in use, with its index", f"{_megabytes(used)} MB = {used / dictionary:.2f} of dict's"),
        ("of it not shared between processes", f"{_megabytes(row['memory']['used']['own'])} MB"),
        ("`dict[str, list[str]]` for each language", f"{_megabytes(dictionary)} MB"),
    ]
    return section(f"A lexicon of {row['pairs']:,} pairs, {row['terms']:,} terms", ("", ""), lines)


_TABLES: dict[str, Callable[[list[Row]], str]] = {
    "competitors": _competitors,
    "batches": _batches,
    "sizes": _sizes,
    "languages": _languages,
    "options": _options,
    "scripts": _scripts,
    "memory": _memory,
    "processes": _processes,
    "first-use": _first_use,
    "lexicon": _lexicon,
}


def _aims(stages: dict[str, list[Row]]) -> str:
    """Return a table of aims, figures, and whether the aims are reached."""
    lines: list[tuple[str, str, str, str]] = []

    def aim(what: str, measured: float, limit: float, unit: str, at_least: bool = False) -> None:
        reached = measured >= limit if at_least else measured <= limit
        sign = "at least" if at_least else "at most"
        lines.append((what, f"{sign} {limit:g} {unit}", f"{measured:.3g} {unit}", yes(reached)))

    if rows := stages.get("competitors"):
        ours = _of(rows, OURS.name)
        fast_aug = max((row for row in rows if row["name"].startswith("fast-aug")), key=_rate)
        aim(f"to {PAPER.name}", ratio(ours, _of(rows, PAPER.name)), 50, "x", at_least=True)
        aim("the same, goal", ratio(ours, _of(rows, PAPER.name)), 100, "x", at_least=True)
        aim(f"to {SPLIT.name}", ratio(ours, _of(rows, SPLIT.name)), 2.5, "x", at_least=True)
        aim("the same, goal", ratio(ours, _of(rows, SPLIT.name)), 4, "x", at_least=True)
        aim(f"to {fast_aug['name']}, goal", ratio(ours, fast_aug), 1, "x", at_least=True)
    ours_of_size = [row for row in stages.get("sizes", []) if row["name"] == OURS.name and row["terms"] >= 10_000]
    if ours_of_size:
        first, last = ours_of_size[0], ours_of_size[-1]
        aim(f"time, {last['terms']:,} terms to {first['terms']:,}", ratio(first, last), 1.5, "x")
    if rows := stages.get("lexicon"):
        row = rows[0]
        dictionary = row["dictionary_memory"]["loaded"]["resident"]
        count = f"{row['pairs']:,} pairs"
        aim(f"{count}, build", row["build_seconds"], 10, "s")
        aim(f"{count}, load with checks", row["load_seconds"]["verified"] * 1e3, 50, "ms")
        aim(f"{count}, load without", row["load_seconds"]["unverified"] * 1e3, 50, "ms")
        aim(f"{count}, besides the text", _overhead(row), 60, "bytes per pair")
        aim(f"{count}, memory to dict's, loaded", row["memory"]["loaded"]["resident"] / dictionary, 0.25, "x")
        aim(f"{count}, memory to dict's, in use", row["memory"]["used"]["resident"] / dictionary, 0.25, "x")
    return section("Aims", ("", "aim", "measured", "reached"), lines) if lines else ""


def _losses(stages: dict[str, list[Row]]) -> str:
    """Return a table of the methods that are faster than lexswitch at the same task, other than the floor."""
    lines = []
    for stage, key in (("competitors", None), ("batches", "batch"), ("sizes", "terms"), ("scripts", "script")):
        rows = stages.get(stage, [])
        for row in rows:
            ours = next(one for one in rows if one["name"] == OURS.name and (key is None or one[key] == row[key]))
            if row["name"] not in (OURS.name, FLOOR.name) and (factor := ratio(row, ours)) > 1:
                lines.append((stage if key is None else f"{key} {row[key]}", row["name"], times(factor)))
    if not lines:
        return "### Who is faster\n\nNo method but the floor, in anything measured here." if stages else ""
    return section("Who is faster", ("case", "method", "faster than lexswitch by"), lines)


# -- small parts ------------------------------------------------------------------------------------------------------


def ratio(row: Row, other: Row) -> float:
    """Return how many times faster one row is than another: the median over the passes, which take turns."""
    return float(median(mine / theirs for mine, theirs in zip(row["rates"], other["rates"], strict=True)))


def _of(rows: Iterable[Row], name: str) -> Row:
    return next(row for row in rows if row["name"] == name)


def _rate(row: Row) -> float:
    return float(row["words_per_second"])


def _millions(row: Row) -> str:
    return f"{row['words_per_second'] / 1e6:.3g}"


def _spread(row: Row) -> str:
    return f"{min(row['rates']) / 1e6:.3g} - {max(row['rates']) / 1e6:.3g}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}"


def _overhead(row: Row) -> float:
    """Return the bytes on disk per pair, without the text itself."""
    return float((row["disk_bytes"] - row["text_bytes"]) / row["pairs"])


# -- plot -------------------------------------------------------------------------------------------------------------


def plot(results: Results, path: Path = PLOT) -> None:
    """Draw the rates of all methods as horizontal bars on a logarithmic scale."""
    from matplotlib.figure import Figure
    from PIL import Image

    rows = sorted(rows_of(results)["competitors"], key=_rate)
    ours = _of(rows, OURS.name)
    colours = {OURS.name: "#c2410c", FLOOR.name: "#d4d4d4"}
    figure = Figure(figsize=(8, 0.36 * len(rows) + 0.9), layout="constrained")
    axes = figure.subplots()
    axes.barh(
        [row["name"] for row in rows], [_rate(row) for row in rows],
        color=[colours.get(row["name"], "#94a3b8") for row in rows], height=0.7,
    )  # fmt: skip
    for position, row in enumerate(rows):
        weight = "bold" if row is ours else "normal"
        axes.text(_rate(row) * 1.1, position, _label(row, ours), va="center", fontsize=9, weight=weight)
    axes.set_xscale("log")
    axes.set_xlim(_rate(rows[0]) / 2.5, _rate(rows[-1]) * 30)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1e6:g} M")
    axes.set_xlabel("words per second on one core, list[str] in and out (logarithmic scale)", fontsize=9)
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="x", which="minor", length=0)
    axes.get_yticklabels()[rows.index(ours)].set_fontweight("bold")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    path.parent.mkdir(exist_ok=True)
    image = io.BytesIO()
    figure.savefig(image, dpi=110)
    Image.open(image).convert("RGB").quantize(64).save(path, optimize=True)  # reduces the file to a third


def _label(row: Row, ours: Row) -> str:
    """Return the rate, and how many times faster the faster method is."""
    if row is ours:
        return f"{_millions(row)} M"
    factor = ratio(ours, row)
    compared = f"lexswitch: {times(factor)}" if factor >= 1 else f"{times(1 / factor)} lexswitch"
    return f"{_millions(row)} M   {compared}"
