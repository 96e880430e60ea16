"""The paper's claims (Litschko et al. 2023, https://arxiv.org/abs/2305.05295), and what was measured here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.common.report import short, with_interval
from benchmarks.common.statistics import ALPHA, Difference
from benchmarks.common.summary import UNTRAINED, Experiment
from benchmarks.retrieval.report import BASE, LIMIT

Load = Callable[[str], "Experiment | None"]

_SMALL = 0.01  # the margin within which MoIR must stay to be called unchanged, from the plan
_SEEDS = 3  # fewer seeds cannot tell
_ML = "ML-CS"
_CONFIRMED, _NOT_CONFIRMED, _CONTRADICTED = "confirmed.", "not confirmed.", "contradicted."
_CANNOT_TELL = "cannot tell."
_ONE_SEED = "cannot tell (one seed)."


def lines(load: Load) -> list[str]:
    """Return a Markdown list with one line for each claim; nothing if the main experiment was not run.

    A claim is *confirmed* if the whole interval lies where the paper's sentence says, and *contradicted* if it lies
    elsewhere. It is *not confirmed* if a part of the sentence does not hold here. Otherwise we *cannot tell*, as with
    experiments of one seed.

    Parameters
    ----------
    load
        Returns the results of an experiment, or None.
    """
    return [f"- **{claim}** {paper} Here: {found}" for claim, paper, found in _claims(load)]


def _claims(load: Load) -> Iterator[tuple[str, str, str]]:
    main = load("main")
    if main is None:
        return
    yield "Code-switching helps across languages (CLIR).", "Paper: +.051.", _gain(main, "CLIR")
    yield "It helps in mixed collections (MLIR).", "Paper: +.039.", _gain(main, "MLIR")
    yield "It changes nothing within a language (MoIR).", "Paper: not significant.", _unchanged(main)
    gaps = [main.mean(BASE, "MoIR") - main.mean(BASE, kind) for kind in ("CLIR", "MLIR")]
    yield (
        "Zero-shot, MoIR is far above CLIR and MLIR.",
        "Paper: by .157 and .166.",
        f"by {short(gaps[0])} and {short(gaps[1])}: {_CONFIRMED if min(gaps) > 0.1 else _NOT_CONFIRMED}",
    )
    complete = load("complete")  # here real translations lack no language
    limits = [(complete or main).difference(LIMIT, _ML, kind) for kind in ("MoIR", "CLIR")]
    yield (
        "Real translations are better still, in CLIR above all.",
        "Paper: by .040 in MoIR, .111 in CLIR.",
        (
            f"by {with_interval(limits[0])} and {with_interval(limits[1])}: "
            f"{_CONFIRMED if min(each.low for each in limits) > 0 else _NOT_CONFIRMED}"
        ),
    )
    distant, near = main.difference(_ML, BASE, "with ru"), main.difference(_ML, BASE, "without ru")
    yield (
        "Distant pairs gain most.",
        "Paper: Arabic-Italian .077 to .156.",
        (
            f"pairs with Russian, the only distant language, {with_interval(distant)}, others {with_interval(near)}: "
            f"{_CONFIRMED if distant.low > near.high else _CANNOT_TELL}"
        ),
    )
    yield "One model for all pairs is almost as good as one for each.", "Paper: almost on par.", _pairs(load("pairs"))
    yield (
        "Translate-Test helps less.",
        "Paper: +.002, and +.022 on top of ML-CS.",
        _translate_test(complete),
    )
    yield "Languages that were never switched to gain too.", "Paper: +.041 in CLIR.", _unseen(load("unseen"))


def _above_zero(gain: Difference, seeds: int) -> str:
    if seeds < _SEEDS:
        return _ONE_SEED
    if gain.high < 0:
        return _CONTRADICTED
    return _CONFIRMED if gain.low > 0 and gain.p < ALPHA else _CANNOT_TELL


def _seeds(found: Experiment) -> int:
    return int(found.document["seeds"])


def _gain(main: Experiment, kind: str) -> str:
    gain = main.difference(_ML, BASE, kind)
    others = [
        f"{system} {with_interval(main.difference(system, BASE, kind))}"
        for system in main.systems
        if system not in (UNTRAINED, BASE, _ML, LIMIT)
    ]
    return f"{with_interval(gain)} (ML-CS; {'; '.join(others)}): {_above_zero(gain, _seeds(main))}"


def _unchanged(main: Experiment) -> str:
    gain, own = main.difference(_ML, BASE, "MoIR"), main.difference(_ML, BASE, "en to en")
    inside = gain.low > -_SMALL and gain.high < _SMALL
    outside = gain.low > _SMALL or gain.high < -_SMALL
    verdict = _CONFIRMED if inside else _CONTRADICTED if outside else _CANNOT_TELL
    margin = f"the margin was {short(_SMALL)}"
    return f"{with_interval(gain)}, {margin}; English alone {with_interval(own)}: {verdict}"


def _pairs(found: Experiment | None) -> str:
    if found is None:
        return _not_run("pairs")
    differences = []
    for system in found.systems:
        if system.startswith("BL-CS "):
            direction = system.removeprefix("BL-CS ")
            pair = [found.systems[name]["directions"][direction]["MRR@10"] for name in (_ML, system)]
            differences.append((direction, *pair))
    shown = ", ".join(f"{direction} {short(own)} / {short(pair)}" for direction, own, pair in differences)
    mean = sum(own - pair for _, own, pair in differences) / len(differences)
    verdict = _ONE_SEED if _seeds(found) < _SEEDS else _CONFIRMED if mean > -_SMALL else _NOT_CONFIRMED
    return f"ML-CS / BL-CS: {shown}; mean difference {short(mean, True)}: {verdict}"


def _translate_test(found: Experiment | None) -> str:
    if found is None:
        return _not_run("complete")
    alone = found.difference(f"{BASE}, Translate-Test", BASE, "CLIR")
    on_top = found.difference(f"{_ML}, Translate-Test", _ML, "CLIR")
    own = found.difference(_ML, BASE, "CLIR")
    if _seeds(found) < _SEEDS:
        verdict = _ONE_SEED
    else:
        verdict = _CONFIRMED if max(alone.high, on_top.high) < own.low else _CANNOT_TELL
    gains = [with_interval(each) for each in (alone, on_top, own)]
    return f"{gains[0]}, and {gains[1]} on top of ML-CS, which gains {gains[2]}: {verdict}"


def _unseen(found: Experiment | None) -> str:
    if found is None:
        return _not_run("unseen")
    gain = found.difference(_ML, BASE, "unseen CLIR")
    return f"{with_interval(gain)}: {_above_zero(gain, _seeds(found))}"


def _not_run(name: str) -> str:
    return f"not measured yet (`--{name}`)."
