"""The driver of Spark: reads rows from the shared folder, switches them on the workers and writes them there."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from pyspark.sql import SparkSession

from lexswitch import Lexicon
from lexswitch.integrations.spark import check_keys, map_dataframe

from .settings import DRIVER, FEW, ROWS, column_switcher, error_of, main, switcher_of

CLUSTER = f"spark://{DRIVER}:7077"
_SETTINGS = {
    # The processes live for seconds, so compiling less is faster.
    "spark.driver.defaultJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.defaultJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": DRIVER,
    "spark.driver.bindAddress": DRIVER,
    "spark.driver.memory": "768m",
    "spark.executor.memory": "512m",
    "spark.shuffle.io.maxRetries": "1",
    "spark.shuffle.io.retryWait": "1s",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.files.openCostInBytes": "64m",  # each file is a partition
    "spark.sql.files.maxPartitionBytes": "64m",
    "spark.ui.enabled": "false",
}


def started(master: str = CLUSTER, python: str = "/mnt/venv/bin/python", **settings: str) -> Any:
    """Return a session whose workers run a Python of their own."""
    os.environ["PYSPARK_PYTHON"] = python
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(master)
    for name, value in {**_SETTINGS, **{name.replace("_", "."): value for name, value in settings.items()}}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def local(output: str) -> None:
    """Switch the rows on this host alone."""
    map_dataframe(started("local[2]").read.parquet(ROWS), column_switcher()).write.parquet(output)


def whole(output: str) -> None:
    """Switch the rows on the workers."""
    map_dataframe(started().read.parquet(ROWS), column_switcher()).write.parquet(output)


def local_and_whole(output: str) -> None:
    """Switch the rows on this host alone, and then on the workers."""
    local(f"{output}/local")
    SparkSession.getActiveSession().stop()
    whole(f"{output}/whole")


def partitions(output: str) -> None:
    """Switch the rows after each number of partitions; one worker has the compiled engine, and one has not."""
    session = started(python="/mnt/mixed/bin/python")
    for count in (1, 7, 64):
        frame = session.read.parquet(FEW).repartition(count)
        map_dataframe(frame, column_switcher()).write.parquet(f"{output}/{count}")


def shuffled(output: str) -> None:
    """Switch, shuffle and write the rows: what a lost worker switched is switched again when others fetch it."""
    switched = map_dataframe(started().read.parquet(ROWS), column_switcher())
    switched.repartition(32, "id").mapInArrow(_slowly, switched.schema).write.parquet(output)


def _slowly(batches: Iterable[Any]) -> Iterator[Any]:
    time.sleep(0.3)
    yield from batches


def speculative(output: str) -> None:
    """Switch the rows, and start slow tasks a second time elsewhere."""
    settings = {"spark_speculation": "true", "spark_speculation_interval": "100ms", "spark_speculation_quantile": "0.3"}
    session = started(spark_speculation_multiplier="1.5", **settings)
    map_dataframe(session.read.parquet(FEW), column_switcher()).write.parquet(output)


def rates() -> list[dict[str, Any]]:
    """Return the seconds for all rows: reading alone, with a function that returns its batches, and switching."""
    found = []
    for cores in (1, 2):
        session = started(spark_cores_max=str(cores))
        frame = session.read.parquet(ROWS)
        frames = {
            "read": frame.selectExpr("id", "upper(text) as text"),  # so that the texts are read, too
            "identity": frame.mapInArrow(lambda batches: batches, frame.schema),
            "switch": map_dataframe(frame, column_switcher()),
        }
        best = dict.fromkeys(frames, float("inf"))
        for turn in range(3):
            for name, each in frames.items():
                start = time.perf_counter()
                each.write.format("noop").mode("overwrite").save()
                if turn:  # the first one starts the workers
                    best[name] = min(best[name], time.perf_counter() - start)
        found.append({"method": "Spark", "cores": cores, **best})
        session.stop()
    return found


def large() -> dict[str, float]:
    """Return the seconds of the broadcast of a large lexicon, and of the first rows, on one worker."""
    session = started(spark_cores_max="1", spark_driver_memory="2g", spark_executor_memory="900m")
    session.range(1).collect()
    frame = session.read.parquet(f"{FEW}/00.parquet")
    start = time.perf_counter()
    switched = map_dataframe(frame, column_switcher())
    broadcast = time.perf_counter() - start
    switched.collect()
    return {"broadcast": broadcast, "first": time.perf_counter() - start - broadcast}


def other_workers(output: str, packages: str) -> dict[str, str]:
    """Switch rows on workers without lexswitch, with another version, and with lexswitch in an archive.

    Returns
    -------
    dict of str to str
        The errors, also those of `_bad_input`.
    """
    errors = {}
    for name in ("bare", "other", "archive"):
        settings = {
            "python": f"/mnt/{'other' if name == 'other' else 'bare'}/bin/python",
            "spark_task_maxFailures": "1",
        }
        if name == "archive":
            settings |= {"spark_archives": f"{packages}#environment", "spark_executorEnv_PYTHONPATH": "environment"}
        session = started(**settings)
        frame = map_dataframe(session.read.parquet(FEW), column_switcher())
        errors[name] = error_of(partial(frame.write.parquet, f"{output}/{name}"))
        session.stop()
    return {**errors, **_bad_input()}


def _bad_input() -> dict[str, str]:
    """Return the errors and warnings of null and repeated keys, of none, and of a lexicon that workers do not see."""
    session = started(spark_task_maxFailures="1")
    errors = {}
    frame = session.createDataFrame(
        [(1, "a house"), (None, "a house"), (3, "a door"), (3, "a house")], "id int, text string"
    )
    errors["null"] = error_of(map_dataframe(frame, column_switcher()).collect)
    errors["checked"] = error_of(lambda: check_keys(frame, "id"))
    errors["good"] = error_of(lambda: check_keys(frame.limit(1), "id"))
    by_path = column_switcher()
    plain = frame.mapInArrow(lambda batches: map(by_path, batches), frame.schema)
    errors["unseen"] = error_of(plain.collect)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        map_dataframe(frame, switcher_of(Lexicon.starter()).on("text"))
    errors["no keys"] = "\n".join(str(warning.message) for warning in caught)  # Spark and pandas warn, too
    return errors


def too_large() -> str:
    """Return the error of a lexicon that does not fit into the driver's memory."""
    session = started("local[1]", spark_driver_memory="200m", spark_testing_memory="500000000")
    words = [os.urandom(4_000).hex() for _ in range(40_000)]
    pairs = {"de": [(f"w{number}", word) for number, word in enumerate(words)], "ru": [("house", "дом")]}
    large = Lexicon.from_pairs(pairs, source="en")
    frame = session.createDataFrame([(1, "a house")], "id int, text string")
    return error_of(lambda: map_dataframe(frame, switcher_of(large).on("text", keys="id")))


if __name__ == "__main__":
    main(local, whole, local_and_whole, partitions, shuffled, speculative, rates, large, other_workers, too_large)
