"""Entities of Wikidata, one a line (https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html).

A line has ten kilobytes or more, of which a title is a few dozen bytes. So names are looked for as bytes, in the form
in which Wikibase writes them, and only they are decoded; lines of another form are parsed as JSON. What is looked for
cannot stand within a string of JSON, where quotes are escaped.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .cleaning import Cleaner
from .entity import ALIAS, LABEL, TITLE, Entity, Name
from .wikis import site_of

# What an item is an instance of (property P31), of those that are no things.
_STRANGERS = {
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

_Raw = tuple[str, bytes, float]
"""Language, text as JSON has it between quotes, and weight."""


class EntityLines(NamedTuple):
    """What some lines hold."""

    entities: list[Entity]
    skipped: Counter[str]
    lines: int
    """Number of lines."""
    broken: list[tuple[int, str]]
    """Those that are no entities: numbers, from 1, and how they begin."""
    closed: bool
    """Whether they end with the bracket that ends the list."""


class _Item(NamedTuple):
    """The names of an item, not yet decoded."""

    sources: list[_Raw]
    targets: list[_Raw]


class EntityReader:
    """Reads the items that have an article in the source language and a name in a target language.

    Parameters
    ----------
    cleaner : Cleaner
        Says which languages, and whether labels and aliases count.
    """

    def __init__(self, cleaner: Cleaner) -> None:
        languages = (cleaner.source, *cleaner.languages)
        self._alternatives = cleaner.alternatives
        self._source = cleaner.source
        self._site = site_of(cleaner.source)
        self._titles = [(code, _title_mark(site_of(code))) for code in languages]
        self._labels = [
            (code, f'"{code.lower()}":{{"language":"{code.lower()}","value":"'.encode()) for code in languages
        ]
        self._aliases = f'"{cleaner.source.lower()}":['.encode()
        self._key = f'"{self._site}":'.encode()

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
                line = lines[first:last] if self._may_be_wanted(lines, first, last) else b""
                item = self._item(line) if line and line != before else None
            except (ValueError, TypeError, AttributeError, LookupError):  # no JSON, or not that of an entity
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
        return EntityLines(_decoded(items, skipped), skipped, number, broken, closed)

    def _may_be_wanted(self, lines: bytes, first: int, last: int) -> bool:
        """Whether a line may be an item with an article; of most lines that is said at once.

        Raises
        ------
        ValueError
            If it is no entity.
        """
        if last - first < _SHORT and not lines[first:last].strip(b"[], \r"):
            return False  # the brackets of the list, a blank line
        if lines[first] != _BRACE or not lines[max(first, last - _SHORT) : last].rstrip(b", \r").endswith(b"}"):
            raise ValueError
        links = lines.rfind(b'"sitelinks":', first, last)
        if links < 0:
            return lines.find(b'"sitelinks"', first, last) >= 0
        return lines.find(self._key, links, last) >= 0

    def _item(self, line: bytes) -> _Item | str | None:
        """The names of an item, or why it is none, or None if it has none that are wanted."""
        links = line.rfind(b'"sitelinks":{')
        if links < 0:
            return self._parsed(line)
        titles = _found(line, self._titles[:1], links)
        if not titles:
            return self._parsed(line)
        sources = [(language, text, TITLE) for language, text in titles]
        targets = [(language, text, TITLE) for language, text in _found(line, self._titles[1:], links)]
        if self._alternatives:
            first = line.find(b'"labels":{')
            last = line.find(b'"descriptions":', first)
            labels = [
                (language, text, LABEL)
                for language, text in _found(line, self._labels, first, last)
                if (language, text, TITLE) not in (*sources, *targets)  # those tell nothing new
            ]
            sources += [label for label in labels if label[0] == self._source]
            targets += [label for label in labels if label[0] != self._source]
        if not targets:
            return None
        classes = _classes_of(line)
        if stranger := _stranger(classes):
            return stranger
        if self._alternatives:
            sources += [(self._source, text, ALIAS) for text in self._alias_texts(line)]
        return _Item(_in_english(sources, classes), targets)

    def _alias_texts(self, line: bytes) -> list[bytes]:
        first = line.find(b'"aliases":{')
        first = line.find(self._aliases, first, line.find(b'"claims":', first)) if first >= 0 else -1
        found = _ALIASES.match(line, first + len(self._aliases)) if first >= 0 else None
        return _ALIAS.findall(found[0]) if found else []

    def entities_of(self, entities: Iterable[Mapping[str, Any]]) -> tuple[list[Entity], Counter[str]]:
        """The things among some entities that are parsed already, and how many are none, and why."""
        items: list[_Item] = []
        skipped: Counter[str] = Counter()
        for entity in entities:
            item = self._of_entity(entity)
            if isinstance(item, str):
                skipped[item] += 1
            elif item is not None:
                items.append(item)
        return _decoded(items, skipped), skipped

    def _parsed(self, line: bytes) -> _Item | str | None:
        """The same of a line in any form of JSON."""
        return self._of_entity(json.loads(line.rstrip(b", \r")))

    def _of_entity(self, entity: Mapping[str, Any]) -> _Item | str | None:
        links = entity["sitelinks"] or {}
        if self._site not in links:
            return None
        sites = [(code, site_of(code)) for code, _ in self._titles]
        names = [(code, _text(links[site]["title"]), TITLE) for code, site in sites if site in links]
        if self._alternatives:
            labels = entity.get("labels") or {}
            names += [
                (code, _text(labels[code.lower()]["value"]), LABEL)
                for code, _ in self._labels
                if code.lower() in labels and (code, _text(labels[code.lower()]["value"]), TITLE) not in names
            ]
            aliases = (entity.get("aliases") or {}).get(self._source.lower(), [])
            names += [(self._source, _text(alias["value"]), ALIAS) for alias in aliases]
        sources = [name for name in names if name[0] == self._source]
        targets = [name for name in names if name[0] != self._source]
        if not targets:
            return None
        classes = [
            claim["mainsnak"]["datavalue"]["value"]["id"]
            for claim in (entity.get("claims") or {}).get("P31", [])
            if claim["mainsnak"]["snaktype"] == "value"
        ]
        return _stranger(classes) or _Item(_in_english(sources, classes), targets)


def _title_mark(site: str) -> bytes:
    return f'"{site}":{{"site":"{site}","title":"'.encode()


def _found(
    line: bytes, marks: Iterable[tuple[str, bytes]], first: int, last: int | None = None
) -> list[tuple[str, bytes]]:
    """The strings behind those marks that stand between two places."""
    found = []
    for language, mark in marks:
        at = line.find(mark, first, last)
        if at >= 0:
            at += len(mark)
            end = line.find(b'"', at)
            found.append((language, line[at : end if line[end - 1] != _BACKSLASH else _end_of_string(line, at)]))
    return found


def _end_of_string(line: bytes, first: int) -> int:
    """Where the quote stands that ends a string: behind an even number of backslashes."""
    end = line.index(b'"', first)
    while line[end - 1] == _BACKSLASH and (end - len(line[first:end].rstrip(b"\\")) - first) % 2:
        end = line.index(b'"', end + 1)
    return end


def _classes_of(line: bytes) -> list[str]:
    """What an item is an instance of: all its classes, or at least the first."""
    first = line.find(b'"P31":[')
    if first < 0:
        return []
    last = line.find(b'],"P', first)  # of the next property, or of a qualifier
    return [name.decode() for name in _CLASS.findall(line, first, last if last >= 0 else len(line))]


def _stranger(classes: Iterable[str]) -> str:
    """Why an item of these classes is no thing; empty if it is one."""
    return next((_STRANGERS[name] for name in classes if name in _STRANGERS), "")


def _in_english(names: list[_Raw], classes: Iterable[str]) -> list[_Raw]:
    """The names of a category with the English name of their namespace."""
    if _CATEGORY not in classes:
        return names
    return [
        (language, b"Category:" + text.partition(b":")[2], weight) for language, text, weight in names if b":" in text
    ]


def _text(text: str) -> bytes:
    return json.dumps(text)[1:-1].encode()


def _decoded(items: list[_Item], skipped: Counter[str]) -> list[Entity]:
    """Things of the items: all texts are decoded as one list of JSON."""
    raws = [text for item in items for names in item for _, text, _ in names]
    try:
        texts: Iterator[Any] = iter(json.loads(b'["' + b'","'.join(raws) + b'"]') if raws else [])
        return [
            Entity(*([Name(language, next(texts), weight) for language, _, weight in names] for names in item))
            for item in items
        ]
    except ValueError:
        if len(items) == 1:
            skipped[_BROKEN] += 1
            return []
    return [entity for item in items for entity in _decoded([item], skipped)]
