"""The systems that are compared, and their training texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.common import systems
from benchmarks.xquad_r import lexicons
from benchmarks.xquad_r.sources import Pair
from lexswitch.retrieval import RetrievalSwitcher

Maker = Callable[[int, list[int]], tuple[list[str], list[str]]]
"""Maps an epoch and rows of the training pairs to the texts of questions and sentences."""


@dataclass(frozen=True)
class System(systems.System):
    """What a model is trained on.

    Attributes
    ----------
    distillation : float
        Weight of the distance to the vector that the English-trained model gives the English text; 0: no teacher.
    ranking : float
        Weight of the divergence from the teacher's ranking of all English training texts; 0: no teacher of rankings.
    averaged : float
        Share of the trained model in the mean of its parameters and those of the English-trained one.
    longer : int
        Factor of the steps.
    """

    distillation: float = 0.0
    ranking: float = 0.0
    averaged: float = 1.0
    longer: int = 1


def maker(system: System, pairs: Sequence[Pair], seed: int) -> Maker:
    """Return the function that makes the texts of pairs.

    Parameters
    ----------
    system
        A system that is trained.
    pairs
        English pairs.
    seed
        Seed of all draws.
    """

    def english(_: int, rows: list[int]) -> tuple[list[str], list[str]]:
        return [pairs[row].question for row in rows], [pairs[row].sentence for row in rows]

    if system.text == "english":
        return english
    preset = getattr(RetrievalSwitcher, system.preset)
    switcher = preset(lexicons.build(system.lexicon), *system.arguments, **system.options, seed=seed)
    switch = switcher.on("question", "sentence")

    def switched(epoch: int, rows: list[int]) -> tuple[list[str], list[str]]:
        questions, sentences = english(epoch, rows)
        columns = switch.at(epoch)({"question": questions, "sentence": sentences}, rows)
        return columns["question"], columns["sentence"]

    return switched
