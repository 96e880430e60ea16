from pathlib import Path

import numpy as np
import pytest

from lexswitch._io.checkpoint import Checkpoint


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """Arrays and metadata are loaded by the same run only."""
    path = tmp_path / "new" / "state.npz"
    Checkpoint(path, "one").save({"values": np.arange(3)}, {"done": 2})
    assert Checkpoint(path, "other").load(["values"]) is None
    state = Checkpoint(path, "one").load(["values"])
    assert state is not None
    assert state.arrays["values"].tolist() == [0, 1, 2]
    assert state.metadata == {"done": 2}


def test_arrays_are_filled(tmp_path: Path) -> None:
    """`load_into` copies the values into given arrays, and leaves them alone if the file is of another run."""
    path = tmp_path / "state.npz"
    Checkpoint(path, "one").save({"values": np.arange(3)}, 2)
    values = np.zeros(3, dtype=np.int64)
    assert Checkpoint(path, "other").load_into({"values": values}) is None
    assert values.tolist() == [0, 0, 0]
    assert Checkpoint(path, "one").load_into({"values": values}) == 2
    assert values.tolist() == [0, 1, 2]


@pytest.mark.parametrize("damage", [lambda _: b"", lambda _: b"nonsense", lambda data: data[: len(data) // 2]])
def test_damaged_file_is_ignored(tmp_path: Path, damage: object) -> None:
    """A damaged or truncated file counts as no file, and is overwritten."""
    path = tmp_path / "state.npz"
    checkpoint = Checkpoint(path, "one")
    checkpoint.save({"values": np.arange(1000)}, 2)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert checkpoint.load(["values"]) is None
    assert checkpoint.load_into({"values": np.zeros(1000)}) is None
    checkpoint.save({"values": np.arange(1000)}, 3)
    assert checkpoint.load_into({"values": np.zeros(1000)}) == 3


def test_other_arrays_are_ignored(tmp_path: Path) -> None:
    """A file without the arrays, with arrays of another shape, or written by another program counts as no file."""
    path = tmp_path / "state.npz"
    checkpoint = Checkpoint(path, "one")
    checkpoint.save({"values": np.arange(1000)}, 2)
    assert checkpoint.load(["others"]) is None
    assert checkpoint.load_into({"values": np.zeros(7)}) is None
    np.savez(path, values=np.arange(1000))
    assert checkpoint.load(["values"]) is None


def test_a_single_array_is_ignored(tmp_path: Path) -> None:
    """A file in NumPy's other format counts as no file."""
    path = tmp_path / "state.npz"
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    assert Checkpoint(path, "one").load(["values"]) is None


def test_unreadable_file_is_an_error(tmp_path: Path) -> None:
    """Work that is saved, but cannot be read, is not done again without a word. Nobody can open a folder as a file."""
    path = tmp_path / "state.npz"
    path.mkdir()
    with pytest.raises((IsADirectoryError, PermissionError)):  # the second one on Windows
        Checkpoint(path, "one").load(["values"])


def test_without_path_nothing_is_saved(tmp_path: Path) -> None:
    """No path, no file."""
    checkpoint = Checkpoint(None, "one")
    checkpoint.save({"values": np.arange(3)}, 2)
    assert checkpoint.load(["values"]) is None
    assert not list(tmp_path.iterdir())
