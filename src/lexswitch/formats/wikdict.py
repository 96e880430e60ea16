"""Dictionaries of WikDict (https://www.wikdict.com), as FreeDict publishes them for dictd and StarDict.

In dictd's layout, the first line of an entry is ``headword //pronunciation// <grammar>``. Each sense has a line of
translations and an optional line with its definition, in the language of the headword. Senses are numbered if there are
several. If a sense has several definitions, its line of translations ends with `` 2.``, and the lines `` 3.``, `` 4.``
separate the definitions::

    table /ˈteɪbəl/ <n>
    1. Tisch, Tafel 2.
    furniture
     3.
    people who sit at it
    2. Tabelle
    data in rows and columns

Definitions may also begin with numbers, mostly in Dutch, Swedish and Italian.

StarDict's layout is the HTML that PyGlossary (4.1 to 5.4) writes. Grammar is green, each translation is an innermost
``div``, and definitions precede the translations, as plain text or in a list.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from . import freedict
from .cleaning import HEADWORD, Drop, Pair
from .markup import feed

_LINE_END = ("/", ">")
_AFFIX = re.compile(r"fix\b")  # suffix, prefix, interfix ...
_NUMBERED = re.compile(r"(\d{1,3})\.(?: |$)")
_SEVERAL = " 2."
_GRAMMAR_COLOUR = "green"
# Found in no other family: several definitions in dictd's layout; grammar, definition and translation in HTML.
_MARK = re.compile(
    r" 2\.\n[^\n]*\n 3\.\n"
    r'|<font (?:class="grammar" )?color="green">[^<]*</font>(?:</div>|<br ?/?>)'
    r"(?:<ol>|<li>)*[^<](?:</?ol>|</?li>|[^<])*<div>"
)

# Costs of splitting an entry into senses. The cheapest split wins.
_LIKE_SENSE = 1  # a definition that begins with the number of the next sense
_NO_DEFINITION = 100  # no definition, after a sense with one: WikDict puts senses without definitions first
_BROKEN = 300  # a definition of several lines
_EMPTY = 1000  # a sense without translations
_NEVER = 10**9
_MAX_DEFINITION_LINES = 3  # between two numbers


def detect(text: str) -> bool:
    """Whether an entry, in either layout, surely comes from WikDict."""
    return bool(_MARK.search(text))


def clean(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Yield the pairs of an entry in dictd's layout."""
    if " /" in headword and not headword.endswith(_LINE_END) and lines and lines[0].endswith(_LINE_END):
        headword, lines = headword + lines[0], lines[1:]  # the pronunciation has two lines
    term, grammar = _headline(headword)
    if _AFFIX.search(grammar):
        drop(HEADWORD, headword)
        return
    for sense in translations(lines):
        yield from clean_text(term, sense, drop)


def clean_text(headword: str, text: str, drop: Drop) -> Iterator[Pair]:
    """Yield the pairs of a headword and translations, which may contain character references."""
    yield from freedict.clean_text(headword, html.unescape(text), drop)


def _headline(text: str) -> tuple[str, str]:
    """Split the first line of an entry into headword and grammar."""
    body, _, grammar = text.rpartition(" <") if text.endswith(">") else (text, "", "")
    return body.partition(" /")[0] if body.endswith("/") else body, grammar


# -- dictd's layout ----------------------------------------------------------------------------------------------------


def translations(lines: Sequence[str]) -> list[str]:
    """Return the line of translations of each sense, without numbers and definitions."""
    numbers = [int(found[1]) if (found := _NUMBERED.match(line)) else 0 for line in lines]
    starts = _sense_starts(lines, numbers)
    if len(starts) < 2:  # a single sense has no number; "1. Mai" is a translation
        return [_translation_line(lines, 0)] if lines else []
    return [_translation_line(lines, start).partition(".")[2].strip() for start in starts]


def _translation_line(lines: Sequence[str], start: int) -> str:
    line = lines[start]
    return line.removesuffix(_SEVERAL) if _end_of_several(lines, start) else line


def _end_of_several(lines: Sequence[str], start: int) -> int:
    """The line after the definitions of the sense at line `start`; 0 if it does not have several definitions."""
    if not lines[start].endswith(_SEVERAL):
        return 0
    line, number = start, 3
    while f" {number}." in (window := lines[line + 2 : line + 2 + _MAX_DEFINITION_LINES]):
        line += 2 + window.index(f" {number}.")
        number += 1
    return min(line + 2, len(lines)) if number > 3 else 0


class _Step(NamedTuple):
    """A possible end of a sense."""

    cost: int
    """Cost of this sense and all senses after it."""
    end: int
    """Line at which the next sense starts."""
    defined: bool
    """Whether this sense or one before it has a definition."""


def _sense_starts(lines: Sequence[str], numbers: Sequence[int]) -> list[int]:
    """Return the first line of each sense: the cheapest split, by dynamic programming from the end of the entry.

    One pass suffices, because a sense has at most four possible ends.
    """
    if numbers[:1] != [1]:
        return []
    steps: dict[tuple[int, bool], _Step] = {}
    later: dict[int, int] = {}
    """For each number, the next line with that number that is at least three lines away."""
    for line in reversed(range(len(lines))):
        if line + 3 < len(lines):
            later[numbers[line + 3]] = line + 3
        for defined in (False, True) if numbers[line] else ():
            steps[line, defined] = min(_steps_from(line, defined, lines, numbers, steps, later))
    starts, line, defined = [], 0, False
    while line < len(lines):
        starts.append(line)
        _, line, defined = steps[line, defined]
    return starts


def _steps_from(
    line: int,
    defined: bool,
    lines: Sequence[str],
    numbers: Sequence[int],
    steps: dict[tuple[int, bool], _Step],
    later: dict[int, int],
) -> Iterator[_Step]:
    """Yield the possible ends of a sense that starts at a line."""
    wanted = numbers[line] + 1
    cost = _EMPTY if len(lines[line]) <= len(f"{numbers[line]}. ") else 0

    def step(end: int, more: int, has_definition: bool) -> _Step:
        if end < len(lines):
            more += steps[end, defined or has_definition].cost if numbers[end] == wanted else _NEVER
        return _Step(cost + more, end, defined or has_definition)

    if several := _end_of_several(lines, line):
        yield step(several, 0, True)
    yield step(line + 1, _NO_DEFINITION if defined else 0, False)
    if line + 1 < len(lines):
        yield step(line + 2, _LIKE_SENSE if numbers[line + 1] == wanted else 0, True)
    if line + 2 < len(lines):
        yield step(later.get(wanted, len(lines)), _BROKEN, True)


# -- StarDict's layout -------------------------------------------------------------------------------------------------


def markup_lines(markup: str) -> list[str]:
    """Return the lines of an HTML entry in dictd's layout: the grammar, if there is any, then the senses."""
    parser = _ArticleParser()
    feed(parser, markup)
    senses = [", ".join(sense) for sense in parser.senses if sense]
    if len(senses) > 1:
        senses = [f"{number}. {sense}" for number, sense in enumerate(senses, 1)]
    return [*([f"<{parser.grammar}>"] if parser.grammar else []), *senses]


class _ArticleParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grammar = ""
        self.senses: list[list[str]] = [[]]
        self._divisions: list[list[str]] = []
        """Text so far of each open ``div``."""
        self._is_innermost = False
        self._is_grammar = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "div":
            if self._divisions and "".join(self._divisions[-1]).strip():
                self.senses.append([])  # a definition begins the next sense
                self._divisions[-1].clear()
            self._divisions.append([])
            self._is_innermost = True
        elif tag == "font":
            self._is_innermost = False  # pronunciation or grammar
            self._is_grammar = dict(attrs).get("color") == _GRAMMAR_COLOUR

    def handle_endtag(self, tag: str) -> None:
        if tag == "font":
            self._is_grammar = False
        elif tag == "div" and self._divisions:
            text = "".join(self._divisions.pop())
            if self._is_innermost and self._divisions and not text.isspace():
                self.senses[-1].append(text)
            self._is_innermost = False

    def handle_data(self, data: str) -> None:
        if self._is_grammar:
            self.grammar += data
        elif self._divisions:
            self._divisions[-1].append(data)
