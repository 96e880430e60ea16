"""Pictures of matplotlib as files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from .atomic import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure


def save_picture(figure: Figure, path: Path) -> None:
    """Save a figure in the format that the suffix of the path names, atomically; PNG without a suffix."""
    picture = io.BytesIO()
    figure.savefig(picture, format=path.suffix[1:] or "png")
    with replace_file(path) as file:
        file.write_bytes(picture.getvalue())
