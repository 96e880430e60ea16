"""`lexswitch.backend`: which engine is used, and why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lexswitch
from lexswitch.engine import kernel

from ..engines import IS_COMPILED, engine, needs_kernel

_SCRIPT = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(name)s: %(message)s")
import lexswitch
assert "lexswitch.engine._kernel" not in sys.modules
switcher = lexswitch.CodeSwitcher(lexswitch.Lexicon.from_pairs({"de": [("house", "Haus")]}), p=1)
assert switcher.apply(["a house"]) == ["a Haus"]
print(lexswitch.backend().name, lexswitch.backend().reason, sep=": ")
"""


def _run(wanted: str | None, *folders: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "LEXSWITCH_BACKEND"}
    environment |= {"PYTHONPATH": os.pathsep.join([*map(str, folders), *sys.path])}
    environment |= {} if wanted is None else {"LEXSWITCH_BACKEND": wanted}
    return subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def without_kernel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of lexswitch without the compiled module."""
    folder = tmp_path_factory.mktemp("copy")
    source = Path(lexswitch.__file__).parent
    shutil.copytree(source, folder / "lexswitch", ignore=shutil.ignore_patterns("_kernel*", "__pycache__"))
    return folder


@needs_kernel
@pytest.mark.parametrize("wanted", [None, "", "c"])
def test_compiled_engine(wanted: str | None) -> None:
    """The compiled engine is used if it is installed; importing the package does not load it, nothing is logged."""
    run = _run(wanted)
    assert (run.stdout, run.stderr) == ("c: the compiled engine is installed\n", "")


def test_numpy_on_request() -> None:
    """LEXSWITCH_BACKEND=numpy chooses NumPy."""
    run = _run("numpy")
    assert (run.stdout, run.stderr) == ("numpy: LEXSWITCH_BACKEND is 'numpy'\n", "")


def test_unknown_backend() -> None:
    """Another value is an error that names the variable, the value and what is allowed."""
    run = _run("rust")
    assert run.returncode == 1
    assert run.stderr.endswith("ValueError: LEXSWITCH_BACKEND is 'rust'; it must be 'c', 'numpy' or not set\n")


def test_missing_module(without_kernel: Path) -> None:
    """Without the compiled module NumPy is used; one debug line and `backend` say why."""
    run = _run(None, without_kernel)
    reason = "the compiled engine cannot be loaded: cannot import name '_kernel'"
    assert run.stdout.startswith(f"numpy: {reason}")
    assert run.stderr.startswith(f"lexswitch.engine.kernel: {reason}")
    assert run.stderr.endswith("; NumPy is used, which gives the same results\n")
    assert run.stderr.count("\n") == 1


def test_module_that_cannot_be_loaded(without_kernel: Path, tmp_path: Path) -> None:
    """A damaged module does no harm: NumPy is used; one debug line and `backend` say why."""
    copy = shutil.copytree(without_kernel / "lexswitch", tmp_path / "lexswitch")
    suffix = ".pyd" if sys.platform == "win32" else ".abi3.so"
    (copy / "engine" / f"_kernel{suffix}").write_bytes(b"not a library" * 100)
    run = _run(None, tmp_path)
    assert run.stdout.startswith("numpy: the compiled engine cannot be loaded: ")
    assert "_kernel" in run.stdout
    assert run.stderr.count("\n") == 1


def test_module_of_another_version(without_kernel: Path, tmp_path: Path) -> None:
    """A module of other sources is not used: it would read the wrong numbers."""
    copy = shutil.copytree(without_kernel / "lexswitch", tmp_path / "lexswitch")
    (copy / "engine" / "_kernel.py").write_text("INTERFACE = 1\n", encoding="utf-8")
    run = _run(None, tmp_path)
    assert run.stdout == "numpy: the compiled engine is that of another version\n"
    refused = _run("c", tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.endswith("but the compiled engine is that of another version; install lexswitch again\n")


def test_missing_module_on_request(without_kernel: Path) -> None:
    """LEXSWITCH_BACKEND=c without the module is an error with the remedy."""
    run = _run("c", without_kernel)
    assert run.returncode == 1
    assert "ImportError: LEXSWITCH_BACKEND is 'c', but the compiled engine cannot be loaded: " in run.stderr
    assert run.stderr.endswith("install lexswitch with a C compiler\n")


@pytest.mark.parametrize("name", ["c", "numpy"])
def test_backend_is_one_object(name: str) -> None:
    """The engine is chosen once, at the first use."""
    if name == "c" and not IS_COMPILED:
        pytest.skip("lexswitch was installed without a C compiler")
    with engine(name):
        assert lexswitch.backend() is kernel.backend()
        assert lexswitch.backend().name == name
