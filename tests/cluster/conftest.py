"""Three hosts, rows in their shared folder, and lexswitch installed from its wheel on each."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from .hosts import DRIVER, OTHER, Cluster, build_wheel, cluster, why_not

_LIBRARIES = ("accelerate", "datasets", "pyarrow", "pyspark", "ray", "setuptools", "torch", "transformers")
_MISSING = [name for name in _LIBRARIES if find_spec(name) is None]

collect_ignore_glob = ["test_*.py"] if _MISSING else []


@pytest.fixture(scope="session")
def hosts() -> Iterator[Cluster]:
    """The hosts, each with lexswitch and the rows, and the lexicon on the driver's disk alone."""
    reason = why_not() or (None if shutil.which("java") else "Spark needs Java 17 or later")
    if reason:
        pytest.skip(reason)
    from . import rows
    from .jobs import settings

    with tempfile.TemporaryDirectory(prefix="lexswitch-cluster-") as folder, cluster(Path(folder, "hosts")) as made:
        (Path(folder) / "other").mkdir()
        wheel, other = build_wheel(Path(folder)), build_wheel(Path(folder) / "other", OTHER)
        for host in made.hosts.values():
            host.install(wheel)
            host.install(None, "/mnt/bare")
            host.install(other, "/mnt/other")
            shutil.copytree(Path(__file__).with_name("jobs"), host.disk / "work" / "jobs")
        rows.write(made.shared / "rows", rows.COUNT)
        rows.write(made.shared / "few", rows.FEW)
        settings.lexicon().save(made[DRIVER].disk / "work" / "en-xx.lexicon")
        yield made
