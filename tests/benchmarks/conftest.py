"""Tests of the benchmarks run only if their requirements are installed; CI has a step for them."""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = ("benchmarks", "bm25s", "datasketch", "ir_measures", "PIL", "scipy", "torch", "transformers")

collect_ignore_glob = [] if all(map(find_spec, NEEDED)) else ["test_*.py"]
