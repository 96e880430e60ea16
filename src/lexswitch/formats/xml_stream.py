"""Parses XML as a stream, within limits: memory holds one item of the file, and no other file is opened."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Generic, TypeVar
from xml.parsers import expat

from ..errors import LexiconError
from .base import LexiconFile

_Item = TypeVar("_Item")

_CHUNK = 1 << 16
_MAX_TAG_SIZE = 1 << 24
_MAX_DEPTH = 200

XML_LANG = "http://www.w3.org/XML/1998/namespace lang"
"""Name of the attribute ``xml:lang``."""

MAX_TEXT_LENGTH = 10_000
LONG_TEXT = "text of more than 10,000 characters"

# Limits for declarations. An entity that holds no other entity cannot grow exponentially.
_MAX_VALUE_LENGTH = 200
_MAX_DEFAULTS = 100
_REFERENCE = re.compile(r"&(?!#|(?:amp|lt|gt|apos|quot);)")


class XmlParser(Generic[_Item]):
    """Collects the items of a file; a subclass has a method for each kind of event.

    A document type with declarations is refused, because entities can expand to any size. A subclass may allow
    declarations. Then entities with short, plain values are allowed, and references are resolved one by one.
    """

    allows_declarations = False

    def __init__(self, file: LexiconFile) -> None:
        self.file = file
        self.found: list[_Item] = []
        """Items that are complete; a subclass adds them."""
        self._depth = self._fed = self._defaults = 0
        self._entities: dict[str, str] = {}
        self._expat = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.characters
        parser.SkippedEntityHandler = self._skipped
        if self.allows_declarations:
            parser.EntityDeclHandler = self._entity
            parser.AttlistDeclHandler = self._attribute
            parser.DefaultHandler = _ignore  # with a default handler, expat does not expand entities in text

    @property
    def line(self) -> int:
        """Number of the current line, from 1."""
        return self._expat.CurrentLineNumber

    def items(self) -> Iterator[_Item]:
        """Yield the items of the file."""
        with self.file.open() as stream:
            while data := stream.read1(_CHUNK):
                yield from self._feed(data)
            yield from self._feed(b"")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element; its name has no namespace."""

    def end(self, name: str) -> None:
        """End an element."""

    def characters(self, data: str) -> None:
        """Read a part of a text."""

    def entity(self, name: str, text: str) -> None:
        """Read a reference to an entity, which has this text."""
        self.characters(text)

    def _feed(self, data: bytes) -> list[_Item]:
        """Parse a chunk of bytes (empty at the end); return the items that are complete."""
        try:
            self._expat.Parse(data, not data)
        except LexiconError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two for unknown encodings
            line = self._expat.ErrorLineNumber
            raise LexiconError(
                f"{self.file.path}:{line}: not well-formed XML ({error}); correct or download it again"
            ) from None
        self._fed += len(data)
        if self._fed - self._expat.CurrentByteIndex > _MAX_TAG_SIZE:
            raise LexiconError(f"{self.file.path}: a tag or comment of more than 16 MiB; this is not a dictionary")
        found, self.found = self.found, []
        return found

    def _doctype(self, name: str, system: str | None, public: str | None, has_declarations: bool) -> None:
        if has_declarations and not self.allows_declarations:
            raise LexiconError(
                f"{self.file.path}: its document type declares entities or attributes, which could expand to any "
                "size and are never expanded; remove the <!DOCTYPE ...> if you trust the file"
            )

    def _entity(
        self,
        name: str,
        is_parameter: bool,
        value: str | None,
        base: str | None,
        system: str | None,
        *others: str | None,
    ) -> None:
        problem = None
        if value is None:
            problem = f"is in another file, {system!r}, which is not opened"
        elif is_parameter or _REFERENCE.search(value):
            problem = "may hold other entities, which could expand to any size"
        elif len(value) > _MAX_VALUE_LENGTH:
            problem = f"has more than {_MAX_VALUE_LENGTH} characters"
        if problem:
            raise LexiconError(
                f"{self.file.path}:{self.line}: the entity {name!r} {problem}; remove its declaration if you trust "
                "the file"
            )
        self._entities.setdefault(name, html.unescape(value or ""))

    def _attribute(self, element: str, name: str, kind: str, default: str | None, is_required: bool) -> None:
        self._defaults += default is not None
        if self._defaults > _MAX_DEFAULTS or len(default or "") > _MAX_VALUE_LENGTH:
            raise LexiconError(
                f"{self.file.path}:{self.line}: more than {_MAX_DEFAULTS} default values of attributes, or one of more "
                f"than {_MAX_VALUE_LENGTH} characters; this is not a dictionary"
            )

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise LexiconError(
                f"{self.file.path}: elements nested more than {_MAX_DEPTH} deep; this is not a dictionary"
            )
        self.start(qualified.rpartition(" ")[2], attributes)

    def _end(self, qualified: str) -> None:
        self._depth -= 1
        self.end(qualified.rpartition(" ")[2])

    def _skipped(self, name: str, is_parameter: bool) -> None:
        """Resolve a declared entity, or one of HTML whose document type is not opened."""
        if not is_parameter:
            text = self._entities.get(name)
            self.entity(name, html.unescape(f"&{name};") if text is None else text)


def _ignore(data: str) -> None:
    """Ignore a part of the file that has no handler."""
