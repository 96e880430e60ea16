"""Tables from the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import section, table, times, yes
from benchmarks.lexicons.dictionaries import EARLIER, SHARES
from benchmarks.lexicons.pivot import PIVOT
from benchmarks.lexicons.rivals import BARE, OURS, READERS
from benchmarks.lexicons.sharing import FORKED, LOOK_UP, PROCESSES

_MUSE = {"file": "words, German", "pairs": 10**5}
_FIGURES = ("build", "build and save", "disk", "open", "known", "unknown", "memory")
_BANDS = ("all", "1-1,000", "1,001-5,000")
_PER_LINE = 5
_TOPS = [f"top {size:,}" for size in SHARES]

FAULTS = {
    ("ar", "fames", "الشهرةشهرة"): "the word twice, as in the dictionary",
    ("ar", "knightlily", "نايتليلي"): "the English word in Arabic letters, as in the dictionary",
    ("de", "night blooming jasmine, lady of the night", "Nachtjasmin"): "two headwords in one, as in the dictionary",
}
"""Drawn pairs (language, term, translation) that are not sound, and why. All drawn pairs were checked."""


def markdown(results: Results) -> str:
    """Return all tables of the parts that were measured."""
    parts = rows_of(results)
    tables = [of_part(parts[name]) for name, of_part in _TABLES.items() if name in parts]
    return "\n\n".join(part for part in (_about(results), _aims(parts), *tables) if part)


def _about(results: Results) -> str:
    version = results["machine"]["lexswitch"]
    return f"{heading(results, f'lexswitch {version}, ')}\n`{results['lexicon']}`"


def _aims(parts: dict[str, list[Row]]) -> str:
    lines = list(_aimed(parts))
    return section("Aims", ("", "aim", "measured", "reached"), lines) if lines else ""


def _aimed(parts: dict[str, list[Row]]) -> Iterator[tuple[str, str, str, str]]:
    """Yield each aim, its limit, the figure, and whether it is reached."""
    if of_file := [row for row in parts.get("reading", []) if row.items() >= _MUSE.items()]:
        factor = _of(of_file, OURS)["seconds"] / _of(of_file, BARE)["seconds"]
        yield "a MUSE file of 100,000 pairs, to the bare loop", "at most 5 x", times(factor), yes(factor <= 5)
    for use in (LOOK_UP, FORKED):
        if rows := [row for row in parts.get("sharing", []) if row["use"] == use and row["name"] == OURS]:
            factor = _growth(rows)
            what = f"memory of {PROCESSES[1]} processes to that of one, {use}"
            yield what, "below 1.3 x", times(factor), yes(factor < 1.3)
    for row in parts.get("kills", []):
        bad = sum(row[fault] for fault in ("mix", "unreadable", "locked", "dirty_after_save"))
        what = f"{row['killed']} x killed: {row['run']}"
        yield what, "old or new, no lock, clean", f"{bad} faults", yes(not bad)


# -- time and memory --------------------------------------------------------------------------------------------------


def _reading(rows: list[Row]) -> str:
    names = [name for name in READERS if name != BARE]
    lines = []
    for of_file in _groups(rows, "file", "pairs"):
        bare = _of(of_file, BARE)["seconds"]
        factors = [times(_of(of_file, name)["seconds"] / bare) for name in names]
        ours = _of(of_file, OURS)["seconds"]
        lines.append((of_file[0]["file"], f"{of_file[0]['pairs']:,}", *factors, _time(bare), _time(ours)))
    heads = ("file", "pairs", *names, "bare loop", OURS)
    return section("Reading a MUSE file: times to that of a bare loop of `line.split()`", heads, lines)


def _keeping(rows: list[Row]) -> str:
    parts = []
    groups = list(_groups(rows, "pairs"))
    for of_size in groups:
        ours = _figures(_of(of_size, OURS))
        lines = []
        for row in of_size:
            if row["name"] != OURS:
                figures = _figures(row)
                compared = [_compared(figures[name], ours[name]) for name in _FIGURES]
                lines.append((row["name"], *compared))
        title = f"{of_size[0]['pairs']:,} pairs: others compared with lexswitch (**bold**: lexswitch is worse)"
        parts.append(section(title, ("method", *_FIGURES), lines))
    for of_size in groups[-2:]:
        lines = []
        for row in of_size:
            figures = _figures(row)
            seconds = [_time(figures[name]) for name in ("build", "build and save", "open", "known", "unknown")]
            lines.append((row["name"], *seconds, _megabytes(figures["disk"]), _megabytes(figures["memory"])))
        heads = (
            "method",
            "build",
            "build and save",
            "open",
            "known term",
            "unknown term",
            "MB on disk",
            "MB of memory",
        )
        parts.append(section(f"{of_size[0]['pairs']:,} pairs", heads, lines))
    return "\n\n".join(parts)


def _figures(row: Row) -> dict[str, float | None]:
    figures = {name: row.get(name) for name in _FIGURES}
    return {**figures, "build and save": (row.get("build") or 0) + row["save"]}


def _compared(theirs: float | None, ours: float | None) -> str:
    if theirs is None or not ours:
        return "-"
    text = times(theirs / ours)
    return f"**{text}**" if theirs < ours else text


def _sharing(rows: list[Row]) -> str:
    lines = []
    for of_method in _groups(rows, "use", "name"):
        figures = [_megabytes(row[kind]) for kind in ("own", "total") for row in of_method]
        lines.append((of_method[0]["use"], of_method[0]["name"], times(_growth(of_method)), *figures))
    heads = ["use", "method", f"{PROCESSES[1]} processes to one"]
    heads += [f"{kind}, {count}" for kind in ("MB for the pairs", "MB in all") for count in PROCESSES]
    return section(f"Memory of processes that share {rows[0]['pairs']:,} pairs", heads, lines)


def _growth(rows: list[Row]) -> float:
    one, many = rows
    return float(many["own"] / one["own"])


def _kills(rows: list[Row]) -> str:
    names = ("killed", "old", "new", "mix", "unreadable", "locked", "left_files", "dirty_after_save")
    lines = [(f"`{row['run']}`", *(row[name] for name in names), _time(row["seconds"])) for row in rows]
    heads = ("run", "killed", "old lexicon there", "new one", "a mix", "unreadable", "locked", "left stray files")
    return section("Killed runs", (*heads, "not clean after the next save", "a whole run takes"), lines)


# -- dictionaries -----------------------------------------------------------------------------------------------------


def _dictionaries(rows: list[Row]) -> str:
    read = [row for row in rows if "dictionary" in row]
    whole = next(row for row in rows if "lexicon" in row)
    languages = [row for row in rows if "language" in row]
    tables = [_languages(languages, whole), _unions(languages), _read(read), _marked(languages)]
    tables.append("### Fifty random pairs of each language")
    return "\n\n".join([*tables, *map(_drawn, languages)])


def _languages(rows: list[Row], whole: Row) -> str:
    lines = []
    for row in rows:
        pairs, *shares = EARLIER[row["language"]]
        compared = [f"{new:.3f} / {old:.3f}" for new, old in zip(row["shares"], shares, strict=True)]
        lines.append((row["language"], f"{row['pairs']:,} / {pairs:,}", f"{row['terms']:,}", *compared))
    heads = ("language", "pairs / earlier", "terms", *(f"top {size:,} / earlier" for size in SHARES))
    return section(f"One lexicon: {whole['terms']:,} terms, {whole['pairs']:,} pairs", heads, lines)


def _unions(rows: list[Row]) -> str:
    lines = [
        (row["language"], f"{row['union']['pairs']:,}", *_shares(row["union"]), f"{row['pairs']:,}", *_shares(row))
        for row in rows
        if "union" in row
    ]
    heads = [f"{name}{what}" for what in (", all pairs", ", sound pairs") for name in ("pairs", *_TOPS)]
    return section("Both directions: all pairs, and those kept as sound", ("language", *heads), lines)


def _read(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        dropped = ", ".join(f"{reason} {count:,}" for reason, count in row["dropped"].items())
        size = f"{row['pairs']:,}", f"{row['terms']:,}", *_shares(row)
        lines.append((row["dictionary"], *size, _time(row["seconds"]), dropped))
    return section("Each dictionary", ("dictionary", "pairs", "terms", *_TOPS, "read in", "dropped"), lines)


def _shares(row: Row) -> list[str]:
    return [f"{share:.3f}" for share in row["shares"]] if "shares" in row else ["-"] * len(SHARES)


def _marked(rows: list[Row]) -> str:
    lines = [(row["language"], *row["marked"].values()) for row in rows]
    return section("Pairs with leftovers of dictionary markup", ("language", *rows[0]["marked"]), lines)


def _drawn(row: Row) -> str:
    """Return a table of pairs, with notes on those that are wrong."""
    faults = {tuple(pair): fault for pair in row["drawn"] if (fault := FAULTS.get((row["language"], *pair)))}
    pairs = [f"**{term}: {other}**" if (term, other) in faults else f"{term}: {other}" for term, other in row["drawn"]]
    lines = [pairs[first : first + _PER_LINE] for first in range(0, len(pairs), _PER_LINE)]
    pairs_table = "\n".join(table([row["language"], *[""] * (_PER_LINE - 1)], lines)).rstrip()
    notes = [f"- {term}: {other} - {fault}" for (term, other), fault in faults.items()]
    return "\n".join([pairs_table, "", *notes]).strip()


def _pivot(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        by_band = {score["band"]: score for score in row["scores"]}
        shares = [
            f"{by_band[band][name]:.3f}" for band in _BANDS for name in ("coverage", "precision@1", "precision@5")
        ]
        lines.append((row["target"], row["method"], f"{row['pairs']:,}", *shares, _time(row["seconds"])))
    heads = ("to", "method", "pairs", *(f"{name}, {band}" for band in _BANDS for name in ("coverage", "P@1", "P@5")))
    return section(f"Composed through {PIVOT}, against real dictionaries", (*heads, "time"), lines)


_TABLES: dict[str, Callable[[list[Row]], str]] = {
    "reading": _reading,
    "keeping": _keeping,
    "sharing": _sharing,
    "kills": _kills,
    "pivot": _pivot,
    "dictionaries": _dictionaries,
}


# -- small parts ------------------------------------------------------------------------------------------------------


def _groups(rows: Iterable[Row], *keys: str) -> Iterator[list[Row]]:
    """Yield groups of rows that are equal in some fields, in their order."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    yield from groups.values()


def _of(rows: Iterable[Row], name: str) -> Row:
    return next(row for row in rows if row["name"] == name)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    unit, size = next(
        (unit, size) for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)) if seconds >= size or size < 1e-5
    )
    return f"{seconds / size:.3g} {unit}"


def _megabytes(size: float | None) -> str:
    return "-" if size is None else f"{size / 1e6:,.1f}" if size < 1e7 else f"{size / 1e6:,.0f}"
