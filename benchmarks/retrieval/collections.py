"""The collections by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.common import debian_descriptions, files, help_text
from benchmarks.retrieval import copies, descriptions, help_pages, verses
from benchmarks.retrieval.collection import Split

NAMES = {
    "help": "LibreOffice help: titles, headings and keywords are queries for sections",
    "descriptions": "Debian packages: short descriptions are queries for long ones",
    "verses": "Quran: a verse is a query for its neighbours; the only collection with Arabic",
}
_MODULES = {
    "help": (help_pages, help_text),
    "descriptions": (descriptions, debian_descriptions),
    "verses": (verses,),
}


def load(name: str, with_unseen: bool = False) -> Split:
    """Return the parts of a collection.

    Parameters
    ----------
    name
        One of `NAMES`.
    with_unseen
        Include the languages that no system is trained on.
    """
    _check(name)
    if name == "descriptions":
        return descriptions.split()
    if name == "verses":
        return verses.split(with_unseen)
    return help_pages.split(help_pages.SEEN + (help_pages.UNSEEN if with_unseen else ()))


def unseen(name: str) -> Sequence[str]:
    """Return the languages of a collection that no system is trained on."""
    _check(name)
    return {"help": help_pages.UNSEEN, "descriptions": (), "verses": verses.UNSEEN}[name]


def origin(name: str) -> str:
    """Return a digest of the code that makes a collection."""
    _check(name)
    return files.origin([Path(str(module.__file__)) for module in (*_MODULES[name], copies)])


def _check(name: str) -> None:
    if name not in NAMES:
        raise ValueError(f"collection is {name!r}; choose one of {', '.join(NAMES)}")
