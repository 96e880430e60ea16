"""Names of entities: what a source of titles yields."""

from __future__ import annotations

from typing import NamedTuple

TITLE = 1.0
"""Weight of the title of an article."""
LABEL = 0.5
"""Weight of a label of Wikidata."""
ALIAS = 0.1
"""Weight of a redirect, or an alias of Wikidata."""


class Name(NamedTuple):
    """A name of a thing, as its source writes it."""

    language: str
    """BCP 47."""
    text: str
    weight: float


class Entity(NamedTuple):
    """What one thing is called: an article and those it is linked to, or an item of Wikidata."""

    sources: list[Name]
    """In the source language; the first is the title."""
    targets: list[Name]
