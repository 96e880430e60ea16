"""Progress bars."""

from __future__ import annotations

import sys
from typing import Any


def progress_bar(total: int | None, about: str, unit: str, progress: bool, done: int = 0) -> Any:
    """A bar on standard error, if that is a terminal and progress is asked for."""
    from tqdm import tqdm

    hidden = not progress or not sys.stderr.isatty()
    return tqdm(total=total, initial=done, desc=about, unit=unit, unit_scale=True, disable=hidden, delay=1)
