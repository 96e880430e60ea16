"""What ``import lexswitch`` loads."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import lexswitch

_LOADED = """
import json, sys, sysconfig
before = set(sys.modules)
import {0}
site = sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]
new = [(name, getattr(sys.modules[name], "__file__", None) or "") for name in set(sys.modules) - before]
print(json.dumps([[name for name, _ in new], [name for name, file in new if file.startswith(site)]]))
"""


def _loaded(module: str) -> tuple[set[str], set[str]]:
    """Top-level packages that importing a module loads: all, and those installed in site-packages."""
    code = _LOADED.format(module)
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    every, installed = json.loads(output)
    return {name.partition(".")[0] for name in every}, {name.partition(".")[0] for name in installed}


@pytest.mark.parametrize("heavy", ["gensim", "regex", "requests", "sacremoses", "scipy", "tqdm", "unittest"])
def test_import_loads_nothing_heavy(heavy: str) -> None:
    """Importing the package loads NumPy, but none of the packages that only some users need."""
    every, _ = _loaded("lexswitch")
    assert {"lexswitch", "numpy"} <= every
    assert heavy not in every


def test_import_loads_numpy_alone() -> None:
    """Of all that is installed, importing the package loads NumPy and nothing else."""
    _, installed = _loaded("lexswitch")
    assert installed - {"lexswitch"} == {"numpy"}


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.0.0", reason="this NumPy loads numpy.ma itself")
def test_reports_load_no_masked_arrays() -> None:
    """A report, and texts with odd characters, do not load numpy.ma, which would take longer than a short run."""
    code = (
        "import sys\n"
        "from lexswitch import CodeSwitcher, Lexicon\n"
        "switcher = CodeSwitcher(Lexicon.starter(), ['de'])\n"
        "print(switcher.report(['the \\u212aelvin house \\u0130 and the caf\\u0301e'] * 9))\n"
        "assert 'numpy.ma' not in sys.modules\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).stderr == b""


def test_import_leaves_warnings_and_logging_alone() -> None:
    """Importing changes no warning filter, adds no log handler and prints nothing."""
    code = (
        "import logging, warnings, numpy\n"
        "before = list(warnings.filters), list(logging.root.handlers), logging.root.level\n"
        "import lexswitch\n"
        "assert before == (list(warnings.filters), list(logging.root.handlers), logging.root.level)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert ran.stdout + ran.stderr == b""


def test_class_names_are_unique() -> None:
    """No two classes of the package share a name, so that a name says which class is meant."""
    folder = Path(lexswitch.__file__).parent
    names = Counter(
        node.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []
