"""Members of a JSON object and their places in its line, so that the rest of the line can stay as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple

_BLANK = r"[ \t\r\n]*"
_BLANKS = re.compile(_BLANK)
_OPEN = re.compile(rf"{_BLANK}\{{{_BLANK}")
# A comma, and a name without escapes as most are, with all around it in one step.
_NEXT = re.compile(rf'{_BLANK},{_BLANK}"([^"\\\x00-\x1f]*)"{_BLANK}:{_BLANK}')

# Numbers are copied as they are written, so only their types matter: len takes one of 5,000 digits, which int refuses.
_DECODER = json.JSONDecoder(parse_int=len)
_ENCODERS = {ascii: json.JSONEncoder(ensure_ascii=ascii) for ascii in (False, True)}


class Member(NamedTuple):
    """A value and its place in the line."""

    value: Any
    start: int
    end: int


class Change(NamedTuple):
    """What replaces a part of a line."""

    start: int
    end: int
    text: str


def find_members(line: str, names: Container[str]) -> dict[str, Member]:
    """Find the members with these names in the JSON object of a line.

    Raises
    ------
    ValueError
        If the line is not a JSON object, or has one of the members twice: readers differ in which of the two counts.
    RecursionError
        If it is nested too deeply.
    """
    opening = _OPEN.match(line)
    if not opening:
        kind = type(_DECODER.decode(line)).__name__
        raise ValueError(f"it is {kind}; each line must be a JSON object")
    found: dict[str, Member] = {}
    at = opening.end()
    if line[at : at + 1] != "}":
        name, at = _name(line, at)
        while True:
            value, end = _DECODER.raw_decode(line, at)
            if name in names:
                if name in found:
                    raise ValueError(f"it has {name!r} twice, and readers differ in which of them counts; remove one")
                found[name] = Member(value, at, end)
            if plain := _NEXT.match(line, end):
                name, at = plain[1], plain.end()
                continue
            at = _skip_blanks(line, end)
            if line[at : at + 1] == "}":
                break
            if line[at : at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", line, at)
            name, at = _name(line, _skip_blanks(line, at + 1))
    if (rest := _skip_blanks(line, at + 1)) < len(line):
        raise json.JSONDecodeError("Extra data", line, rest)
    return found


def check_cell(name: str, value: Any) -> None:
    """Raise ValueError if a value is something else than a text, a list of texts and nulls, or null."""
    for text in value if isinstance(value, list) else [value]:
        if text is not None and not isinstance(text, str):
            raise ValueError(f"column {name!r} holds {type(text).__name__}, not a text, a list of texts, or null")
        if text and not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                half = f"\\u{ord(text[error.start]):04x}"
                raise ValueError(f"column {name!r} has {half}, which is half of a character") from None


def spliced(line: str, member: Member, new: str | list[str | None]) -> Iterator[Change]:
    """Yield what puts new texts in the place of those of a member."""
    # As the line does it: with escapes for letters beyond ASCII, or without.
    encode = _ENCODERS["\\u" in line and line.isascii()].encode
    if isinstance(new, str):
        yield Change(member.start, member.end, encode(new))
        return
    for item, text in zip(_items(line, member), new, strict=True):
        if text is not None and text != item.value:
            yield Change(item.start, item.end, encode(text))


def changed(line: str, changes: Iterable[Change]) -> str:
    """A line with parts replaced."""
    pieces, done = [], 0
    for change in sorted(changes):
        pieces += [line[done : change.start], change.text]
        done = change.end
    return "".join([*pieces, line[done:]])


def _items(line: str, member: Member) -> Iterator[Member]:
    """The items of a list that is sound."""
    at = member.start
    for _ in member.value:
        at = _skip_blanks(line, at + 1)  # behind the bracket, or the comma
        value, end = _DECODER.raw_decode(line, at)
        yield Member(value, at, end)
        at = _skip_blanks(line, end)


def _name(line: str, at: int) -> tuple[str, int]:
    """The name that begins at a place, and where its value begins."""
    if line[at : at + 1] != '"':
        raise json.JSONDecodeError("Expecting property name enclosed in double quotes", line, at)
    name, end = _DECODER.raw_decode(line, at)
    at = _skip_blanks(line, end)
    if line[at : at + 1] != ":":
        raise json.JSONDecodeError("Expecting ':' delimiter", line, at)
    return name, _skip_blanks(line, at + 1)


def _skip_blanks(line: str, at: int) -> int:
    blanks = _BLANKS.match(line, at)
    return blanks.end() if blanks else at
