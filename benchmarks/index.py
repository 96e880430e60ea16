"""``python -m benchmarks.index``: write the tables of all benchmarks and of lexicons into README.md and documentation.

All figures are from the results of the benchmarks.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import choice
from benchmarks.common import files
from benchmarks.common.processes import Row
from benchmarks.common.report import between, put_between_marks, short, table, times, with_interval
from benchmarks.common.summary import Experiment

README = Path(__file__).with_name("README.md")
PAGE = README.parents[1] / "docs" / "results.md"


class Entry(NamedTuple):
    """One benchmark.

    Attributes
    ----------
    name : str
        Its package.
    question : str
    option : str
        Option of its main experiment.
    minutes : int
        Time of that on two cores, with the data fetched.
    figure : callable
        Returns the main figure, in a sentence.
    """

    name: str
    question: str
    option: str
    minutes: int
    figure: Callable[[], str]


def _rows(name: str, part: str) -> list[Row]:
    """The rows of a part in the newest results."""
    path = max((README.parent / name / "results").glob("[0-9]*.json"))
    rows: list[Row] = files.read_json(path)["parts"][part]["rows"]
    return rows


def _experiment(name: str, experiment: str = "main") -> Experiment:
    return Experiment(files.read_json(README.parent / name / "results" / f"{experiment}.json"))


def _retrieval() -> str:
    main = _experiment("retrieval")
    gains, english = (
        [main.difference(name, "zero-shot", kind) for name in ("ML-CS", "word by word")]
        for kind in ("CLIR", "en to en")
    )
    base, alone = short(main.mean("zero-shot", "CLIR")), " or ".join(short(each.mean, True) for each in english)
    return (
        f"MRR@10 across languages rises from {base} by {with_interval(gains[0])} (ML-CS) or {with_interval(gains[1])} "
        f"(word by word); English alone changes by {alone}"
    )


def _xquad_r() -> str:
    from benchmarks.xquad_r.measured import ENGLISH, MAP
    from benchmarks.xquad_r.report import BASE, BEST
    from benchmarks.xquad_r.runs import CENTRED

    main = _experiment("xquad_r")
    gain = with_interval(main.difference(BEST, BASE, MAP))
    centred = with_interval(main.difference(BEST, f"{BASE}, {CENTRED}", MAP))
    english = with_interval(main.difference(BEST, BASE, ENGLISH))
    return (
        f"mAP over 11 languages rises from {short(main.mean(BASE, MAP))} by {gain} ({BEST}). It is {centred} above a "
        f"model from whose vectors the mean of each language is subtracted. English alone changes by {english}"
    )


def _image_text() -> str:
    main, system, base = _experiment("image_text"), "one language per caption", "English captions"
    means = [f"{short(main.mean(base, kind))} to {short(main.mean(system, kind))}" for kind in ("seen", "English")]
    taught, student = _experiment("image_text", "student"), f"{system}, taught rankings"
    keeps = [f"{short(taught.mean(base, kind))} to {short(taught.mean(student, kind))}" for kind in ("seen", "English")]
    return (
        f"MRR in the languages switched to rises from {means[0]}; in English it falls from {means[1]}. A student of "
        f"rankings goes from {keeps[0]}, and in English from {keeps[1]}"
    )


def _speed() -> str:
    from benchmarks.speed.competitors import OURS, PAPER, SPLIT
    from benchmarks.speed.figures import fastest_peer, main_cell, millions, of, ratio

    one, many = (main_cell(_rows("speed", "methods"), size) for size in (1, 1000))
    single, batch = (times(ratio(of(rows, OURS.name), of(rows, SPLIT.name))) for rows in (one, many))
    fastest = times(ratio(of(many, OURS.name), fastest_peer(many)))
    paper = times(ratio(of(many, OURS.name), of(many, PAPER.name)))
    return (
        f"{millions(of(many, OURS.name))} M words/s in batches of 1,000: {batch} a loop of `str.split` and a dict "
        f"({single} for single texts). It is {fastest} the fastest other method, and {paper} the paper's pipeline"
    )


def _lexicons() -> str:
    rows = _rows("lexicons", "keeping")
    largest = {row["name"]: row for row in rows if row["pairs"] == max(row["pairs"] for row in rows)}
    ours, pickled, dictionary = (
        largest[name] for name in ("lexswitch", "pickled dict of lists", "dict of lists, from its text file")
    )
    return (
        f"{ours['pairs']:,} pairs open {times(pickled['open'] / ours['open'])} as fast as a pickled dict, in "
        f"{ours['memory'] / pickled['memory']:.0%} of its memory; looking up one term takes "
        f"{times(ours['known'] / dictionary['known'])} the time of a dict"
    )


def _senses() -> str:
    from benchmarks.senses.report import closed

    found = {row["language"]: closed(row["joined"], "contexts", "title") for row in _rows("senses", "test")}
    shares = ", ".join(f"{language} {short(share, digits=2)}" for language, share in found.items())
    return f"share of the gap to the best candidate that is closed: {shares}"


def _starter() -> str:
    shares = {row["language"]: row["all"]["share"] for row in _rows("starter", "dictionaries")}
    return f"confirmed: {', '.join(f'{language} {short(share)}' for language, share in shares.items())}"


def _general() -> str:
    from benchmarks.general.lexicons import DICTIONARY, MERGED, STARTER

    rows = _rows("general", "lexicons")
    words = {"the starter lexicon": STARTER, "dictionaries": DICTIONARY, "both": MERGED}
    shares = [
        f"{between(row['covered']['forms']['questions']['content'] for row in rows if row['lexicon'] == name)} ({what})"
        for what, name in words.items()
    ]
    starter = [row for row in rows if row["lexicon"] == STARTER]
    unchanged = between(row["unchanged"]["forms"][".5"] for row in starter)
    found = between(row["found"]["questions"]["content"]["chosen"] for row in starter)
    return (
        f"known content words of questions: {', '.join(shares)}. With the starter lexicon and p = .5, {unchanged} of "
        f"the questions stay unchanged. The share of its translations that are in the translated question is {found}"
    )


def _inducers() -> str:
    rows = {(row["method"], row["language"]): row["precision@1"] for row in _rows("inducers", "rotated")}
    methods = {"Procrustes, 1,000 seeds": "with 1,000 seeds", "VecMap, no seeds": "without seeds"}
    parts = []
    for method, what in methods.items():
        found = [score for (name, _), score in rows.items() if name == method]
        parts.append(f"{what} {short(min(found))} to {short(max(found))}")
    return f"precision@1 in seven languages: {', '.join(parts)}"


def _titles() -> str:
    found: dict[str, list[float]] = {}
    for row in _rows("titles", "json"):
        found.setdefault(row["method"], []).append(row["seconds"])
    seconds = {method: median(values) for method, values in found.items()}
    return (
        f"a JSON dump of Wikidata takes {times(seconds['lexswitch'] / seconds['zlib alone'])} the time of "
        f"decompression, {times(seconds['json.loads'] / seconds['lexswitch'])} as fast as `json.loads`"
    )


def _robustness() -> str:
    from benchmarks.robustness.collections import XQUAD_R
    from benchmarks.robustness.measure import HALF, MAIN

    found = {}
    for row in _rows("robustness", XQUAD_R):
        (point,) = [point for point in row["pooled"] if point["p"] == HALF]
        found[row["system"]] = f"{row['system']} loses {short(point['loss'][0])} of {short(row['base'][MAIN])}"
    return f"{MAIN} of English questions with half of their units switched. {'. '.join(found.values())}"


def _integrations() -> str:
    (triples,) = _rows("integrations", "file")
    rates = {row["hook"]: row["count"] / row["seconds"] for row in _rows("integrations", "hooks")}
    two, one = (rates[f"datasets: map, {count} processes"] for count in (2, 1))
    return (
        f"{triples['count'] / triples['seconds']:,.0f} triples/s on the command line; two processes make "
        f"`datasets.map` {times(two / one)} as fast as one"
    )


def _cluster() -> str:
    rows = _rows("cluster", "bytes")
    same = sum(row["digest"] == rows[0]["digest"] for row in rows)
    on_spark = [row for row in rows if row["method"].startswith("Spark, two")]
    received = [count / row["lexicon"] for row in on_spark for count in row["received"]]
    return (
        f"{rows[0]['rows']:,} rows by {len(rows)} methods, among them Spark and Ray with a killed worker: {same} have "
        f"the SHA-256 of `apply`. A worker of Spark receives {short(min(received), digits=2)} to "
        f"{short(max(received), digits=2)} times the bytes of the lexicon"
    )


ENTRIES = (
    Entry("retrieval", "Does code-switched training help retrieval across languages?", "--main", 65, _retrieval),
    Entry("xquad_r", "Does it help on a public benchmark?", "--main", 80, _xquad_r),
    Entry("image_text", "Does it help image-text retrieval?", "--main", 100, _image_text),
    Entry("speed", "How fast is switching?", "", 11, _speed),
    Entry("lexicons", "How fast, small, safe and good are lexicons?", "", 25, _lexicons),
    Entry("senses", "Is the right translation chosen?", "", 15, _senses),
    Entry("starter", "Is the starter lexicon right?", "", 1, _starter),
    Entry("general", "How much of general text do lexicons know?", "", 3, _general),
    Entry("inducers", "How good are lexicons from word vectors?", "", 40, _inducers),
    Entry("titles", "How fast are lexicons from Wikipedia titles?", "", 5, _titles),
    Entry("robustness", "What do mixed queries cost retrievers?", "", 30, _robustness),
    Entry("integrations", "What do the hooks for other libraries cost?", "", 10, _integrations),
    Entry("cluster", "Do several machines make the same bytes?", "", 20, _cluster),
)


def markdown() -> str:
    """Return the table."""
    rows = [
        [
            f"[{entry.name}]({entry.name}/README.md)",
            entry.question,
            f"`python -m benchmarks.{entry.name}{f' {entry.option}' if entry.option else ''}`",
            entry.minutes,
            entry.figure(),
        ]
        for entry in ENTRIES
    ]
    return "\n".join(table(["benchmark", "question", "command", "minutes", "main figure"], rows)).strip()


def markdown_of_page() -> str:
    """Return the table for the documentation: questions and main figures."""
    rows = [
        [f"[{entry.name}](../benchmarks/{entry.name}/README.md)", entry.question, entry.figure()] for entry in ENTRIES
    ]
    return "\n".join(table(["benchmark", "question", "main figure"], rows)).strip()


if __name__ == "__main__":
    put_between_marks(README, markdown())
    put_between_marks(PAGE, markdown_of_page())
    put_between_marks(choice.PAGE, choice.markdown(), choice.MARKS)
