"""Measurements in separate processes: rows per second of hooks, memory of workers, a file of millions of rows."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from benchmarks.common import freedict, memory
from benchmarks.common.files import sha256
from benchmarks.common.processes import Row
from benchmarks.integrations.rows import entities, rows, write_triples
from lexswitch import CodeSwitcher, Lexicon

LANGUAGES = ["de", "ru", "it"]
COLUMNS = ("query", "passage")


class Identity:
    """A hook that switches nothing, to measure what the library itself costs."""

    def __call__(self, batch: Any, indices: Any = None) -> Any:
        if isinstance(batch, dict) or not hasattr(batch, "schema"):
            return {name: list(batch[name]) for name in COLUMNS}
        return batch


def _hook(keys: str | None = None) -> Any:
    return CodeSwitcher(Lexicon.starter(), LANGUAGES).on(*COLUMNS, keys=keys)


def _timed(run: Callable[[Any], Any], first: Any, second: Any, name: str, count: int) -> Row:
    """Measure the seconds of switcher and identity, the better of three turns each, after a warm-up."""
    best = [float("inf"), float("inf")]
    for turn in range(4):
        for at, hook in enumerate((first, second)):
            start = time.perf_counter()
            run(hook)
            if turn:
                best[at] = min(best[at], time.perf_counter() - start)
    return {"hook": name, "count": count, "seconds": best[0], "identity": best[1]}


def columns(count: int) -> Row:
    """Measure a dict of lists."""
    listed = {name: [row[name] for row in rows(count)] for name in COLUMNS}
    return _timed(lambda hook: hook(listed, range(count)), _hook(), Identity(), "dict of lists", count)


def arrow(count: int) -> Row:
    """Measure a pyarrow table."""
    import pyarrow as pa

    table = pa.Table.from_pylist(rows(count))
    return _timed(lambda hook: hook(table, range(count)), _hook(), Identity(), "pyarrow Table", count)


def arrow_against_lists(count: int, column: str) -> Row:
    """Measure apply_arrow, apply with conversion from and to Arrow, and apply alone."""
    import pyarrow as pa

    switcher = CodeSwitcher(Lexicon.starter(), ["de"])
    listed = [str(row[column]) for row in rows(count)]
    array = pa.array(listed)
    methods = {
        "apply_arrow": lambda: switcher.apply_arrow(array),
        "list from and to Arrow": lambda: pa.array(switcher.apply(array.to_pylist())),
        "list alone": lambda: switcher.apply(listed),
    }
    best = dict.fromkeys(methods, float("inf"))
    for _ in range(6):
        for name, method in methods.items():
            start = time.perf_counter()
            method()
            best[name] = min(best[name], time.perf_counter() - start)
    return {"column": column, "count": count, **best}


def huggingface(count: int, method: str, workers: int) -> Row:
    """Measure Hugging Face datasets, by map_dataset or plain map."""
    import datasets

    from lexswitch.integrations.huggingface import map_dataset

    datasets.disable_caching()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        datasets.Dataset.from_list(rows(count)).save_to_disk(folder)
        dataset = datasets.load_from_disk(folder)
        processes = {"num_proc": workers} if workers > 1 else {}

        def run(hook: Any) -> None:
            if method == "map_dataset" and not isinstance(hook, Identity):
                map_dataset(dataset, hook, **processes)
            elif method == "map_dataset":
                dataset.with_format("arrow").map(hook, batched=True, with_indices=True, **processes)
            else:
                dataset.map(hook, batched=True, with_indices=True, **processes)

        return _timed(run, _hook(), Identity(), f"datasets: {method}, {workers} processes", count)


def torch(count: int, workers: int) -> Row:
    """Measure a DataLoader over SwitchedDataset, and one over the rows."""
    from torch.utils.data import DataLoader

    from lexswitch.integrations.torch import SwitchedDataset

    data = rows(count)

    def run(hook: Any) -> None:
        dataset = data if isinstance(hook, Identity) else SwitchedDataset(data, hook)
        for _ in DataLoader(dataset, 64, num_workers=workers, collate_fn=list):
            pass

    return _timed(run, _hook(), Identity(), f"DataLoader, {workers} workers", count)


def spark(count: int, partitions: int) -> Row:
    """Measure Spark's mapInArrow."""
    import pandas as pd
    from pyspark.sql import SparkSession

    from lexswitch.integrations.spark import map_dataframe

    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    frame = session.createDataFrame(pd.DataFrame(rows(count))).repartition(partitions).cache()
    frame.count()

    def run(hook: Any) -> None:
        if isinstance(hook, Identity):
            switched = frame.mapInArrow(lambda batches: batches, frame.schema)
        else:
            switched = map_dataframe(frame, hook)
        switched.write.format("noop").mode("overwrite").save()

    row = _timed(run, _hook("id"), Identity(), f"Spark, {partitions} partitions", count)
    session.stop()
    return row


def on_ray(count: int) -> Row:
    """Measure Ray Data's map_batches."""
    import pyarrow as pa
    import ray
    import ray.data

    from lexswitch.integrations.ray import map_dataset

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    dataset = ray.data.from_arrow(pa.Table.from_pylist(rows(count))).repartition(4).materialize()

    def run(hook: Any) -> None:
        if isinstance(hook, Identity):
            dataset.map_batches(lambda table: table, batch_format="pyarrow", batch_size=None).materialize()
        else:
            map_dataset(dataset, hook).materialize()

    row = _timed(run, _hook("id"), Identity(), "Ray, 4 blocks", count)
    ray.shutdown()
    return row


# --- memory -----------------------------------------------------------------------------------------------------------


def worker_memory(pairs: int, workers: int) -> Row:
    """Measure the highest PSS of this process and its workers, which switch with a lexicon of many pairs."""
    import datasets

    from lexswitch.integrations.huggingface import map_dataset

    datasets.disable_progress_bars()
    lexicon = Lexicon.from_pairs({"de": [(f"w{number:x}", f"t{number:x}") for number in range(pairs)]}, source="en")
    texts = [" ".join(f"w{(number * 97 + at) % pairs:x}" for at in range(30)) for number in range(60_000)]
    with tempfile.TemporaryDirectory() as folder:
        lexicon.save(folder + "/a.lexicon")
        hook = CodeSwitcher(Lexicon.load(folder + "/a.lexicon")).on("text")
        datasets.Dataset.from_dict({"text": texts}).save_to_disk(folder + "/data")
        del lexicon, texts
        dataset = datasets.load_from_disk(folder + "/data")
        with memory.highest_pss() as highest:
            map_dataset(dataset, hook, num_proc=workers, load_from_cache_file=False)
    return {"workers": workers, "pairs": pairs, "pss_mb": highest[0] / 1e6}


# --- files ------------------------------------------------------------------------------------------------------------


def big_file(count: int, workers: int, kills: int) -> Row:
    """Switch a file of triples, then again with kills and resuming: measure time and memory, compare the bytes."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "triples.train.small.tsv"
        write_triples(source, count)
        command = [sys.executable, "-m", "lexswitch", "apply", str(source), "--columns", "1=de", "2=ru", "3=ru"]
        command += ["--workers", str(workers), "--resume", "-o"]
        whole, resumed = Path(folder) / "whole.tsv", Path(folder) / "resumed.tsv"
        start = time.perf_counter()
        process = subprocess.Popen([*command, str(whole)])
        with memory.highest_pss(process.pid) as highest:
            if code := process.wait():
                raise RuntimeError(f"{' '.join(command)} ended with {code}")
        seconds = time.perf_counter() - start
        chance, killed = random.Random(0), 0
        while killed < kills:
            process = subprocess.Popen([*command, str(resumed)])
            time.sleep(seconds / (kills + 1) * chance.uniform(0.3, 1))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() != 0
        subprocess.run([*command, str(resumed)], check=True)
        return {
            "count": count,
            "workers": workers,
            "kills": killed,
            "bytes": source.stat().st_size,
            "seconds": seconds,
            "pss_mb": highest[0] / 1e6,
            "same": sha256(whole) == sha256(resumed),
        }


# --- entities ---------------------------------------------------------------------------------------------------------


def entity_texts(inside: Literal["units", "whole", "nothing"]) -> Row:
    """Switch CoNLL-2003 with a dictionary, and count the outcomes for entities."""
    lexicon = Lexicon.from_pairs({language: freedict.pairs(language) for language in ("de", "ru", "it")}, source="en")
    tokens, tags = entities()
    switched = CodeSwitcher(lexicon).apply_tokens(tokens, tags, inside=inside, keys=range(len(tokens)))
    counts = dict.fromkeys(("entities", "untouched", "translation", "neither", "words", "switched"), 0)
    for sentence, of_row, new, new_tags, sources in zip(tokens, tags, *switched, strict=True):
        counts["words"] += len(sentence)
        counts["switched"] += len(
            {source for source, word in zip(sources, new, strict=True) if sentence[source] != word}
        )
        before, after = _named(sentence, of_row), _named(new, new_tags)
        if len(before) != len(after):
            raise RuntimeError(f"{len(before)} entities became {len(after)}: {' '.join(sentence)}")
        for old, found in zip(before, after, strict=True):
            counts["entities"] += 1
            known = {one.translation.casefold() for group in _candidates(lexicon, old) for one in group}
            kind = "untouched" if old == found else "translation" if found.casefold() in known else "neither"
            counts[kind] += 1
    return {"inside": inside, **counts}


def _named(tokens: list[str], tags: list[str]) -> list[str]:
    """Return the texts of entities in BIO tags."""
    found: list[list[str]] = []
    for token, tag in zip(tokens, tags, strict=True):
        if tag.startswith("B-"):
            found.append([token])
        elif tag.startswith("I-"):
            found[-1].append(token)
    return [" ".join(entity) for entity in found]


def _candidates(lexicon: Lexicon, text: str) -> Any:
    return lexicon[text].values() if text in lexicon else []
