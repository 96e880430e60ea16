"""The report: tables, plots and a sheet of examples, from the JSON files of results (and the pictures) alone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import report as common
from benchmarks.common import statistics
from benchmarks.common.report import p_value, short, table, with_interval
from benchmarks.common.statistics import Difference
from benchmarks.image_text import evaluation
from benchmarks.image_text.runs import RESULTS

FOLDER = Path(__file__).parent

BASE, LIMIT = "English captions", "translated captions"
KINDS = ("English", "seen", "unseen")
_SUBSETS = ("seen, held out", "seen, entry", "seen, no entry")
_FAMILIES = ("seen, faces", "seen, people", "seen, symbols", "seen, other")
_OTHER_WAYS = ("image to English", "image to seen", "image to unseen", "image to mixed")
_ALL_CAPTIONS = ("seen, identical too", "unseen, identical too")
_SHEET_LANGUAGES = ("en", "de", "ru", "ar", "id", "ja")

Runs = dict[str, list[dict[str, Any]]]
"""Name of a system -> its runs, one for each seed."""


class Experiment:
    """The results of one experiment.

    Parameters
    ----------
    document
        As `benchmarks.image_text.experiments` writes it.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.runs: Runs = defaultdict(list)
        for run in document["runs"]:
            self.runs[run["system"]["name"]].append(run)
        self.numbers = np.array(document["concepts"]["numbers"])

    def parts(self, kind: str) -> dict[str, np.ndarray]:
        """Return the directions that a kind pools, and which of their queries count; see `KINDS` and the others.

        Parameters
        ----------
        kind
            As in the tables: languages and, behind a comma, which captions. Captions that are identical with the
            English one are left out everywhere but in English, unless the kind says "identical too".
        """
        languages, _, subset = kind.partition(", ")
        everything = np.ones(len(self.numbers), dtype=bool)
        if languages == "image to mixed":
            return {f"image-{evaluation.MIXED}": everything}
        if languages in ("English", "image to English"):
            return {"en-image" if languages == "English" else "image-en": everything}
        to_captions = languages.startswith("image to ")
        group = languages.removeprefix("image to ")
        found = {}
        for language in self.document.get(group, [group]):
            direction = f"image-{language}" if to_captions else f"{language}-image"
            chosen = self._chosen(language, subset)
            if chosen.any() and all(direction in run["directions"] for run in self.document["runs"]):
                found[direction] = chosen
        return found

    def measured(self, kinds: Sequence[str]) -> list[str]:
        """Return those of some kinds for which there is something."""
        return [kind for kind in kinds if self.parts(kind)]

    def _chosen(self, language: str, subset: str) -> np.ndarray:
        concepts = self.document["concepts"]
        chosen = ~_flags(concepts["identical"][language])
        if subset == "identical too":
            return np.ones_like(chosen)
        if subset == "held out":
            return chosen & _flags(concepts["held out"])
        if subset in ("entry", "no entry"):
            found = next(iter(self.document["lexicons"].values()))["captions that are entries"]
            entry = _flags(found[language])
            return chosen & (entry if subset == "entry" else ~entry)
        if subset:
            return chosen & (np.array(concepts["families"]) == subset)
        return chosen

    def mean(self, system: str, kind: str) -> float:
        """MRR, the mean over languages and seeds."""
        return self._sums(system, kind).mean

    def difference(self, system: str, base: str, kind: str) -> Difference:
        """The difference of two systems over a kind of directions."""
        return statistics.difference(self._sums(system, kind), self._sums(base, kind))

    def measures(self, system: str, kind: str) -> dict[str, float]:
        """MRR, MRR@10 and recall, the mean over languages and seeds."""
        found = [
            evaluation.measures(evaluation.read(run["directions"][direction]["ranks"])[chosen])
            for run in self.runs[system]
            for direction, chosen in self.parts(kind).items()
        ]
        return {name: float(np.mean([each[name] for each in found])) for name in found[0]}

    def seeds(self, system: str, kind: str) -> list[float]:
        """MRR of each seed."""
        parts = self.parts(kind).items()
        return [float(np.mean([_reciprocal(run, *part).mean() for part in parts])) for run in self.runs[system]]

    def _sums(self, system: str, kind: str) -> statistics.Sums:
        parts, runs = self.parts(kind), self.runs[system]
        values = {part[0]: np.mean([_reciprocal(run, *part) for run in runs], axis=0) for part in parts.items()}
        concepts = {direction: self.numbers[chosen].tolist() for direction, chosen in parts.items()}
        return statistics.sums(values, concepts)


def _reciprocal(run: Mapping[str, Any], direction: str, chosen: np.ndarray) -> np.ndarray:
    return 1 / evaluation.read(run["directions"][direction]["ranks"])[chosen]


def _flags(bits: str) -> np.ndarray:
    return np.array([bit == "1" for bit in bits])


@cache
def load(name: str) -> Experiment | None:
    """Return the results of an experiment, if there are any."""
    path = RESULTS / f"{name}.json"
    return Experiment(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


# --- tables ----------------------------------------------------------------------------------------------------------


def means_table(experiment: Experiment, kinds: Sequence[str]) -> list[str]:
    """MRR of each system and kind; kinds that were not measured are left out, here and below."""
    kinds = experiment.measured(kinds)
    rows = [[system, *(short(experiment.mean(system, kind)) for kind in kinds)] for system in experiment.runs]
    return table(["MRR", *kinds], rows)


def gains_table(experiment: Experiment, base: str, kinds: Sequence[str]) -> list[str]:
    """Gains over a system with intervals and corrected p, and which share of the upper bound's gain they are."""
    kinds = experiment.measured(kinds)
    systems = [system for system in experiment.runs if system != base]
    found = {(system, kind): experiment.difference(system, base, kind) for system in systems for kind in kinds}
    corrected = dict(zip(found, statistics.holm([each.p for each in found.values()]), strict=True))
    rows = []
    for system in systems:
        cells = []
        for kind in kinds:
            gain = found[system, kind]
            text = f"{with_interval(gain)}, {p_value(corrected[system, kind])}"
            if system != LIMIT and (LIMIT, kind) in found and found[LIMIT, kind].low > 0:
                text += f"; {statistics.share_of(gain, found[LIMIT, kind]):.0%}"
            cells.append(text)
        rows.append([system, *cells])
    return table([f"gain over {base}", *kinds], rows)


def languages_table(experiment: Experiment, base: str) -> list[str]:
    """MRR of each language, names that ask for images; stars as `_STARS` says."""
    languages = ["en", *experiment.document["seen"], *experiment.document["unseen"]]
    kinds = {language: "English" if language == "en" else language for language in languages}
    systems = [system for system in experiment.runs if system != base]
    p = {
        (system, language): experiment.difference(system, base, kind).p
        for system in systems
        for language, kind in kinds.items()
    }
    holm = dict(zip(p, statistics.holm(list(p.values())), strict=True))
    bonferroni = dict(zip(p, statistics.bonferroni(list(p.values())), strict=True))
    rows = []
    for system in experiment.runs:
        cells = []
        for language, kind in kinds.items():
            key = (system, language)
            stars = (
                "" if system == base else "*" * ((holm[key] < statistics.ALPHA) + (bonferroni[key] < statistics.ALPHA))
            )
            cells.append(short(experiment.mean(system, kind)) + stars)
        rows.append([system, *cells])
    return table(["MRR", *languages], rows)


def measures_table(experiment: Experiment, kinds: Sequence[str]) -> list[str]:
    """All measures."""
    kinds = experiment.measured(kinds)
    rows = [
        [system, kind, *map(short, experiment.measures(system, kind).values())]
        for kind in kinds
        for system in experiment.runs
    ]
    return table(["system", "captions", "MRR", "MRR@10", "R@1", "R@5", "R@10"], rows)


def bias_table(experiment: Experiment) -> list[str]:
    """The share of each language in the top 10 of all captions, when images ask."""
    languages = list(experiment.document["runs"][0]["bias"])
    rows = [["all captions", *[short(1 / len(languages))] * len(languages)]]
    for system, runs in experiment.runs.items():
        rows.append(
            [system, *(short(float(np.mean([run["bias"][language] for run in runs]))) for language in languages)]
        )
    return table(["share in the top 10", *languages], rows)


def _sizes(experiment: Experiment, kinds: Sequence[str]) -> str:
    found = (f"{kind} {sum(int(chosen.sum()) for chosen in experiment.parts(kind).values()):,}" for kind in kinds)
    return f"Queries: {', '.join(found)}."


# --- plots -----------------------------------------------------------------------------------------------------------


def plot_gains(experiment: Experiment, path: Path) -> None:
    """Gains over English captions with their intervals."""
    systems = [system for system in experiment.runs if system != BASE]
    figure, axes = common.figure()
    for place, system in enumerate(systems):
        gains = [experiment.difference(system, BASE, kind) for kind in KINDS]
        at = np.arange(len(KINDS)) + (place - (len(systems) - 1) / 2) * 0.8 / len(systems)
        errors = [[gain.mean - gain.low for gain in gains], [gain.high - gain.mean for gain in gains]]
        axes.bar(at, [gain.mean for gain in gains], 0.75 / len(systems), yerr=errors, capsize=3, label=system)
    axes.set_xticks(range(len(KINDS)), KINDS)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel(f"MRR, gain over {BASE}")
    axes.legend(frameon=False)
    common.save(figure, path)


def plot_curves(experiment: Experiment, path: Path) -> None:
    """Losses, and MRR on development concepts in English and the seen languages, while the systems are trained."""
    figure, (left, right) = common.figure(2)
    for system, runs in experiment.runs.items():
        steps = runs[0]["training"]["steps"]
        losses = np.mean([run["losses"] for run in runs], axis=0)
        left.plot((np.arange(len(losses)) + 1) * steps / len(losses), losses, label=system)
        curves = np.array([run["curve"] for run in runs])
        right.plot(curves[0, :, 0], curves[:, :, 1].mean(0), marker=".", label=system)
    left.set_ylabel("loss")
    right.set_ylabel("MRR, development concepts")
    for axes in (left, right):
        axes.set_xlabel("steps")
    right.legend(frameon=False, fontsize="small")
    common.save(figure, path)


def plot_sweep(experiment: Experiment, path: Path) -> None:
    """MRR by translation probability."""
    figure, axes = common.figure()
    points = sorted((float(system.removeprefix("p = ")), system) for system in experiment.runs)
    for kind in KINDS:
        means = [experiment.mean(system, kind) for _, system in points]
        axes.plot([p for p, _ in points], means, marker="o", label=kind)
    axes.set_xlabel("translation probability p")
    axes.set_ylabel("MRR")
    axes.legend(frameon=False)
    common.save(figure, path)


def draw_sheet(experiment: Experiment, systems: Sequence[str], path: Path) -> None:
    """The five best images of some captions: a row for each concept, in one language; the right image is framed."""
    from benchmarks.image_text import emoji

    collection = emoji.collection()
    images = collection.styles[collection.tested_style]
    numbers = experiment.document["examples"]
    shown = len(experiment.runs[systems[0]][0]["examples"]["en"][0])
    widths = [4.0, *[0.5, *[1.0] * shown] * len(systems)]
    size = (12, 0.75 * len(numbers))
    figure, cells = common.figure(len(widths), len(numbers), size=size, grid={"width_ratios": widths})
    for axes in cells.ravel():
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    for place, (number, row) in enumerate(zip(numbers, cells, strict=True)):
        language = _SHEET_LANGUAGES[place % len(_SHEET_LANGUAGES)]
        row[0].text(0, 0.5, f"{collection.names['en'][number]} ({language})", va="center", transform=row[0].transAxes)
        for group, system in enumerate(systems):
            first = 2 + group * (shown + 1)
            for axes, image in zip(row[first:], experiment.runs[system][0]["examples"][language][place], strict=False):
                axes.imshow(images[image])
                axes.spines[:].set(visible=image == number, color="crimson", linewidth=3)
            if place == 0:
                row[first].text(0, 1.2, system, transform=row[first].transAxes).set_in_layout(False)
    figure.suptitle(" ")  # room for the titles
    common.save(figure, path)


# --- everything ------------------------------------------------------------------------------------------------------

_INTERVALS = (
    "Intervals: 95 %, bootstrap over concepts; p: paired t-test over concepts, Holm over this table; then the share of "
    "the gain that translated captions give. Captions that are identical with the English one are left out."
)
_STARS = (
    "One star: p < .01 by a paired t-test over concepts against English captions, Holm over this table; two: by "
    "Bonferroni too."
)


def write() -> None:
    """Write the tables into the README, between its marks, and the plots beside the results."""
    lines: list[str] = []
    for name, section in _SECTIONS.items():
        if (experiment := load(name)) is not None:
            lines += section(experiment)
    common.put_between_marks(FOLDER / "README.md", lines)


def _main_section(experiment: Experiment) -> list[str]:
    plot_gains(experiment, RESULTS / "gains.png")
    plot_curves(experiment, RESULTS / "curves.png")
    draw_sheet(experiment, (BASE, "one language per caption", LIMIT), RESULTS / "examples.png")
    counts = ", ".join(f"{what} {count:,}" for what, count in experiment.document["counts"].items())
    spread = "; ".join(
        f"{system} {short(min(found))} to {short(max(found))}"
        for system in experiment.runs
        for found in [experiment.seeds(system, "seen")]
    )
    return [
        common.machine_line(experiment.document["machine"]),
        "",
        f"Concepts: {counts}. {_seeds_line(experiment)} {_sizes(experiment, KINDS)}",
        "",
        *_answer(experiment),
        *means_table(experiment, KINDS),
        *gains_table(experiment, BASE, KINDS),
        _INTERVALS,
        "",
        f"Single seeds, seen languages: {spread}.",
        "",
        "![Gains over English captions](results/gains.png)",
        "",
        "### Held-out concepts, entries of the lexicon",
        "",
        _sizes(experiment, _SUBSETS),
        "",
        *means_table(experiment, _SUBSETS),
        *gains_table(experiment, BASE, _SUBSETS),
        "### Families",
        "",
        *means_table(experiment, _FAMILIES),
        *gains_table(experiment, BASE, _FAMILIES),
        "### Images that ask for captions, of one language and mixed",
        "",
        *means_table(experiment, _OTHER_WAYS),
        *gains_table(experiment, BASE, _OTHER_WAYS),
        "### Every language",
        "",
        _STARS,
        "",
        *languages_table(experiment, BASE),
        "### Every measure",
        "",
        *measures_table(experiment, KINDS),
        "### Identical captions too",
        "",
        *means_table(experiment, _ALL_CAPTIONS),
        "### Language bias: which languages' captions fill the top 10, when images ask",
        "",
        *bias_table(experiment),
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
        *_entries_table(experiment),
    ]


def _answer(experiment: Experiment) -> list[str]:
    """The research question in three sentences."""
    system = "one language per caption"
    gains = {kind: experiment.difference(system, BASE, kind) for kind in KINDS}
    limits = {kind: experiment.difference(LIMIT, BASE, kind) for kind in KINDS}
    verbs = {kind: _verb(gain) for kind, gain in gains.items()}
    return [
        (
            f"**Does it carry over to images?** With captions switched to one language each, retrieval by captions in "
            f"the languages that were switched to {verbs['seen']} by {with_interval(gains['seen'])} MRR, where "
            f"translated captions give {with_interval(limits['seen'])}. In languages that were never switched to it "
            f"{verbs['unseen']} by {with_interval(gains['unseen'])} (translated captions "
            f"{with_interval(limits['unseen'])}). English {verbs['English']} by {with_interval(gains['English'])} "
            f"(translated captions {with_interval(limits['English'])})."
        ),
        "",
    ]


def _verb(gain: Difference) -> str:
    if gain.low > 0:
        return "gains"
    return "loses" if gain.high < 0 else "changes within its interval,"


def _entries_table(experiment: Experiment) -> list[str]:
    rows = []
    for name, about in experiment.document["lexicons"].items():
        found = about["captions that are entries"]
        rows.append([name, *(f"{_flags(bits).mean():.1%}" for bits in found.values())])
    languages = experiment.document["seen"]
    return table(["English captions that are entries, as a whole, with their own translation", *languages], rows)


def _simple_section(heading: str, base: str = BASE, kinds: Sequence[str] = KINDS) -> Any:
    def section(experiment: Experiment) -> list[str]:
        lines = [f"### {heading}", "", _seeds_line(experiment), "", *means_table(experiment, kinds)]
        return lines + gains_table(experiment, base, kinds)

    return section


def _sweep_section(experiment: Experiment) -> list[str]:
    plot_sweep(experiment, RESULTS / "sweep.png")
    return [*_simple_section("Translation probability", "p = 0")(experiment), "![Sweep of p](results/sweep.png)", ""]


def _bilingual_section(experiment: Experiment) -> list[str]:
    """Each language by its own model, beside the one for all."""
    rows = []
    for language in experiment.document["seen"]:
        own = f"BL-CS {language}"
        gains = (experiment.difference(system, BASE, language) for system in (own, "ML-CS"))
        apart = with_interval(experiment.difference(own, "ML-CS", language))
        rows.append([language, short(experiment.mean(BASE, language)), *map(with_interval, gains), apart])
    head = ["MRR", BASE, "BL-CS of the language, gain", "ML-CS, gain", "BL-CS over ML-CS"]
    return ["### One model for each language (BL-CS)", "", _seeds_line(experiment), "", *table(head, rows)]


def _random_section(experiment: Experiment) -> list[str]:
    """Language by language: scripts that share no letters with English are at chance."""
    lines = _simple_section("A text tower that starts from nothing")(experiment)
    return [*lines, _STARS, "", *languages_table(experiment, BASE)]


_SECTIONS = {
    "main": _main_section,
    "lexicons": _simple_section("Lexicons"),
    "sweep": _sweep_section,
    "bilingual": _bilingual_section,
    "translate-test": _simple_section("Translate-Test"),
    "random": _random_section,
    "trained-embeddings": _simple_section("The whole text tower trained, embeddings too"),
    "whole-encoder": _simple_section("All 12 layers of the encoder"),
    "longer": _simple_section("Twice as many steps"),
}


def _seeds_line(experiment: Experiment) -> str:
    seeds = max(len(runs) for runs in experiment.runs.values())
    minutes = sum(run["seconds_training"] + run["seconds_evaluation"] for run in experiment.document["runs"]) / 60
    words = {1: "One seed", 2: "Two seeds", 3: "Three seeds"}
    return f"{words.get(seeds, f'{seeds} seeds')}; {minutes:.0f} minutes of one core in all."
