"""Fixtures: a server that requests trusts; nothing else can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from .servers import Site, proxy, serve, trust

HOSTS = ("dl.fbaipublicfiles.com", "huggingface.co", "freedict.org", "download.freedict.org", "kaikki.org")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority for the session, because making keys takes time."""
    return trustme.CA()


@pytest.fixture
def site(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server on this machine whose certificate is trusted, and an empty cache folder."""
    for name in ("LEXSWITCH_OFFLINE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trust(authority, tmp_path)))
    monkeypatch.setenv("LEXSWITCH_CACHE", str(tmp_path / "cache"))
    with serve(authority, *HOSTS) as site:
        yield site


@pytest.fixture
def world(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The same server instead of all hosts of lexicons, through a proxy."""
    with proxy(site) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        yield site
