"""Fixtures: a local server that speaks the protocols of Wikidata."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .servers import Wikidata, wikidata


@pytest.fixture
def server() -> Iterator[Wikidata]:
    with wikidata() as running:
        yield running
