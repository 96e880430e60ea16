"""JSON and JSON Lines (one JSON value per line).

A value of a line, or the one document of a file, is one of

- a record: an object with a member for the term and one for the translation (a string, or a list of strings), and
  perhaps for language and weight, called as the columns of tables are (`lexswitch.formats.table`); other members are
  ignored, but for a document that is one object, which must have no others to be a record;
- any other object: ``{"term": "translation"}``, ``{"term": ["translation", ...]}`` or ``{"term": {"de": ...}}``; of
  equal names none is lost;
- a list ``["term", "translation"]`` or ``["term", "translation", weight]``;
- a list of the above.

Lines are read one by one; a line or document has at most 32 Mi characters. Where no language is named, the target
language must be given. Dropped: "no JSON" (a line), "no pair" (a value that is none of the above), "line too long",
"weight is no number", "wrong language code".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import Any, TextIO

from ..columns import Block
from ..errors import LexiconError
from ..languages import to_bcp47
from .base import Entry, Format, Input, Sample, in_blocks
from .table import NAMES, first_of

_LONGEST = 1 << 25
_LONGEST_CODE = 36
_KNOWN = frozenset(chain.from_iterable(NAMES.values()))
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*["\[{])')


def _found_in(sample: Sample) -> bool:
    return _BEGINNING.match(sample.head) is not None


def _read(input: Input) -> Iterator[Block]:
    return in_blocks(_entries(input))


def _entries(input: Input) -> Iterator[Entry]:
    lines = input.lines()
    first = list(islice(lines, 2))
    if len(first) == 2 and _is_json(first[0][1]):
        yield from _from_lines(input, chain(first, lines))
    elif first:
        yield from _from_document(input)


def _is_json(text: str) -> bool:
    try:
        decoder()(text)
    except ValueError:
        return False
    return True


def decoder(objects: Any = None) -> Callable[[str], Any]:
    """What turns a JSON text into its value, with floats for all numbers, and with what `objects` makes of members.

    It raises a ValueError for what is no JSON, or is nested so deeply that it is meant to do harm.
    """
    # floats: Python would take a very long time for an integer of very many digits
    decode = json.JSONDecoder(object_pairs_hook=objects, parse_int=float).decode

    def parse(text: str) -> Any:
        try:
            return decode(text)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None

    return parse


def parse_lines(input: Input, lines: Iterable[tuple[int, str]], objects: Any = None) -> Iterator[tuple[int, Any]]:
    """Yield number and value of each line of JSON; `objects` as for `decoder`."""
    parse = decoder(objects)
    for number, line in lines:
        if len(line) > _LONGEST:
            input.drop("line too long", number, line[:100])
            continue
        try:
            value = parse(line)
        except ValueError:
            input.drop("no JSON", number, line)
            continue
        yield number, value


def check_found(input: Input, sources: Collection[str]) -> None:
    """Refuse a file that has entries, but of other source languages only."""
    if sources and input.source not in sources:
        some = ", ".join(sorted(sources)[:9])
        raise LexiconError(
            f"{input.path} has no entry of the source language {input.source!r}, only of {some}; pass source=... "
            "as one of these"
        )


def _from_lines(input: Input, lines: Iterable[tuple[int, str]]) -> Iterator[Entry]:
    # objects as tuples of their members, so that none is lost
    for number, value in parse_lines(input, lines, tuple):
        if _is_list_of_values(value):
            for item in value:
                yield from _from_value(input, number, item)
        else:
            yield from _from_value(input, number, value)


def _from_document(input: Input) -> Iterator[Entry]:
    text = _whole(input)
    try:
        value = decoder(tuple)(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise LexiconError(f"{input.path}:{line}: neither JSON nor lines of JSON ({error})") from None
    if _is_list_of_values(value):
        for number, item in enumerate(value, 1):
            yield from _from_value(input, number, item)
    elif isinstance(value, tuple) and not dict(value).keys() <= _KNOWN:
        for number, member in enumerate(value, 1):
            yield from _from_value(input, number, (member,))
    else:
        yield from _from_value(input, 1, value)


def _whole(input: Input) -> str:
    parts: list[str] = []
    size = 0
    for text in input.texts():
        parts.append(text.text)
        size += len(text.text)
        if size > _LONGEST:
            raise LexiconError(
                f"{input.path}: a JSON document of more than {_LONGEST >> 20} Mi characters; write one value per line"
            )
    return "".join(parts)


def _is_list_of_values(value: Any) -> bool:
    return isinstance(value, list) and not (value and isinstance(value[0], str))


def _from_value(input: Input, number: int, value: Any) -> Iterator[Entry]:
    if isinstance(value, tuple):
        members = dict(value)
        term, translation = first_of(NAMES["term"], members), first_of(NAMES["translation"], members)
        if term and translation:
            language, weight = first_of(NAMES["language"], members), first_of(NAMES["weight"], members)
            yield from _pairs(
                input, number, members[term], members[translation], members.get(language), members.get(weight)
            )
        else:
            for name, member in value:
                yield from _from_member(input, number, name, member)
    elif isinstance(value, list) and len(value) in (2, 3) and isinstance(value[1], str):
        yield from _pairs(input, number, value[0], value[1], None, value[2] if len(value) > 2 else None)
    else:
        input.drop("no pair", number, value)


def _from_member(input: Input, number: int, term: str, value: Any) -> Iterator[Entry]:
    if isinstance(value, tuple):
        for language, translations in value:
            yield from _pairs(input, number, term, translations, language)
    else:
        yield from _pairs(input, number, term, value)


def _pairs(
    input: Input, number: int, term: Any, translations: Any, code: Any = None, weight: Any = None
) -> Iterator[Entry]:
    language = input.target if code is None else _language(code)
    translations = [translations] if isinstance(translations, str) else translations
    if not isinstance(term, str) or not isinstance(translations, list):
        input.drop("no pair", number, (term, translations))
    elif language is None:
        input.drop("wrong language code", number, code)
    elif weight is not None and not isinstance(weight, float):
        input.drop("weight is no number", number, weight)
    else:
        for translation in translations:
            if isinstance(translation, str):
                yield Entry(number, term, language, translation, 1.0 if weight is None else weight)
            else:
                input.drop("no pair", number, (term, translation))


def _language(code: Any) -> str | None:
    return _known_language(code) if isinstance(code, str) and len(code) < _LONGEST_CODE else None


_known_language = lru_cache(to_bcp47)


FORMAT = Format("json", "JSON or JSON Lines: objects or lists of term, translation, language, weight", _found_in, _read)


def write(pairs: Iterable[tuple[str, str, str, float]], file: TextIO) -> None:
    """Write a JSON object per line: term, language, translation, weight."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for term, language, translation, weight in pairs:
        record = {"term": term, "language": language, "translation": translation, "weight": float(weight)}
        file.write(encode(record) + "\n")
