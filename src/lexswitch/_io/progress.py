"""Progress bars."""

from __future__ import annotations

import sys
from typing import Any


def progress_bar(total: int | None, label: str, unit: str, progress: bool, done: int = 0) -> Any:
    """Return a bar on standard error; it is hidden if `progress` is false or that is not a terminal."""
    from tqdm import tqdm

    hidden = not progress or not sys.stderr.isatty()
    return tqdm(total=total, initial=done, desc=label, unit=unit, unit_scale=True, disable=hidden, delay=1)
