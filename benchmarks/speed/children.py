"""What needs a process of its own: memory, first use, several processes at once.

``python -m benchmarks.speed.children TASK ARGUMENTS`` (the arguments are a JSON object) prints a JSON object.
Memory is read from ``/proc``: the highest resident size of a process, as ``getrusage`` tells it, would begin with
that of the process that started it. Linux only.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Result = dict[str, Any]


def run(task: Callable[..., Result], **arguments: object) -> Result:
    """Run a task of this module in a fresh Python process and return what it returns."""
    command = [sys.executable, "-m", __name__, task.__name__, json.dumps(arguments)]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{task.__name__} failed with exit code {result.returncode}:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def memory() -> dict[str, int]:
    """Return sizes of this process in bytes: resident, its own part (no mapped files), the highest resident."""
    gc.collect()
    with open("/proc/self/status", encoding="ascii") as file:
        fields = dict(line.split(":", 1) for line in file)
    names = {"resident": "VmRSS", "own": "RssAnon", "peak": "VmHWM"}
    return {name: int(fields[field].split()[0]) * 1024 for name, field in names.items()}


def _grown(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in ("resident", "own")}


# -- tasks ------------------------------------------------------------------------------------------------------------


def switch_many(lexicon: str, texts: int) -> Result:
    """Memory at the peak of one call with many texts, and what was there before the call and after it."""
    from benchmarks.speed import sweeps
    from lexswitch import CodeSwitcher, Lexicon

    switcher = CodeSwitcher(Lexicon.load(lexicon, verify=False))
    batch = [f"{text} "[:-1] for text in sweeps.repeated(texts)]  # copies, as real texts would be
    switcher.apply(batch[:1000])
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # the peak begins anew: making the index is first_use's
    before = memory()
    switched = switcher.apply(batch)
    return {"texts": len(switched), "before": before, "after": memory()}


def lexicon_memory(path: str) -> Result:
    """Memory of a mapped lexicon with every page touched, and of it in use."""
    from benchmarks.speed.lexicons import english
    from lexswitch import CodeSwitcher, Lexicon

    texts = english()[:1000]
    CodeSwitcher(Lexicon.starter()).apply(texts[:10])  # what every lexicon needs once is no cost of this one
    before = memory()
    lexicon = Lexicon.load(path)  # to verify is to read everything
    loaded = memory()
    CodeSwitcher(lexicon).apply(texts)
    return {"loaded": _grown(before, loaded), "used": _grown(before, memory()), "pairs": lexicon.num_pairs}


def dictionary_memory(pairs: int) -> Result:
    """Memory of one ``dict[str, list[str]]`` for each language, read line by line."""
    from benchmarks.speed import lexicons

    next(lexicons.stream(1))
    before = memory()
    dictionaries = lexicons.dictionaries(lexicons.stream(pairs))
    return {"loaded": _grown(before, memory()), "languages": len(dictionaries)}


def build_lexicon(path: str, pairs: int) -> Result:
    """Seconds to make a lexicon of pairs that are in memory, and to save it."""
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


def load_lexicon(path: str) -> Result:
    """Seconds to load a lexicon, with and without comparing its content with the checksums."""
    from lexswitch import Lexicon

    Lexicon.load(path)  # what only the first load in a process pays is measured by first_use
    result = {}
    for name, verify in (("verified", True), ("unverified", False)):
        start = time.perf_counter()
        Lexicon.load(path, verify=verify)
        result[name] = time.perf_counter() - start
    return result


def first_use(path: str, text: str) -> Result:
    """Seconds of each step from nothing to the first switched text, and of the second one."""
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


def on_cores(lexicon: str, processes: int, texts: int, seconds: float) -> Result:
    """Words per second of processes that each switch their own part of the texts at the same time."""
    context = multiprocessing.get_context("spawn")  # no process inherits anything warm
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
    """Switch until the time is over; report words, start and end on the clock that all processes share."""
    try:
        from benchmarks.speed import measure, sweeps
        from lexswitch import CodeSwitcher, Lexicon

        switcher = CodeSwitcher(Lexicon.load(lexicon, verify=False))
        batches = measure.batched(sweeps.repeated(texts)[part::parts], 1000)
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


TASKS = (switch_many, lexicon_memory, dictionary_memory, build_lexicon, load_lexicon, first_use, on_cores)


def main() -> None:
    """Run the task that the command line names."""
    name, arguments = sys.argv[1:]
    task = {task.__name__: task for task in TASKS}[name]
    print(json.dumps(task(**json.loads(arguments))))


if __name__ == "__main__":
    main()
