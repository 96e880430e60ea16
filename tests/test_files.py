"""Writing files so that they appear whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lexswitch.files import locked_folder, replace_file


def test_file_appears_at_the_end(tmp_path: Path) -> None:
    """Until the block ends there is no file at the path; then it is there, and parents were made."""
    path = tmp_path / "a" / "b"
    with replace_file(path) as temporary:
        temporary.write_text("1")
        assert not path.exists()
    assert path.read_text() == "1"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_failure_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    """When the block fails or is interrupted, what was there stays, and nothing else does."""
    path = tmp_path / "a"
    path.write_text("old")

    def fail() -> None:
        with replace_file(path) as temporary:
            temporary.write_text("new")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks of folders")
def test_lock_keeps_other_processes_out(tmp_path: Path) -> None:
    """Another process gets the folder only when the lock is given back, and no file is left."""
    script = "import sys, pathlib; from lexswitch.files import locked_folder\n"
    script += "with locked_folder(pathlib.Path(sys.argv[1])): print('in', flush=True)"
    with locked_folder(tmp_path):
        other = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(1)
    assert other.communicate(timeout=60)[0] == "in\n"
    assert not list(tmp_path.iterdir())
