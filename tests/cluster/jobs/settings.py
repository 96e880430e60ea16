"""Rows, lexicon and switcher that all programs share; each prints its result as JSON in one line."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from lexswitch import CodeSwitcher, ColumnSwitcher, Lexicon

WORK, SHARED = "/mnt/work", "/mnt/shared"
LEXICON = f"{WORK}/en-xx.lexicon"
ROWS, FEW = f"{SHARED}/rows", f"{SHARED}/few"
"""Folders of all rows, and of the first tenth of them."""
DRIVER = "10.77.0.1"
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Options of all JVMs: they live for seconds, so compiling less is faster."""
RESULT = "result: "
"""Begins the line of the result; other lines of the output are logs."""
FILLER = 50_000
"""Pairs that make the lexicon large enough to be seen at an interface; no text has them."""


@cache
def lexicon() -> Lexicon:
    """Return the starter lexicon and pairs with translations that do not compress."""
    filler = [(f"zz{number}", hashlib.sha256(b"%d" % number).hexdigest()) for number in range(FILLER)]
    return Lexicon.starter().merge(Lexicon.from_pairs({"de": filler}, source="en"))


def switcher_of(lexicon: Lexicon) -> CodeSwitcher:
    """Return the switcher of all programs."""
    return CodeSwitcher(lexicon, ["de", "ru"], 0.7)


def column_switcher(path: str = LEXICON) -> ColumnSwitcher:
    """Return the column switcher of all programs, with a lexicon on this host's disk."""
    return switcher_of(Lexicon.load(path)).on("text", keys="id")


def digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 of texts as lines."""
    found = hashlib.sha256()
    for text in texts:
        found.update(f"{text}\n".encode())
    return found.hexdigest()


def error_of(run: Callable[[], Any]) -> str:
    """Return the error of a call, or an empty text."""
    try:
        run()
    except Exception as error:  # noqa: BLE001  # the tests look at all of them
        return f"{type(error).__name__}: {error}"
    return ""


def main(*functions: Callable[..., Any]) -> None:
    """Call the function that the command line names, and print what it returns."""
    names = {function.__name__: function for function in functions}
    print(f"\n{RESULT}{json.dumps(names[sys.argv[1]](*sys.argv[2:]))}", flush=True)
