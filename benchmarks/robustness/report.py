"""Tables and plots from the results."""

from __future__ import annotations

from pathlib import Path

from benchmarks.common.parts import Results, heading, rows_of
from benchmarks.common.processes import Row
from benchmarks.common.report import figure, save, section, short, with_interval, yes
from benchmarks.common.statistics import Difference
from benchmarks.robustness.collections import HELP, POOL, XQUAD_R
from benchmarks.robustness.measure import HALF, MAIN

RESULTS = Path(__file__).with_name("results")
CLAIMED = (XQUAD_R, HELP)
"""Collections on which a recipe is compared with the English-trained model."""
_TITLES = {
    XQUAD_R: "XQuAD-R: English questions, English sentences",
    HELP: "LibreOffice help: English queries, English sections",
}


def markdown(results: Results) -> str:
    """Return all tables of the parts that were measured."""
    found = rows_of(results)
    tables = [heading(results)]
    for name, title in _TITLES.items():
        if found.get(name):
            tables += [
                _curves_table(title, found[name]),
                f"![Degradation curves]({_plot(name).relative_to(RESULTS.parent)})",
            ]
            tables += [_languages_table(found[name]), _measures_table(found[name])]
    if found.get(POOL):
        tables.append(_bias_table(found[POOL]))
    if claims := _claims(results):
        tables.append(_claims_table(claims))
    return "\n\n".join(tables)


def plots(results: Results) -> None:
    """Write the plots of the parts that were measured."""
    for name in _TITLES:
        if rows := rows_of(results).get(name):
            _draw(rows, _plot(name))


def missed(results: Results) -> list[str]:
    """Return the collections on which no recipe loses at most half of what the English-trained model loses."""
    by_collection: dict[str, list[Row]] = {}
    for row in _claims(results):
        by_collection.setdefault(row["collection"], []).append(row)
    return [
        f"{name}: " + ", ".join(f"share of {row['system']} {_share(row)}" for row in rows)
        for name, rows in by_collection.items()
        if not any(map(_holds, rows))
    ]


def _claims(results: Results) -> list[Row]:
    """Return the comparisons with the English-trained model, of all collections."""
    return [row for name in CLAIMED for row in rows_of(results).get(f"claims-{name}", [])]


def _holds(row: Row) -> bool:
    """Return whether a recipe loses at most half; if nothing was lost, there is nothing to halve."""
    return row["share"] is None or row["share"] <= HALF


def _share(row: Row) -> str:
    return "" if row["share"] is None else short(row["share"])


def _plot(name: str) -> Path:
    return RESULTS / f"{name}.png"


def _draw(rows: list[Row], path: Path) -> None:
    drawn, axes = figure()
    for row in rows:
        base = row["base"][MAIN]
        chances = [0, *(point["p"] for point in row["pooled"])]
        losses = [[0, 0, 0], *(point["loss"] for point in row["pooled"])]
        (line,) = axes.plot(chances, [base - loss[0] for loss in losses], marker="o", label=row["system"])
        low, high = ([base - loss[side] for loss in losses] for side in (2, 1))
        axes.fill_between(chances, low, high, color=line.get_color(), alpha=0.15)
    axes.set_xlabel("translation probability p")
    axes.set_ylabel(f"{MAIN}, mean over languages")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    save(drawn, path)


def _loss(values: list[float]) -> str:
    mean, low, high = values
    return _interval(-mean, -high, -low)


def _interval(mean: float, low: float, high: float) -> str:
    return with_interval(Difference(mean, low, high, 1.0))


def _curves_table(title: str, rows: list[Row]) -> str:
    first = rows[0]
    head = [f"{MAIN}, {first['queries']:,} queries, {first['documents']:,} documents", "p = 0"]
    head += [f"p = {short(point['p'], digits=2)}" for point in first["pooled"]]
    lines = [
        [row["system"], short(row["base"][MAIN]), *(_loss(point["loss"]) for point in row["pooled"])] for row in rows
    ]
    return section(f"{title}: change against p = 0, mean over languages", head, lines)


def _languages_table(rows: list[Row]) -> str:
    points = [point for point in rows[0]["points"] if point["p"] == HALF]
    head = [f"{MAIN} at p = {short(HALF, digits=1)}: change", *(point["language"] for point in points)]
    lines = [[row["system"], *(_loss(point["loss"]) for point in row["points"] if point["p"] == HALF)] for row in rows]
    changed = ["share of the queries that changed", *(short(point["changed"]) for point in points)]
    return section("By language", head, [*lines, changed])


def _measures_table(rows: list[Row]) -> str:
    measures = list(rows[0]["base"])
    head = ["p = 0 / .5 / 1, mean over languages", *measures]
    lines = [
        [row["system"], *(" / ".join(short(mean) for mean in _at(row, measure)) for measure in measures)]
        for row in rows
    ]
    return section("All measures", head, lines)


def _at(row: Row, measure: str) -> list[float]:
    by_p = {point["p"]: point["means"][measure] for point in row["pooled"]}
    return [row["base"][measure], by_p[HALF], by_p[1.0]]


def _bias_table(rows: list[Row]) -> str:
    languages = list(rows[0]["languages"])
    lines = [["the collection", "", *(short(share, digits=2) for share in rows[0]["languages"].values())]]
    for row in rows:
        for condition, shares in row["bias"].items():
            name = condition.partition("-")[0]
            lines.append([row["system"], name, *(short(shares[language], digits=2) for language in languages)])
    title = f"Language bias: share of each language among the first 10 sentences, p = {short(HALF, digits=1)}"
    return section(title, ["system", "queries into", *languages], lines)


def _claims_table(rows: list[Row]) -> str:
    head = ["", "", "loss, English-trained", "its own loss", "share", "own loss less half [95 %]", "at most half"]
    lines = [
        [
            row["collection"],
            row["system"],
            *(short(loss) for loss in row["losses"].values()),
            _share(row),
            _interval(*row["above_half"]),
            yes(_holds(row)),
        ]
        for row in rows
    ]
    return section(f"Loss of {MAIN} at p = {short(HALF, digits=1)}", head, lines)
