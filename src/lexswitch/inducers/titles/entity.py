"""Entities and their names, as sources of titles yield them."""

from __future__ import annotations

from typing import NamedTuple

TITLE = 1.0
"""Weight of the title of an article."""
LABEL = 0.5
"""Weight of a label in Wikidata."""
ALIAS = 0.1
"""Weight of a redirect, or of an alias in Wikidata."""


class Name(NamedTuple):
    """A name of an entity, spelled as in its source."""

    language: str
    """BCP 47."""
    text: str
    weight: float


class Entity(NamedTuple):
    """The names of one entity: of an article and the articles linked to it, or of an item of Wikidata."""

    sources: list[Name]
    """Names in the source language; the first is the title."""
    targets: list[Name]
    """Names in the target languages."""
