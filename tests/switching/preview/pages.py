"""Reading the data of a page as page.js does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class PageSpan(NamedTuple):
    """A span of a text of a page."""

    start: int
    end: int
    choice: Any
    steps: int


def read_data(page: str) -> dict[str, Any]:
    """Return the data of a page."""
    start = page.index('id="data">') + len('id="data">')
    data: dict[str, Any] = json.loads(page[start : page.index("</script>", start)])
    return data


def decode_numbers(code: str) -> Iterator[int]:
    """Decode base64 VLQ without signs."""
    number = shift = 0
    for letter in code:
        digit = _LETTERS.index(letter)
        number |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            yield number
            number = shift = 0


def spans_of(data: dict[str, Any], row: int) -> list[PageSpan]:
    """Return the spans of a text."""
    numbers = list(decode_numbers(data["texts"][row][3]))
    spans, start = [], 0
    for gap, length, choice, steps in zip(*[iter(numbers)] * 4, strict=True):
        start += gap
        spans.append(PageSpan(start, start + length, data["choices"][choice], data["sets"][steps]))
    return spans


def texts_at(data: dict[str, Any], step: int) -> list[str]:
    """Return the switched texts at a step."""
    result = []
    for row, (_, _, text, _) in enumerate(data["texts"]):
        parts, done = [], 0
        for start, end, choice, steps in spans_of(data, row):
            if steps >> step & 1:
                assert start >= done
                parts += [text[done:start], replacement(data, choice)]
                done = end
        result.append("".join([*parts, text[done:]]))
    return result


def replacement(data: dict[str, Any], choice: list[Any]) -> str:
    """Return the text that replaces a unit."""
    term, language, text = choice
    if isinstance(text, str):
        return text
    translations: list[str] = next(group[1] for group in data["terms"][term][1] if group[0] == language)
    return translations[text]
