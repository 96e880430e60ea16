"""Switched texts with marked switches: as HTML for notebooks, and for terminals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: Number of texts that notebooks and terminals show.
FIRST_TEXTS = 20

# Red and black have other meanings in terminals. More languages repeat the colours, underlined.
_TERMINAL = [f"{style}{color}" for style in ("", "4;") for color in (32, 35, 36, 33, 34)]
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class TextPart(NamedTuple):
    """A part of a switched text."""

    text: str
    language: str = ""
    """Target language of a switch; empty if the part was not switched."""
    before: str = ""
    """What a switch replaced."""


class MarkedText(NamedTuple):
    """A switched text in parts."""

    place: str
    """Where the text is, such as the number of its row."""
    parts: Sequence[TextPart]


def mark(text: str, spans: Iterable[tuple[int, int, TextPart]]) -> list[TextPart]:
    """Return the parts of a text, some spans of which are other parts. The spans are sorted."""
    parts, done = [], 0
    for start, end, part in spans:
        parts += [TextPart(text[done:start]), part]
        done = end
    return [part for part in (*parts, TextPart(text[done:])) if part.text or part.language]


def to_html(texts: Sequence[MarkedText], total: int) -> str:
    """Return an HTML table of texts, of which there are `total`. It needs no script, and fits dark notebooks, too."""
    hues = _hues(texts)
    rows = "".join(_row(text, hues) for text in texts)
    more = f"<p>The first {len(texts):,} of {total:,} texts.</p>" if total > len(texts) else ""
    return f"<table>{rows}</table>{more}" if texts else "<p>There are no texts.</p>"


def _row(text: MarkedText, hues: dict[str, int]) -> str:
    from html import escape

    parts = "".join(_span(part, hues) if part.language else escape(part.text) for part in text.parts)
    return (
        f'<tr><th scope="row" style="vertical-align:top">{escape(text.place)}</th>'
        f'<td dir="auto" style="text-align:start;white-space:pre-wrap">{parts}</td></tr>'
    )


def _span(part: TextPart, hues: dict[str, int]) -> str:
    from html import escape  # not needed to switch

    language = escape(part.language)
    style = f"background:hsl({hues[part.language]} 90% 50%/.25);border-radius:.2em;padding:0 .15em"
    return (
        f'<bdi lang="{language}" title="{escape(part.before)}" style="{style}">{escape(part.text)}'
        f'<sub style="font-size:.65em"> {language}</sub></bdi>'
    )


def _hues(texts: Sequence[MarkedText]) -> dict[str, int]:
    """Return a hue for each language; steps of the golden angle keep neighbours apart."""
    return {language: round(255 + number * 137.5) % 360 for number, language in enumerate(_languages(texts))}


def _languages(texts: Sequence[MarkedText]) -> list[str]:
    return sorted({part.language for text in texts for part in text.parts} - {""})


def to_terminal(texts: Sequence[MarkedText], color: bool) -> str:
    """Return texts for a terminal: coloured by language, or with the language of each switch in brackets."""
    styles = {
        language: _TERMINAL[number % len(_TERMINAL)] if color else ""
        for number, language in enumerate(_languages(texts))
    }
    legend = " ".join(_styled(language, style) for language, style in styles.items())
    width = max((len(text.place) for text in texts), default=0)
    lines = [f"{_printable(text.place):<{width}}  {_line(text, styles)}" for text in texts]
    return "\n".join([*lines, *([legend] if color and legend else [])])


def _line(text: MarkedText, styles: dict[str, str]) -> str:
    return "".join(
        _printable(part.text) if not part.language else _marked(_printable(part.text), part.language, styles)
        for part in text.parts
    )


def _marked(text: str, language: str, styles: dict[str, str]) -> str:
    return _styled(text, styles[language]) if styles[language] else f"[{language}: {text}]"


def _styled(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m"


def _printable(text: str) -> str:
    """Return a text on one line, with pictures of control characters, which could change a terminal."""
    return _CONTROLS.sub(
        lambda found: chr(0x2400 + ord(found[0])) if ord(found[0]) < 32 else "\N{SYMBOL FOR DELETE}", text
    )
