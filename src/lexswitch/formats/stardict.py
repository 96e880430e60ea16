"""StarDict dictionaries, format 2.4.2 and 3.0.0: ``NAME.ifo``, ``NAME.idx`` (or .gz), ``NAME.dict`` (or .dz).

The first file describes the dictionary in lines ``key=value``. The index is a headword, a zero byte, offset and size
(32 bits, or 64 with ``idxoffsetbits=64``) for each entry. ``NAME.syn`` (or .dz), which may be missing, is a synonym, a
zero byte and the number of an entry in the index (32 bits, from 0); a synonym is a headword of that entry too. An entry
is fields of a type each: plain text (m), Pango markup (g), HTML (h) and XDXF (x) are read; pronunciation, sounds and
pictures are skipped. The text is cleaned by the dictionary's family, as in the format dictd.

Dropped: "damaged index entry"; "damaged synonym", one of an entry that is not in the index; and what the format dictd
drops. A text that is cut off is an error as there.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path

from ..errors import LexiconError
from ..lexicon.columns import PairBlock
from .base import Entry, Format, LexiconFile, Sample, in_blocks
from .dictd import check_end
from .entries import choose_target, entry_pairs
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

_LONGEST_INFO = 1 << 16
_LONGEST_INDEX = 1 << 28
_LONGEST_WORD = 1 << 12

_PLAIN, _MARKUP = "ml", "ghx"


def _detect(sample: Sample) -> bool:
    """There is an information file of this name, which begins as it must."""
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
        for numbers, data in read:
            lines = _lines(file, numbers[0], data, types, family)
            if not lines:
                continue
            headwords = [words[number].decode("utf-8", "replace") for number in numbers]
            label, senses = _without_headline(headwords, lines)
            for number, headword in zip(numbers, headwords, strict=True):
                for pair in entry_pairs(file, number, headword + label, senses, family.clean):
                    yield Entry(number, pair[0], target, pair[1])
    check_end(file, text, len(words))


def _read_info(file: LexiconFile, path: Path) -> dict[str, str]:
    with file.open(path) as stream:
        lines = stream.read(_LONGEST_INFO).decode("utf-8-sig", "replace").splitlines()
    if lines[:1] != [_MAGIC]:
        raise LexiconError(f"{path}:1: this is no StarDict dictionary, whose first line is {_MAGIC!r}")
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines[1:])}


class _Words:
    """The headwords in an index, and the synonyms after them, by number from 1."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._starts = array("q")

    def add(self, start: int) -> int:
        """Note where a headword begins; return its number."""
        self._starts.append(start)
        return len(self._starts)

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> bytes:
        start = self._starts[number - 1]
        return self.data[start : self.data.index(b"\0", start)]


def _read_index(file: LexiconFile, path: Path, wide: bool) -> tuple[_Words, EntrySpans]:
    """The headwords and where their entries are."""
    data = _read_whole(file, path)
    place = struct.Struct(">QI" if wide else ">II")
    words, spans = _Words(data), EntrySpans()
    start = 0
    while start < len(data):
        end = data.find(b"\0", start, start + _LONGEST_WORD) + 1
        number = words.add(start)
        if not end or end + place.size > len(data):  # where the next one begins is not known either
            file.drop("damaged index entry", number, data[start : start + 100])
            break
        spans.add(number, *place.unpack_from(data, end))
        start = end + place.size
    return words, spans


def _read_whole(file: LexiconFile, path: Path) -> bytes:
    with file.open(path) as stream:
        data = stream.read(_LONGEST_INDEX + 1)
    if len(data) > _LONGEST_INDEX:
        raise LexiconError(f"{path}: an index of more than 256 MiB; this is no dictionary")
    return data


def _read_synonyms(file: LexiconFile, path: Path, words: _Words, spans: EntrySpans) -> None:
    """Add synonyms to the headwords, each with the place of the entry that it names."""
    count, start = len(spans), len(words.data)
    words.data += _read_whole(file, path)
    while start < len(words.data):
        end = words.data.find(b"\0", start, start + _LONGEST_WORD) + 1
        number = words.add(start)
        data = words.data[end : end + 4] if end else b""
        of = int.from_bytes(data, "big")
        if len(data) == 4 and of < count:
            spans.add_another(number, of)
        else:
            file.drop("damaged synonym", number, words.data[start : start + 100])
            if len(data) < 4:  # where the next one begins is not known either
                break
        start = end + 4


def _lines(file: LexiconFile, number: int, data: bytes, types: str, family: Family) -> list[str]:
    """The lines of the fields of an entry that can be read."""
    lines = []
    for kind, field in _fields(data, types):
        if kind not in _PLAIN + _MARKUP:
            continue
        try:
            text = field.decode()
        except UnicodeDecodeError:
            file.drop("no UTF-8", number, field[:100])
            return []
        if kind in _PLAIN:
            lines += text.split("\n")
        else:
            lines += text_lines(text, is_xdxf=True) if kind == "x" else family.lines(text)
    if not lines:
        file.drop("no translation", number)
    return lines


def _fields(data: bytes, types: str) -> Iterator[tuple[str, bytes]]:
    """The fields of an entry: small letters end with a zero byte, capitals begin with their size.

    Where the dictionary tells the types of all entries, they are left out here, and so is the last field's end.
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
    """Split off a first line that repeats a headword or is all grammar: what it has after the headword, other lines.

    An only line stays: "taxi" may well translate "taxi".
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
