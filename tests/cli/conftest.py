"""The test server of public dictionaries, as in the tests of `lexswitch.sources`, and writes without syncs."""

import os

import pytest

from ..sources.conftest import authority, site, world

__all__ = ["authority", "site", "world"]


@pytest.fixture(autouse=True)
def _no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk in this process: only a crash of the system could show the difference."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
