"""Without the library that an integration needs, its error names the extra that installs it."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

EXTRAS = {
    "huggingface": ("datasets", "huggingface"),
    "mteb": ("mteb", "mteb"),
    "rankings": ("torch", "torch"),
    "ray": ("ray", "ray"),
    "spark": ("pyspark", "spark"),
    "torch": ("torch", "torch"),
    "transformers": ("transformers", "encoder"),
    "weights": ("torch", "torch"),
}


@pytest.mark.parametrize("module", EXTRAS)
def test_the_extra_has_the_library(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names an extra, and this extra of the package requires the library."""
    library, extra = EXTRAS[module]
    for name in [library, *(name for name in sys.modules if name.startswith(f"{library}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"lexswitch.integrations.{module}", raising=False)
    with pytest.raises(ImportError, match=re.escape(f'pip install "lexswitch[{extra}]"')):
        importlib.import_module(f"lexswitch.integrations.{module}")
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(rf'^{extra} = \[.*"{library}\b', project, re.MULTILINE)
