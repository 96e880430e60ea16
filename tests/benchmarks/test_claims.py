"""Verdicts on the paper's claims are as strict as the paper's sentences."""

from __future__ import annotations

import pytest

from benchmarks.common.summary import Experiment
from benchmarks.retrieval import claims

UP, DOWN, ZERO = [0.05, 0.04, 0.06, 0.001], [-0.05, -0.06, -0.04, 0.001], [0.0, -0.004, 0.004, 0.9]


def experiment(seeds: int = 3, **gains: list[float]) -> Experiment:
    """Return results in which all gains are `UP`, except those given."""
    kinds = ("MoIR", "CLIR", "MLIR", "en to en", "with ru", "without ru")
    about = {
        "means": {"MoIR": 0.4, "CLIR": 0.2, "MLIR": 0.2},
        "gains": {
            base: {kind: gains.get(kind.replace(" ", "_"), UP) for kind in kinds} for base in ("zero-shot", "ML-CS")
        },
    }
    return Experiment({"seeds": seeds, "systems": dict.fromkeys(("zero-shot", "ML-CS", "real translations"), about)})


def verdicts(found: Experiment) -> list[str]:
    lines = claims.lines(lambda name: found if name == "main" else None)
    return [line.rpartition(": ")[2] for line in lines]


def test_above_zero() -> None:
    """A gain is confirmed above 0, contradicted below, and cannot be told if 0 is inside or one seed was run."""
    assert verdicts(experiment())[0] == "confirmed."
    assert verdicts(experiment(CLIR=DOWN))[0] == "contradicted."
    assert verdicts(experiment(CLIR=ZERO))[0] == "cannot tell."
    assert verdicts(experiment(seeds=1))[0] == "cannot tell (one seed)."


@pytest.mark.parametrize(
    ("gain", "verdict"),
    [
        (ZERO, "confirmed."),
        (UP, "contradicted."),
        ([0.008, 0.001, 0.015, 0.03], "cannot tell."),
        (DOWN, "contradicted."),
    ],
)
def test_unchanged(gain: list[float], verdict: str) -> None:
    """Nothing changes only if the whole interval lies within the margin of .01."""
    assert verdicts(experiment(MoIR=gain))[2] == verdict


def test_both_halves_of_a_sentence() -> None:
    """Real translations must be better within a language too, since the paper says so."""
    assert verdicts(experiment())[4] == "confirmed."
    assert verdicts(experiment(MoIR=ZERO))[4] == "not confirmed."


def test_real_translations_that_lack_no_language() -> None:
    """They decide the claim if they were measured, and so does Translate-Test beside them."""
    complete = experiment()
    complete.systems["zero-shot, Translate-Test"] = {"gains": {"zero-shot": {"CLIR": ZERO}}}
    complete.systems["ML-CS, Translate-Test"] = {"gains": {"ML-CS": {"CLIR": ZERO}}}
    by_name = {"main": experiment(MoIR=ZERO), "complete": complete}
    found = [line.rpartition(": ")[2] for line in claims.lines(by_name.get)]
    assert found[4] == found[7] == "confirmed."


def test_distant_pairs() -> None:
    """Distant pairs gain more only if the intervals do not overlap."""
    assert verdicts(experiment(without_ru=ZERO))[5] == "confirmed."
    assert verdicts(experiment(without_ru=[0.03, 0.02, 0.045, 0.001]))[5] == "cannot tell."
