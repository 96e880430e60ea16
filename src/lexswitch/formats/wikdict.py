"""Dictionaries of WikDict (https://www.wikdict.com), as FreeDict publishes them for dictd and StarDict.

In dictd's layout the first line of an entry is ``headword //pronunciation// <grammar>``. Then each sense has a line of
translations and a line with its definition, which is in the language of the headword and may be missing. Senses are
numbered if there are several. A sense with several definitions ends its line of translations with `` 2.``, and has the
lines `` 3.``, `` 4.`` between the definitions::

    table /ˈteɪbəl/ <n>
    1. Tisch, Tafel 2.
    furniture
     3.
    people who sit at it
    2. Tabelle
    data in rows and columns

Definitions may begin with numbers of their own, above all Dutch, Swedish and Italian ones.

In StarDict's layout, which is the HTML that PyGlossary (4.1 to 5.4) writes, grammar is green, each translation is an
innermost ``div``, and the definitions come before them, as bare text or in a list.
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
# What no other family has: several definitions in dictd's layout, or grammar, a definition and a translation in HTML.
_MARK = re.compile(
    r" 2\.\n[^\n]*\n 3\.\n"
    r'|<font (?:class="grammar" )?color="green">[^<]*</font>(?:</div>|<br ?/?>)'
    r"(?:<ol>|<li>)*[^<](?:</?ol>|</?li>|[^<])*<div>"
)

# Costs of a reading of an entry. The cheapest reading wins.
_LIKE_SENSE = 1  # a definition that begins with the number of the next sense
_NO_DEFINITION = 100  # a sense without a definition after one that has one: WikDict sorts those without first
_BROKEN = 300  # a definition of several lines
_EMPTY = 1000  # a sense without translations
_NEVER = 10**9
_LONGEST_DEFINITION = 3  # lines, between two numbers


def detect(text: str) -> bool:
    """Whether an entry, in either layout, can only be one of WikDict."""
    return bool(_MARK.search(text))


def clean(headword: str, lines: Sequence[str], drop: Drop) -> Iterator[Pair]:
    """Pairs of an entry in dictd's layout."""
    if " /" in headword and not headword.endswith(_LINE_END) and lines and lines[0].endswith(_LINE_END):
        headword, lines = headword + lines[0], lines[1:]  # a pronunciation of two lines
    term, grammar = _headline(headword)
    if _AFFIX.search(grammar):
        drop(HEADWORD, headword)
        return
    for sense in translations(lines):
        yield from clean_text(term, sense, drop)


def clean_text(headword: str, text: str, drop: Drop) -> Iterator[Pair]:
    """Pairs of a headword and translations, in which character references of Wiktionary may be left."""
    yield from freedict.clean_text(headword, html.unescape(text), drop)


def _headline(text: str) -> tuple[str, str]:
    """The headword in the first line of an entry, and its grammar."""
    body, _, grammar = text.rpartition(" <") if text.endswith(">") else (text, "", "")
    return body.partition(" /")[0] if body.endswith("/") else body, grammar


# -- dictd's layout ----------------------------------------------------------------------------------------------------


def translations(lines: Sequence[str]) -> list[str]:
    """The line of translations of each sense, without numbers and definitions."""
    numbers = [int(found[1]) if (found := _NUMBERED.match(line)) else 0 for line in lines]
    starts = _sense_starts(lines, numbers)
    if len(starts) < 2:  # the number of a single sense is part of the translation: "1. Mai"
        return [_ahead_of_definitions(lines, 0)] if lines else []
    return [_ahead_of_definitions(lines, start).partition(".")[2].strip() for start in starts]


def _ahead_of_definitions(lines: Sequence[str], start: int) -> str:
    line = lines[start]
    return line.removesuffix(_SEVERAL) if _end_of_several(lines, start) else line


def _end_of_several(lines: Sequence[str], start: int) -> int:
    """The line after the several definitions of a sense that starts at a line; 0 if it does not have several."""
    if not lines[start].endswith(_SEVERAL):
        return 0
    at, number = start, 3
    while f" {number}." in (window := lines[at + 2 : at + 2 + _LONGEST_DEFINITION]):
        at += 2 + window.index(f" {number}.")
        number += 1
    return min(at + 2, len(lines)) if number > 3 else 0


class _Step(NamedTuple):
    """A way to read on from the line of a sense."""

    cost: int
    """Of this sense and all after it."""
    end: int
    """The line where the next sense starts."""
    defined: bool
    """Whether this sense or one before it has a definition."""


def _sense_starts(lines: Sequence[str], numbers: Sequence[int]) -> list[int]:
    """The lines with which the senses start: the cheapest way through the entry, by dynamic programming from its end.

    One pass suffices: a sense has at most four places where the next one can start.
    """
    if numbers[:1] != [1]:
        return []
    steps: dict[tuple[int, bool], _Step] = {}
    later: dict[int, int] = {}
    """By number, the next line with it that is at least three lines away."""
    for at in reversed(range(len(lines))):
        if at + 3 < len(lines):
            later[numbers[at + 3]] = at + 3
        for defined in (False, True) if numbers[at] else ():
            steps[at, defined] = min(_steps_from(at, defined, lines, numbers, steps, later))
    starts, at, defined = [], 0, False
    while at < len(lines):
        starts.append(at)
        _, at, defined = steps[at, defined]
    return starts


def _steps_from(
    at: int,
    defined: bool,
    lines: Sequence[str],
    numbers: Sequence[int],
    steps: dict[tuple[int, bool], _Step],
    later: dict[int, int],
) -> Iterator[_Step]:
    """All ways to read on from a line as a sense."""
    wanted = numbers[at] + 1
    cost = _EMPTY if len(lines[at]) <= len(f"{numbers[at]}. ") else 0

    def step(end: int, more: int, has_definition: bool) -> _Step:
        if end < len(lines):
            more += steps[end, defined or has_definition].cost if numbers[end] == wanted else _NEVER
        return _Step(cost + more, end, defined or has_definition)

    if several := _end_of_several(lines, at):
        yield step(several, 0, True)
    yield step(at + 1, _NO_DEFINITION if defined else 0, False)
    if at + 1 < len(lines):
        yield step(at + 2, _LIKE_SENSE if numbers[at + 1] == wanted else 0, True)
    if at + 2 < len(lines):
        yield step(later.get(wanted, len(lines)), _BROKEN, True)


# -- StarDict's layout -------------------------------------------------------------------------------------------------


def markup_lines(markup: str) -> list[str]:
    """The lines of an entry in HTML as dictd's layout has them: the grammar if there is any, then the senses."""
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
        """The text so far of each open ``div``."""
        self._is_innermost = False
        self._is_grammar = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "div":
            if self._divisions and "".join(self._divisions[-1]).strip():
                self.senses.append([])  # after a definition comes another sense
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
