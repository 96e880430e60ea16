"""The report: tables, plots and the paper's claims, from the results files alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import report as common
from benchmarks.common.report import Section, entries_table, seeds_line, short, table
from benchmarks.common.summary import UNTRAINED, Experiment
from benchmarks.retrieval import evaluation
from benchmarks.retrieval.measured import BANDS, CENTRED

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"

BASE, LIMIT = "zero-shot", "real translations"
KINDS = ("MoIR", "CLIR", "MLIR")
_SIDES = ("en to X", "X to en", "X to Y", "with ru", "without ru")
_MEASURE = "MRR@10"
_MAIN_LEXICON = "reweighted"
_ENTRIES = "test queries that are entries, as a whole, with their own translation"


def load(name: str) -> Experiment | None:
    """Return the results of an experiment, or None if there are none."""
    return common.load(RESULTS, name)


# --- tables ----------------------------------------------------------------------------------------------------------

_INTERVALS = (
    "Intervals are 95 %, from a bootstrap over pages. p is from a paired t-test over pages, with Holm's correction "
    "over the table. The percentage is the share of the gain of real translations."
)
_STARS = (
    "One star: p < .01 by a paired t-test over queries against zero-shot, with Holm's correction over the table. Two "
    "stars: with Bonferroni's too. nDCG@10 and recall@100 are in the order of the systems. xx: a language is drawn for "
    "each id."
)


def smoke_table(document: Mapping[str, Any]) -> list[str]:
    """Return the table that the smoke test prints."""
    return _means_table(Experiment(document), KINDS)


def _means_table(experiment: Experiment, kinds: Sequence[str]) -> list[str]:
    def english(system: str) -> str:
        bias = experiment.systems[system]["bias"]
        return short(bias["en"]["en"]) if "en" in bias else "-"

    return common.means_table(experiment, _MEASURE, kinds, {"English in the top 10": english})


def _gains_table(experiment: Experiment, base: str, kinds: Sequence[str]) -> list[str]:
    return common.gains_table(experiment, base, kinds, LIMIT, no_share=["MoIR"])


def _directions_table(experiment: Experiment) -> list[str]:
    """Return means of every direction, with stars for tests over queries."""
    systems = {name: of["directions"] for name, of in experiment.systems.items() if name != UNTRAINED}
    kind_of = evaluation.kind_of
    directions = [d for d in experiment.document["queries"] if kind_of(d, experiment.document["unseen"]) != "bias"]
    tests = {(d, name): of[d]["p"] for d in directions for name, of in systems.items() if name != BASE}
    stars = common.stars(tests)
    rows = []
    for direction in directions:
        found = {name: of[direction] for name, of in systems.items()}
        means = [short(of[_MEASURE]) + stars.get((direction, name), "") for name, of in found.items()]
        others = ["/".join(short(of[measure]) for of in found.values()) for measure in ("nDCG@10", "R@100")]
        rows.append([direction, experiment.document["queries"][direction], *means, *others])
    return table(["", "queries", *systems, "nDCG@10", "recall@100"], rows)


def _overlaps(experiment: Experiment) -> dict[str, list[tuple[int, float]]]:
    return {name: of["overlap"] for name, of in experiment.systems.items() if name != UNTRAINED}


def _overlap_table(experiment: Experiment) -> list[str]:
    """Return MRR@10 in CLIR by the share of the query's words that are in a relevant document."""
    found = _overlaps(experiment)
    rows = []
    for band, of_systems in zip(BANDS, zip(*found.values(), strict=True), strict=True):
        rows.append([band, f"{of_systems[0][0]:,}", *(short(mean) for _, mean in of_systems)])
    return table(["query words in the document", "queries in CLIR", *found], rows)


def _bias_table(experiment: Experiment) -> list[str]:
    """Return the share of each document language in the top 10 of the mixed collection."""
    shares = experiment.document["collection_shares"]
    rows = [["collection", *(short(share) for share in shares.values())]]
    for system, about in experiment.systems.items():
        for query, of_query in about["bias"].items():
            rows.append([f"{system}, queries {query}", *(short(of_query[language]) for language in shares)])
    return table(["share in the top 10", *shares], rows)


def _seeds_spread(experiment: Experiment) -> str:
    found = [
        f"{system} {short(min(about['seeds']))} to {short(max(about['seeds']))}"
        for system, about in experiment.systems.items()
        if len(about["seeds"]) > 1
    ]
    return f"CLIR of single seeds: {', '.join(found)}."


# --- plots -----------------------------------------------------------------------------------------------------------


def _plot_overlap(experiment: Experiment, path: Path) -> None:
    """Plot MRR@10 in CLIR by word overlap."""
    figure, axes = common.figure()
    for system, of_system in _overlaps(experiment).items():
        axes.plot(range(len(BANDS)), [mean for _, mean in of_system], marker="o", label=system)
    axes.set_xticks(range(len(BANDS)), list(BANDS))
    axes.set_xlabel("query words that are in the relevant document")
    axes.set_ylabel("MRR@10 in CLIR")
    axes.legend(frameon=False)
    common.save(figure, path)


def _plot_bias(experiment: Experiment, path: Path) -> None:
    """Plot the share of each language in the top 10 of a mixed collection, for English queries."""
    shares = experiment.document["collection_shares"]
    figure, axes = common.figure()
    names = ["collection", *experiment.systems]
    left = np.zeros(len(names))
    for language in shares:
        values = [shares[language], *(about["bias"]["en"][language] for about in experiment.systems.values())]
        axes.barh(names, values, left=left, label=language)
        left += values
    axes.invert_yaxis()
    axes.set_xlabel("share of each language in the top 10, English queries")
    axes.legend(frameon=False, ncols=len(shares), loc="upper center", bbox_to_anchor=(0.5, 1.12))
    common.save(figure, path)


# --- sections --------------------------------------------------------------------------------------------------------


def write() -> None:
    """Write the tables into the README, and the plots beside the results."""
    common.put_between_marks(FOLDER / "README.md", lines())
    if (main := load("main")) is not None:
        common.plot_gains(main, _MEASURE, BASE, ("CLIR", "MLIR", "MoIR"), RESULTS / "gains.png")
        _plot_overlap(main, RESULTS / "overlap.png")
        _plot_bias(main, RESULTS / "bias.png")
    if (sweep := load("sweep")) is not None:
        common.plot_sweep(sweep, _MEASURE, KINDS, RESULTS / "sweep.png")


def lines() -> list[str]:
    """Return all tables of the experiments that were measured."""
    from benchmarks.retrieval import claims

    found = common.sections(RESULTS, _SECTIONS)
    claimed = claims.lines(load)
    return [*found, "### The paper's claims", "", *claimed] if claimed else found


def _main_section(experiment: Experiment) -> list[str]:
    counts = experiment.document["counts"]
    dropped = ", ".join(f"{count:,} {what}" for what, count in experiment.document["dropped"].items())
    about = ", ".join(f"{language} {of['queries']:,} / {of['documents']:,}" for language, of in counts.items())
    return [
        common.machine_line(experiment.document["machine"]),
        "",
        f"Test queries / documents: {about}. {seeds_line(experiment, cpu=True)}",
        f"Left out: {dropped}.",
        "",
        *_means_table(experiment, (*KINDS, *_SIDES)),
        *_gains_table(experiment, BASE, KINDS),
        _INTERVALS,
        "",
        *_gains_table(experiment, BASE, _SIDES),
        _seeds_spread(experiment),
        "",
        "![Gains over zero-shot](results/gains.png)",
        "",
        "### By overlap of query and document",
        "",
        *_overlap_table(experiment),
        "![By overlap](results/overlap.png)",
        "",
        "### Language bias: which languages fill the top 10 of a mixed collection",
        "",
        *_bias_table(experiment),
        "![Language bias](results/bias.png)",
        "",
        "### Every direction",
        "",
        _STARS,
        "",
        *_directions_table(experiment),
        "### What the lexicon knows of the test",
        "",
        *entries_table(experiment, _ENTRIES),
    ]


def _section(heading: str, base: str = BASE, kinds: Sequence[str] = (*KINDS, "with ru"), plot: str = "") -> Section:
    def section(experiment: Experiment) -> list[str]:
        pairs = experiment.document.get("training_pairs")
        about = [f"{pairs:,} training pairs. "] if pairs else []
        lines = [f"### {heading}", "", "".join(about) + seeds_line(experiment, cpu=True), ""]
        lines += _means_table(experiment, kinds)
        lines += _gains_table(experiment, base, kinds[:3]) if base in experiment.systems else []
        if experiment.document["lexicons"].keys() - {_MAIN_LEXICON}:
            lines += entries_table(experiment, _ENTRIES)
        return [*lines, plot, ""] if plot else lines

    return section


def _complete_section(experiment: Experiment) -> list[str]:
    """Return the section of pairs that lack no translation, which also compares with centred vectors."""
    lines = _section("Only pairs that are translated into all five languages")(experiment)
    return [*lines, *_gains_table(experiment, CENTRED, KINDS)]


_SECTIONS = {
    "main": _main_section,
    "complete": _complete_section,
    "lexicons": _section("Lexicons"),
    "sweep": _section("Translation probability", "p = 0", plot="![Sweep of p](results/sweep.png)"),
    "titles": _section("Titles (Wiki-CS)"),
    "pairs": _section("One model for each pair (BL-CS)"),
    "trained-start": _section("A start that is retrieval-trained: all 12 layers", kinds=KINDS),
    "new-start": _section("A start whose last two of six layers are new", kinds=KINDS),
    "unseen": _section("Unseen languages", kinds=("unseen CLIR", "unseen MoIR")),
    "descriptions": _section("Other text: descriptions of packages", kinds=KINDS),
    "verses": _section("Arabic: verses", kinds=KINDS),
    "cross": _section("Cross-encoder", kinds=("CLIR", "MoIR")),
}
