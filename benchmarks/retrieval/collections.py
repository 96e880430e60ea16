"""The collections by name."""

from __future__ import annotations

from pathlib import Path

from benchmarks.common import debian_descriptions, files, help_text
from benchmarks.retrieval import copies, descriptions, help_pages
from benchmarks.retrieval.collection import Split

UNSEEN = help_pages.UNSEEN
NAMES = {
    "help": "LibreOffice help: titles, headings and keywords ask for sections",
    "descriptions": "Debian packages: the short description asks for the long one",
}


def load(name: str, unseen: bool = False) -> Split:
    """Return the parts of a collection.

    Parameters
    ----------
    name
        One of `NAMES`.
    unseen
        With the unseen languages too, if the collection has any.
    """
    _check(name)
    if name == "descriptions":
        return descriptions.split()
    return help_pages.split(help_pages.SEEN + (UNSEEN if unseen else ()))


def origin(name: str) -> str:
    """Return a digest of the code that makes a collection."""
    _check(name)
    modules = {"help": (help_pages, help_text), "descriptions": (descriptions, debian_descriptions)}[name]
    return files.origin([Path(str(module.__file__)) for module in (*modules, copies)])


def _check(name: str) -> None:
    if name not in NAMES:
        raise ValueError(f"collection {name!r}: choose among {', '.join(NAMES)}")
