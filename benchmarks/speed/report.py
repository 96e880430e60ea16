"""Tables from the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import section, times
from benchmarks.speed import aims
from benchmarks.speed.competitors import FLOOR, NUMPY, OURS, SPLIT
from benchmarks.speed.figures import cell, millions, of, overhead, ratio, sizes_of
from benchmarks.speed.lexicons import LEXICONS, TEXTS
from benchmarks.speed.sweeps import READ_SWITCH_WRITE, READ_WRITE

_PAPER_WORDS, _PAPER_CORES = 10**9, 8


def markdown(results: Results) -> str:
    """Return all tables of the stages that were measured."""
    stages = rows_of(results)
    tables = [table(stages[name]) for name, table in _TABLES.items() if stages.get(name)]
    found = (_about(results), aims.table(stages), _losses(stages), *tables, _on_paper(stages))
    return "\n\n".join(part for part in found if part)


# -- tables -----------------------------------------------------------------------------------------------------------


def _about(results: Results) -> str:
    texts = [
        f"{each['count']:,} {name} of {each['words'] / each['count']:.1f} words on average"
        for name, each in results["texts"].items()
    ]
    lexicons = [
        f"{name}: {each['terms']:,} terms, {each['pairs']:,} pairs; in units are "
        + " and ".join(f"{share:.0%} of the words of the {source}" for source, share in each["coverage"].items())
        for name, each in results["lexicons"].items()
    ]
    return f"{heading(results)}\n{'; '.join(texts)}. {'. '.join(lexicons)}.\n`{results['switcher']}`"


def _methods(rows: list[Row]) -> str:
    return "\n\n".join(_cells(rows, lexicon, source) for lexicon in LEXICONS for source in TEXTS)


def _cells(rows: list[Row], lexicon: str, source: str) -> str:
    """Return a table with a line for each method and a column for each size of batches."""
    sizes = sizes_of(rows)
    found = [cell(rows, lexicon, source, size) for size in sizes]
    last = sorted(found[2], key=lambda row: float(row["words_per_second"]))
    lines = []
    for name, lacks in [(row["name"], row["lacks"]) for row in last]:
        cells = [f"{times(ratio(of(each, OURS.name), of(each, name)))} ({millions(of(each, name))})" for each in found]
        lines.append((name, *cells, lacks or "-"))
    title = f"{source.capitalize()}, lexicon {lexicon}: lexswitch is ... times as fast (M words/s of the method)"
    return section(title, ("texts in a batch", *(f"{size:,}" for size in sizes), "what it lacks or loses"), lines)


def _cold(rows: list[Row]) -> str:
    ours = of(rows, OURS.name)
    lines = [(row["name"], times(ratio(ours, row)), millions(row)) for row in rows]
    return section("Batches of 32, cold cache", ("method", "lexswitch is", "M words/s"), lines)


def _arrow(rows: list[Row]) -> str:
    lines = []
    for lists, columns in zip(rows[::2], rows[1::2], strict=True):
        lines.append(
            (lists["source"], lists["engine"], times(ratio(columns, lists)), millions(columns), millions(lists))
        )
    heads = ("texts, in batches of 1,000", "engine", "`apply_arrow` to `apply`", "`apply_arrow`, M words/s", "`apply`")
    return section("Arrow columns", heads, lines)


def _sharing(rows: list[Row]) -> str:
    one = rows[0]
    lines = [
        (
            row["processes"],
            times(row["lexicon"] / one["lexicon"]),
            _megabytes(row["lexicon"]),
            times(row["total"] / one["total"]),
            _megabytes(row["total"]),
        )
        for row in rows
    ]
    heads = ("processes", "for the lexicon, to one", "MB", "whole processes, to one", "MB")
    return section("Independent processes with one saved lexicon (FreeDict and Mueller) in use, PSS", heads, lines)


def _instructions(rows: list[Row]) -> str:
    totals = [sum(row["stages"].values()) for row in rows]
    lines = [(stage, *(f"{row['stages'][stage]:,.0f}" for row in rows)) for stage in rows[0]["stages"]]
    floors = [row["stages"]["read the str"] + row["stages"]["make the str"] for row in rows]
    lines += [
        ("**all**", *(f"**{total:,.0f}**" for total in totals)),
        ("floor: read and make the str", *(f"{floor:,.0f}" for floor in floors)),
        ("all to the floor", *(times(total / floor) for total, floor in zip(totals, floors, strict=True))),
    ]
    heads = [f"{row['lexicon']}, batches of {row['batch']:,}" for row in rows]
    return section("Instructions per word of the compiled engine (callgrind, paragraphs)", ("stage", *heads), lines)


def _files(rows: list[Row]) -> str:
    lines = [(row["name"], millions(row)) for row in rows]
    return section("Text files of 2,000 lines", ("", "M words/s"), lines)


def _on_paper(stages: dict[str, list[Row]]) -> str:
    """Return the time for a billion words, calculated from the rates of one core."""
    rows = stages.get("files", [])
    if not rows:
        return ""
    seconds = {row["name"]: _PAPER_WORDS / _PAPER_CORES / float(row["words_per_second"]) for row in rows}
    whole, without = seconds[READ_SWITCH_WRITE], seconds[READ_WRITE]
    text = (
        f"On paper, {_PAPER_WORDS:,} words on {_PAPER_CORES} cores take {whole:.0f} s with reading and writing, and "
        f"{without:.0f} s without switching, if each core is as fast as one here."
    )
    if len(processes := stages.get("processes", [])) == 2:
        share = ratio(processes[1], processes[0]) / 2
        text += (
            f" Each of two processes here reaches {share:.0%} of the speed of one; then it is {whole / share:.0f} s."
        )
    return text


def _sizes(rows: list[Row]) -> str:
    return _duels("Lexicons", "terms", rows, "terms")


def _scripts(rows: list[Row]) -> str:
    return _duels("Scripts, with a lexicon of the text's own words", "script", rows, "text")


def _duels(title: str, key: str, rows: list[Row], head: str) -> str:
    """Return a table with a line for each value of `key`: lexswitch, its NumPy engine, and str.split + dict."""
    lines = []
    for value in dict.fromkeys(row[key] for row in rows):
        of_value = [row for row in rows if row[key] == value]
        ours, split = (of(of_value, one.name) for one in (OURS, SPLIT))
        plain = [times(ratio(row, split)) for row in of_value if row["name"] == NUMPY.name]  # not measured for sizes
        label = f"{value:,}" if isinstance(value, int) else value
        ratios = (times(ratio(ours, split)), *(plain or ["-"]))
        lines.append((label, *ratios, millions(ours), millions(split), f"{ours['coverage']:.0%}"))
    heads = (head, f"lexswitch to {SPLIT.name}", "NumPy engine to it", "lexswitch, M words/s", SPLIT.name, "coverage")
    return section(title, heads, lines)


def _languages(rows: list[Row]) -> str:
    lines = [(row["lexicon"], row["languages"], millions(row), f"{row['coverage']:.0%}") for row in rows]
    return section("Languages", ("lexicon", "languages", "M words/s", "coverage"), lines)


def _options(rows: list[Row]) -> str:
    lines = [(f"`{row['options']}`", times(ratio(row, rows[0])), millions(row)) for row in rows]
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
    lines = [(row["processes"], times(ratio(row, rows[0])), millions(row)) for row in rows]
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
        ("of it the index", f"{_megabytes(row.get('index_bytes', 0))} MB"),
        ("besides text and index, per pair", f"{overhead(row):.1f} bytes"),
        ("resident when loaded, every page read", f"{_megabytes(loaded)} MB = {loaded / dictionary:.2f} of dict's"),
        ("resident in use, with its index", f"{_megabytes(used)} MB = {used / dictionary:.2f} of dict's"),
        ("of it not shared between processes", f"{_megabytes(row['memory']['used']['own'])} MB"),
        ("`dict[str, list[str]]` for each language", f"{_megabytes(dictionary)} MB"),
    ]
    return section(f"A lexicon of {row['pairs']:,} pairs, {row['terms']:,} terms", ("", ""), lines)


_TABLES: dict[str, Callable[[list[Row]], str]] = {
    "methods": _methods,
    "cold": _cold,
    "arrow": _arrow,
    "sharing": _sharing,
    "instructions": _instructions,
    "sizes": _sizes,
    "languages": _languages,
    "options": _options,
    "scripts": _scripts,
    "memory": _memory,
    "processes": _processes,
    "first-use": _first_use,
    "lexicon": _lexicon,
    "files": _files,
}


def _losses(stages: dict[str, list[Row]]) -> str:
    """Return a table of the methods that are faster than lexswitch at the same task, other than the floor."""
    lines = []
    for row, ours in _compared(stages):
        factor = ratio(row, ours)
        if row["name"] not in (OURS.name, NUMPY.name, FLOOR.name) and factor > 1:
            case = ", ".join(f"{key} {row[key]}" for key in _CASE if key in row)
            lines.append((case, row["name"], times(factor)))
    if not lines:
        return "### Who is faster\n\nNo method but the floor, in anything measured here." if stages else ""
    return section("Who is faster", ("case", "method", "faster than lexswitch by"), lines)


_CASE = ("lexicon", "source", "batch", "terms", "script")
"""Keys of rows whose values must be equal if two rows are compared."""


def _compared(stages: dict[str, list[Row]]) -> Iterable[tuple[Row, Row]]:
    """Yield each row of a race with the row of lexswitch in the same race."""
    for stage in ("methods", "cold", "sizes", "scripts"):
        rows = stages.get(stage, [])
        ours = {tuple(row.get(key) for key in _CASE): row for row in rows if row["name"] == OURS.name}
        yield from ((row, ours[tuple(row.get(key) for key in _CASE)]) for row in rows)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f}"
