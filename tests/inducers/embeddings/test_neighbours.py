import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.inducers.batches import blocks
from lexswitch.inducers.embeddings.neighbours import BLOCK_ROWS, Tiles, TopLists, search


def unit_rows(count: int, dimensions: int, seed: int) -> np.ndarray:
    matrix = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def scan(source: np.ndarray, target: np.ndarray, keep: int) -> tuple[TopLists, TopLists]:
    forward, backward = TopLists.empty(len(source), keep), TopLists.empty(len(target), keep)
    tiles = Tiles(target)
    for rows in blocks(len(source), BLOCK_ROWS):
        search(tiles, source[rows], forward[rows], backward, rows.start)
    return forward, backward


def check_best(best: TopLists, similarities: np.ndarray) -> None:
    """The kept values are the greatest of each row, with their ids."""
    ids, values = best.sorted()
    keep = min(best.keys.shape[1], similarities.shape[1])
    np.testing.assert_allclose(values[:, :keep], -np.sort(-similarities, axis=1)[:, :keep], atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(similarities, ids[:, :keep], axis=1), values[:, :keep], atol=1e-6)
    assert (ids[:, keep:] == -1).all()
    assert (values[:, keep:] == -np.inf).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sources", "targets", "keep"),
    [(1, 1, 1), (3, 5000, 10), (5000, 3, 10), (100, 50, 60), (2049, 4097, 16), (4500, 9000, 7)],
)
def test_keeps_the_most_similar_of_both_sides(sources: int, targets: int, keep: int) -> None:
    """The lists equal a full sort, across blocks and tiles, and if there are fewer rows than are kept."""
    source, target = unit_rows(sources, 20, 0), unit_rows(targets, 20, 1)
    forward, backward = scan(source, target, keep)
    similarities = source @ target.T
    check_best(forward, similarities)
    check_best(backward, similarities.T)


def test_dense_and_sparse_regions_do_not_disturb() -> None:
    """Words in a dense cluster and isolated words, in any order, keep their own lists."""
    random = np.random.default_rng(3)
    matrix = unit_rows(3000, 10, 0)
    matrix[random.permutation(3000)[:1000]] += 5
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    forward, backward = scan(matrix[:1700], matrix[1300:], 8)
    similarities = matrix[:1700] @ matrix[1300:].T
    check_best(forward, similarities)
    check_best(backward, similarities.T)


def test_of_equal_similarities_the_first_is_kept() -> None:
    """Of equal rows, the first ones are kept, in order."""
    target = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)
    forward, _ = scan(np.eye(3, dtype=np.float32), target, 5)
    assert forward.sorted()[0].tolist() == [[0, 1, 2, 3, 4], [20, 21, 22, 23, 24], [40, 41, 42, 43, 44]]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.integers(0, 2**31 - 1), st.floats(width=32, allow_nan=False, allow_infinity=False)
        ),
        max_size=80,
    ),
    st.integers(1, 4),
    st.integers(0, 80),
)
def test_best_equals_sorting(offers: list[tuple[int, int, float]], keep: int, cut: int) -> None:
    """In any portions, the greatest values are kept; of equal values those with the least ids."""
    best = TopLists.empty(6, keep)
    for part in (offers[:cut], offers[cut:]):
        lists, ids, values = zip(*part, strict=True) if part else ((), (), ())
        best.offer(np.array(lists, dtype=np.intp), np.array(ids, dtype=np.intp), np.array(values, dtype=np.float32) + 0)
    kept_ids, kept_values = best.sorted()
    for one in range(6):
        expected = sorted(((-value, number) for owner, number, value in offers if owner == one))[:keep]
        found = [
            (-value, number) for value, number in zip(kept_values[one].tolist(), kept_ids[one].tolist(), strict=True)
        ]
        assert found == expected + [(np.inf, -1)] * (keep - len(expected))
        assert best.least[one] == (-expected[-1][0] if len(expected) == keep else -np.inf)


def test_penalties_are_subtracted() -> None:
    """A search with penalties ranks by similarity minus penalty."""
    source, target = unit_rows(40, 6, 0), unit_rows(70, 6, 1)
    penalty = np.linspace(0, 1, 70, dtype=np.float32)
    best = TopLists.empty(40, 3)
    search(Tiles(target, penalty), source, best)
    check_best(best, source @ target.T - penalty)
