"""The report: tables, plots and the paper's claims, from the JSON files of results and nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import report as common
from benchmarks.common import statistics
from benchmarks.common.report import p_value, short, table, with_interval
from benchmarks.common.statistics import Difference
from benchmarks.retrieval import evaluation
from benchmarks.retrieval.runs import RESULTS

FOLDER = Path(__file__).parent
_BANDS = {"none": (0.0, 0.01), "less than half": (0.01, 0.5), "half or more": (0.5, 1.01)}

KINDS = ("MoIR", "CLIR", "MLIR")
_SIDES = ("en to X", "X to en", "X to Y", "with ru")

Runs = dict[str, list[dict[str, Any]]]
"""Name of a system -> its runs, one for each seed."""


class Experiment:
    """The results of one experiment.

    Parameters
    ----------
    document
        As `benchmarks.retrieval.experiments` writes it.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.runs: Runs = defaultdict(list)
        for run in document["runs"]:
            self.runs[run["system"]["name"]].append(run)
        self.unseen = document["unseen"]
        self.queries = document["queries"]
        self.pages = {direction: about["pages"] for direction, about in self.queries.items()}

    def directions(self, kind: str) -> list[str]:
        """The directions of a kind such as "CLIR", or of a side such as "X-EN"."""
        return [direction for direction in self.queries if kind in _kinds(direction, self.unseen)]

    def per_query(self, system: str, direction: str) -> np.ndarray:
        """RR@10 of each query of a direction, averaged over seeds."""
        runs = self.runs[system]
        return np.mean([evaluation.reciprocal_ranks(run["directions"][direction]["ranks"]) for run in runs], axis=0)

    def mean(self, system: str, kind: str) -> float:
        """MRR@10, the mean over directions and seeds."""
        return self._sums(system, kind).mean

    def difference(self, system: str, base: str, kind: str) -> Difference:
        """The difference of two systems over a kind of directions."""
        return statistics.difference(self._sums(system, kind), self._sums(base, kind))

    def _sums(self, system: str, kind: str) -> statistics.Sums:
        chosen = self.directions(kind)
        return statistics.sums({direction: self.per_query(system, direction) for direction in chosen}, self.pages)


def _kinds(direction: str, unseen: Sequence[str]) -> list[str]:
    """The names under which a direction is pooled; its own is one of them."""
    kind = evaluation.kind_of(direction, unseen)
    query, document = direction.split("-")
    if kind != "CLIR":
        return [kind, direction, *(["en to en"] if direction == "en-en" else [])]
    side = "X to en" if document == "en" else "en to X" if query == "en" else "X to Y"
    return [kind, direction, side, "with ru" if "ru" in (query, document) else "without ru"]


def load(name: str) -> Experiment | None:
    """Return the results of an experiment, if there are any."""
    path = RESULTS / f"{name}.json"
    return Experiment(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


# --- tables ----------------------------------------------------------------------------------------------------------

_INTERVALS = (
    "Intervals: 95 %, bootstrap over pages; p: paired t-test over pages, Holm over this table; then the share of the "
    "gain that real translations give."
)
_STARS = (
    "One star: p < .01 by a paired t-test over queries against zero-shot, Holm over this table; two: by Bonferroni "
    "too. nDCG@10 and recall@100 in the order of the systems. xx: each id in a language drawn for it."
)
_MAIN_LEXICON = "reweighted"
BASE, LIMIT = "zero-shot", "real translations"


def means_table(experiment: Experiment, kinds: Sequence[str]) -> list[str]:
    """MRR@10 of each system and kind of directions; kinds that were not measured are left out."""
    kinds = [kind for kind in kinds if experiment.directions(kind)]
    rows = []
    for system in experiment.runs:
        shares = [run["bias"]["en"]["en"] for run in experiment.runs[system] if run["bias"]]
        share = short(float(np.mean(shares))) if shares else "-"
        rows.append([system, *(short(experiment.mean(system, kind)) for kind in kinds), share])
    return table(["MRR@10", *kinds, "English in the top 10"], rows)


def gains_table(experiment: Experiment, base: str, kinds: Sequence[str]) -> list[str]:
    """Gains over a system with intervals and corrected p, and which share of the upper bound's gain they are."""
    kinds = [kind for kind in kinds if experiment.directions(kind)]
    systems = [system for system in experiment.runs if system not in (base, "untrained")]
    found = {(system, kind): experiment.difference(system, base, kind) for system in systems for kind in kinds}
    corrected = dict(zip(found, statistics.holm([each.p for each in found.values()]), strict=True))
    rows = []
    for system in systems:
        cells = []
        for kind in kinds:
            gain = found[system, kind]
            text = f"{with_interval(gain)}, {p_value(corrected[system, kind])}"
            if system != LIMIT and kind != "MoIR" and (LIMIT, kind) in found and found[LIMIT, kind].low > 0:
                text += f"; {statistics.share_of(gain, found[LIMIT, kind]):.0%}"
            cells.append(text)
        rows.append([system, *cells])
    return table([f"gain over {base}", *kinds], rows)


def directions_table(experiment: Experiment, base: str) -> list[str]:
    """Every direction: means, and the gain with its test over queries, Holm and Bonferroni over all of the table."""
    systems = [system for system in experiment.runs if system != "untrained"]
    compared = [system for system in systems if system != base]
    wanted = [d for d in experiment.queries if evaluation.kind_of(d, experiment.unseen) != "bias"]
    p = {
        (d, system): statistics.t_test(experiment.per_query(system, d), experiment.per_query(base, d))
        for d in wanted
        for system in compared
    }
    holm = dict(zip(p, statistics.holm(list(p.values())), strict=True))
    bonferroni = dict(zip(p, statistics.bonferroni(list(p.values())), strict=True))
    rows = []
    for direction in wanted:
        cells = []
        for system in systems:
            mean = float(experiment.per_query(system, direction).mean())
            key = (direction, system)
            marks = (
                ""
                if system == base
                else "*" * (int(holm[key] < statistics.ALPHA) + int(bonferroni[key] < statistics.ALPHA))
            )
            cells.append(short(mean) + marks)
        others = [
            "/".join(
                short(float(np.mean([run["directions"][direction][m] for run in experiment.runs[system]])))
                for system in systems
            )
            for m in ("nDCG@10", "R@100")
        ]
        rows.append([direction, len(experiment.pages[direction]), *cells, *others])
    return table(["", "queries", *systems, "nDCG@10", "recall@100"], rows)


def by_overlap(experiment: Experiment) -> dict[str, list[tuple[int, float]]]:
    """For each trained system and band of overlap the queries in CLIR and their MRR@10."""
    found = {}
    for system in (system for system in experiment.runs if system != "untrained"):
        found[system] = []
        for low, high in _BANDS.values():
            values = []
            for direction in experiment.directions("CLIR"):
                shares = np.array([int(ninths) for ninths in experiment.queries[direction]["overlap"]]) / 9
                chosen = (shares >= low) & (shares < high)
                values.append(experiment.per_query(system, direction)[chosen])
            together = np.concatenate(values)
            found[system].append((len(together), float(together.mean()) if len(together) else float("nan")))
    return found


def overlap_table(experiment: Experiment) -> list[str]:
    """MRR@10 in CLIR by the share of the query's words that are in a relevant document."""
    found = by_overlap(experiment)
    rows = [
        [band, f"{next(iter(found.values()))[place][0]:,}", *(short(of[place][1]) for of in found.values())]
        for place, band in enumerate(_BANDS)
    ]
    return table(["query words in the document", "queries in CLIR", *found], rows)


def bias_table(experiment: Experiment) -> list[str]:
    """The share of each document language in the top 10 of the mixed collection, for queries of all languages."""
    shares = experiment.document["runs"][0]["collection_shares"]
    rows = [["collection", *(short(share) for share in shares.values())]]
    for system, runs in experiment.runs.items():
        for query in ("en", evaluation.MIXED):
            means = [np.mean([run["bias"][query][language] for run in runs]) for language in shares]
            rows.append([f"{system}, queries {query}", *(short(float(mean)) for mean in means)])
    return table(["share in the top 10", *shares], rows)


# --- plots -----------------------------------------------------------------------------------------------------------


def plot_gains(experiment: Experiment, path: Path, base: str = BASE) -> None:
    """Gains in CLIR, MLIR and MoIR with their intervals."""
    kinds = [kind for kind in ("CLIR", "MLIR", "MoIR") if experiment.directions(kind)]
    systems = [system for system in experiment.runs if system not in (base, "untrained")]
    figure, axes = common.figure()
    for place, system in enumerate(systems):
        gains = [experiment.difference(system, base, kind) for kind in kinds]
        at = np.arange(len(kinds)) + (place - (len(systems) - 1) / 2) * 0.8 / len(systems)
        below = [gain.mean - gain.low for gain in gains]
        above = [gain.high - gain.mean for gain in gains]
        axes.bar(at, [gain.mean for gain in gains], 0.75 / len(systems), yerr=[below, above], capsize=3, label=system)
    axes.set_xticks(range(len(kinds)), kinds)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel(f"MRR@10, gain over {base}")
    axes.legend(frameon=False)
    common.save(figure, path)


def plot_sweep(experiment: Experiment, path: Path) -> None:
    """MRR@10 by translation probability."""
    figure, axes = common.figure()
    points = sorted((float(system.removeprefix("p = ")), system) for system in experiment.runs)
    for kind in ("MoIR", "CLIR", "MLIR"):
        axes.plot(
            [p for p, _ in points], [experiment.mean(system, kind) for _, system in points], marker="o", label=kind
        )
    axes.set_xlabel("translation probability p")
    axes.set_ylabel("MRR@10")
    axes.legend(frameon=False)
    common.save(figure, path)


def plot_overlap(experiment: Experiment, path: Path) -> None:
    """MRR@10 in CLIR by token overlap."""
    figure, axes = common.figure()
    for system, of in by_overlap(experiment).items():
        axes.plot(range(len(_BANDS)), [mean for _, mean in of], marker="o", label=system)
    axes.set_xticks(range(len(_BANDS)), list(_BANDS))
    axes.set_xlabel("query words that are in the relevant document")
    axes.set_ylabel("MRR@10 in CLIR")
    axes.legend(frameon=False)
    common.save(figure, path)


def plot_bias(experiment: Experiment, path: Path) -> None:
    """The share of each language in the top 10 of a mixed collection, English queries."""
    shares = experiment.document["runs"][0]["collection_shares"]
    figure, axes = common.figure()
    names = ["collection", *experiment.runs]
    left = np.zeros(len(names))
    for language in shares:
        of = [shares[language]]
        of += [float(np.mean([run["bias"]["en"][language] for run in runs])) for runs in experiment.runs.values()]
        axes.barh(names, of, left=left, label=language)
        left += of
    axes.invert_yaxis()
    axes.set_xlabel("share of each language in the top 10, English queries")
    axes.legend(frameon=False, ncols=len(shares), loc="upper center", bbox_to_anchor=(0.5, 1.12))
    common.save(figure, path)


# --- everything ------------------------------------------------------------------------------------------------------


def write() -> None:
    """Write the tables into the README, between its marks, and the plots beside the results."""
    from benchmarks.retrieval import claims

    lines: list[str] = []
    for name, section in _SECTIONS.items():
        if (experiment := load(name)) is not None:
            lines += section(experiment)
    main = load("main")
    if main is not None:
        lines += ["### The paper's claims", "", *claims.lines(load)]
    common.put_between_marks(FOLDER / "README.md", lines)


def _main_section(experiment: Experiment) -> list[str]:
    for name, plot in (("gains", plot_gains), ("overlap", plot_overlap), ("bias", plot_bias)):
        plot(experiment, RESULTS / f"{name}.png")
    counts = experiment.document["counts"]
    dropped = ", ".join(f"{count:,} {what}" for what, count in experiment.document["dropped"].items())
    about = ", ".join(f"{language} {of['queries']:,} / {of['documents']:,}" for language, of in counts.items())
    return [
        common.machine_line(experiment.document["machine"]),
        "",
        f"Test queries / documents: {about}. {_seeds_line(experiment)}",
        f"Left out: {dropped}.",
        "",
        *means_table(experiment, (*KINDS, *_SIDES)),
        *gains_table(experiment, BASE, KINDS),
        _INTERVALS,
        "",
        *gains_table(experiment, BASE, _SIDES),
        _seeds_spread(experiment),
        "",
        "![Gains over zero-shot](results/gains.png)",
        "",
        "### By overlap of query and document",
        "",
        *overlap_table(experiment),
        "![By overlap](results/overlap.png)",
        "",
        "### Language bias: which languages fill the top 10 of a mixed collection",
        "",
        *bias_table(experiment),
        "![Language bias](results/bias.png)",
        "",
        "### Every direction",
        "",
        _STARS,
        "",
        *directions_table(experiment, BASE),
        "### What the lexicon knows of the test",
        "",
        *_entries_table(experiment),
    ]


def _entries_table(experiment: Experiment) -> list[str]:
    """Shares of test queries that are an entry, with their own translation."""
    found = experiment.document["lexicons"]
    key = "test queries that are entries"
    languages = list(next(iter(found.values()))[key])
    rows = [[name, *(f"{of[key][language]:.1%}" for language in languages)] for name, of in found.items()]
    return table(["test queries that are entries, as a whole, with their own translation", *languages], rows)


def _simple_section(heading: str, base: str, kinds: Sequence[str] = (*KINDS, "with ru")) -> Any:
    def section(experiment: Experiment) -> list[str]:
        lines = [f"### {heading}", "", _seeds_line(experiment), "", *means_table(experiment, kinds)]
        lines += gains_table(experiment, base, kinds[:3]) if base in experiment.runs else []
        others = experiment.document["lexicons"].keys() - {_MAIN_LEXICON}
        return lines + (_entries_table(experiment) if others else [])

    return section


def _sweep_section(experiment: Experiment) -> list[str]:
    plot_sweep(experiment, RESULTS / "sweep.png")
    lines = _simple_section("Translation probability", "p = 0")(experiment)
    return [*lines, "![Sweep of p](results/sweep.png)", ""]


_SECTIONS = {
    "main": _main_section,
    "lexicons": _simple_section("Lexicons", BASE),
    "sweep": _sweep_section,
    "titles": _simple_section("Titles (Wiki-CS)", BASE),
    "pairs": _simple_section("One model for each pair (BL-CS)", BASE),
    "trained-start": _simple_section("A start that is retrieval-trained: all 12 layers", BASE, KINDS),
    "new-start": _simple_section("A start whose last two of six layers are new", BASE, KINDS),
    "unseen": _simple_section("Unseen languages", BASE, ("unseen CLIR", "unseen MoIR")),
    "translate-test": _simple_section("Translate-Test", BASE),
    "descriptions": _simple_section("Other text: descriptions of packages", BASE, KINDS),
    "verses": _simple_section("Arabic: verses", BASE, KINDS),
    "cross": _simple_section("Cross-encoder", BASE, ("CLIR", "MoIR")),
}


def _seeds_line(experiment: Experiment) -> str:
    seeds = max(len(runs) for runs in experiment.runs.values())
    minutes = sum(run["seconds_training"] + run["seconds_evaluation"] for run in experiment.document["runs"]) / 60
    words = {1: "One seed", 2: "Two seeds", 3: "Three seeds"}
    cpu = experiment.document["machine"]["cpu"]
    return f"{words.get(seeds, f'{seeds} seeds')}; {minutes:.0f} minutes of one core ({cpu}) in all."


def _seeds_spread(experiment: Experiment) -> str:
    found = []
    for system, runs in experiment.runs.items():
        if len(runs) > 1:
            directions = experiment.directions("CLIR")
            means = [float(np.mean([run["directions"][d]["MRR@10"] for d in directions])) for run in runs]
            found.append(f"{system} {short(min(means))} to {short(max(means))}")
    return f"CLIR of single seeds: {', '.join(found)}."
