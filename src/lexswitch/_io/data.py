"""Data files that are part of the package."""

from __future__ import annotations

import os


def read_data(package: str, name: str) -> str:
    """Return the text of a file in the folder ``data`` of a subpackage."""
    with open(
        os.path.join(os.path.dirname(os.path.dirname(__file__)), package, "data", name), encoding="utf-8"
    ) as file:
        return file.read()
