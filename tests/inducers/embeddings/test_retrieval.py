import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lexswitch import LexiconError
from lexswitch.inducers.embeddings import neighbours, retrieval
from lexswitch.inducers.embeddings.retrieval import METHODS, retrieve


def unit_rows(count: int, dimensions: int, seed: int) -> np.ndarray:
    matrix = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def plain(source: np.ndarray, target: np.ndarray, method: str) -> np.ndarray:
    """All scores, by the formulas of the papers."""
    cosines = source.astype(np.float64) @ target.T.astype(np.float64)
    if method == "csls":
        of_sources, of_targets = (
            np.sort(cosines, axis=1)[:, -10:].mean(axis=1),
            np.sort(cosines, axis=0)[-10:].mean(axis=0),
        )
        return 2 * cosines - of_sources[:, None] - of_targets
    if method == "inverted-softmax":
        masses = np.exp(30 * cosines)
        return np.log(masses / masses.sum(axis=0))
    return cosines


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("top_k", [1, 4])
@pytest.mark.parametrize("spread", [0.0, 2.0])
def test_equals_a_plain_implementation(method: str, top_k: int, spread: float) -> None:
    """Ids, scores and cosines of both directions equal a full sort, also if some words are hubs."""
    source, target = unit_rows(2300, 16, 0), unit_rows(4200, 16, 1)
    hub = np.random.default_rng(2).random((4200, 1)) * spread  # some words are close to a common direction
    target = target + hub * unit_rows(1, 16, 3)
    target /= np.linalg.norm(target, axis=1, keepdims=True)
    found = retrieve(source, target.astype(np.float32), method, top_k)
    for one, matrices in ((found.forward, (source, target)), (found.backward, (target, source))):
        scores = plain(matrices[0], matrices[1], method)
        np.testing.assert_allclose(one.scores, -np.sort(-scores, axis=1)[:, :top_k], atol=2e-4)
        np.testing.assert_allclose(np.take_along_axis(scores, one.ids, axis=1), one.scores, atol=2e-4)
        cosines = matrices[0] @ matrices[1].T
        np.testing.assert_allclose(np.take_along_axis(cosines, one.ids, axis=1), one.similarities, atol=1e-5)


def test_second_look_is_taken_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without spare neighbours the kept ones often prove nothing, and the result is still exact."""
    looks: list[int] = []
    second_look = retrieval._search_scores

    def spy(words: object, others: object, rows: np.ndarray, *rest: object) -> object:
        looks.append(len(rows))
        return second_look(words, others, rows, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(retrieval, "_search_scores", spy)
    monkeypatch.setattr(retrieval, "_SPARE", 0)
    source, target = unit_rows(500, 8, 0), unit_rows(700, 8, 1)
    found = retrieve(source, target, "csls", 3)
    assert sum(looks) > 50
    np.testing.assert_allclose(found.forward.scores, -np.sort(-plain(source, target, "csls"), axis=1)[:, :3], atol=1e-5)


def test_small_vocabularies() -> None:
    """As many words as neighbours are enough; fewer are refused."""
    words = unit_rows(3, 4, 0)
    assert retrieve(words, words, "csls", 3, neighbours=3).forward.ids[:, 0].tolist() == [0, 1, 2]
    with pytest.raises(LexiconError, match="source has 3 words, but CSLS compares each word with 10 neighbours"):
        retrieve(words, words)
    with pytest.raises(LexiconError, match=r"source has 3 words, fewer than top_k \(4\); choose 3 or less"):
        retrieve(words, words, "nearest", 4)


def test_bad_input() -> None:
    """Different dimensions and unknown methods are refused by name."""
    with pytest.raises(LexiconError, match="source has 4 dimensions, target has 5"):
        retrieve(unit_rows(3, 4, 0), unit_rows(3, 5, 0))
    with pytest.raises(ValueError, match="method is 'cosine'; it must be one of 'nearest', 'csls'"):
        retrieve(unit_rows(3, 4, 0), unit_rows(3, 4, 0), "cosine")
    wrong: tuple[tuple[Any, type[Exception]], ...] = ((0, ValueError), (-1, ValueError), ("a", TypeError))
    for temperature, error in wrong:
        with pytest.raises(error, match=f"temperature is {temperature!r}; it must be a number from 1e-06 to"):
            retrieve(unit_rows(3, 4, 0), unit_rows(3, 4, 0), "inverted-softmax", temperature=temperature)


def test_interrupted_search_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resumed search repeats no saved block, and finds the same."""
    monkeypatch.setattr(retrieval, "BLOCK_ROWS", 64)
    monkeypatch.setattr(retrieval, "_BLOCKS_SAVED", 2)
    source, target = unit_rows(640, 8, 0), unit_rows(700, 8, 1)
    begun: list[int] = []

    def stop_at(limit: int) -> None:
        def search(tiles: object, block: object, forward: object, backward: object, first: int) -> None:
            if first >= limit:
                raise KeyboardInterrupt
            begun.append(first)
            neighbours.search(tiles, block, forward, backward, first)  # type: ignore[arg-type]

        monkeypatch.setattr(retrieval, "search", search)

    stop_at(320)
    with pytest.raises(KeyboardInterrupt):
        retrieve(source, target, "csls", checkpoint=tmp_path / "state.npz")
    stop_at(10**9)
    found = retrieve(source, target, "csls", checkpoint=tmp_path / "state.npz")
    assert begun == [0, 64, 128, 192, 256, 256, 320, 384, 448, 512, 576]
    expected = retrieve(source, target, "csls")
    assert all(np.array_equal(*pair) for pair in zip(found.forward, expected.forward, strict=True))
    assert all(np.array_equal(*pair) for pair in zip(found.backward, expected.backward, strict=True))


_RUN = """
import sys
import numpy as np
from pathlib import Path
from typing import Any
from lexswitch.inducers.embeddings import retrieval
retrieval._BLOCKS_SAVED = 1
random = np.random.default_rng(0)
source, target = (random.standard_normal((12_000, 32)).astype(np.float32) for _ in range(2))
source, target = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True) for matrix in (source, target))
found = retrieval.retrieve(source, target, "csls", checkpoint=Path(sys.argv[1]))
print(found.forward.ids.sum(), float(found.forward.scores.sum(dtype="f8")))
"""


@pytest.mark.slow
def test_killed_search_resumes(tmp_path: Path) -> None:
    """After SIGKILL the checkpoint is sound, and the repeated run gives the result of an uninterrupted one."""
    state = tmp_path / "state.npz"
    run = [sys.executable, "-c", _RUN]
    with subprocess.Popen([*run, str(state)], stdout=subprocess.DEVNULL) as process:
        while not state.exists() and process.poll() is None:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    with np.load(state) as saved:
        assert int(str(saved["__metadata__"])) in range(2048, 12_001)
    resumed = subprocess.run([*run, str(state)], capture_output=True, check=True).stdout
    assert resumed == subprocess.run([*run, str(tmp_path / "new.npz")], capture_output=True, check=True).stdout
