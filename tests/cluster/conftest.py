"""Three hosts, rows in their shared folder, and lexswitch installed from its wheel on each."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from .hosts import DRIVER, Cluster, cluster, install, why_not

_LIBRARIES = ("accelerate", "datasets", "pyarrow", "pyspark", "ray", "setuptools", "torch", "transformers")
_MISSING = [name for name in _LIBRARIES if find_spec(name) is None]

collect_ignore_glob = ["test_*.py"] if _MISSING else []


@pytest.fixture(scope="session")
def hosts() -> Iterator[Cluster]:
    """The hosts, each with lexswitch and the rows, and the lexicon on the driver's disk alone."""
    reason = why_not() or (None if shutil.which("java") else "Spark needs Java 17 or later")
    if reason:
        pytest.skip(reason)
    # A stopped run removes its hosts and files, too.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", 128 + signal.SIGTERM))
    from . import rows
    from .jobs import settings

    with tempfile.TemporaryDirectory(prefix="lexswitch-cluster-") as folder, cluster(Path(folder, "hosts")) as made:
        install(made, Path(folder))
        rows.write(made.shared / "rows", rows.COUNT, 64)
        rows.write(made.shared / "few", rows.FEW, 16)
        settings.lexicon().save(made[DRIVER].disk / "work" / "en-xx.lexicon")
        yield made
