"""Atomic writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lexswitch._io.atomic import replace_file
from lexswitch._io.outputs import check_output, is_stream

not_windows = pytest.mark.skipif(os.name == "nt", reason="Windows has other links and pipes, and no locks")


def test_file_appears_at_the_end(tmp_path: Path) -> None:
    """The file exists only after the block ends, and its parent folders are made."""
    path = tmp_path / "a" / "b"
    with replace_file(path) as temporary:
        temporary.write_text("1")
        assert not path.exists()
    assert path.read_text() == "1"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_failure_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    """If the block fails or is interrupted, the old file stays and no other file is left."""
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


@not_windows
def test_link_stays(tmp_path: Path) -> None:
    """A link, and a link to a link, stays; its target is replaced or made."""
    for name, target in {"there": "target", "dangling": "new"}.items():
        (tmp_path / "target").write_text("old")
        (tmp_path / name).symlink_to(target)
        (tmp_path / f"far-{name}").symlink_to(name)
        with replace_file(tmp_path / f"far-{name}") as temporary:
            assert temporary.parent == tmp_path
            temporary.write_text("new")
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / target).read_text() == "new"


@not_windows
def test_fifo_gets_the_bytes(tmp_path: Path) -> None:
    """A FIFO is not replaced; its reader gets the complete file."""
    fifo, found = tmp_path / "fifo", list[bytes]()
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: found.append(fifo.read_bytes()))
    reader.start()
    with replace_file(fifo) as temporary:
        temporary.write_bytes(b"text")
    reader.join(60)
    assert (found, is_stream(fifo), list(tmp_path.iterdir())) == ([b"text"], True, [fifo])


def test_folder_is_refused(tmp_path: Path) -> None:
    """A folder is refused, also by the check before the work."""
    for refuse in (check_output, lambda path: replace_file(path).__enter__()):
        with pytest.raises(IsADirectoryError, match="is a folder; name a file in it, such as"):
            refuse(tmp_path)
    assert list(tmp_path.iterdir()) == []


@not_windows
def test_temporary_of_a_killed_run_is_removed(tmp_path: Path) -> None:
    """The next run for the same path removes the file of a killed run, but not that of a running one."""
    script = (
        "import sys, time, pathlib\n"
        "from lexswitch._io.atomic import replace_file\n"
        "with replace_file(pathlib.Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_text('begun')\n"
        "    print(temporary, flush=True)\n"
        "    time.sleep(60)\n"
    )
    path = tmp_path / "a"
    with subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().rstrip("\n"))
        with replace_file(path) as temporary:
            temporary.write_text("1")
        assert left.read_text() == "begun"
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert left.exists()
    with replace_file(tmp_path / "b") as temporary:
        temporary.write_text("other path")
    assert left.exists()
    with replace_file(path) as temporary:
        temporary.write_text("2")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a": "2", "b": "other path"}


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_permissions_stay(tmp_path: Path) -> None:
    """A private file that is replaced stays private."""
    path = tmp_path / "private.tsv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o600)
    with replace_file(path) as temporary:
        temporary.write_text("new", encoding="utf-8")
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("new", 0o600)
