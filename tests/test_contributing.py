"""The examples of CONTRIBUTING.md run; the documentation names modules and functions that exist, and all pages."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from lexswitch.formats import FORMATS

from .test_readme import with_real_output

ROOT = Path(__file__).parent.parent
_MODULE = re.compile(r"(?ms)^(?:In )?`src/lexswitch/([\w/]+)\.py`:\n\n```python\n(.*?)^```$")


@pytest.fixture
def _formats() -> Iterator[None]:
    """Remove the formats that a test registers."""
    before = dict(FORMATS)
    yield
    FORMATS.clear()
    FORMATS.update(before)


def _guide() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def _modules() -> list[tuple[str, str]]:
    """Return path and code of each block under a file name."""
    return _MODULE.findall(_guide())


@pytest.mark.usefixtures("_formats")
def test_examples_show_real_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example runs as a part of its module, and the comments of the other blocks show their output."""
    for path, code in _modules():
        name = f"lexswitch.{path.replace('/', '.')}"
        module = ModuleType(name)
        if (ROOT / "src" / "lexswitch" / f"{path}.py").exists():  # the code is added to this module
            vars(module).update(vars(importlib.import_module(name)))
        module.__package__ = name.rpartition(".")[0]
        exec(compile(code, "<CONTRIBUTING.md>", "exec"), vars(module))  # noqa: S102  # our own page
        monkeypatch.setitem(sys.modules, name, module)
    text = _MODULE.sub("", _guide())
    assert text.count("```python") == 5
    assert with_real_output(text) == text


@pytest.mark.skipif(find_spec("ruff") is None, reason="ruff is not installed")
@pytest.mark.parametrize(("path", "code"), [pytest.param(*module, id=module[0]) for module in _modules()])
def test_modules_have_our_style(path: str, code: str) -> None:
    """Each module of the examples passes the linter and the formatter at its place in the package."""
    file = ROOT / "src" / "lexswitch" / f"{path}.py"
    before = file.read_text(encoding="utf-8") + "\n\n" if file.exists() else ""
    for command in (["check"], ["format", "--check"]):
        arguments = [sys.executable, "-m", "ruff", *command, "--no-cache", "--stdin-filename", str(file), "-"]
        ran = subprocess.run(
            arguments, input=before + code, capture_output=True, check=False, encoding="utf-8", cwd=ROOT
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


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
