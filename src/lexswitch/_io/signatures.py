"""Recognises files that hold something else than expected, such as a web page, by their first bytes."""

from __future__ import annotations

import json
import re

#: Beginnings of files in lower case, what such a file is, and the remedy.
FOREIGN_SIGNATURES = (
    (b"pk\x03\x04", "a zip archive (or an Office document)", "unpack it and read the file inside"),
    (b"<!doctype html", "a web page", "download the file itself"),
    (b"<html", "a web page", "download the file itself"),
    (b"version https://git-lfs", "a Git LFS pointer", "get the file itself: git lfs pull"),
    (b"%pdf", "a PDF document", "get the data as text"),
    (b"\x89hdf", "an HDF5 file", "write its data as text"),
    (b"\xff\xfe", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
)
# Pickles of protocols 0 and 1 have no signature; these are the usual beginnings of a dict, a list and an object.
_PICKLE = re.compile(rb"\x80[\x01-\x05]|\([dl]p[0-9]|[\]}]q\x00|c[A-Za-z_][\w.]*\n\w+\n[qp(]")
_TAG = re.compile(rb"<([a-z][\w:.-]*)(?:\s[^<>]*)?>")


def describe_foreign_file(
    head: bytes, syntax: str | None = None, json_remedy: str = "download the file itself"
) -> tuple[str, str] | None:
    """Return what a file is and the remedy if it cannot hold the expected data, else None.

    Parameters
    ----------
    head : bytes
        Beginning of the file, decompressed.
    syntax : {"XML", "JSON"}, optional
        Expected syntax; by default lines of text.
    json_remedy : str
        Remedy for JSON that is not expected.
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = start.lower()
    for signature, what, remedy in FOREIGN_SIGNATURES:
        if lower.startswith(signature):
            return what, remedy
    if syntax != "XML" and _is_markup(lower):
        return "a web page or XML, perhaps an error message", "download the file itself"
    if syntax != "JSON" and _is_json(start):
        return "JSON, perhaps an error message", json_remedy
    return None


def is_pickle(head: bytes) -> bool:
    """Whether a file begins as a pickle does."""
    return _PICKLE.match(head) is not None


def _is_markup(start: bytes) -> bool:
    """Whether a text begins like XML, or with a tag that is closed later; ``<unk> <unk>`` may be two words."""
    tag = _TAG.match(start)
    return start.startswith((b"<?xml", b"<!--", b"<!doctype")) or (tag is not None and b"</" + tag[1] in start)


def _is_json(start: bytes) -> bool:
    """Whether the text or its first line is a JSON object or array."""
    if not start.startswith((b"{", b"[")):
        return False
    for text in (start.partition(b"\n")[0], start):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            continue
        return True
    return False
