"""Folders that are written atomically."""

from __future__ import annotations

import os
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


def test_the_old_folder_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the new folder cannot be renamed, the old one is at its path again."""
    path, rename = tmp_path / "out", Path.replace
    with new_folder(path) as new:
        (new / "file").write_text("old", encoding="utf-8")

    def fail_once(self: Path, target: Path) -> Path:
        if target == path and not self.name.endswith(".old"):
            raise PermissionError(13, "busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail_once)
    with pytest.raises(PermissionError), new_folder(path) as new:
        (new / "file").write_text("new", encoding="utf-8")
    assert (path / "file").read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_stays(tmp_path: Path) -> None:
    """The target of a symbolic link is replaced."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.mkdir()
    link.symlink_to(target)
    with new_folder(link) as new:
        (new / "file").touch()
    assert link.is_symlink()
    assert (target / "file").exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "target"]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot lock folders")
def test_what_killed_runs_left(tmp_path: Path) -> None:
    """It is removed after the next run; the folder of a run that is still at work stays, and so do other folders."""
    path = tmp_path / "out"
    stale, replaced, other = (tmp_path / f".out.{end}" for end in ("0" * 16, "1" * 16 + ".old", "notes"))
    for folder in (stale, replaced, other):
        folder.mkdir()
    with new_folder(path) as first:
        with new_folder(path):
            pass
        assert first.is_dir()
        assert not stale.exists()
        assert not replaced.exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == [".out.notes", "out"]


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
