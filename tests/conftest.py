"""Writes without syncs, and hypothesis profiles: 10 examples per property, 100 in CI and 500 for the contract in CI.

LEXSWITCH_EXAMPLES=20000 overrides all of them. CI (CI=true) runs the same examples each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_IN_CI = bool(os.environ.get("CI"))


def _register(name: str, examples: int) -> None:
    settings.register_profile(
        name,
        deadline=None,
        derandomize=_IN_CI,
        max_examples=int(os.environ.get("LEXSWITCH_EXAMPLES", examples)),
        print_blob=_IN_CI,
        suppress_health_check=[HealthCheck.too_slow],
    )


_register("default", 100 if _IN_CI else 10)
_register("contract", 500 if _IN_CI else 10)
settings.load_profile("default")


@pytest.fixture(autouse=True, scope="session")
def _no_sync() -> Iterator[None]:
    """Do not wait for the disk in this process: only a crash of the system could show the difference."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield
