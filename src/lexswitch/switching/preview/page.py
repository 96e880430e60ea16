"""The page of a preview: one HTML file with styles, script and data, which loads nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any

from ..._io.data import read_data

# "<" could end the script element, and old scripts end lines at U+2028 and U+2029.
_ESCAPES = {char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def to_page(title: str, scope: str, signature: str, data: Mapping[str, Any], report: str = "") -> str:
    """Return the page.

    Parameters
    ----------
    title, scope, signature : str
        Plain texts: heading, what part of the texts is shown, and settings of the switcher.
    data : mapping
        As from `page_data`.
    report : str, default ""
        HTML to show below the texts.
    """
    script = _file("page.js")
    parts = {
        "title": html.escape(title),
        "scope": html.escape(scope),
        "signature": html.escape(signature),
        "style": _file("page.css"),
        "script": script,
        "hash": f"sha256-{base64.b64encode(hashlib.sha256(_script_text(script)).digest()).decode()}",
        "report": report,
        "data": _json(data),
    }
    return _PLACEHOLDER.sub(lambda found: parts[found[1]], _file("page.html"))


def _script_text(script: str) -> bytes:
    """Return the text of the script element, which begins with a line feed; browsers run no other script."""
    return f"\n{script}".encode()


def _json(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: _ESCAPES[found[0]], text)


def _file(name: str) -> str:
    return read_data("switching/preview", name)
