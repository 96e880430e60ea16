"""Tables from the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.common import files
from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import machine_line, section, short, table
from benchmarks.general import context
from benchmarks.general.lexicons import MERGED, RANKED

_UNITS = {"content": "Units with a content word", "all": "All units"}
_TEXTS = ("questions", "sentences")
_LEAST_GAP = 0.01
_CHOOSERS = ("weights", "context", "alone")
_AIMS = {"de": 0.62, "ru": 0.45, "ar": 0.40}
"""Language -> share of the gap from dictionary order that the encoder should close."""


def markdown(results: Results) -> str:
    """Return all tables."""
    rows, texts = rows_of(results)["lexicons"], results["texts"]
    counts = ", ".join(f"{of_kind['texts']:,} {name}" for name, of_kind in texts.items())
    about = f"{counts}; starter lexicon `{results['lexicon']}`."
    tables = [heading(results), about, _coverage_table(rows, texts), _unchanged_table(rows)]
    tables += [_found_table(title, rows, kind) for kind, title in _UNITS.items()]
    if context.RESULTS.exists():
        tables.append(context_table(files.read_json(context.RESULTS)))
    return "\n\n".join(tables)


def closed(shares: Mapping[str, Any], base: str) -> float | None:
    """Return which share of the gap between `base` and any candidate the chosen candidates close.

    The share is None if the gap is below .01.

    Parameters
    ----------
    shares
        Shares of the units for which each choice is found.
    base
        "random" or "dictionary".
    """
    gap = shares["any"] - shares[base]
    return (shares["chosen"] - shares[base]) / gap if gap >= _LEAST_GAP else None


def _two(of: Callable[[str], float | None], texts: tuple[str, str]) -> str:
    found = [of(text) for text in texts]
    return " / ".join("-" if value is None else short(round(value, 2) + 0.0, digits=2) for value in found)  # not -.00


def _coverage_table(rows: list[Row], counts: Row) -> str:
    texts = ("questions", "paragraphs")
    words, content = (" / ".join(f"{counts[text][kind]:,}" for text in texts) for kind in ("words", "content"))
    head = ["", "lexicon", "terms", "pairs", f"words ({words})", "terms only"]
    head += [f"content words ({content})", "terms only"]
    lines = []
    for row in rows:
        cells = [
            _two(lambda text, forms=forms, kind=kind, row=row: row["covered"][forms][text][kind], texts)  # type: ignore[misc]
            for kind in ("words", "content")
            for forms in ("forms", "terms")
        ]
        lines.append([row["language"], row["lexicon"], f"{row['terms']:,}", f"{row['pairs']:,}", *cells])
    return section("Share of words in units, questions / paragraphs", head, lines)


def _unchanged_table(rows: list[Row]) -> str:
    head = ["", "lexicon", "p = .5", "terms only", "p = 1", "terms only"]
    lines = [
        [
            row["language"],
            row["lexicon"],
            *(short(row["unchanged"][forms][p]) for p in (".5", "1") for forms in ("forms", "terms")),
        ]
        for row in rows
    ]
    return section("Share of questions that stay unchanged", head, lines)


def _found_table(title: str, rows: list[Row], kind: str) -> str:
    head = ["questions / sentences", "lexicon", "units", "random", "dictionary order", "chosen", "any candidate"]
    head += ["gap closed, from random", "from dictionary order", "chosen, in another text"]
    lines = [_found_cells(row, {text: row["found"][text][kind] for text in _TEXTS}) for row in rows]
    return f"### {title}: share whose candidate is in the parallel text\n\n" + "\n".join(table(head, lines)).rstrip()


def _found_cells(row: Row, found: dict[str, Row]) -> list[str]:
    merged = row["lexicon"] in (MERGED, RANKED)

    def cell(name: str) -> str:
        return _two(lambda text: found[text][name], _TEXTS)

    return [
        row["language"],
        row["lexicon"],
        " / ".join(f"{found[text]['units']:,}" for text in _TEXTS),
        cell("random"),
        cell("dictionary") if merged else "",
        cell("chosen"),
        cell("any"),
        _two(lambda text: closed(found[text], "random"), _TEXTS),
        _two(lambda text: closed(found[text], "dictionary"), _TEXTS) if merged else "",
        cell("elsewhere"),
    ]


def context_table(results: Mapping[str, Any]) -> str:
    """Return the table of the encoder."""
    head = ["questions / sentences", "units", "dictionary order", "weights", "encoder", "encoder without context"]
    head += ["any candidate", "gap closed by weights", "by the encoder", "by the encoder without context", "aim"]
    title = f"Candidates chosen in context, merged lexicons, units with a content word: {results['model']}"
    lines = [_context_cells(row["language"], row["found"]) for row in results["rows"]]
    about = machine_line(results["machine"])
    sample = f"{results['sample']} questions and {results['sample']} sentences at equal distances"
    return f"{section(title, head, lines)}\n\n{about} {sample}; starter lexicon `{results['lexicon']}`."


def _context_cells(language: str, found: Mapping[str, Any]) -> list[str]:
    def cell(chooser: str, name: str) -> str:
        return _two(lambda text: found[text][chooser]["content"][name], _TEXTS)

    def gap(chooser: str) -> str:
        return _two(lambda text: closed(found[text][chooser]["content"], "dictionary"), _TEXTS)

    reached = all(
        (closed(found[text]["context"]["content"], "dictionary") or 0) >= _AIMS.get(language, 0) for text in _TEXTS
    )
    aim = short(_AIMS[language], digits=2) + ", **missed**" * (not reached) if language in _AIMS else ""
    units = " / ".join(f"{found[text]['weights']['content']['units']:,}" for text in _TEXTS)
    shares = [cell("weights", "dictionary"), *map(cell, _CHOOSERS, ["chosen"] * 3), cell("weights", "any")]
    return [language, units, *shares, *map(gap, _CHOOSERS), aim]
