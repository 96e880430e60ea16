"""Converts HTML, Pango and XDXF markup to lines of text, without parts that are not translations."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# Elements that end a line, and elements that do not hold translations: references and labels.
_BREAKS = {"br", "p", "div", "li", "ol", "ul", "dd", "dt", "dl", "td", "table", "blockquote", "hr"}
_BREAKS |= {f"h{level}" for level in range(1, 7)}
_ASIDE = {"a", "i", "em", "small", "sup", "sub"}
_XDXF_BREAKS = {"br", "def", "ar"}
_XDXF_ASIDE = {"k", "tr", "co", "ex", "abr", "abbr", "gr", "pos", "kref", "iref", "rref", "opt", "i", "sub", "sup"}
_HIDDEN = {"script", "style", "head", "title"}
_OPEN = re.compile("<(?![^<>]*>)")  # does not begin a tag; the parser would search for its end repeatedly
_PALE = {"green", "gray", "grey"}  # converters use these colours for grammar and pronunciation


def text_lines(markup: str, is_xdxf: bool = False) -> list[str]:
    """Return the lines of a text with markup."""
    parser = _TextParser(_XDXF_BREAKS if is_xdxf else _BREAKS, _XDXF_ASIDE if is_xdxf else _ASIDE)
    feed(parser, markup)
    return "".join(parser.pieces).split("\n")


def feed(parser: HTMLParser, markup: str) -> None:
    """Parse a whole text with markup, in time linear in its length."""
    parser.feed(_OPEN.sub("&lt;", markup))
    parser.close()


class _TextParser(HTMLParser):
    def __init__(self, breaks: set[str], aside: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._breaks = breaks
        self._aside = aside
        self.pieces: list[str] = []
        self._skipped = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped:
            self._depth += tag == self._skipped
            if tag not in self._breaks or self._skipped in _HIDDEN or self._skipped == tag:
                return
            self._skipped = ""  # a block ends a label that is not closed
        if tag in _HIDDEN or tag in self._aside or _is_aside(dict(attrs)):
            self._skipped, self._depth = tag, 1
        if tag in self._breaks:
            self.pieces.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._breaks and self._skipped not in _HIDDEN:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._depth -= 1
            if not self._depth:
                self._skipped = ""
        if tag in self._breaks:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.pieces.append(data)


def _is_aside(attributes: dict[str, str | None]) -> bool:
    colour = attributes.get("color") or attributes.get("foreground") or ""
    return colour.lower() in _PALE or "example" in (attributes.get("class") or "")
