"""Time and memory of reading, building, saving, opening and looking up, by each method, in fresh processes."""

from __future__ import annotations

import functools
import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.common import fetch
from benchmarks.common.freedict import Pair
from benchmarks.lexicons import data, measure, rivals
from benchmarks.lexicons.measure import Effort, Row
from benchmarks.lexicons.rivals import KEEPERS, READERS, Keeper

_WARM_UP = 1000  # pairs of a small file that is read first, so that imports do not count


def reading(effort: Effort) -> list[Row]:
    """Measure all methods of reading a MUSE file, for files of words and of phrases."""
    rows = []
    with tempfile.TemporaryDirectory(dir=fetch.cache_folder()) as folder:
        small = data.write_file(Path(folder, "small.txt"), data.word_pairs("de")[:_WARM_UP], " ")
        for kind, pairs, separator in _files(effort):
            path = data.write_file(Path(folder, "pairs.txt"), pairs, separator)
            tasks = [functools.partial(measure.run, read, method, str(path), str(small)) for method in READERS]
            for method, figures in zip(READERS, measure.alternate(effort.rounds, tasks), strict=True):
                rows.append({"file": kind, "pairs": len(pairs), "name": method, **figures})
    return rows


def _files(effort: Effort) -> Iterator[tuple[str, list[Pair], str]]:
    """Yield kind, pairs and separator of each file."""
    sizes = [size for size in effort.sizes if size]
    for kind, language in (("words, German", "de"), ("words, Russian", "ru")):
        pairs = data.word_pairs(language)
        for size in sizes if language == "de" else [10**5]:
            yield kind, data.sized(pairs, min(size, len(pairs))), " "
    pairs = data.real_pairs("de")
    for count in effort.sizes:
        yield "words and phrases, German", data.sized(pairs, count or len(pairs)), "\t"


def read(method: str, path: str, small: str) -> Row:
    """Measure the seconds of reading a file."""
    READERS[method](small)
    return {"seconds": measure.seconds(lambda: READERS[method](path))}


def keeping(effort: Effort) -> list[Row]:
    """Measure time and memory of all methods of keeping pairs and looking up terms."""
    real = data.real_pairs("de")
    return [row for size in effort.sizes for row in _keeping(effort, data.sized(real, size or len(real)))]


def _keeping(effort: Effort, pairs: list[Pair]) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=fetch.cache_folder()) as folder:
        names = list(KEEPERS)
        path = data.write_file(Path(folder, "pairs.tsv"), pairs)
        small = data.write_file(Path(folder, "small.tsv"), pairs[:_WARM_UP])
        questions = Path(folder, "questions.json")
        questions.write_text(json.dumps(data.questions(pairs, effort.questions)), encoding="utf-8")
        kept = {name: str(Path(folder, f"kept-{number}")) for number, name in enumerate(names)}
        tasks = [functools.partial(measure.run, build, name, str(path), str(small), kept[name]) for name in names]
        built = measure.alternate(effort.rounds, tasks)
        tasks = [
            functools.partial(measure.run, use, name, kept[name], f"{kept[name]}.small", str(questions))
            for name in names
        ]
        used = measure.alternate(effort.rounds, tasks)
    return [
        {"pairs": len(pairs), "name": name, **of_building, **of_using}
        for name, of_building, of_using in zip(names, built, used, strict=True)
    ]


def build(name: str, pairs_file: str, small_file: str, path: str) -> Row:
    """Measure seconds of building from pairs in memory and of saving, and bytes on disk."""
    keeper = KEEPERS[name]
    for kept in (path, f"{path}.small"):
        _remove(kept)
    rivals.make(name, small_file, f"{path}.small")
    pairs = data.read_file(pairs_file)
    result = {}
    built: Any = pairs
    if (build_from := keeper.build) is not None:
        result["build"] = measure.seconds(lambda: build_from(pairs))
        built = build_from(pairs)
    turns = itertools.count()

    def save() -> None:
        """Save to a new path each time, because an existing one need not be written again."""
        keeper.save(built, f"{path}.{next(turns)}")

    result["save"] = measure.seconds(save)
    Path(f"{path}.0").rename(path)
    for turn in range(1, next(turns)):
        _remove(f"{path}.{turn}")
    return {**result, "disk": rivals.disk_bytes(path)}


def _remove(path: str) -> None:
    if Path(path).is_dir():
        shutil.rmtree(path)
    else:
        Path(path).unlink(missing_ok=True)


def use(name: str, path: str, small: str, questions_file: str) -> Row:
    """Measure seconds of opening, with the first look-up, and of a look-up, and the growth of memory."""
    keeper = KEEPERS[name]
    known, unknown = json.loads(Path(questions_file).read_text(encoding="utf-8"))
    warm = keeper.open(small)
    for term in known[:_WARM_UP]:
        keeper.find(warm, term)
    before = measure.pss()
    opened = keeper.open(path)
    keeper.find(opened, known[0])
    found = sum(bool(keeper.find(opened, term)) for term in known)
    after = measure.pss()
    if found != len(known) or any(keeper.find(opened, term) for term in unknown[:_WARM_UP]):
        raise RuntimeError(f"{name} finds {found} of {len(known)} known terms, or some unknown ones")
    result: Row = {"memory": after - before}
    for kind, terms in (("known", known), ("unknown", unknown)):
        result[kind] = measure.seconds(functools.partial(_ask, keeper, opened, terms)) / len(terms)
    del opened  # some cannot be opened twice
    return {"open": measure.seconds(lambda: keeper.find(keeper.open(path), known[0])), **result}


def _ask(keeper: Keeper, opened: Any, terms: list[str]) -> None:
    for term in terms:
        keeper.find(opened, term)
