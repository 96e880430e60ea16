"""The report: tables and plots from the results files alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import files, statistics
from benchmarks.common import report as common
from benchmarks.common.report import p_value, seeds_line, short, table, with_interval
from benchmarks.common.summary import Experiment
from benchmarks.xquad_r import experiments, runs
from benchmarks.xquad_r.measured import CLIR, ENGLISH, KINDS, MAP, MARGIN, MOIR, OWN, name_of
from benchmarks.xquad_r.runs import CENTRED

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"

BASE = experiments.ZERO_SHOT.name
BEST = experiments.TAUGHT.name
_VIEWS = (runs.PLAIN, CENTRED, runs.OPTIMISTIC)
_BASES = (
    *(name_of(base.name, view) for base in experiments.BASELINES for view in _VIEWS),
    experiments.WORD_BY_WORD.name,
)
"""What systems are compared with in tables."""
_INTERVALS = (
    "Intervals are 95 %, from a bootstrap that draws {drawn}. p is twice the share of draws on the other side of 0, "
    "with Holm's correction over the table."
)


def load(name: str) -> Experiment | None:
    """Return the results of an experiment, or None if there are none."""
    return common.load(RESULTS, name)


def write() -> None:
    """Write the tables into the README, and the plots beside the results."""
    common.put_between_marks(FOLDER / "README.md", lines())
    if (main := load("main")) is not None:
        plot_matrix(main, RESULTS / "matrix.png")
        plot_trade(main, RESULTS / "english.png")


def lines() -> list[str]:
    """Return all tables of the experiments that were measured."""
    return [*common.sections(RESULTS, _SECTIONS), *_tried()]


def smoke_table(document: Mapping[str, Any]) -> list[str]:
    """Return the table that the smoke test prints."""
    return means_table(Experiment(document))


def _kinds(experiment: Experiment) -> list[str]:
    return experiment.measured([*KINDS, f"unseen {CLIR}", f"unseen {MOIR}"])


def means_table(experiment: Experiment) -> list[str]:
    """Return the mean of each system over seeds, and the share of the question's own language in the top 10."""
    kinds = _kinds(experiment)
    rows = [
        [name, *(short(about["means"][kind]) for kind in kinds), short(about[OWN])]
        for name, about in experiment.systems.items()
    ]
    return table(["", *kinds, OWN], rows)


def gains_table(experiment: Experiment, base: str) -> list[str]:
    """Return the gains of all systems over one of them: plain ones, and centred ones if the base is centred."""
    kinds = _kinds(experiment)
    shown = (runs.PLAIN, CENTRED) if base.endswith(CENTRED) else (runs.PLAIN,)
    found = {
        (name, kind): experiment.difference(name, base, kind)
        for name, about in experiment.systems.items()
        if base in about["gains"] and _view(name) in shown
        for kind in kinds
    }
    if not found:
        return []
    corrected = dict(zip(found, statistics.holm([each.p for each in found.values()]), strict=True))
    rows = [
        [name, *(f"{with_interval(found[name, kind])}, {p_value(corrected[name, kind])}" for kind in kinds)]
        for name in dict.fromkeys(name for name, _ in found)
    ]
    return table([f"gain over {base}", *kinds], rows)


def _view(name: str) -> str:
    """Return the view in the name of a system under a view of its vectors."""
    return next((view for view in (runs.OPTIMISTIC, CENTRED) if name.endswith(view)), runs.PLAIN)


def english_line(experiment: Experiment, name: str, base: str = BASE) -> str:
    """Return whether English questions and sentences are shown not to lose more than the margin."""
    found = experiment.difference(name, base, ENGLISH)
    verdict = statistics.not_worse(found, MARGIN).verdict
    return f"English to English, *{name}* against *{base}*: {with_interval(found)}; margin {short(MARGIN)}: {verdict}."


def spread_line(experiment: Experiment) -> str:
    """Return the range of the mAP of single seeds."""
    found = [
        f"{name} {short(min(about['seeds'][MAP]))} to {short(max(about['seeds'][MAP]))}"
        for name, about in experiment.systems.items()
        if len(about["seeds"][MAP]) > 1 and "centred" not in name
    ]
    return f"mAP of single seeds: {', '.join(found)}." if found else ""


# --- plots -----------------------------------------------------------------------------------------------------------


def plot_matrix(experiment: Experiment, path: Path) -> None:
    """Plot MRR@10 of each pair of languages: the English-trained model, and what the student adds."""
    drawn, axes = common.figure(2, size=(11, 4.6))
    languages = list(experiment.document["counts"]["candidates"])
    base, best = (
        np.array(
            [[experiment.systems[name]["directions"][f"{one}-{other}"] for other in languages] for one in languages]
        )
        for name in (BASE, BEST)
    )
    for axis, values, title, colours in (
        (axes[0], base, f"MRR@10, {BASE}", {"cmap": "viridis", "vmin": 0, "vmax": 1}),
        (axes[1], best - base, f"{BEST}, gain", {"cmap": "RdBu", "vmin": -0.1, "vmax": 0.1}),
    ):
        image = axis.imshow(values, **colours)
        axis.set_xticks(range(len(languages)), languages)
        axis.set_yticks(range(len(languages)), languages)
        axis.set_xlabel("candidates")
        axis.set_ylabel("questions")
        axis.set_title(title)
        drawn.colorbar(image, ax=axis)
    common.save(drawn, path)


def plot_trade(experiment: Experiment, path: Path) -> None:
    """Plot what each system gains (mAP) against what English pays."""
    drawn, axes = common.figure()
    trained = [name for name, about in experiment.systems.items() if about["seeds"][MAP][1:] and "centred" not in name]
    for number, name in enumerate(trained):
        for view, marker, filled in ((runs.PLAIN, "o", f"C{number}"), (CENTRED, "s", "none")):
            means = experiment.systems[name_of(name, view)]["means"]
            style = {"color": f"C{number}", "markerfacecolor": filled, "label": name_of(name, view)}
            axes.plot(means[ENGLISH], means[MAP], marker, **style)
    axes.set_xlabel("MRR@10, English to English")
    axes.set_ylabel("mAP, all languages")
    axes.legend(frameon=False, fontsize=7, bbox_to_anchor=(1, 1))
    common.save(drawn, path)


def _tried() -> list[str]:
    """Return what was tried on development pages. Some rows have no code any more, because the change was not kept."""
    found = files.read_json(RESULTS / "tried.json")
    head = ["", *KINDS, OWN]
    shown = [
        "### What was tried on development pages",
        "",
        f"{found['queries']} queries; {' '.join(found['languages'])}; one seed; all 12 layers.",
        "",
    ]
    for each in found["tables"]:
        rows = [[row["system"], *(short(row[column]) for column in head[1:])] for row in each["rows"]]
        shown += [each["about"], "", *table(head, rows)]
    return shown


# --- sections --------------------------------------------------------------------------------------------------------


def _section(heading: str, with_machine: bool = False, with_training: bool = False) -> common.Section:
    def section(experiment: Experiment) -> list[str]:
        found = [f"### {heading}", ""]
        if with_machine:
            found += [common.machine_line(experiment.document["machine"]), "", *_counts(experiment)]
        if with_training:
            found += [_training(experiment), ""]
        found += [seeds_line(experiment, cpu=True), "", *means_table(experiment)]
        for base in _BASES:
            found += gains_table(experiment, base)
        several = experiment.document["seeds"] > 1
        drawn = "seeds and paragraphs together" if several else "paragraphs, so they say nothing of other seeds"
        found += [_INTERVALS.format(drawn=drawn), ""]
        found += [
            f"- {english_line(experiment, name, base.name)}"
            for base in experiments.BASELINES
            for name, about in experiment.systems.items()
            if base.name in about["gains"] and _view(name) == runs.PLAIN and name != BASE
        ]
        return [*found, "", spread_line(experiment), ""]

    return section


def _counts(experiment: Experiment) -> Sequence[str]:
    counts = experiment.document["counts"]
    candidates = ", ".join(f"{language} {number:,}" for language, number in counts["candidates"].items())
    return [
        f"{counts['training pairs']:,} training pairs; {counts['questions']:,} questions in each language.",
        f"They ask about {counts['paragraphs']} paragraphs. Candidates: {candidates}.",
        "",
    ]


def _training(experiment: Experiment) -> str:
    training = experiment.document["training"]
    frozen = training["frozen_layers"]
    trained = f"The lowest {frozen} layers are frozen" if frozen else "All layers are trained"
    return f"{trained}; {training['steps']} steps of {training['batch']} pairs."


_SECTIONS = {
    "main": _section("All 12 layers, trained for multilingual retrieval", with_machine=True),
    "shallow": _section("The lowest six layers, no retrieval model"),
    "longer": _section("Four times the steps"),
    "longest": _section("Six times the steps"),
    "higher-rate": _section("Twice the learning rate, as chosen on the development pages"),
    "mixed": _section("Half of the words"),
    "lexicons": _section("The starter lexicon alone"),
    "translate-test": _section("Translate-Test"),
    "unseen": _section("Switching into four languages only"),
    "development": _section("Development pages of LibreOffice's help, on which systems were chosen"),
    "large": _section("A larger run: all 12 layers", with_machine=True, with_training=True),
    "large-shallow": _section("A larger run: the lowest six layers", with_machine=True, with_training=True),
}
