"""The report: tables, plots and a sheet of examples, from the results files (and the pictures) alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import files, statistics
from benchmarks.common import report as common
from benchmarks.common.report import Section, entries_table, seeds_line, short, table, with_interval
from benchmarks.common.statistics import Difference
from benchmarks.common.summary import Experiment
from benchmarks.image_text.measured import ALL_CAPTIONS, FAMILIES, FROM_IMAGES, KINDS, SHEET_LANGUAGES, SUBSETS

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"

BASE, LIMIT = "English captions", "translated captions"
_CHOSEN = "one language per caption"
STUDENT = f"{_CHOSEN}, taught rankings"
MARGIN = 0.02
"""How much the MRR of English captions may fall; named in the plan of the student."""
_MEASURE = "MRR"
_ENTRIES = "English captions that are entries, as a whole, with their own translation"


def load(name: str) -> Experiment | None:
    """Return the results of an experiment, or None if there are none."""
    return common.load(RESULTS, name)


# --- tables ----------------------------------------------------------------------------------------------------------


def smoke_table(document: Mapping[str, Any]) -> list[str]:
    """Return the table that the smoke test prints."""
    return _means_table(Experiment(document), KINDS)


def _means_table(experiment: Experiment, kinds: Sequence[str]) -> list[str]:
    return common.means_table(experiment, _MEASURE, kinds)


def _gains_table(experiment: Experiment, kinds: Sequence[str], base: str = BASE) -> list[str]:
    return common.gains_table(experiment, base, kinds, LIMIT)


def languages_table(experiment: Experiment) -> list[str]:
    """Return the MRR of each language, for names as queries; `_STARS` explains the stars."""
    languages = ["en", *experiment.document["seen"], *experiment.document["unseen"]]
    kinds = {language: "English" if language == "en" else language for language in languages}
    stars = common.stars(
        {
            (system, language): experiment.difference(system, BASE, kind).p
            for system in experiment.compared(BASE)
            for language, kind in kinds.items()
        }
    )
    rows = []
    for system in experiment.systems:
        cells = [
            short(experiment.mean(system, kind)) + stars.get((system, language), "") for language, kind in kinds.items()
        ]
        rows.append([system, *cells])
    return table([_MEASURE, *languages], rows)


def _measures_table(experiment: Experiment) -> list[str]:
    """Return a table of all measures."""
    rows = [
        [system, kind, *map(short, about["measures"][kind].values())]
        for kind in experiment.measured(KINDS)
        for system, about in experiment.systems.items()
    ]
    return table(["system", "captions", "MRR", "MRR@10", "R@1", "R@5", "R@10"], rows)


def _bias_table(experiment: Experiment) -> list[str]:
    """Return the share of each language in the top 10 of all captions, for images as queries."""
    shares = {system: about["bias"] for system, about in experiment.systems.items()}
    languages = list(next(iter(shares.values())))
    rows = [["all captions", *[short(1 / len(languages))] * len(languages)]]
    rows += [[system, *map(short, of_system.values())] for system, of_system in shares.items()]
    return table(["share in the top 10", *languages], rows)


def _sizes(experiment: Experiment, kinds: Sequence[str]) -> str:
    counts = experiment.document["queries"]
    return f"Queries: {', '.join(f'{kind} {counts[kind]:,}' for kind in kinds)}."


# --- plots -----------------------------------------------------------------------------------------------------------


def _plot_curves(experiment: Experiment, path: Path) -> None:
    """Plot losses, and MRR on development concepts in English and the seen languages, during training."""
    figure, (left, right) = common.figure(2)
    for system, about in experiment.systems.items():
        losses, curve = about["losses"], np.array(about["curve"])
        left.plot((np.arange(len(losses)) + 1) * about["steps"] / len(losses), losses, label=system)
        right.plot(curve[:, 0], curve[:, 1], marker=".", label=system)
    left.set_ylabel("loss")
    right.set_ylabel("MRR, development concepts")
    for axes in (left, right):
        axes.set_xlabel("steps")
    right.legend(frameon=False, fontsize="small")
    common.save(figure, path)


def _draw_sheet(experiment: Experiment, systems: Sequence[str], path: Path) -> None:
    """Draw the five best images of some captions: a row for each concept; the right one is framed."""
    from benchmarks.image_text import emoji

    collection = emoji.collection()
    images = collection.styles[collection.tested_style]
    numbers = experiment.document["examples"]
    examples = {system: experiment.systems[system]["examples"] for system in systems}
    shown = len(examples[systems[0]][0])
    widths = [4.0, *[0.5, *[1.0] * shown] * len(systems)]
    size = (12, 0.75 * len(numbers))
    figure, cells = common.figure(len(widths), len(numbers), size=size, grid={"width_ratios": widths})
    for axes in cells.ravel():
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    for position, (number, row) in enumerate(zip(numbers, cells, strict=True)):
        language = SHEET_LANGUAGES[position % len(SHEET_LANGUAGES)]
        row[0].text(0, 0.5, f"{collection.names['en'][number]} ({language})", va="center", transform=row[0].transAxes)
        for group, system in enumerate(systems):
            first = 2 + group * (shown + 1)
            for axes, image in zip(row[first:], examples[system][position], strict=False):
                axes.imshow(images[image])
                axes.spines[:].set(visible=image == number, color="crimson", linewidth=3)
            if position == 0:
                row[first].text(0, 1.2, system, transform=row[first].transAxes).set_in_layout(False)
    figure.suptitle(" ")  # room for the titles
    common.save(figure, path)


# --- sections --------------------------------------------------------------------------------------------------------

_INTERVALS = (
    "Intervals are 95 %, from a bootstrap over concepts. p is from a paired t-test over concepts, with Holm's "
    "correction over the table. The percentage is the share of the gain of translated captions. Captions that equal "
    "the English one are left out."
)
_STARS = (
    "One star: p < .01 by a paired t-test over concepts against English captions, with Holm's correction over the "
    "table. Two stars: with Bonferroni's too."
)


def write() -> None:
    """Write the tables into the README, and the plots beside the results."""
    common.put_between_marks(FOLDER / "README.md", lines())
    if (main := load("main")) is not None:
        common.plot_gains(main, _MEASURE, BASE, KINDS, RESULTS / "gains.png")
        _plot_curves(main, RESULTS / "curves.png")
        _draw_sheet(main, (BASE, _CHOSEN, LIMIT), RESULTS / "examples.png")
    if (sweep := load("sweep")) is not None:
        common.plot_sweep(sweep, _MEASURE, KINDS, RESULTS / "sweep.png")


def lines() -> list[str]:
    """Return all tables of the experiments that were measured."""
    return [*common.sections(RESULTS, _SECTIONS), *_development()]


def _main_section(experiment: Experiment) -> list[str]:
    counts = ", ".join(f"{what} {count:,}" for what, count in experiment.document["counts"].items())
    spread = "; ".join(
        f"{system} {short(min(about['seeds']))} to {short(max(about['seeds']))}"
        for system, about in experiment.systems.items()
    )
    return [
        common.machine_line(experiment.document["machine"]),
        "",
        f"Concepts: {counts}. {seeds_line(experiment)} {_sizes(experiment, KINDS)}",
        "",
        *_answer(experiment),
        *_means_table(experiment, KINDS),
        *_gains_table(experiment, KINDS),
        _INTERVALS,
        "",
        f"Single seeds, seen languages: {spread}.",
        "",
        "![Gains over English captions](results/gains.png)",
        "",
        "### Held-out concepts, and entries of the lexicon",
        "",
        _sizes(experiment, SUBSETS),
        "",
        *_means_table(experiment, SUBSETS),
        *_gains_table(experiment, SUBSETS),
        "### Families",
        "",
        *_means_table(experiment, FAMILIES),
        *_gains_table(experiment, FAMILIES),
        "### Images as queries for captions, of one language and mixed",
        "",
        *_means_table(experiment, FROM_IMAGES),
        *_gains_table(experiment, FROM_IMAGES),
        "### Every language",
        "",
        _STARS,
        "",
        *languages_table(experiment),
        "### Every measure",
        "",
        *_measures_table(experiment),
        "### With identical captions",
        "",
        *_means_table(experiment, ALL_CAPTIONS),
        "### Language bias: the languages of the captions in the top 10, for images as queries",
        "",
        *_bias_table(experiment),
        "### Training",
        "",
        "![Losses and development](results/curves.png)",
        "",
        "### Examples",
        "",
        "The five best images of some captions, seed 0; the right one is framed. Pictures: Twemoji, CC-BY-4.0.",
        "",
        "![Examples](results/examples.png)",
        "",
        *entries_table(experiment, _ENTRIES),
    ]


def _answer(experiment: Experiment) -> list[str]:
    """Return the answer to the research question."""
    gains = {kind: experiment.difference(_CHOSEN, BASE, kind) for kind in KINDS}
    limits = {kind: experiment.difference(LIMIT, BASE, kind) for kind in KINDS}
    verbs = {kind: _verb(gain) for kind, gain in gains.items()}
    return [
        (
            f"**Does it carry over to images?** With captions switched to one language each, retrieval by captions in "
            f"the languages switched to {verbs['seen']} by {with_interval(gains['seen'])} MRR; translated captions "
            f"change it by {with_interval(limits['seen'])}. In other languages it {verbs['unseen']} by "
            f"{with_interval(gains['unseen'])} (translated captions "
            f"{with_interval(limits['unseen'])}). English {verbs['English']} by {with_interval(gains['English'])} "
            f"(translated captions {with_interval(limits['English'])})."
        ),
        "",
    ]


def _verb(gain: Difference) -> str:
    if gain.low > 0:
        return "gains"
    return "loses" if gain.high < 0 else "changes within its interval,"


def _section(heading: str, base: str = BASE, plot: str = "") -> Section:
    def section(experiment: Experiment) -> list[str]:
        lines = [f"### {heading}", "", seeds_line(experiment), "", *_means_table(experiment, KINDS)]
        lines += _gains_table(experiment, KINDS, base)
        return [*lines, plot, ""] if plot else lines

    return section


def _bilingual_section(experiment: Experiment) -> list[str]:
    """Return the results of one model for each language and one model for all."""
    rows = []
    for language in experiment.document["seen"]:
        own = f"BL-CS {language}"
        gains = (experiment.difference(system, BASE, language) for system in (own, "ML-CS"))
        apart = with_interval(experiment.difference(own, "ML-CS", language))
        rows.append([language, short(experiment.mean(BASE, language)), *map(with_interval, gains), apart])
    head = ["MRR", BASE, "BL-CS of the language, gain", "ML-CS, gain", "BL-CS over ML-CS"]
    return ["### One model for each language (BL-CS)", "", seeds_line(experiment), "", *table(head, rows)]


def _student_section(experiment: Experiment) -> list[str]:
    """Return the results of the student and of centring, and whether English keeps within the margin."""
    kinds = (*KINDS, "seen, held out")
    students = [name for name in experiment.systems if name.startswith(STUDENT)]
    return [
        "### A student of the tower of English captions, and centring",
        "",
        common.machine_line(experiment.document["machine"]),
        "",
        seeds_line(experiment),
        "",
        *_means_table(experiment, kinds),
        *_gains_table(experiment, kinds),
        *(f"- {_english_line(experiment, name)}" for name in students),
        "",
    ]


def _english_line(experiment: Experiment, name: str) -> str:
    """Return whether English captions are shown not to lose more than the margin."""
    found = experiment.difference(name, BASE, "English")
    verdict = statistics.not_worse(found, MARGIN).verdict
    return f"English, *{name}* against *{BASE}*: {with_interval(found)}; margin {short(MARGIN)}: {verdict}."


def _development() -> list[str]:
    """Return what was tried on development concepts, before the choice of the student's losses."""
    found = files.read_json(RESULTS / "development.json")
    head = ["", *KINDS, "seen, held out"]
    rows = [[row["system"], *(short(row[column]) for column in head[1:])] for row in found["rows"]]
    return ["### Choice of the student, on development concepts", "", found["about"], "", *table(head, rows)]


def _random_section(experiment: Experiment) -> list[str]:
    """Return also a table by language: scripts that share no letters with English are at chance."""
    lines = _section("A text tower that starts from nothing")(experiment)
    return [*lines, _STARS, "", *languages_table(experiment)]


_SECTIONS = {
    "main": _main_section,
    "lexicons": _section("Lexicons"),
    "sweep": _section("Translation probability", "p = 0", "![Sweep of p](results/sweep.png)"),
    "bilingual": _bilingual_section,
    "student": _student_section,
    "translate-test": _section("Translate-Test"),
    "random": _random_section,
    "trained-embeddings": _section("The whole text tower trained, embeddings too"),
    "whole-encoder": _section("All 12 layers of the encoder"),
    "longer": _section("Twice as many steps"),
}
