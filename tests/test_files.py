"""Writing folders so that they appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from lexswitch.files import replace_folder


def test_folder_appears_at_the_end(tmp_path: Path) -> None:
    """Until the block ends there is no folder at the path; then it has all files, and parents were made."""
    path = tmp_path / "a" / "b"
    with replace_folder(path) as folder:
        (folder / "one").write_text("1")
        assert not path.exists()
    assert (path / "one").read_text() == "1"
    assert list(path.parent.iterdir()) == [path]


def test_folder_replaces_the_old_one(tmp_path: Path) -> None:
    """The old folder stays until the block ends, and then leaves none of its files."""
    path = tmp_path / "a"
    for name in ("old", "new"):
        with replace_folder(path) as folder:
            (folder / name).write_text(name)
            assert path.exists() == (name == "new")
    assert [file.name for file in path.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_failure_leaves_the_old_state(tmp_path: Path, error: type[BaseException]) -> None:
    """When the block fails or is interrupted, what was there stays, and nothing else does."""
    path = tmp_path / "a"
    with replace_folder(path) as folder:
        (folder / "old").write_text("old")

    def fail() -> None:
        with replace_folder(path) as folder:
            (folder / "new").write_text("new")
            raise error

    with pytest.raises(error):
        fail()
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]
