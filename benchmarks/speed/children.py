"""Measurements that need a separate process: memory, first use, several processes at once. Linux only.

Memory is read from ``/proc``, because the peak of `getrusage` would include that of the process that started this one.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.common import memory, stops
from benchmarks.common.processes import Row


def sizes() -> dict[str, int]:
    """Return sizes of this process in bytes: resident, private (no mapped files), and highest resident."""
    gc.collect()
    return dict(zip(("resident", "own", "peak"), memory.status("VmRSS", "RssAnon", "VmHWM"), strict=True))


def _grown(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in ("resident", "own")}


# -- tasks ------------------------------------------------------------------------------------------------------------


def switch_many(lexicon: str, texts: int) -> Row:
    """Measure memory before, at the peak of, and after one call with many texts."""
    from benchmarks.speed import lexicons
    from lexswitch import CodeSwitcher, Lexicon

    switcher = CodeSwitcher(Lexicon.load(lexicon, verify=False))
    batch = [f"{text} "[:-1] for text in lexicons.repeated(lexicons.english(), texts)]  # copies, as real texts would be
    switcher.apply(batch[:1000])
    memory.reset_peak()  # `first_use` measures how the index is made
    before = sizes()
    switched = switcher.apply(batch)
    return {"texts": len(switched), "before": before, "after": sizes()}


def lexicon_memory(path: str) -> Row:
    """Measure the memory of a mapped lexicon with every page touched, and in use."""
    from benchmarks.speed.lexicons import english
    from lexswitch import CodeSwitcher, Lexicon

    texts = english()[:1000]
    CodeSwitcher(Lexicon.starter()).apply(texts[:10])  # excludes what every lexicon needs once
    before = sizes()
    lexicon = Lexicon.load(path)  # verification reads every page
    loaded = sizes()
    CodeSwitcher(lexicon).apply(texts)
    return {"loaded": _grown(before, loaded), "used": _grown(before, sizes()), "pairs": lexicon.num_pairs}


def share(path: str) -> None:
    """Use the starter lexicon, stop, use a saved lexicon, stop."""
    from benchmarks.speed.lexicons import english
    from lexswitch import CodeSwitcher, Lexicon

    texts = english()[:1000]
    CodeSwitcher(Lexicon.starter()).apply(texts)
    stops.stop([os.getpid()])
    switcher = CodeSwitcher(Lexicon.load(path))  # verification reads every page
    for epoch in range(3):
        switcher.apply(texts, epoch=epoch)
    stops.stop([os.getpid()])


def dictionary_memory(pairs: int) -> Row:
    """Measure the memory of one ``dict[str, list[str]]`` for each language, read line by line."""
    from benchmarks.speed import lexicons

    next(lexicons.stream(1))
    before = sizes()
    dictionaries = lexicons.plain_dictionaries(lexicons.stream(pairs))
    return {"loaded": _grown(before, sizes()), "languages": len(dictionaries)}


def build_lexicon(path: str, pairs: int) -> Row:
    """Measure the seconds of making a lexicon of pairs in memory, and of saving it."""
    from benchmarks.speed import lexicons
    from lexswitch import Lexicon

    by_language = lexicons.pairs_by_language(lexicons.stream(pairs))
    start = time.perf_counter()
    lexicon = Lexicon.from_pairs(by_language)
    built = time.perf_counter()
    lexicon.save(path)
    saved = time.perf_counter()
    text = sum(len(term.encode()) for term in lexicon)
    text += sum(len(translation.encode()) for _, _, translation, _ in lexicon.pairs())
    return {
        "build_seconds": built - start,
        "save_seconds": saved - built,
        "pairs": lexicon.num_pairs,
        "terms": len(lexicon),
        "text_bytes": text,
    }


def load_lexicon(path: str) -> Row:
    """Measure the seconds of loading a lexicon, with and without verification."""
    from lexswitch import Lexicon

    Lexicon.load(path)  # excludes the costs of the first load in a process, which first_use measures
    result = {}
    for name, verify in (("verified", True), ("unverified", False)):
        start = time.perf_counter()
        Lexicon.load(path, verify=verify)
        result[name] = time.perf_counter() - start
    return result


def first_use(path: str, text: str) -> Row:
    """Measure the seconds of each step up to the first switched text, and of the second text."""
    times = [time.perf_counter()]

    def lap() -> float:
        times.append(time.perf_counter())
        return times[-1] - times[-2]

    import numpy  # noqa: F401  # first, to tell the two imports apart

    steps = {"import numpy": lap()}
    import lexswitch

    steps["import lexswitch"] = lap()
    lexicon = lexswitch.Lexicon.load(path)
    steps["Lexicon.load"] = lap()
    switcher = lexswitch.CodeSwitcher(lexicon)
    steps["CodeSwitcher(...)"] = lap()
    switcher.apply([text])
    steps["first apply"] = lap()
    switcher.apply([text])
    steps["second apply"] = lap()
    return {"steps": steps}


def on_cores(lexicon: str, processes: int, texts: int, seconds: float) -> Row:
    """Measure the words per second of processes that each switch a part of the texts at the same time."""
    context = multiprocessing.get_context("spawn")  # a process inherits nothing that is warm
    barrier, results = context.Barrier(processes), context.SimpleQueue()
    workers = [
        context.Process(target=_worker, args=(lexicon, part, processes, texts, seconds, barrier, results))
        for part in range(processes)
    ]
    for worker in workers:
        worker.start()
    reports = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    if None in reports:
        raise RuntimeError("a worker failed; its error is above")
    words = sum(report[0] for report in reports)
    return {"words_per_second": words / (max(report[2] for report in reports) - min(report[1] for report in reports))}


def _worker(lexicon: str, part: int, parts: int, texts: int, seconds: float, barrier: Any, results: Any) -> None:
    """Switch until the time is over; report words, start and end on a clock that all processes share."""
    try:
        from benchmarks.speed import lexicons, measure
        from lexswitch import CodeSwitcher, Lexicon

        switcher = CodeSwitcher(Lexicon.load(lexicon, verify=False))
        batches = measure.batched(lexicons.repeated(lexicons.english(), texts)[part::parts], 1000)
        counts = [measure.count_words(batch) for batch in batches]
        for batch in batches[:5]:
            switcher.apply(batch)
        barrier.wait()
        words, start = 0, time.monotonic()
        while time.monotonic() - start < seconds:
            for batch, count in zip(batches, counts, strict=True):
                switcher.apply(batch)
                words += count
        results.put((words, start, time.monotonic()))
    except BaseException:
        barrier.abort()
        results.put(None)
        raise
