"""The benchmarks of models are tested where what they need is installed, by a step of its own in CI."""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = ("benchmarks", "bm25s", "datasketch", "ir_measures", "PIL", "scipy", "torch", "transformers")

collect_ignore_glob = [] if all(map(find_spec, NEEDED)) else ["test_*.py"]
