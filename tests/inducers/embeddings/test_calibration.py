import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.inducers.embeddings.calibration import calibrate


@given(st.lists(st.tuples(st.floats(-2, 2), st.booleans()), max_size=900))
def test_weights_are_chances_that_grow_with_the_score(pairs: list[tuple[float, bool]]) -> None:
    """Weights are between 0 and 1, both excluded, and never decrease with the score."""
    scores, mutual = np.array([score for score, _ in pairs]), np.array([both for _, both in pairs], dtype=np.bool_)
    weights = calibrate(scores, mutual)
    assert ((weights > 0) & (weights < 1)).all()
    assert (np.diff(weights[np.argsort(scores, kind="stable")]) >= 0).all()


def test_weights_are_the_share_of_mutual_pairs() -> None:
    """If the probability of being mutual is known, the weights equal it, on any scale of scores."""
    random = np.random.default_rng(0)
    chances = random.random(40_000)
    mutual = random.random(40_000) < chances
    for scores in (chances, 100 * chances - 50, chances**3):
        assert np.abs(calibrate(scores, mutual) - chances).mean() < 0.02


def test_few_pairs_share_one_weight() -> None:
    """Fewer pairs than one bin share one weight."""
    assert calibrate(np.array([0.1, 0.5, 0.9]), np.array([False, True, True])).tolist() == [0.625] * 3
