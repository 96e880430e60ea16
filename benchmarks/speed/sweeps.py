"""The parts of the benchmark. Each measures one aspect and returns rows."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common.processes import Row, run
from benchmarks.speed import children, lexicons
from benchmarks.speed.competitors import COMPETITORS, OURS, SPLIT, P
from benchmarks.speed.lexicons import Dictionaries, Pairs
from benchmarks.speed.measure import Contestant, Effort, Texts, batched, count_words, race
from lexswitch import CodeSwitcher, Lexicon

_BATCH = 1000
_CHILD_REPEATS = 5


def english(effort: Effort) -> Texts:
    """Return the texts that the parts use."""
    return lexicons.english()[: effort.texts]


def repeated(count: int) -> Texts:
    """Return `count` texts: the real paragraphs, repeated."""
    return list(itertools.islice(itertools.cycle(lexicons.english()), count))


def competitors(effort: Effort) -> list[Row]:
    """Measure all methods on the same texts in batches of 1,000."""
    lexicon, dictionaries = lexicons.real(), lexicons.plain_dictionaries(lexicons.stream())
    batches = batched(english(effort), _BATCH)
    rows = race([Contestant(one.name, one.make(lexicon, dictionaries), batches) for one in COMPETITORS], effort)
    return [{**row, "lacks": one.lacks} for row, one in zip(rows, COMPETITORS, strict=True)]


def batches(effort: Effort) -> list[Row]:
    """Measure batches of 1 to 100,000 texts."""
    lexicon, dictionaries = lexicons.real(), lexicons.plain_dictionaries(lexicons.stream())
    rows = []
    for size in (1, 32, _BATCH, effort.many):
        texts = repeated(size) if size == effort.many else english(effort)
        rows += _duel(lexicon, dictionaries, batched(texts, size), effort, {"batch": size})
    return rows


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
    """Measure 1 and 5 languages of the real lexicon; 1, 5 and 13 of the starter lexicon."""
    real, starter = lexicons.real(), Lexicon.starter()
    five = [*lexicons.LANGUAGES]
    chosen = [
        ("FreeDict and Mueller", real, ["de"]),
        ("FreeDict and Mueller", real, five),
        ("starter", starter, ["de"]),
        ("starter", starter, five),
        ("starter", starter, [*starter.languages]),
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
        loads = [run(children.load_lexicon, str(path)) for _ in range(_CHILD_REPEATS)]
        row["load_seconds"] = {name: median(load[name] for load in loads) for name in loads[0]}
        row["memory"] = run(children.lexicon_memory, str(path))
        row["dictionary_memory"] = run(children.dictionary_memory, effort.pairs)
    return [row]


STAGES: dict[str, Callable[[Effort], list[Row]]] = {
    "competitors": competitors,
    "batches": batches,
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
    """Race lexswitch with str.split + dict; `about` is added to each row."""
    contestants = [Contestant(one.name, one.make(lexicon, dictionaries), batches) for one in (OURS, SPLIT)]
    return [{**about, **row} for row in race(contestants, effort)]


def _race_switchers(switchers: Sequence[CodeSwitcher], texts: Texts, effort: Effort) -> list[Row]:
    batches = batched(texts, _BATCH)
    return race([Contestant(OURS.name, switcher.apply, batches) for switcher in switchers], effort)


def _triples(pairs: Pairs) -> list[tuple[str, str, str]]:
    return [(language, term, other) for language, of_language in pairs.items() for term, other in of_language]
