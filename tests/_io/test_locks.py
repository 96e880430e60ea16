"""Locks between processes, and the files that are locked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lexswitch._io.locks import lock_file, locked_folder
from lexswitch._io.own_files import is_at, open_own


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks of folders")
def test_lock_keeps_other_processes_out(tmp_path: Path) -> None:
    """Another process gets the lock of a folder only after it is released, and no file is left."""
    script = "import sys, pathlib; from lexswitch._io.locks import locked_folder\n"
    script += "with locked_folder(pathlib.Path(sys.argv[1])): print('in', flush=True)"
    with locked_folder(tmp_path):
        other = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(1)
    assert other.communicate(timeout=60)[0] == "in\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks")
def test_own_files_are_locked_and_known(tmp_path: Path) -> None:
    """A second open file cannot be locked; a renamed file is no longer the one at its path."""
    path = tmp_path / "own"
    with open_own(path) as first, open_own(path) as second:
        assert lock_file(first)
        assert not lock_file(second)
        assert is_at(first, path)
        path.rename(tmp_path / "other")
        assert not is_at(first, path)
        path.write_text("new")
        assert not is_at(first, path)
