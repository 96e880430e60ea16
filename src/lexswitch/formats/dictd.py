"""Dictionaries of the dictd server: ``NAME.index`` and ``NAME.dict`` or ``NAME.dict.dz`` (dictd(8), dictfmt(1)).

A line of the index is ``headword TAB offset TAB length``, with numbers in base 64. The text, plain or compressed, holds
each entry at its offset. Entries called ``00-database-...`` describe the dictionary. The layout of an entry depends on
the dictionary: FreeDict and Mueller have cleaning rules of their own, other dictionaries share common rules.

Dropped: "damaged index line"; "overlapping entry", which begins within another; "beyond the end of the text"; "entry of
more than 64 KiB"; "not UTF-8"; "unusable headword", for example with a placeholder inside; "no translation"; "no word
or phrase", such as remains of grammar; "explanation" instead of a translation. A file is refused if at least two
entries, and more than 1 % of all, are beyond the end of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from . import cleaning
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .cleaning import EntryCleaner
from .entries import choose_target, entry_pairs, weigh_by_position
from .families import find_family, find_unnamed_family
from .filesets import FileSet
from .habits import without_habits
from .spans import BEYOND, EntrySpans

_FILES = FileSet(index=(".index", ".index.gz"), text=(".dict.dz", ".dict", ".dict.gz"))

_LINE = re.compile(r"([^\t]*)\t([A-Za-z0-9+/]{1,10})\t([A-Za-z0-9+/]{1,10})(?:\t[^\t]*)?")
_OWN_ENTRY = re.compile(r"00-?database-?([a-z]+)")
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}

_MAX_BEYOND_SHARE = 0.01

_INDENT = "  "
_TERMS_OF_USE = re.compile(
    r"under\s+the\s+terms\s+of\s+(?:(?:both\s+)?the\s+)?(.{3,300}?)\.(?=\s*\n|\s+[A-Z]|\s*$)", re.DOTALL
)
# WikDict states its licence as "Licensed under the Creative Commons ... Unported\n  license".
_LICENSED = re.compile(r"Licensed\s+under\s+the\s+(.{3,300}?)\s+license\b", re.DOTALL)
_VERSION = re.compile(r"\bver\. (\S+)")


def _detect(sample: Sample) -> bool:
    """Whether both files exist and the lines of the index are valid."""
    index = _FILES.find(sample.path, "index")
    if index is None or not _FILES.has(sample.path):
        return False
    try:
        lines = sample.lines if index == sample.path else Sample(index).lines
    except (LexiconError, OSError):
        return False
    return any(lines) and all(_LINE.fullmatch(line) for line in lines[:100])


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(without_habits(file, _entries(file)))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    index, text = _FILES.need(file.path, "index"), _FILES.need(file.path, "text")
    entries, count, own = _read_index(file, index)
    _read_metadata(file, text, own)
    name = file.metadata.get("name", "")
    family = find_family(name, _FILES.stem(text))
    target = choose_target(file, family.languages)
    with file.open(text) as stream:
        read = entries.read(stream, file.drop)
        family, read = find_unnamed_family(family, name, read, lambda entry: entry[1].decode("utf-8", "replace"))
        found = (
            Entry(numbers[0], term, target, translation)
            for numbers, data in read
            for term, translation in _pairs(file, numbers[0], data, family.clean)
        )
        yield from weigh_by_position(found) if family.is_ordered else found
    check_end(file, text, count)


def check_end(file: LexiconFile, text: Path, count: int) -> None:
    """Raise LexiconError if many of the `count` entries are beyond the end of the text."""
    beyond = file.dropped[BEYOND]
    if beyond > max(1, _MAX_BEYOND_SHARE * count):
        raise LexiconError(
            f"{text} ends before {beyond} of its {count} entries; the file is truncated; download it again"
        )


def _read_index(file: LexiconFile, path: Path) -> tuple[EntrySpans, int, dict[str, EntrySpans]]:
    """The spans of the entries, their number, and the spans of the entries that describe the dictionary."""
    entries, count = EntrySpans(), 0
    own: dict[str, EntrySpans] = {}
    for number, line in file.lines(path):
        found = _LINE.fullmatch(line)
        if not found:
            file.drop("damaged index line", number, line)
            continue
        own_entry = _OWN_ENTRY.match(found[1])
        spans = own.setdefault(own_entry[1], EntrySpans()) if own_entry else entries
        spans.add(number, _number(found[2]), _number(found[3]))
        count += 1
    return entries, count, own


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 64 + _VALUES[digit]
    return value


def _read_metadata(file: LexiconFile, path: Path, own: dict[str, EntrySpans]) -> None:
    texts = {}
    for key in ("short", "info", "url"):
        if key in own:
            with file.open(path) as stream:
                for _, data in own[key].read(stream, file.drop):
                    texts[key] = data.decode("utf-8", "replace").strip()
    last_lines = {key: lines[-1].strip() for key, text in texts.items() if (lines := text.splitlines())}
    name, info = last_lines.get("short", ""), texts.get("info", "")
    found = {"name": name, "url": last_lines.get("url", "")}
    if terms := _TERMS_OF_USE.search(info) or _LICENSED.search(info):
        found["licence"] = " ".join(terms[1].split())
    if version := _VERSION.search(name):
        found["version"] = version[1]
    file.metadata.update({key: value for key, value in found.items() if value not in ("", "unknown")})


def _pairs(file: LexiconFile, number: int, data: bytes, clean: EntryCleaner) -> Iterator[tuple[str, str]]:
    """Yield the pairs of an entry."""
    try:
        lines = data.decode().strip("\n").split("\n")
    except UnicodeDecodeError:
        file.drop("not UTF-8", number, data[:100])
        return
    if clean is cleaning.clean:
        lines = _unwrapped(lines)
    yield from entry_pairs(file, number, lines[0], lines[1:], clean)


def _unwrapped(lines: list[str]) -> list[str]:
    """Join wrapped lines: if translations are indented, a line that is not indented continues the line before."""
    if not any(line.startswith(_INDENT) for line in lines):
        return lines
    whole: list[list[str]] = [[]]
    for line in lines:
        if line.startswith(_INDENT):
            whole.append([])
        whole[-1].append(line)
    return [" ".join(group) for group in whole]


FORMAT = Format("dictd", "dictd: NAME.index beside NAME.dict or NAME.dict.dz", _detect, _read)
