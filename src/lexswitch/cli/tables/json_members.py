"""Members of the JSON object of a line, with their positions: the rest of the line is copied as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple

_BLANK = r"[ \t\r\n]*"
_BLANKS = re.compile(_BLANK)
_OPEN = re.compile(rf"{_BLANK}\{{{_BLANK}")
# A comma and a name without escapes, as most names are, with the blanks around them, in one step.
_NEXT = re.compile(rf'{_BLANK},{_BLANK}"([^"\\\x00-\x1f]*)"{_BLANK}:{_BLANK}')

# Numbers are copied as they are written, so only their type matters. len accepts 5,000 digits, which int refuses.
_DECODER = json.JSONDecoder(parse_int=len)
_ENCODERS = {ascii: json.JSONEncoder(ensure_ascii=ascii) for ascii in (False, True)}


class JsonMember(NamedTuple):
    """A value and its position in the line."""

    value: Any
    start: int
    end: int


class JsonChange(NamedTuple):
    """A text that replaces a part of a line."""

    start: int
    end: int
    text: str


def find_members(line: str, names: Container[str]) -> dict[str, JsonMember]:
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
    found: dict[str, JsonMember] = {}
    position = opening.end()
    if line[position : position + 1] != "}":
        name, position = _name(line, position)
        while True:
            value, end = _DECODER.raw_decode(line, position)
            if name in names:
                if name in found:
                    raise ValueError(f"it has {name!r} twice, and readers differ in which of them counts; remove one")
                found[name] = JsonMember(value, position, end)
            if plain := _NEXT.match(line, end):
                name, position = plain[1], plain.end()
                continue
            position = _skip_blanks(line, end)
            if line[position : position + 1] == "}":
                break
            if line[position : position + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", line, position)
            name, position = _name(line, _skip_blanks(line, position + 1))
    if (rest := _skip_blanks(line, position + 1)) < len(line):
        raise json.JSONDecodeError("Extra data", line, rest)
    return found


def check_cell(name: str, value: Any) -> None:
    """Raise ValueError if a value is neither a text, nor null, nor a list of texts and nulls."""
    for text in value if isinstance(value, list) else [value]:
        if text is not None and not isinstance(text, str):
            raise ValueError(f"column {name!r} holds {type(text).__name__}, not a text, a list of texts, or null")
        if text and not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                half = f"\\u{ord(text[error.start]):04x}"
                raise ValueError(f"column {name!r} has {half}, which is half of a character") from None


def changes_of(line: str, member: JsonMember, new: str | list[str | None]) -> Iterator[JsonChange]:
    """Yield the changes that replace the texts of a member by new ones."""
    # Letters beyond ASCII are escaped if the line escapes them.
    encode = _ENCODERS["\\u" in line and line.isascii()].encode
    if isinstance(new, str):
        yield JsonChange(member.start, member.end, encode(new))
        return
    for item, text in zip(_items(line, member), new, strict=True):
        if text is not None and text != item.value:
            yield JsonChange(item.start, item.end, encode(text))


def apply_changes(line: str, changes: Iterable[JsonChange]) -> str:
    """Return a line with its changes applied."""
    pieces, done = [], 0
    for change in sorted(changes):
        pieces += [line[done : change.start], change.text]
        done = change.end
    return "".join([*pieces, line[done:]])


def _items(line: str, member: JsonMember) -> Iterator[JsonMember]:
    """Yield the items of a valid list."""
    position = member.start
    for _ in member.value:
        position = _skip_blanks(line, position + 1)  # after the bracket, or the comma
        value, end = _DECODER.raw_decode(line, position)
        yield JsonMember(value, position, end)
        position = _skip_blanks(line, end)


def _name(line: str, position: int) -> tuple[str, int]:
    """Return the name that begins at a position, and the position of its value."""
    if line[position : position + 1] != '"':
        raise json.JSONDecodeError("Expecting property name enclosed in double quotes", line, position)
    name, end = _DECODER.raw_decode(line, position)
    position = _skip_blanks(line, end)
    if line[position : position + 1] != ":":
        raise json.JSONDecodeError("Expecting ':' delimiter", line, position)
    return name, _skip_blanks(line, position + 1)


def _skip_blanks(line: str, position: int) -> int:
    blanks = _BLANKS.match(line, position)
    return blanks.end() if blanks else position
