"""Folders that are written atomically."""

from __future__ import annotations

from pathlib import Path

import pytest

from lexswitch._io.folders import check_new_folder, new_folder


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    """The folder has its final name only after the block; an old folder is replaced."""
    path = tmp_path / "deep" / "out"
    for content in ("old", "new"):
        with new_folder(path) as new:
            (new / "file").write_text(content, encoding="utf-8")
            assert not path.exists() or (path / "file").read_text(encoding="utf-8") == "old"
        assert (path / "file").read_text(encoding="utf-8") == content
    assert [one.name for one in path.parent.iterdir()] == ["out"]


def test_nothing_is_left_after_an_error(tmp_path: Path) -> None:
    """After an error, there is no new folder, and the old one is as it was."""
    path = tmp_path / "out"
    with pytest.raises(RuntimeError):
        _fail(path)
    assert list(tmp_path.iterdir()) == []
    path.mkdir()
    with pytest.raises(RuntimeError):
        _fail(path)
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def _fail(path: Path) -> None:
    with new_folder(path) as new:
        (new / "file").write_text("x", encoding="utf-8")
        raise RuntimeError


def test_existing_folders(tmp_path: Path) -> None:
    """Only a folder with our mark may be replaced, and only if the user wants it."""
    path = tmp_path / "out"
    check_new_folder(path, "mark", force=False)
    path.mkdir()
    with pytest.raises(FileExistsError, match=r"out exists, and has no mark, so it is not replaced"):
        check_new_folder(path, "mark", force=True)
    (path / "mark").touch()
    with pytest.raises(FileExistsError, match=r"out exists; pass force=True to replace it"):
        check_new_folder(path, "mark", force=False)
    check_new_folder(path, "mark", force=True)
