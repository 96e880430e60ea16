"""The memory of processes that share a lexicon, as the sum of their proportional set sizes (PSS).

Every process first uses a small lexicon and is measured, so that later growth is the memory of the lexicon. All
processes are idle when one is measured.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.common import fetch, help_text, stops
from benchmarks.lexicons import data, measure, rivals
from benchmarks.lexicons.measure import Effort, Row
from benchmarks.lexicons.rivals import KEEPERS, OURS, PICKLE
from lexswitch import CodeSwitcher, Lexicon

PROCESSES = (1, 8)
LOOK_UP, FORKED, INDEPENDENT = "look up", "switch, forked", "switch, independent"

_SHARERS = {
    LOOK_UP: (OURS, "marisa-trie, mapped", "lmdb", "sqlite3, indexed table", PICKLE),
    FORKED: (OURS, PICKLE),
    INDEPENDENT: (OURS, PICKLE),
}
_TERMS, _TEXTS, _SMALL = 10_000, 1_000, 1_000
_TIMES = 3  # passes over the texts


def sharing(effort: Effort) -> list[Row]:
    """Measure the memory of one and of eight processes, for each method of keeping pairs and each use."""
    rows = []
    with tempfile.TemporaryDirectory(dir=fetch.cache_folder()) as folder:
        files = _files(Path(folder), effort.shared_pairs)
        for use, names in _SHARERS.items():
            for name in names:
                for processes in PROCESSES:
                    row = {"use": use, "name": name, "pairs": effort.shared_pairs, "processes": processes}
                    rows.append(row | _measured(use, name, files, processes))
    return rows


def _files(folder: Path, size: int) -> dict[str, Any]:
    """Return the inputs of the processes: all pairs and a few of them in the form of each keeper, terms and texts."""
    pairs = data.sized(data.real_pairs("de"), size)
    path, small = folder / "pairs.tsv", folder / "small.tsv"
    data.write_file(path, pairs)
    common = set(data.frequent_words(_SMALL))
    data.write_file(small, [pair for pair in pairs if pair[0] in common][:_SMALL])
    kept = {}
    for number, name in enumerate(_SHARERS[LOOK_UP]):
        kept[name] = [str(folder / f"{kind}-{number}") for kind in ("small", "all")]
        measure.run(prepare, name, str(small), kept[name][0])
        measure.run(prepare, name, str(path), kept[name][1])
    known, _ = data.questions(pairs, _TERMS)
    texts = help_text.paragraphs("en")[:_TEXTS]
    inputs = folder / "inputs.json"
    inputs.write_text(json.dumps([known, texts]), encoding="utf-8")
    return {"kept": kept, "inputs": str(inputs)}


def prepare(name: str, pairs_file: str, path: str) -> Row:
    """Write a file of pairs with a keeper."""
    rivals.make(name, pairs_file, path)
    return {}


def _measured(use: str, name: str, files: dict[str, Any], processes: int) -> Row:
    arguments = (use, name, *files["kept"][name], files["inputs"])
    commands = [measure.command(alone, *arguments)] * processes
    if use == FORKED:
        commands = [measure.command(family, *arguments, processes)]
    with stops.started(commands) as running:
        before = stops.memory(running)
        stops.proceed(running)
        after = stops.memory(running)
    return {"own": after - before, "total": after}


# -- in the processes -------------------------------------------------------------------------------------------------


def alone(use: str, name: str, small: str, path: str, inputs: str) -> None:
    """Open and use the small lexicon, stop, do the same with the large one, stop."""
    for _ in _in_use(use, name, small, path, inputs):
        stops.stop([os.getpid()])


def family(use: str, name: str, small: str, path: str, inputs: str, processes: int) -> None:
    """Do the same, and before each stop fork processes that use what this one has opened and prepared."""
    for run in _in_use(use, name, small, path, inputs):
        wait, leave = os.pipe()  # the forked processes end when it is closed
        children = [_fork(run, wait, leave) for _ in range(processes)]
        stops.stop([os.getpid(), *children])
        os.close(leave)
        os.close(wait)
        for pid in children:
            os.waitpid(pid, 0)


def _in_use(use: str, name: str, small: str, path: str, inputs: str) -> Iterator[Callable[[], Any]]:
    """Yield functions that use the small, then the large lexicon. Each was called once, and both stay in memory."""
    prepare_use = _use(use, name, inputs)
    in_use = []
    for each in (small, path):
        in_use.append(prepare_use(KEEPERS[name].open(each)))
        in_use[-1]()
        yield in_use[-1]


def _fork(run: Callable[[], Any], wait: int, leave: int) -> int:
    """Start a process that runs a function and then waits; return its process id when the function is done."""
    done, say = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(leave)
        try:
            run()
            gc.collect()
            os.write(say, b"done")
            os.read(wait, 1)
        finally:
            os._exit(0)
    os.close(say)
    if os.read(done, 4) != b"done":
        raise RuntimeError("a forked process failed; its error is above")
    os.close(done)
    return pid


def _use(use: str, name: str, inputs: str) -> Callable[[Any], Callable[[], None]]:
    """Return a function that prepares an opened lexicon and returns a function that uses it."""
    known, texts = json.loads(Path(inputs).read_text(encoding="utf-8"))
    if use == LOOK_UP:
        return lambda opened: functools.partial(_look_up, KEEPERS[name], opened, known)
    if name == OURS:
        return lambda lexicon: functools.partial(_switch, CodeSwitcher(lexicon, p=0.5), texts)
    return lambda lists: functools.partial(_substitute, lists, texts)


def _look_up(keeper: rivals.Keeper, opened: Any, terms: list[str]) -> None:
    if isinstance(opened, Lexicon):
        for array in opened.columns.arrays().values():
            array.sum()  # touches every page
    for term in terms:
        keeper.find(opened, term)


def _switch(switcher: CodeSwitcher, texts: list[str]) -> None:
    for epoch in range(_TIMES):
        switcher.apply(texts, epoch=epoch)


def _substitute(lists: rivals.Lists, texts: list[str]) -> None:
    """Replace every word that a dictionary has by its first translation."""
    for _ in range(_TIMES):
        for text in texts:
            " ".join(lists.get(word.lower(), [word])[0] for word in text.split())
