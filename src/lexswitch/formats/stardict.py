"""StarDict dictionaries, format 2.4.2 and 3.0.0: ``NAME.ifo``, ``NAME.idx`` (or .gz), ``NAME.dict`` (or .dz).

The first file describes the dictionary in lines ``key=value``. The index holds a headword, a zero byte, an offset and
a size for each entry (offsets have 32 bits, or 64 with ``idxoffsetbits=64``). The optional ``NAME.syn`` (or .dz) holds
synonyms: the word, a zero byte and the number of an entry in the index (32 bits, from 0). A synonym is another headword
of that entry. An entry consists of typed fields: plain text (m), Pango markup (g), HTML (h) and XDXF (x) are read;
pronunciation, sounds and pictures are skipped. The dictionary's family determines how text is cleaned, as in the format
dictd.

Dropped: "damaged index entry"; "damaged synonym", whose entry is not in the index; and what the format dictd drops. A
truncated text is an error, as in the format dictd.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .dictd import check_end
from .entries import choose_target, entry_pairs, weigh_by_position
from .families import Family, find_family, find_unnamed_family
from .filesets import FileSet
from .habits import without_habits
from .markup import text_lines
from .spans import EntrySpans

_FILES = FileSet(
    info=(".ifo",),
    index=(".idx", ".idx.gz", ".idx.dz"),
    text=(".dict.dz", ".dict", ".dict.gz"),
    synonyms=(".syn", ".syn.dz", ".syn.gz"),
)
_MAGIC = "StarDict's dict ifo file"
_METADATA = {"bookname": "name", "website": "url"}

_MAX_INFO_SIZE = 1 << 16
_MAX_INDEX_SIZE = 1 << 28
_MAX_WORD_SIZE = 1 << 12

_PLAIN, _MARKUP = "ml", "ghx"


def _detect(sample: Sample) -> bool:
    """Whether an information file of this name exists and begins with the right line."""
    info = _FILES.find(sample.path, "info") if _FILES.has(sample.path) else None
    try:
        return info is not None and (sample if info == sample.path else Sample(info)).lines[:1] == [_MAGIC]
    except (LexiconError, OSError):
        return False


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(without_habits(file, _entries(file)))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    path = file.path
    info = _read_info(file, _FILES.need(path, "info"))
    index, text = _FILES.need(path, "index"), _FILES.need(path, "text")
    file.metadata.update({_METADATA[key]: value for key, value in info.items() if key in _METADATA and value})
    name = info.get("bookname", "")
    family = find_family(name, _FILES.stem(path))
    target = choose_target(file, family.languages)
    words, spans = _read_index(file, index, wide=info.get("idxoffsetbits") == "64")
    if synonyms := _FILES.find(path, "synonyms"):
        _read_synonyms(file, synonyms, words, spans)
    types = info.get("sametypesequence", "")
    with file.open(text) as stream:
        read = spans.read(stream, file.drop)
        family, read = find_unnamed_family(family, name, read, lambda entry: entry[1].decode("utf-8", "replace"))
        found = (
            Entry(number, term, target, translation)
            for numbers, data in read
            for number, headword, lines in _articles(words, numbers, _lines(file, numbers[0], data, types, family))
            for term, translation in entry_pairs(file, number, headword, lines, family.clean)
        )
        yield from weigh_by_position(found) if family.is_ordered else found
    check_end(file, text, len(words))


def _read_info(file: LexiconFile, path: Path) -> dict[str, str]:
    with file.open(path) as stream:
        lines = stream.read(_MAX_INFO_SIZE).decode("utf-8-sig", "replace").splitlines()
    if lines[:1] != [_MAGIC]:
        raise LexiconError(f"{path}:1: this is not a StarDict dictionary; its first line must be {_MAGIC!r}")
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines[1:])}


class _Words:
    """The headwords of an index, followed by the synonyms, by number from 1."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._starts = array("q")

    def add(self, start: int) -> int:
        """Add the offset of a headword; return its number."""
        self._starts.append(start)
        return len(self._starts)

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> bytes:
        start = self._starts[number - 1]
        return self.data[start : self.data.index(b"\0", start)]


def _read_index(file: LexiconFile, path: Path, wide: bool) -> tuple[_Words, EntrySpans]:
    """The headwords, and the spans of their entries."""
    data = _read_whole(file, path)
    span = struct.Struct(">QI" if wide else ">II")
    words, spans = _Words(data), EntrySpans()
    start = 0
    while start < len(data):
        end = data.find(b"\0", start, start + _MAX_WORD_SIZE) + 1
        number = words.add(start)
        if not end or end + span.size > len(data):  # the next one cannot be located either
            file.drop("damaged index entry", number, data[start : start + 100])
            break
        spans.add(number, *span.unpack_from(data, end))
        start = end + span.size
    return words, spans


def _read_whole(file: LexiconFile, path: Path) -> bytes:
    with file.open(path) as stream:
        data = stream.read(_MAX_INDEX_SIZE + 1)
    if len(data) > _MAX_INDEX_SIZE:
        raise LexiconError(f"{path}: an index of more than 256 MiB; this is not a dictionary")
    return data


def _read_synonyms(file: LexiconFile, path: Path, words: _Words, spans: EntrySpans) -> None:
    """Add the synonyms to the headwords, each with the span of its entry."""
    count, start = len(spans), len(words.data)
    words.data += _read_whole(file, path)
    while start < len(words.data):
        end = words.data.find(b"\0", start, start + _MAX_WORD_SIZE) + 1
        number = words.add(start)
        data = words.data[end : end + 4] if end else b""
        entry = int.from_bytes(data, "big")
        if len(data) == 4 and entry < count:
            spans.add_another(number, entry)
        else:
            file.drop("damaged synonym", number, words.data[start : start + 100])
            if len(data) < 4:  # the next one cannot be located either
                break
        start = end + 4


def _lines(file: LexiconFile, number: int, data: bytes, types: str, family: Family) -> list[str]:
    """The lines of the readable fields of an entry."""
    lines = []
    for kind, field in _fields(data, types):
        if kind not in _PLAIN + _MARKUP:
            continue
        try:
            text = field.decode()
        except UnicodeDecodeError:
            file.drop("not UTF-8", number, field[:100])
            return []
        if kind in _PLAIN:
            lines += text.split("\n")
        else:
            lines += text_lines(text, is_xdxf=True) if kind == "x" else family.lines(text)
    if not lines:
        file.drop("no translation", number)
    return lines


def _articles(words: _Words, numbers: Sequence[int], lines: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the number, headword and lines of each headword that shares an entry."""
    if not lines:
        return
    headwords = [words[number].decode("utf-8", "replace") for number in numbers]
    label, senses = _without_headline(headwords, lines)
    for number, headword in zip(numbers, headwords, strict=True):
        yield number, headword + label, senses


def _fields(data: bytes, types: str) -> Iterator[tuple[str, bytes]]:
    """Yield type and content of the fields of an entry.

    Fields with a lower-case type end with a zero byte; those with an upper-case type begin with their size. If the
    information file lists the types of all entries, entries omit the types and the end of the last field.
    """
    start, known = 0, iter(types)
    last = len(types)
    while start < len(data):
        last -= 1
        kind = next(known, "") if types else chr(data[start])
        start += not types
        if types and last <= 0:
            yield kind, data[start:]
            return
        if kind.isupper():
            size = int.from_bytes(data[start : start + 4], "big")
            start += 4
            yield kind, data[start : start + size]
            start += size
        else:
            end = data.find(b"\0", start)
            end = len(data) if end < 0 else end
            yield kind, data[start:end]
            start = end + 1


def _without_headline(headwords: list[str], lines: list[str]) -> tuple[str, list[str]]:
    """Split off a first line that repeats a headword or is all grammar; return its label and the other lines.

    A single line is kept, because "taxi" may translate "taxi".
    """
    first = lines[0].strip()
    if len(lines) == 1:
        return "", lines
    for headword in headwords:
        label = first.removeprefix(headword).strip()
        if first.startswith(headword) and (not label or (label[0] in "/[<(" and label[-1] in "/]>)")):
            return f" {label}".rstrip(), lines[1:]
    return (f" {first}", lines[1:]) if first.startswith("<") and first.endswith(">") else ("", lines)


FORMAT = Format("stardict", "StarDict: NAME.ifo beside NAME.idx and NAME.dict or NAME.dict.dz", _detect, _read)
