"""The collections by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.common import files, help_text
from benchmarks.retrieval import help_pages

UNSEEN = help_pages.UNSEEN
NAMES = ("help",)


def load(name: str, unseen: bool = False) -> Any:
    """Return the parts of a collection: ``train``, ``development``, ``test``.

    Parameters
    ----------
    name
        One of `NAMES`.
    unseen
        With the unseen languages too.
    """
    if name != "help":
        raise ValueError(f"collection {name!r}: choose among {', '.join(NAMES)}")
    return help_pages.split(help_pages.SEEN + (UNSEEN if unseen else ()))


def origin(name: str) -> str:
    """Return a digest of the code that makes a collection."""
    return files.origin([Path(help_pages.__file__), Path(help_text.__file__)])
