"""Entities of Wikidata, one per line (https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html).

A line has ten kilobytes or more, of which a title takes a few dozen bytes. So the lines are not parsed. Names are found
as byte strings in the form in which Wikibase writes them, and only the names are decoded. This is safe, because quotes
are escaped within JSON strings. Lines of another form are parsed as JSON.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from .cleaning import Cleaner
from .entity import ALIAS, LABEL, TITLE, Entity, Name
from .wikis import site_of

# Classes (property P31) of items that are not entities, and the reasons.
_EXCLUDED_CLASSES = {
    "Q4167410": "disambiguation",
    "Q22808320": "disambiguation",  # of human names
    "Q13406463": "list",
    "Q577": "date",  # year
    "Q39911": "date",  # decade
    "Q578": "date",  # century
    "Q11266439": "other namespace",  # template
    "Q14204246": "other namespace",  # project page
    "Q17442446": "other namespace",  # internal item
}
_CATEGORY = "Q4167836"
_BROKEN = "broken line"
_CLASS = re.compile(rb'"id":"(Q[0-9]+)"')
_STRING = rb'[^"\\]*(?:\\.[^"\\]*)*'
_ALIAS = re.compile(rb'"value":"(%b)"' % _STRING)
_ALIASES = re.compile(rb'(?:\{"language":"[^"]*","value":"%b"\},?)*' % _STRING)
_BACKSLASH, _BRACE = 0x5C, 0x7B
_SHORT = 8
_SHOWN = 60

_RawName: TypeAlias = tuple[str, bytes, float]
"""Language, text as JSON writes it between quotes, and weight."""


class EntityLines(NamedTuple):
    """The content of some lines."""

    entities: list[Entity]
    skipped: Counter[str]
    lines: int
    """Number of lines."""
    broken: list[tuple[int, str]]
    """Lines that are not entities: their numbers, from 1, and their first characters."""
    closed: bool
    """Whether the last line has the closing bracket of the list."""


class _Item(NamedTuple):
    """The names of an item, not decoded yet."""

    sources: list[_RawName]
    targets: list[_RawName]


_Outcome: TypeAlias = "_Item | str | None"
"""An item, or the reason why it is left out, or None if it has no names in the languages."""


class EntityReader:
    """Reads the items that have an article in the source language and a name in a target language.

    Parameters
    ----------
    cleaner : Cleaner
        Determines the languages, and whether labels and aliases are used.
    """

    def __init__(self, cleaner: Cleaner) -> None:
        self._bytes = _BytesParser(cleaner)
        self._json = _JsonParser(cleaner)
        self._key = f'"{site_of(cleaner.source)}":'.encode()

    def read(self, lines: bytes) -> EntityLines:
        """Read whole lines of a dump."""
        items: list[_Item] = []
        broken: list[tuple[int, str]] = []
        skipped: Counter[str] = Counter()
        number, first, before = 0, 0, b""
        while first < len(lines):
            end = lines.find(b"\n", first)
            last = end if end >= 0 else len(lines)
            number += 1
            try:
                line = lines[first:last] if self._may_have_article(lines, first, last) else b""
                item = self._item(line) if line and line != before else None
            except (ValueError, TypeError, AttributeError, LookupError):  # not JSON, or not that of an entity
                broken.append((number, lines[first : min(last, first + _SHOWN)].decode(errors="replace")))
            else:
                if line and line == before:
                    skipped["repeated line"] += 1
                elif isinstance(item, str):
                    skipped[item] += 1
                elif item is not None:
                    items.append(item)
                before = line or before
            first = last + 1
        if broken:
            skipped[_BROKEN] += len(broken)
        closed = lines[-_SHORT:].rstrip().endswith(b"]")
        return EntityLines(_decode(items, skipped), skipped, number, broken, closed)

    def entities_of(self, parsed: Iterable[Mapping[str, Any]]) -> tuple[list[Entity], Counter[str]]:
        """Return the entities among parsed items, and the number of others by reason."""
        items: list[_Item] = []
        skipped: Counter[str] = Counter()
        for entity in parsed:
            item = self._json.item(entity)
            if isinstance(item, str):
                skipped[item] += 1
            elif item is not None:
                items.append(item)
        return _decode(items, skipped), skipped

    def _may_have_article(self, lines: bytes, first: int, last: int) -> bool:
        """Return whether a line may be an item with an article in the source language; false for most lines.

        Raises
        ------
        ValueError
            If the line is not an entity.
        """
        if last - first < _SHORT and not lines[first:last].strip(b"[], \r"):
            return False  # the brackets of the list, or a blank line
        if lines[first] != _BRACE or not lines[max(first, last - _SHORT) : last].rstrip(b", \r").endswith(b"}"):
            raise ValueError
        links = lines.rfind(b'"sitelinks":', first, last)
        if links < 0:
            return lines.find(b'"sitelinks"', first, last) >= 0
        return lines.find(self._key, links, last) >= 0

    def _item(self, line: bytes) -> _Outcome:
        links = line.rfind(b'"sitelinks":{')
        titles = self._bytes.source_titles(line, links) if links >= 0 else []
        return self._bytes.item(line, links, titles) if titles else self._json.item(json.loads(line.rstrip(b", \r")))


class _BytesParser:
    """Finds the names of an item in the bytes of its line."""

    def __init__(self, cleaner: Cleaner) -> None:
        languages = (cleaner.source, *cleaner.languages)
        self._source = cleaner.source
        self._alternatives = cleaner.alternatives
        self._titles = [(code, _title_mark(site_of(code))) for code in languages]
        self._labels = [
            (code, f'"{code.lower()}":{{"language":"{code.lower()}","value":"'.encode()) for code in languages
        ]
        self._aliases = f'"{cleaner.source.lower()}":['.encode()

    def source_titles(self, line: bytes, links: int) -> list[_RawName]:
        """Return the title in the source language, given where the links begin; none if it is written otherwise."""
        return [(language, text, TITLE) for language, text in _strings_after(line, self._titles[:1], links)]

    def item(self, line: bytes, links: int, sources: list[_RawName]) -> _Outcome:
        targets = [(language, text, TITLE) for language, text in _strings_after(line, self._titles[1:], links)]
        if self._alternatives:
            labels = self._label_names(line, (*sources, *targets))
            sources += [label for label in labels if label[0] == self._source]
            targets += [label for label in labels if label[0] != self._source]
        if not targets:
            return None
        classes = _classes_of(line)
        if reason := _exclusion(classes):
            return reason
        if self._alternatives:
            sources += [(self._source, text, ALIAS) for text in self._alias_texts(line)]
        return _Item(_with_english_namespace(sources, classes), targets)

    def _label_names(self, line: bytes, titles: Iterable[_RawName]) -> list[_RawName]:
        """Return the labels that differ from the titles."""
        first = line.find(b'"labels":{')
        last = line.find(b'"descriptions":', first)
        found = _strings_after(line, self._labels, first, last)
        return [(language, text, LABEL) for language, text in found if (language, text, TITLE) not in titles]

    def _alias_texts(self, line: bytes) -> list[bytes]:
        first = line.find(b'"aliases":{')
        first = line.find(self._aliases, first, line.find(b'"claims":', first)) if first >= 0 else -1
        found = _ALIASES.match(line, first + len(self._aliases)) if first >= 0 else None
        return _ALIAS.findall(found[0]) if found else []


class _JsonParser:
    """Finds the names of an item in its parsed JSON."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._source = cleaner.source
        self._alternatives = cleaner.alternatives
        self._sites = [(code, site_of(code)) for code in (cleaner.source, *cleaner.languages)]

    def item(self, entity: Mapping[str, Any]) -> _Outcome:
        links = entity["sitelinks"] or {}
        if self._sites[0][1] not in links:
            return None
        names = [(code, _quoted(links[site]["title"]), TITLE) for code, site in self._sites if site in links]
        if self._alternatives:
            labels = entity.get("labels") or {}
            names += [
                (code, _quoted(labels[code.lower()]["value"]), LABEL)
                for code, _ in self._sites
                if code.lower() in labels and (code, _quoted(labels[code.lower()]["value"]), TITLE) not in names
            ]
            aliases = (entity.get("aliases") or {}).get(self._source.lower(), [])
            names += [(self._source, _quoted(alias["value"]), ALIAS) for alias in aliases]
        sources = [name for name in names if name[0] == self._source]
        targets = [name for name in names if name[0] != self._source]
        if not targets:
            return None
        classes = [
            claim["mainsnak"]["datavalue"]["value"]["id"]
            for claim in (entity.get("claims") or {}).get("P31", [])
            if claim["mainsnak"]["snaktype"] == "value"
        ]
        return _exclusion(classes) or _Item(_with_english_namespace(sources, classes), targets)


def _title_mark(site: str) -> bytes:
    return f'"{site}":{{"site":"{site}","title":"'.encode()


def _strings_after(
    line: bytes, marks: Iterable[tuple[str, bytes]], first: int, last: int | None = None
) -> list[tuple[str, bytes]]:
    """Return the languages and strings of the marks that occur between two offsets."""
    found = []
    for language, mark in marks:
        start = line.find(mark, first, last)
        if start >= 0:
            start += len(mark)
            end = line.find(b'"', start)
            if line[end - 1] == _BACKSLASH:
                end = _end_of_string(line, start)
            found.append((language, line[start:end]))
    return found


def _end_of_string(line: bytes, first: int) -> int:
    """Return the offset of the quote that ends a string: the first one after an even number of backslashes."""
    end = line.index(b'"', first)
    while line[end - 1] == _BACKSLASH and (end - len(line[first:end].rstrip(b"\\")) - first) % 2:
        end = line.index(b'"', end + 1)
    return end


def _classes_of(line: bytes) -> list[str]:
    """Return the classes of an item, at least the first one."""
    first = line.find(b'"P31":[')
    if first < 0:
        return []
    last = line.find(b'],"P', first)  # the next property, or a qualifier
    return [name.decode() for name in _CLASS.findall(line, first, last if last >= 0 else len(line))]


def _exclusion(classes: Iterable[str]) -> str:
    """Return why an item of these classes is not an entity; empty if it is one."""
    return next((_EXCLUDED_CLASSES[name] for name in classes if name in _EXCLUDED_CLASSES), "")


def _with_english_namespace(names: list[_RawName], classes: Iterable[str]) -> list[_RawName]:
    """Replace the namespace in the names of a category by its English name, which the cleaner knows."""
    if _CATEGORY not in classes:
        return names
    return [
        (language, b"Category:" + text.partition(b":")[2], weight) for language, text, weight in names if b":" in text
    ]


def _quoted(text: str) -> bytes:
    """Return a text as JSON writes it between quotes."""
    return json.dumps(text)[1:-1].encode()


def _decode(items: list[_Item], skipped: Counter[str]) -> list[Entity]:
    """Decode the names of items, all at once: joined, they are one JSON list."""
    texts = [text for item in items for names in item for _, text, _ in names]
    try:
        decoded: Iterator[Any] = iter(json.loads(b'["' + b'","'.join(texts) + b'"]') if texts else [])
        return [
            Entity(*([Name(language, next(decoded), weight) for language, _, weight in names] for names in item))
            for item in items
        ]
    except ValueError:
        if len(items) == 1:
            skipped[_BROKEN] += 1
            return []
    return [entity for item in items for entity in _decode([item], skipped)]
