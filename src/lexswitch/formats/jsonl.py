"""JSON and JSON Lines (one JSON value per line).

The value of a line, or of a file with one document, is one of

- a record: an object with members for term and translation, and optionally for language and weight. The translation is
  a string, a list of strings, or an object with either for each language (``{"de": ...}``). Members have the names of
  table columns (`lexswitch.formats.table`). Other members are ignored; but if the whole document is one object, it is a
  record only if it has no other members;
- a record by language, as in Hugging Face data sets: ``{"en": "house", "de": "Haus"}`` or ``{"translation": {"en":
  "house", "de": "Haus"}}``. One of the codes must be the source language. Codes begin with two letters, unless they are
  the source language or a target language;
- any other object: ``{"term": "translation"}``, ``{"term": ["translation", ...]}`` or ``{"term": {"de": ...}}``; all
  members with equal names are read;
- a list ``["term", "translation"]`` or ``["term", "translation", weight]``;
- a list of the above.

It is an error if objects at the beginning of a file share member names but are not records, because they are probably
records of an unknown kind. Lines are read one by one; a line or document has at most 32 Mi characters. If the file does
not name the target language, the caller must. Dropped: "not JSON" (a line), "no pair" (a value that is none of the
above, or a record without term or translation), "line too long", "weight is not a number", "wrong language code".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from ..errors import LexiconError
from ..lexicon.pairs import PairBlock
from ..text.languages import to_bcp47
from .base import Entry, Format, LexiconFile, Sample, Writer, in_blocks
from .table import MAX_CODE_LENGTH, NAMES, first_of, two_letter_code

_MAX_LENGTH = 1 << 25
_SAMPLE = 1000
_MIN_ALIKE = 10
_KNOWN = frozenset(chain.from_iterable(NAMES.values()))
_SAVED = {"format_version", "content_hash"}
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*["\[{])')


def _detect(sample: Sample) -> bool:
    return _BEGINNING.match(sample.head) is not None


def _read(file: LexiconFile) -> Iterator[PairBlock]:
    return in_blocks(_entries(file))


def _entries(file: LexiconFile) -> Iterator[Entry]:
    lines = file.lines()
    first = list(islice(lines, 2))
    if len(first) == 2 and _is_json(first[0][1]):
        yield from _from_lines(file, chain(first, lines))
    elif first:
        yield from _from_document(file)


def _is_json(text: str) -> bool:
    try:
        decoder()(text)
    except ValueError:
        return False
    return True


def decoder(objects: Any = None) -> Callable[[str], Any]:
    """Return a function that decodes JSON, with floats for all numbers.

    `objects` is called with the members of each object; its result replaces the object. The function raises ValueError
    for invalid JSON, and for JSON that is nested too deeply.
    """
    # floats, because Python takes very long to convert an integer with very many digits
    decode = json.JSONDecoder(object_pairs_hook=objects, parse_int=float).decode

    def parse(text: str) -> Any:
        try:
            return decode(text)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None

    return parse


def parse_lines(file: LexiconFile, lines: Iterable[tuple[int, str]], objects: Any = None) -> Iterator[tuple[int, Any]]:
    """Yield number and value of each line of JSON; `objects` is passed to `decoder`."""
    parse = decoder(objects)
    for number, line in lines:
        if len(line) > _MAX_LENGTH:
            file.drop("line too long", number, line[:100])
            continue
        try:
            value = parse(line)
        except ValueError:
            file.drop("not JSON", number, line)
            continue
        yield number, value


def check_found(file: LexiconFile, sources: Collection[str]) -> None:
    """Raise LexiconError if the file has entries, but none in the source language."""
    if sources and file.source not in sources:
        some = ", ".join(sorted(sources)[:9])
        raise LexiconError(
            f"{file.path} has no entry in the source language {file.source!r}, only in {some}; pass one of them "
            "as source"
        )


def _from_lines(file: LexiconFile, lines: Iterable[tuple[int, str]]) -> Iterator[Entry]:
    known = _names_of_records(file, _sampled(file.path))
    # objects become tuples of their members, so that no member with an equal name is lost
    for number, value in parse_lines(file, lines, tuple):
        for item in _values_in(value):
            yield from _from_value(file, number, item, known)


def _sampled(path: Path) -> Iterator[Any]:
    parse = decoder(tuple)
    for line in Sample(path).lines:
        with suppress(ValueError):
            yield from _values_in(parse(line))


def _values_in(value: Any) -> list[Any]:
    return value if _is_list_of_values(value) else [value]


def _from_document(file: LexiconFile) -> Iterator[Entry]:
    text = _whole(file)
    try:
        value = decoder(tuple)(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise LexiconError(f"{file.path}:{line}: neither JSON nor lines of JSON ({error})") from None
    if isinstance(value, tuple) and dict(value).keys() >= _SAVED:
        raise LexiconError(f"{file.path} belongs to a lexicon that was saved; open its folder with Lexicon.load")
    if isinstance(value, tuple) and not _is_only_record(file, dict(value)):
        for number, (name, member) in enumerate(value, 1):
            yield from _from_member(file, number, name, member)
        return
    values = _values_in(value)
    known = _names_of_records(file, values)
    for number, item in enumerate(values, 1):
        yield from _from_value(file, number, item, known)


def _is_only_record(file: LexiconFile, members: dict[str, Any]) -> bool:
    """Whether a document that is one object is a record, not a dictionary."""
    return members.keys() <= _KNOWN or len(_by_language(file, members)) == len(members)


def _whole(file: LexiconFile) -> str:
    parts: list[str] = []
    size = 0
    for text in file.texts():
        parts.append(text.text)
        size += len(text.text)
        if size > _MAX_LENGTH:
            raise LexiconError(
                f"{file.path}: a JSON document of more than {_MAX_LENGTH >> 20} Mi characters; write one value per line"
            )
    return "".join(parts)


def _is_list_of_values(value: Any) -> bool:
    return isinstance(value, list) and not (value and isinstance(value[0], str))


class _Record(NamedTuple):
    term: Any
    translations: list[tuple[Any, Any]]
    """Language (or None) and translations."""
    weight: Any


def _record(file: LexiconFile, members: dict[str, Any]) -> _Record | None:
    """The content of a record; None if the object is not a record."""
    term, translation, language, weight = (
        members.get(first_of(NAMES[part], members) or "") for part in ("term", "translation", "language", "weight")
    )
    if first_of(NAMES["term"], members) and first_of(NAMES["translation"], members):
        translations = list(translation) if isinstance(translation, tuple) else [(language, translation)]
        return _Record(term, translations, weight)
    inner = members.get("translation")
    texts = _by_language(file, dict(inner) if isinstance(inner, tuple) else members)
    if file.source not in texts or len(texts) == 1:
        return None
    term = texts.pop(file.source)
    return _Record(term, [(code, text) for code, text in texts.items() if text is not None], weight)


def _by_language(file: LexiconFile, members: dict[str, Any]) -> dict[str, Any]:
    """The members whose names are language codes; empty if the source language is not among them."""
    texts = {}
    for name, value in members.items():
        code = two_letter_code(name) or _language(name)
        named = two_letter_code(name) or code == file.source or code in (file.targets or ())
        # members "id" and "no" may also hold numbers of records
        if code and named and (value is None or isinstance(value, list) or _is_text(value)):
            texts[code] = value
    return texts if file.source in texts else {}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not value.isdecimal()


def _names_of_records(file: LexiconFile, values: Iterable[Any]) -> set[str]:
    """The member names of the first records; raises LexiconError if other objects look like records."""
    known: set[str] = set()
    others = []
    for value in islice((dict(value) for value in values if isinstance(value, tuple)), _SAMPLE):
        if _record(file, value):
            known |= value.keys()
        elif value:
            others.append(value.keys())
    others = [names for names in others if not _is_incomplete(file, names, known)]
    shared = set.intersection(*map(set, others)) if len(others) > 1 else set()
    if len(shared) > 1 or shared & _KNOWN or (shared and len(others) >= _MIN_ALIKE):
        found = ", ".join(repr(name[:40]) for name in sorted(shared)[:9])
        allowed = ", ".join(f"{name} (or {', '.join(more)})" for name, *more in NAMES.values())
        raise LexiconError(
            f"{file.path}: all objects have the members {found}, which are not names of term and translation; name "
            f"them {allowed} (term and translation are required), or by language, {file.source!r} among them"
        )
    return known


def _is_incomplete(file: LexiconFile, names: AbstractSet[str], known: set[str]) -> bool:
    """Whether an object has member names of a record but is incomplete."""
    return names <= known or (file.source in known and file.source in names)


def _from_value(file: LexiconFile, number: int, value: Any, known: set[str]) -> Iterator[Entry]:
    if isinstance(value, tuple):
        record = _record(file, members := dict(value))
        if record:
            for language, translations in record.translations:
                yield from _pairs(file, number, record.term, translations, language, record.weight)
        elif members and _is_incomplete(file, members.keys(), known):
            file.drop("no pair", number, value)
        else:
            for name, member in value:
                yield from _from_member(file, number, name, member)
    elif isinstance(value, list) and len(value) in (2, 3) and isinstance(value[1], str):
        yield from _pairs(file, number, value[0], value[1], None, value[2] if len(value) > 2 else None)
    else:
        file.drop("no pair", number, value)


def _from_member(file: LexiconFile, number: int, term: str, value: Any) -> Iterator[Entry]:
    if isinstance(value, tuple):
        for language, translations in value:
            yield from _pairs(file, number, term, translations, language)
    else:
        yield from _pairs(file, number, term, value)


def _pairs(
    file: LexiconFile, number: int, term: Any, translations: Any, code: Any = None, weight: Any = None
) -> Iterator[Entry]:
    language = file.target if code is None else _language(code)
    translations = [translations] if isinstance(translations, str) else translations
    if not isinstance(term, str) or not isinstance(translations, list):
        file.drop("no pair", number, (term, translations))
    elif language is None:
        file.drop("wrong language code", number, code)
    elif weight is not None and not isinstance(weight, float):
        file.drop("weight is not a number", number, weight)
    else:
        for translation in translations:
            if isinstance(translation, str):
                yield Entry(number, term, language, translation, 1.0 if weight is None else weight)
            else:
                file.drop("no pair", number, (term, translation))


def _language(code: Any) -> str | None:
    return _known_language(code) if isinstance(code, str) and len(code) < MAX_CODE_LENGTH else None


_known_language = lru_cache(to_bcp47)


def write(pairs: Iterable[tuple[str, str, str, float]], stream: TextIO) -> None:
    """Write one JSON object per line: term, language, translation, weight."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for term, language, translation, weight in pairs:
        record = {"term": term, "language": language, "translation": translation, "weight": float(weight)}
        stream.write(encode(record) + "\n")


FORMAT = Format(
    "json",
    "JSON or JSON Lines: objects or lists of term, translation, language, weight",
    _detect,
    _read,
    "JSON",
    Writer("jsonl", ".jsonl", write),
)
