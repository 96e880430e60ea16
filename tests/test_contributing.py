"""The examples of CONTRIBUTING.md run; docs/architecture.md names modules and functions that exist."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lexswitch.formats import FORMATS

from .test_readme import with_real_output

ROOT = Path(__file__).parent.parent


@pytest.fixture
def _formats() -> Iterator[None]:
    """Remove the formats that a test registers."""
    before = dict(FORMATS)
    yield
    FORMATS.clear()
    FORMATS.update(before)


@pytest.mark.usefixtures("_formats")
def test_examples_show_real_output() -> None:
    """Each example runs, and its comments show the output."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert text.count("```python") == 5
    assert with_real_output(text) == text


def test_named_functions_exist() -> None:
    """Each `module.py: function` in the walks of the architecture page exists."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+)\.py`: ((?:`[\w.]+`(?:, )?)+)", text)
    assert len(named) > 15
    for path, functions in named:
        module = importlib.import_module(f"lexswitch.{path.replace('/', '.')}")
        for function in re.findall(r"`([\w.]+)`", functions):
            found: object = module
            for name in function.split("."):
                assert hasattr(found, name), f"{path}.py has no {function}"
                found = getattr(found, name)
