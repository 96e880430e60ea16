"""Detects the kind of a dump from its first bytes, so that an error can name the kind of a wrong file."""

from __future__ import annotations

from pathlib import Path

from ...errors import LexiconError
from .compressed import beginning

_SAMPLE = 1 << 16
# The kinds of files by their first bytes, in lower case.
_KINDS = {
    b"[": "JSON",
    b"{": "JSON",
    b"-- ": "SQL",
    b"/*!": "SQL",
    b"create table": "SQL",
    b"insert into": "SQL",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"<mediawiki": "an XML dump of pages",
    b"<?xml": "XML",
    b"<wikipedia": "XML",
    b"<wikititles": "XML",
    b"<http": "RDF",
    b"@prefix": "RDF",
    b"pk\x03\x04": "a zip archive",
}


def check_kind(path: Path, kind: str, wanted: str) -> None:
    """Raise an error if a file is of another kind.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    LexiconError
        If the file is of another kind. The message names its kind and what to pass instead, `wanted`.
    """
    if (found := kind_of(path)) != kind:
        raise LexiconError(f"{path} is {found}; pass {wanted}")


def kind_of(path: Path) -> str:
    """Return the kind of a file: "JSON", "SQL" or "XML", or a description such as "a web page".

    Raises
    ------
    FileNotFoundError
        If there is no file.
    """
    if path.is_dir():
        return "a folder"
    head = beginning(path, _SAMPLE).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    found = next((kind for prefix, kind in _KINDS.items() if head.startswith(prefix)), "")
    if found == "XML" and b"<mediawiki" in head:
        return "an XML dump of pages"
    return found or ("empty" if not head else f"of an unknown kind ({head[:40].decode(errors='replace')!r} ...)")
