"""Functions in processes of their own: whatever one leaves behind, the next does not find."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def run(task: Callable[..., Row], *arguments: object) -> Row:
    """Run a function of a module in a fresh Python process, and return what it returns."""
    result = subprocess.run(command(task, *arguments), check=False, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{task.__name__}{arguments} failed with {result.returncode}:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def command(task: Callable[..., Any], *arguments: object) -> list[str]:
    """Return the command line that calls a function with arguments that JSON can hold, and prints what it returns."""
    return [sys.executable, "-m", __name__, task.__module__, task.__name__, json.dumps(arguments)]


if __name__ == "__main__":
    module, name, values = sys.argv[1:]
    print(json.dumps(getattr(importlib.import_module(module), name)(*json.loads(values))))
