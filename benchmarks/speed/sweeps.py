"""The parts of the benchmark. Each measures one aspect and returns rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.common import processes as processes_of
from benchmarks.common import stops
from benchmarks.common.engines import switcher_with
from benchmarks.common.processes import Row, run
from benchmarks.speed import children, lexicons
from benchmarks.speed.competitors import NUMPY, OURS, SPLIT, P
from benchmarks.speed.lexicons import Dictionaries, Pairs
from benchmarks.speed.measure import Contestant, Effort, Run, Texts, batched, count_words, race
from lexswitch import CodeSwitcher, Lexicon

_BATCH = 1000
_CHILD_REPEATS = 5
_SWEPT = 25_000_000  # bytes

READ_WRITE, READ_SWITCH_WRITE = "read and write", "read, switch and write"


def english(effort: Effort) -> Texts:
    """Return the texts that the parts use."""
    return lexicons.english()[: effort.texts]


def cold(effort: Effort) -> list[Row]:
    """Measure batches of 32 with a cold cache: 25 MB of memory are written between the calls."""
    lexicon, dictionaries = lexicons.real(), lexicons.plain_dictionaries(lexicons.stream())
    batches = batched(english(effort), 32)[: effort.calls]
    contestants = [Contestant(one.name, one.make(lexicon, dictionaries), batches) for one in (OURS, NUMPY, SPLIT)]
    swept = np.zeros(_SWEPT, dtype=np.uint8)
    return race(contestants, effort, before=lambda: np.add(swept, 1, out=swept))


def arrow(effort: Effort) -> list[Row]:
    """Measure `apply_arrow` on Arrow columns, and `apply` on the same texts as lists, with both engines."""
    import pyarrow as pa

    lexicon, rows = lexicons.real(), []
    switchers = {engine: switcher_with(engine, lexicon, p=P) for engine in ("c", "numpy")}
    for name, texts in lexicons.TEXTS.items():
        batches = batched(texts()[: effort.texts], _BATCH)
        words, columns = [*map(count_words, batches)], [*map(pa.array, batches)]
        contestants, about = [], []
        for engine, switcher in switchers.items():
            about += [{"source": name, "engine": engine}] * 2
            contestants.append(Contestant("apply", switcher.apply, batches, words))
            contestants.append(Contestant("apply_arrow", switcher.apply_arrow, columns, words))
        rows += [{**one, **row} for one, row in zip(about, race(contestants, effort), strict=True)]
    return rows


def files(effort: Effort) -> list[Row]:
    """Measure the way from file to file: reading and writing, and the same with switching."""
    texts = lexicons.repeated(english(effort), 2 * _BATCH)
    words = [count_words(texts)]
    switch = CodeSwitcher(lexicons.real(), p=P).apply
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.txt", Path(folder) / "target.txt"
        source.write_text("\n".join(texts), encoding="utf-8")

        def convert(run: Run) -> None:
            switched = run(source.read_text(encoding="utf-8").split("\n"))
            target.write_text("\n".join(switched), encoding="utf-8")

        functions: dict[str, Run] = {READ_WRITE: lambda lines: lines, READ_SWITCH_WRITE: switch}
        return race([Contestant(name, convert, [run], words) for name, run in functions.items()], effort)


def sizes(effort: Effort) -> list[Row]:
    """Measure lexicons of 1,000 to 1,000,000 terms; from 10,000 on they cover the same words."""
    rows: list[Row] = []
    contestants = []
    texts = english(effort)
    sized = lexicons.SizedLexicons()
    for terms in effort.lexicon_sizes:
        pairs = sized.pairs(terms)
        lexicon = Lexicon.load(lexicons.saved(f"terms-{terms}", pairs.copy))
        coverage = round(lexicon.coverage(texts), 4)
        dictionaries = lexicons.plain_dictionaries(_triples(pairs))
        for one in (OURS, SPLIT):
            contestants.append(Contestant(one.name, one.make(lexicon, dictionaries), batched(texts, _BATCH)))
            rows.append({"terms": len(lexicon), "pairs": lexicon.num_pairs, "coverage": coverage})
    return [{**row, **rates} for row, rates in zip(rows, race(contestants, effort), strict=True)]


def languages(effort: Effort) -> list[Row]:
    """Measure 1 and 5 languages of the real lexicon; 1, 5 and all of the starter lexicon."""
    real, starter = lexicons.real(), Lexicon.starter()
    five = [*lexicons.LANGUAGES]
    chosen = [
        (lexicons.REAL, real, ["de"]),
        (lexicons.REAL, real, five),
        (lexicons.STARTER, starter, ["de"]),
        (lexicons.STARTER, starter, five),
        (lexicons.STARTER, starter, [*starter.languages]),
    ]
    texts = english(effort)
    switchers = [CodeSwitcher(lexicon, names, p=P) for _, lexicon, names in chosen]
    about = [
        {"lexicon": name, "languages": len(names), "coverage": round(lexicon.select(names).coverage(texts), 4)}
        for name, lexicon, names in chosen
    ]
    rows = _race_switchers(switchers, texts, effort)
    return [{**row, **of_row} for row, of_row in zip(rows, about, strict=True)]


def options(effort: Effort) -> list[Row]:
    """Measure phrases of up to 3 words, single words, and the options that cost time."""
    lexicon = lexicons.real()
    variants: dict[str, dict[str, Any]] = {
        "max_words=3 (default)": {},
        "max_words=1": {"max_words": 1},
        "p=1.0": {"p": 1.0},
        "candidates='uniform'": {"candidates": "uniform"},
        "candidates='weighted'": {"candidates": "weighted"},
        "missing='keep'": {"missing": "keep"},
        "draw_language='text'": {"draw_language": "text"},
        "protect=None": {"protect": None},
        "case='lexicon'": {"case": "lexicon"},
    }
    switchers = [CodeSwitcher(lexicon, **{"p": P, **chosen}) for chosen in variants.values()]
    rows = _race_switchers(switchers, english(effort), effort)
    return [{**row, "options": name} for row, name in zip(rows, variants, strict=True)]


def scripts(effort: Effort) -> list[Row]:
    """Measure texts in several scripts, each with a lexicon of its own words, made in the same way."""
    rows = []
    for script, texts in lexicons.by_script().items():
        texts = texts[: effort.texts]
        pairs = lexicons.of_own_words(texts)
        lexicon = Lexicon.from_pairs(pairs)
        about = {
            "script": script,
            "bytes_per_word": round(sum(len(text.encode()) for text in texts) / count_words(texts), 2),
            "coverage": round(lexicon.coverage(texts), 4),
        }
        dictionaries = lexicons.plain_dictionaries(_triples(pairs))
        rows += _duel(lexicon, dictionaries, batched(texts, _BATCH), effort, about)
    return rows


def sharing(effort: Effort) -> list[Row]:
    """Measure the memory of one and of eight processes that use a saved lexicon."""
    command = processes_of.command(children.share, str(lexicons.real_path()))
    rows: list[Row] = []
    for count in (1, 8):
        with stops.started([command] * count) as running:
            before = stops.memory(running)
            stops.proceed(running)
            total = stops.memory(running)
        rows.append({"processes": count, "total": total, "lexicon": total - before})
    return rows


def memory(effort: Effort) -> list[Row]:
    """Measure the memory of one call with many texts."""
    lexicon = str(lexicons.real_path())
    return [run(children.switch_many, lexicon, effort.many)]


def processes(effort: Effort) -> list[Row]:
    """Measure one process and two, each with a part of the texts."""
    lexicon, texts = str(lexicons.real_path()), 2 * len(english(effort))
    rows: list[Row] = [{"processes": count, "rates": []} for count in (1, 2)]
    for _ in range(3):
        for row in rows:
            result = run(children.on_cores, lexicon, row["processes"], texts, 2 * effort.seconds)
            row["rates"].append(round(result["words_per_second"]))
    return [{**row, "words_per_second": round(median(row["rates"]))} for row in rows]


def first_use(effort: Effort) -> list[Row]:
    """Measure the steps from a fresh Python process to the first switched text."""
    path, text = str(lexicons.real_path()), english(effort)[0]
    runs = [run(children.first_use, path, text)["steps"] for _ in range(_CHILD_REPEATS)]
    return [{"step": step, "seconds": median(of_run[step] for of_run in runs)} for step in runs[0]]


def lexicon(effort: Effort) -> list[Row]:
    """Measure building and loading a large lexicon, its size on disk, and its memory compared with dictionaries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.lexicon"
        row = run(children.build_lexicon, str(path), effort.pairs)
        row["disk_bytes"] = sum(file.stat().st_size for file in path.iterdir())
        row["index_bytes"] = sum(file.stat().st_size for file in path.glob("index-*"))
        loads = [run(children.load_lexicon, str(path)) for _ in range(_CHILD_REPEATS)]
        row["load_seconds"] = {name: median(load[name] for load in loads) for name in loads[0]}
        row["memory"] = run(children.lexicon_memory, str(path))
        row["dictionary_memory"] = run(children.dictionary_memory, effort.pairs)
    return [row]


STAGES: dict[str, Callable[[Effort], list[Row]]] = {
    "cold": cold,
    "arrow": arrow,
    "files": files,
    "sharing": sharing,
    "sizes": sizes,
    "languages": languages,
    "options": options,
    "scripts": scripts,
    "memory": memory,
    "processes": processes,
    "first-use": first_use,
    "lexicon": lexicon,
}


def _duel(
    lexicon: Lexicon,
    dictionaries: Dictionaries,
    batches: Sequence[Texts],
    effort: Effort,
    about: Row,
) -> list[Row]:
    """Race both engines with str.split + dict; `about` is added to each row."""
    contestants = [Contestant(one.name, one.make(lexicon, dictionaries), batches) for one in (OURS, NUMPY, SPLIT)]
    return [{**about, **row} for row in race(contestants, effort)]


def _race_switchers(switchers: Sequence[CodeSwitcher], texts: Texts, effort: Effort) -> list[Row]:
    batches = batched(texts, _BATCH)
    return race([Contestant(OURS.name, switcher.apply, batches) for switcher in switchers], effort)


def _triples(pairs: Pairs) -> list[tuple[str, str, str]]:
    return [(language, term, other) for language, of_language in pairs.items() for term, other in of_language]
