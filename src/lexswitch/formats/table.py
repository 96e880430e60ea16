"""Tables of pairs: TSV (tabs) and CSV (commas or semicolons), with or without a header line.

A header names the columns, in any order, also among other columns. Of several names in one row, the first is used:

=========== ==================================
term        term, word, headword, src, source
translation translation, translations, tgt, target
language    language, lang, target_language
weight      weight, score, probability, count
=========== ==================================

A header may also consist of languages, including the source language: codes that begin with two letters (``en``,
``pt-BR``), or English names of common languages. Then every other column holds translations; if there are several such
columns, empty fields are skipped.

Without a header, two columns are term and translation. Three columns are term, translation and weight if the third
holds numbers; they are term, language and translation if the second holds only valid BCP 47 codes. Four columns are
term, language, translation and weight. Weights have decimal points. If the file does not name the target language, the
caller must.

CSV is read as in RFC 4180, except that a line break always ends a row. Tab-separated fields are read literally, as in
the IANA registration of text/tab-separated-values, unless the first two fields of the file are in double quotes, as R
writes them. Without a header, a tab-separated field of terms may hold several, "a|b|c", as dictionary converters write
them.

A cell such as "Haus; Gebäude" becomes several translations if more than half of the first 200 cells of its column are
lists: two or more phrases of at most three words, separated by semicolons or commas, beside a term without this
separator. In such a column, a cell that is not a list itself stays whole. Provenance has the number of the cells that
were split, as "lists". A table with weights has one translation per row, so its cells are never split.

Dropped: "ragged line" (another number of fields, or invalid CSV), "line too long" (more than 128 Ki characters),
"weight is not a number", "wrong language code".
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TextIO

import numpy as np

from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from ..text.languages import to_bcp47
from .base import Format, LexiconFile, Sample, Writer
from .cleaning import between_bars

#: Names of the parts of a pair, in headers and in JSON objects.
NAMES = {
    "term": ("term", "word", "headword", "src", "source"),
    "translation": ("translation", "translations", "tgt", "target"),
    "language": ("language", "lang", "target_language"),
    "weight": ("weight", "score", "probability", "count"),
}

_LANGUAGES = """
afrikaans:af albanian:sq arabic:ar armenian:hy basque:eu bengali:bn bulgarian:bg catalan:ca chinese:zh croatian:hr
czech:cs danish:da dutch:nl english:en esperanto:eo estonian:et finnish:fi french:fr galician:gl georgian:ka german:de
greek:el hebrew:he hindi:hi hungarian:hu icelandic:is indonesian:id irish:ga italian:it japanese:ja korean:ko latin:la
latvian:lv lithuanian:lt macedonian:mk malay:ms norwegian:no persian:fa polish:pl portuguese:pt romanian:ro russian:ru
serbian:sr slovak:sk slovenian:sl spanish:es swahili:sw swedish:sv tamil:ta thai:th turkish:tr ukrainian:uk urdu:ur
vietnamese:vi welsh:cy
"""

_SAMPLE = 200
_MIN_SHARE = 0.9
_MIN_LIST_SHARE = 0.5
_MIN_LISTS = 3
_MAX_LIST_WORDS = 3
_MAX_MEAN_WORDS = 5
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_MAX_LENGTH = 1 << 17
MAX_CODE_LENGTH = 36

_FORM = (
    "name the columns term and translation (and language, weight), or their languages, in a header line; or write 2 "
    "columns (term, translation), 3 (also a weight, or a language code such as de in the middle) or 4 (term, language, "
    "translation, weight)"
)


class _Layout(NamedTuple):
    separator: str
    quotes: bool
    """Whether double quotes enclose fields."""
    width: int
    """Number of columns."""
    term: int
    """Position of the column, like the fields below."""
    translation: int
    language: int | None = None
    weight: int | None = None
    header: str | None = None
    targets: tuple[tuple[int, str], ...] = ()
    """Positions and languages of the columns of translations, if the header names languages."""
    lists: tuple[tuple[int, str], ...] = ()
    """Positions of the columns of translations whose cells are lists, and the separators of the lists."""


def _detect(sample: Sample) -> bool:
    """Whether a header names the columns, or columns hold short texts; MUSE reads two columns of single words."""
    lines = _sampled(sample)
    layout = _find_layout(lines)
    if layout is None or layout.header is not None:
        return layout is not None
    rows = [row for row in _split(lines, layout.separator, layout.quotes) if len(row) == layout.width]
    alone = layout.separator != "\t" and b"\n" not in sample.head.strip()  # perhaps an error message
    if alone or len(rows) < _MIN_SHARE * len(lines) or lines[0].startswith(("<", "{", "[")):
        return False
    terms, translations = ([row[column] for row in rows] for column in (layout.term, layout.translation))
    if 2 * sum(map(_is_code, terms, translations)) > len(rows):
        return False
    spaces = sum(text.strip().count(" ") for text in (*terms, *translations))
    if spaces > (_MAX_MEAN_WORDS - 1) * 2 * len(rows):
        return False
    if layout.width > 2 or layout.separator == "\t":
        return layout.width > 2 or spaces > 0 or bool(_with_lists(layout, lines).lists)
    return 2 * sum(text.startswith(" ") for text in translations) <= len(rows)  # not prose


def _is_code(term: str, translation: str) -> bool:
    """Return whether a row looks like source code: a text is empty, or the term has an open bracket."""
    is_open = any(term.count(left) > term.count(right) for left, right in _BRACKETS)
    return is_open or not term.strip() or not translation.strip()


def _sampled(sample: Sample) -> list[str]:
    return [line for line in sample.lines if line.strip()][:_SAMPLE]


def _find_layout(lines: list[str], source: str | None = None) -> _Layout | None:
    """Find the layout of the columns; without `source`, the source language, it may be incomplete."""
    for separator in "\t,;" if lines else "":
        first = lines[0].split(separator)
        quotes = separator != "\t" or (len(first) > 1 and _is_quoted(first[0]) and _is_quoted(first[1]))
        rows = _split(lines, separator, quotes)
        if named := _by_header(_Layout(separator, quotes, len(rows[0]), 0, 1), rows[0], lines[0]):
            return named
        if len(rows) > 1 and (named := _by_languages(_Layout(separator, quotes, len(rows[0]), 0, 1), rows[0], source)):
            return named._replace(header=lines[0])
        width, count = Counter(map(len, rows)).most_common(1)[0]
        if width > 1 and 2 * count > len(rows):
            return _by_content(_Layout(separator, quotes, width, 0, 1), [row for row in rows if len(row) == width])
    return None


def _with_lists(layout: _Layout, lines: list[str]) -> _Layout:
    """Return the layout with the columns whose cells are lists."""
    if layout.weight is not None:
        return layout
    start = lines.index(layout.header) + 1 if layout.header is not None else 0
    rows = [row for row in _split(lines[start:], layout.separator, layout.quotes) if len(row) == layout.width]
    found = []
    for position in [position for position, _ in layout.targets] or [layout.translation]:
        cells = [(row[layout.term], row[position]) for row in rows if row[position].strip()]
        for separator in ";,":
            count = sum(len(_items(term, cell, separator)) > 1 for term, cell in cells)
            if count >= _MIN_LISTS and count > _MIN_LIST_SHARE * len(cells):
                found.append((position, separator))
                break
    return layout._replace(lists=tuple(found))


def _items(term: str, cell: str, separator: str) -> list[str]:
    """Split a cell that is a list of short phrases; return the whole cell if it is not."""
    if separator not in cell or separator in term:
        return [cell]
    items = [item for item in map(str.strip, cell.split(separator)) if item]
    if any(item.count(" ") >= _MAX_LIST_WORDS or item.count("(") != item.count(")") for item in items):
        return [cell]
    return items or [cell]


def _is_quoted(field: str) -> bool:
    return len(field) > 1 and field[0] == field[-1] == '"'


def _by_header(layout: _Layout, row: list[str], line: str) -> _Layout | None:
    names = [name.strip().lower() for name in row]
    positions = {part: names.index(name) for part, known in NAMES.items() if (name := first_of(known, names))}
    if not {"term", "translation"} <= positions.keys():
        return None
    return layout._replace(
        term=positions["term"],
        translation=positions["translation"],
        language=positions.get("language"),
        weight=positions.get("weight"),
        header=line,
    )


def _by_languages(layout: _Layout, row: list[str], source: str | None) -> _Layout | None:
    """The layout if all column names are languages, including the source language; else None."""
    cells = [cell.strip() for cell in row]
    names = _language_names()
    languages = [names.get(cell.lower()) or two_letter_code(cell) for cell in cells]
    if len(row) < 2 or not all(languages) or len(set(languages)) < len(row):
        return None
    if source is not None and source not in languages:
        if all(cell.lower() in names or len(cell) > 2 for cell in cells):  # words that are not codes by chance
            some = " or ".join(f"source={language!r}" for language in languages)
            raise LexiconError(f"the columns are {', '.join(cells)[:200]}, but source is {source!r}; pass {some}")
        return None
    term = 0 if source is None else languages.index(source)
    targets = tuple(
        (position, language) for position, language in enumerate(languages) if language and position != term
    )
    return layout._replace(term=term, translation=targets[0][0], targets=targets)


@lru_cache
def _language_names() -> dict[str, str]:
    return dict(pair.split(":") for pair in _LANGUAGES.split())


def two_letter_code(text: str) -> str | None:
    """Return the BCP 47 code for a code with a two-letter language ("de", "pt_BR", but not "pos"), else None."""
    return (
        to_bcp47(text) if len(text.replace("_", "-").partition("-")[0]) == 2 and len(text) < MAX_CODE_LENGTH else None
    )


def first_of(known: Sequence[str], names: Container[str]) -> str | None:
    """Return the first of the known names that is in `names`, else None."""
    for name in known:
        if name in names:
            return name
    return None


def _by_content(layout: _Layout, rows: list[list[str]]) -> _Layout | None:
    columns = list(zip(*rows, strict=True))
    numeric = [_most(_is_number, column) for column in columns]
    # part-of-speech tags look like codes: "NN", or "adj" beside "noun"
    codes = all(to_bcp47(code.strip()) == code.strip() for code in columns[1])
    if numeric[0] or numeric[1]:
        return None
    if layout.width == 2:
        return layout
    if layout.width == 3 and numeric[2]:
        return layout._replace(weight=2)
    if layout.width == 3 and codes:
        return layout._replace(language=1, translation=2)
    if layout.width == 4 and codes and numeric[3] and not numeric[2]:
        return layout._replace(language=1, translation=2, weight=3)
    return None


def _most(test: Callable[[str], bool], values: Sequence[str]) -> bool:
    return sum(map(test, values)) >= _MIN_SHARE * len(values)


def _is_number(field: str) -> bool:
    return not math.isnan(_number(field))


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    layout = _layout_of(file)
    target = file.target if layout.language is None and not layout.targets else ""
    header = layout.header
    lists = dict(layout.lists)
    for line, text, _ in file.texts():
        if header is not None and text.strip():
            before, _, text = text.partition(header)
            line += before.count("\n") + 1
            text, header = text.removeprefix("\r").removeprefix("\n"), None
        lines, columns = columns_of(file, line, text, layout.separator, layout.width, layout.quotes)
        if not layout.targets:
            block = _without_lists(file, _block(file, layout, lines, columns, target), lists.get(layout.translation))
            yield block if layout.header or layout.separator != "\t" else _without_bars(block)
        for position, language in layout.targets:
            if file.wants(language):
                block = _block(file, layout._replace(translation=position), lines, columns, language)
                block = block.where(map(bool, columns[position])) if len(layout.targets) > 1 else block
                yield _without_lists(file, block, lists.get(position))


def _layout_of(file: LexiconFile) -> _Layout:
    try:
        lines = _sampled(Sample(file.path))
        layout = _find_layout(lines, file.source)
    except LexiconError as error:
        raise LexiconError(f"{file.path}:1: {error}") from None
    if layout is None:
        raise LexiconError(f"{file.path} is not a table of pairs; {_FORM}")
    return _with_lists(layout, lines)


def columns_of(
    file: LexiconFile, line: int, text: str, separator: str, width: int, quotes: bool = False
) -> tuple[Sequence[int], list[list[str]]]:
    """Return line numbers and columns of the rows with `width` fields; drop other rows, except blank lines."""
    quotes = quotes and '"' in text
    if not quotes and (columns := _columns_at_once(text, separator, width)):
        return range(line, line + len(columns[0])), columns
    texts = dict(enumerate(text.split("\n"), line))
    for number, each in texts.items():
        if len(each) > _MAX_LENGTH:
            file.drop("line too long", number, each[:100])
            texts[number] = ""
    lines, rows = [], []
    for number, row in zip(texts, _split(list(texts.values()), separator, quotes), strict=True):
        if len(row) == width:
            lines.append(number)
            rows.append(row)
        elif len(row) > 1 or "".join(row).strip():
            file.drop("ragged line", number, texts[number])
    return lines, [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _columns_at_once(text: str, separator: str, width: int) -> list[list[str]] | None:
    """Split all lines at once if each has `width` fields and none is too long; None otherwise."""
    body = text.removesuffix("\n")
    if "\r" in body:
        body = body.replace("\r\n", "\n").removesuffix("\r")
    data = np.frombuffer((body + "\n").encode(), dtype=np.uint8)
    offsets = ((data == ord(separator)) | (data == ord("\n"))).nonzero()[0]
    row = np.frombuffer((separator * (width - 1) + "\n").encode(), dtype=np.uint8)
    if len(offsets) % width or (data[offsets].reshape(-1, width) != row).any():
        return None
    if np.diff(offsets[width - 1 :: width], prepend=-1).max() > _MAX_LENGTH:
        return None
    fields = body.replace("\n", separator).split(separator)
    return [fields[column::width] for column in range(width)]


def _split(lines: list[str], separator: str, quotes: bool) -> list[list[str]]:
    """Split each line into fields; an invalid CSV line is one field."""
    lines = [line.removesuffix("\r") for line in lines]
    if not quotes:
        return [line.split(separator) for line in lines]
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        rows = []
    if len(rows) == len(lines):
        return rows
    return [_csv_row(line, separator) for line in lines]  # for example, a quote is not closed


def _csv_row(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return [line]


def _block(
    file: LexiconFile, layout: _Layout, lines: Sequence[int], columns: list[list[str]], target: str
) -> PairBlock:
    wrong: dict[int, str] = {}
    languages: str | list[str] = target
    weights = None
    if layout.weight is not None:
        weights = numbers(columns[layout.weight])
        wrong.update({row: "weight is not a number" for row, weight in enumerate(weights) if math.isnan(weight)})
    if layout.language is not None:
        codes = {code: to_bcp47(code.strip()) or "" for code in set(columns[layout.language])}
        languages = [codes[code] for code in columns[layout.language]]
        wrong.update({row: "wrong language code" for row, language in enumerate(languages) if not language})
    for row in sorted(wrong):
        file.drop(wrong[row], lines[row], [column[row] for column in columns])
    block = PairBlock(lines, columns[layout.term], languages, columns[layout.translation], weights)
    return block.where(row not in wrong for row in range(len(lines))) if wrong else block


def _without_bars(block: PairBlock) -> PairBlock:
    """Split each row with several terms, "a|b|c", into several rows."""
    if not any("|" in term for term in block.terms):
        return block
    found = [(row, term) for row, text in enumerate(block.terms) for term in between_bars(text)]
    rows = [row for row, _ in found]
    return block.at(rows)._replace(terms=[term for _, term in found])


def _without_lists(file: LexiconFile, block: PairBlock, separator: str | None) -> PairBlock:
    """Split each translation that is a list into several rows."""
    if separator is None or not any(separator in translation for translation in block.translations):
        return block
    rows: list[int] = []
    translations: list[str] = []
    count = 0
    for row, (term, cell) in enumerate(zip(block.terms, block.translations, strict=True)):
        items = _items(term, cell, separator)
        rows += [row] * len(items)
        translations += items
        count += len(items) > 1
    file.metadata["lists"] = str(int(file.metadata.get("lists", "0")) + count)
    return block.at(rows)._replace(translations=translations)


def numbers(fields: list[str]) -> list[float]:
    """Convert fields to numbers; NaN if a field is not a number."""
    try:
        return list(map(float, fields))
    except ValueError:
        return list(map(_number, fields))


def _number(field: str) -> float:
    try:
        return float(field)
    except ValueError:
        return math.nan


def write(pairs: Iterable[tuple[str, str, str, float]], stream: TextIO) -> None:
    r"""Write tab-separated lines with a header: term, language, translation, weight.

    Raises
    ------
    LexiconError
        If a translation contains a tab or a line break, which TSV cannot hold.
    """
    stream.write("term\tlanguage\ttranslation\tweight\n")
    for term, language, translation, weight in pairs:
        if "\t" in translation or "\n" in translation:
            raise LexiconError(f"the translation {translation!r} of {term!r} contains a tab or line break; write JSONL")
        stream.write(f"{term}\t{language}\t{translation}\t{float(weight)!r}\n")


FORMAT = Format(
    "table",
    "TSV or CSV: term, translation, and optionally language and weight",
    _detect,
    _read,
    writer=Writer("tsv", ".tsv", write),
)
