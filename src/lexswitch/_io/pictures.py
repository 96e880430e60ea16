"""Pictures of matplotlib as files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from .atomic import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches.

    Raises
    ------
    ImportError
        If matplotlib is missing.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError('plot needs matplotlib; install it: pip install "lexswitch[plot]"') from error
    return Figure(figsize=(width, height), dpi=150, layout="constrained")


def save_picture(figure: Figure, path: Path) -> None:
    """Save a figure in the format that the suffix of the path names, atomically; PNG without a suffix."""
    picture = io.BytesIO()
    figure.savefig(picture, format=path.suffix[1:] or "png")
    with replace_file(path) as file:
        file.write_bytes(picture.getvalue())
