"""What kind of dump a file is, by its first bytes, so that the wrong one is named and not read."""

from __future__ import annotations

from pathlib import Path

from ...errors import LexiconError
from .compressed import beginning

_SAMPLE = 1 << 16
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
    """Refuse a file of another kind.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    LexiconError
        If it is not of this kind; says what it is, and that `wanted` is needed.
    """
    if (found := kind_of(path)) != kind:
        raise LexiconError(f"{path} is {found}; {wanted} is needed")


def kind_of(path: Path) -> str:
    """What a file is: "JSON", "SQL", "XML", or in words what else.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    """
    if path.is_dir():
        return "a folder"
    head = beginning(path, _SAMPLE).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    found = next((kind for begin, kind in _KINDS.items() if head.startswith(begin)), "")
    if found == "XML" and b"<mediawiki" in head:
        return "an XML dump of pages"
    return found or ("empty" if not head else f"of no known kind ({head[:40].decode(errors='replace')!r} ...)")
