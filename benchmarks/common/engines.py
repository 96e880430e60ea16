"""The compiled engine and the NumPy engine in one process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from lexswitch import CodeSwitcher, Lexicon
from lexswitch.engine import kernel

VARIABLE = "LEXSWITCH_BACKEND"


@contextlib.contextmanager
def engine(name: str) -> Iterator[None]:
    """Choose the engine, "c" or "numpy", of switchers that are used for the first time inside."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = name
    kernel._load.cache_clear()
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before
        kernel._load.cache_clear()


def switcher_with(name: str, lexicon: Lexicon, *arguments: Any, **options: Any) -> CodeSwitcher:
    """Return a switcher that uses an engine, "c" or "numpy", in all calls.

    Raises
    ------
    ImportError
        If `name` is "c", but the engine is not compiled.
    """
    switcher = CodeSwitcher(lexicon, *arguments, **options)
    with engine(name):
        switcher.apply(["a"])  # a switcher keeps the engine of its first call
    return switcher
