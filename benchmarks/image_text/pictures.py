"""Pictures as arrays."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from benchmarks.common.errors import CollectionError


def read(path: Path, size: int) -> np.ndarray:
    """Return the picture in a file.

    Parameters
    ----------
    path
        PNG, JPEG or another format of Pillow.
    size
        Width and height in pixels. The picture is fitted into this square; the rest of the square is transparent.

    Returns
    -------
    ndarray
        uint8, shape (size, size, 4): red, green, blue, opacity.

    Raises
    ------
    CollectionError
        If the file does not exist or is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CollectionError(f"picture {path} cannot be read: {error.strerror}; fetch it again") from error
    return decoded(content, str(path), size)


def decoded(content: bytes, name: str, size: int) -> np.ndarray:
    """Return the picture in the bytes of a file; see `read`.

    Parameters
    ----------
    content
        The bytes.
    name
        Name of the file, for errors.
    size
        Width and height in pixels.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as image:
            return np.asarray(ImageOps.pad(image.convert("RGBA"), (size, size), color=(0, 0, 0, 0)))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # Pillow raises all of these
        raise CollectionError(f"picture {name} is damaged ({error}); fetch it again") from error
