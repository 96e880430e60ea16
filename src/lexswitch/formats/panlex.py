"""The PanLex database as CSV: the folder ``panlex-YYYYMMDD-csv`` of a snapshot from https://panlex.org/snapshot/.

Three of its files are needed in one folder, compressed or not. The path is the folder or one of these files:

============== ============================================================
langvar.csv    language varieties: id, lang_code (ISO 639), var_code, ...
expr.csv       expressions: id, langvar, txt, txt_degr
denotation.csv meanings of expressions: id, meaning, expr
============== ============================================================

Two expressions are translations of each other if a source (a dictionary) assigns them the same meaning
(https://dev.panlex.org/database-design/). The weight of a pair is its number of shared meanings. Only the first variety
(var_code 0) of each language is read; other varieties are dialects, scripts and romanisations. An ISO 639-3 code counts
as the broader code in common use ("arb" as "ar", "cmn" as "zh"), unless the caller requests it.

The snapshot has tens of millions of expressions, so the caller must name the target languages. Memory holds the
expressions of the requested languages (as UTF-8) and 16 bytes for each of their denotations. Pairs are formed term by
term.
Dropped: "ragged line", "line too long", "meaning of too many words" (more than 100 translations for each target
language).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..engine.packing import Ints, Packed, concatenate, pack
from ..engine.splicing import take
from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from ..text.languages import to_bcp47
from .base import Format, LexiconFile, Sample
from .table import columns_of

_FILES = {
    "langvar.csv": ("id", "lang_code", "var_code"),
    "expr.csv": ("id", "langvar", "txt"),
    "denotation.csv": ("id", "meaning", "expr"),
}
_SUFFIXES = ("", ".gz", ".bz2", ".xz", ".zst")
_MAX_TRANSLATIONS = 100
_CHUNK = 1 << 18


class _Expressions(NamedTuple):
    ids: Ints
    """Ascending."""
    languages: Ints
    """Position in the list of languages; the source language is 0."""
    texts: Packed


class _Denotations(NamedTuple):
    meanings: Ints
    rows: Ints
    """Rows of the expressions."""

    def take(self, order: Ints) -> _Denotations:
        return _Denotations(self.meanings[order], self.rows[order])


def _detect(sample: Sample) -> bool:
    if sample.path.is_dir():
        return all(_path(sample.path, name) for name in _FILES)
    names = {name.strip('" ') for name in sample.lines[0].split(",")} if sample.lines else set()
    return any(names >= set(columns) for columns in _FILES.values())


def _path(folder: Path, name: str) -> Path | None:
    return next((path for suffix in _SUFFIXES if (path := folder / (name + suffix)).is_file()), None)


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    if not file.targets:
        raise LexiconError(f"{file.path}: PanLex has thousands of languages; name those you want: target=['de', 'ru']")
    file.metadata.update(name="PanLex", licence="CC0-1.0", url="https://panlex.org")
    languages = [file.source, *(target for target in file.targets if target != file.source)]
    expressions = _expressions(file, _varieties(file, languages))
    if len(expressions.ids):
        yield from _blocks(file, languages, expressions, *_denotations(file, expressions))


def _columns(file: LexiconFile, name: str) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """Yield line numbers and the required columns of a file, in blocks."""
    folder = file.path if file.path.is_dir() else file.path.parent
    path = _path(folder, name)
    if path is None:
        raise LexiconError(f"{folder} has no {name}; PanLex needs {', '.join(_FILES)} in one folder, of one snapshot")
    positions: list[int] = []
    width = 0
    for line, text, _ in file.texts(path):
        if not positions:
            header, _, text = text.partition("\n")
            line += 1
            names = [column.strip('" \r') for column in header.split(",")]
            if not set(_FILES[name]) <= set(names):
                raise LexiconError(f"{path}:1: the columns are {names}; they must include {', '.join(_FILES[name])}")
            positions, width = [names.index(column) for column in _FILES[name]], len(names)
        lines, columns = columns_of(file, line, text, ",", width, quotes=True)
        yield lines, [columns[position] for position in positions]


def _varieties(file: LexiconFile, languages: list[str]) -> dict[str, int]:
    """The identifiers of the language varieties to read, with the positions of their languages."""
    varieties = {}
    for _, columns in _columns(file, "langvar.csv"):
        for identifier, code, number in zip(*columns, strict=True):
            bcp47 = to_bcp47(code)
            language = bcp47 and file.asked_code(bcp47)
            if language in languages and number.strip("0") == "":
                varieties[identifier] = languages.index(language)
    if 0 not in varieties.values():
        raise LexiconError(f"{file.path} has no language {file.source!r}; pass another source language")
    return varieties


def _expressions(file: LexiconFile, varieties: dict[str, int]) -> _Expressions:
    ids: list[int] = []
    languages: list[int] = []
    texts = []
    for lines, (identifiers, langvars, words) in _columns(file, "expr.csv"):
        block = []
        for row, langvar in enumerate(langvars):
            if langvar not in varieties:
                continue
            if _is_id(identifiers[row]):
                ids.append(int(identifiers[row]))
                languages.append(varieties[langvar])
                block.append(words[row])
            else:
                file.drop("ragged line", lines[row], identifiers[row])
        texts.append(pack(block))
    found = _Expressions(np.array(ids, dtype=np.int64), np.array(languages, dtype=np.int64), concatenate(texts))
    order = found.ids.argsort(kind="stable")
    return _Expressions(found.ids[order], found.languages[order], take(found.texts, order))


def _is_id(field: str) -> bool:
    return field.isascii() and field.isdecimal() and len(field) < 19


def _denotations(file: LexiconFile, expressions: _Expressions) -> tuple[_Denotations, _Denotations]:
    """Return the denotations of the source language, by expression, and of the target languages, by meaning."""
    meanings, rows = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    last = len(expressions.ids) - 1
    for lines, (_, *columns) in _columns(file, "denotation.csv"):
        meaning, identifier = _integers(file, lines, columns)
        row = np.searchsorted(expressions.ids, identifier).clip(max=last)
        known = expressions.ids[row] == identifier
        meanings.append(meaning[known])
        rows.append(row[known])
    found = _Denotations(np.concatenate(meanings), np.concatenate(rows))
    is_source = expressions.languages[found.rows] == 0
    sources, targets = (_Denotations(found.meanings[chosen], found.rows[chosen]) for chosen in (is_source, ~is_source))
    return sources.take(sources.rows.argsort(kind="stable")), targets.take(targets.meanings.argsort(kind="stable"))


def _integers(file: LexiconFile, lines: Sequence[int], columns: list[list[str]]) -> Ints:
    try:
        return np.array([list(map(int, column)) for column in columns], dtype=np.int64)
    except (ValueError, OverflowError):
        rows = list(zip(*columns, strict=True))
    whole = [all(map(_is_id, row)) for row in rows]
    for row, kept in enumerate(whole):
        if not kept:
            file.drop("ragged line", lines[row], rows[row])
    kept_rows = [list(map(int, row)) for row, kept in zip(rows, whole, strict=True) if kept]
    return np.array(kept_rows, dtype=np.int64).reshape(-1, len(columns)).T


def _blocks(
    file: LexiconFile, languages: list[str], expressions: _Expressions, sources: _Denotations, targets: _Denotations
) -> Iterator[PairBlock]:
    """Yield the pairs in blocks of consecutive terms."""
    begins = np.searchsorted(targets.meanings, sources.meanings)
    sizes = np.searchsorted(targets.meanings, sources.meanings, side="right") - begins
    excessive = sizes > _MAX_TRANSLATIONS * (len(languages) - 1)
    for line, meaning in zip(
        expressions.ids[sources.rows[excessive]].tolist(), sources.meanings[excessive], strict=True
    ):
        file.drop("meaning of too many words", line, int(meaning))
    sizes[excessive] = 0
    edges = np.append(np.diff(sources.rows, prepend=-1).nonzero()[0], len(sizes))  # the start of each term
    totals = np.append(0, sizes.cumsum())[edges]
    start = 0
    while start < len(edges) - 1:
        end = max(start + 1, int(np.searchsorted(totals, totals[start] + _CHUNK, side="right")) - 1)
        some = slice(edges[start], edges[end])
        terms = sources.rows[some].repeat(sizes[some])
        positions = (begins[some] - sizes[some].cumsum() + sizes[some]).repeat(sizes[some]) + np.arange(len(terms))
        yield _block(languages, expressions, terms, targets.rows[positions])
        start = end


def _block(languages: list[str], expressions: _Expressions, terms: Ints, translations: Ints) -> PairBlock:
    """Count the shared meanings of each pair; sort by term, count and translation."""
    count = len(expressions.ids)
    keys, shared = np.unique(terms * count + translations, return_counts=True)
    keys, shared = (column[np.lexsort((keys, -shared, keys // count))] for column in (keys, shared))
    terms, translations = np.divmod(keys, count)
    return PairBlock(
        expressions.ids[terms].tolist(),
        take(expressions.texts, terms).unpack(),
        [languages[position] for position in expressions.languages[translations].tolist()],
        take(expressions.texts, translations).unpack(),
        shared.astype(np.float64).tolist(),
    )


FORMAT = Format("panlex", "the PanLex database as CSV: langvar.csv, expr.csv, denotation.csv", _detect, _read)
