"""The libraries where users train are tested where they are installed, all of them, by a step of their own in CI."""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = ("datasets", "pyspark", "ray", "sentence_transformers", "torch", "torchdata", "transformers")

collect_ignore_glob = [] if all(map(find_spec, NEEDED)) else ["test_*.py"]
