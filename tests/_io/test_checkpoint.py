from pathlib import Path

import numpy as np

from lexswitch._io.checkpoint import Checkpoint


def test_gives_back_what_was_saved(tmp_path: Path) -> None:
    """Arrays and place come back for the same signature only."""
    path = tmp_path / "new" / "state.npz"
    Checkpoint(path, "one").save({"values": np.arange(3)}, 2)
    values = np.zeros(3, dtype=np.int64)
    assert Checkpoint(path, "other").load({"values": values}) == 0
    assert values.tolist() == [0, 0, 0]
    assert Checkpoint(path, "one").load({"values": values}) == 2
    assert values.tolist() == [0, 1, 2]


def test_damaged_file_begins_anew(tmp_path: Path) -> None:
    """A file that is none of ours, cut off or of other arrays is as good as none."""
    path = tmp_path / "state.npz"
    Checkpoint(path, "one").save({"values": np.arange(1000)}, 2)
    data = path.read_bytes()
    for damaged in (b"", b"nonsense", data[: len(data) // 2]):
        path.write_bytes(damaged)
        assert Checkpoint(path, "one").load({"values": np.zeros(1000)}) == 0
    path.write_bytes(data)
    assert Checkpoint(path, "one").load({"others": np.zeros(1000)}) == 0
    assert Checkpoint(path, "one").load({"values": np.zeros(7)}) == 0


def test_without_path_nothing_is_kept(tmp_path: Path) -> None:
    """No path, no file."""
    checkpoint = Checkpoint(None, "one")
    checkpoint.save({"values": np.arange(3)}, 2)
    assert checkpoint.load({"values": np.zeros(3)}) == 0
    assert not list(tmp_path.iterdir())
