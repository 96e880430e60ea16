"""A file of tests runs only if the libraries that it imports are installed; CI has a step for all of them."""

from __future__ import annotations

import os
from importlib.util import find_spec

#: The libraries that each file imports. `test_same_bytes.py` skips single tests instead.
NEEDED = {
    "test_encoders.py": ("tokenizers", "torch", "transformers"),
    "test_examples.py": ("accelerate", "datasets", "sentence_transformers", "tokenizers", "torch", "transformers"),
    "test_huggingface.py": ("datasets", "torch"),
    "test_rankings.py": ("torch",),
    "test_mteb.py": ("mteb", "sentence_transformers", "tokenizers", "torch"),
    "test_notebooks.py": (
        "accelerate",
        "datasets",
        "ipykernel",
        "nbclient",
        "sentence_transformers",
        "tokenizers",
        "torch",
    ),
    "test_torch.py": ("accelerate", "torch", "torchdata"),
    "test_trainers.py": ("accelerate", "datasets", "sentence_transformers", "tokenizers", "torch", "transformers"),
    "test_weights.py": ("torch",),
}

collect_ignore = [file for file, libraries in NEEDED.items() if not all(map(find_spec, libraries))]

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the tests create their own models and data
