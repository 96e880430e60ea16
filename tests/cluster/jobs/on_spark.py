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

from .settings import DRIVER, FEW, JAVA, ROWS, column_switcher, error_of, main, switcher_of

CLUSTER = f"spark://{DRIVER}:7077"
_SETTINGS = {
    "spark.driver.defaultJavaOptions": JAVA,
    "spark.executor.defaultJavaOptions": JAVA,
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


def local(output: str, **settings: str) -> None:
    """Switch the rows on this host alone."""
    map_dataframe(started("local[2]", **settings).read.parquet(ROWS), column_switcher()).write.parquet(output)


def whole(output: str, **settings: str) -> None:
    """Switch the rows on the workers."""
    map_dataframe(started(**settings).read.parquet(ROWS), column_switcher()).write.parquet(output)


def whole_and_local(output: str) -> str:
    """Switch the rows on the workers, and then on this host alone.

    Returns
    -------
    str
        The error of a lexicon that does not fit into the driver's memory.
    """
    settings = {"spark_driver_memory": "200m", "spark_testing_memory": "500000000"}
    whole(f"{output}/whole", **settings)
    SparkSession.getActiveSession().stop()
    local(f"{output}/local", **settings)
    return _too_large(SparkSession.getActiveSession())


def _too_large(session: Any) -> str:
    """Return the error of a lexicon of 200 MB."""
    words = [os.urandom(4_000).hex() for _ in range(25_000)]
    pairs = {"de": [(f"w{number}", word) for number, word in enumerate(words)], "ru": [("house", "дом")]}
    large = Lexicon.from_pairs(pairs, source="en")
    frame = session.createDataFrame([(1, "a house")], "id int, text string")
    return error_of(lambda: map_dataframe(frame, switcher_of(large).on("text", keys="id")))


def partitions_and_errors(output: str, package: str) -> dict[str, str]:
    """Switch the rows after each number of partitions; one worker has the compiled engine, and one has not.

    Parameters
    ----------
    output : str
    package : str
        An archive with lexswitch, for workers without it.

    Returns
    -------
    dict of str to str
        Errors: of workers without lexswitch or with another version, of the archive, and those of `_bad_input`.
    """
    session = started(python="/mnt/mixed/bin/python", spark_task_maxFailures="1")
    for count in (1, 7, 64):
        frame = session.read.parquet(FEW).repartition(count)
        map_dataframe(frame, column_switcher()).write.parquet(f"{output}/{count}")
    errors = _bad_input(session)
    for name in ("bare", "other"):
        session.sparkContext.pythonExec = f"/mnt/{name}/bin/python"  # a session of its own would start more processes
        errors[name] = _error_of_switching(session, f"{output}/{name}")
    session.stop()
    archive = {"spark_archives": f"{package}#environment", "spark_executorEnv_PYTHONPATH": "environment"}
    session = started(python="/mnt/bare/bin/python", **archive)
    return {**errors, "archive": _error_of_switching(session, f"{output}/archive")}


def _error_of_switching(session: Any, output: str) -> str:
    frame = map_dataframe(session.read.parquet(FEW), column_switcher())
    return error_of(partial(frame.write.parquet, output))


def faults(output: str) -> None:
    """Switch rows twice, while workers stop and die.

    Slow tasks are started a second time elsewhere. The second time the rows are shuffled: what a lost worker switched
    is switched again when others fetch it.
    """
    settings = {"spark_speculation": "true", "spark_speculation_interval": "100ms", "spark_speculation_quantile": "0.3"}
    session = started(spark_speculation_multiplier="1.5", **settings)
    switched = map_dataframe(session.read.parquet(FEW), column_switcher())
    switched.mapInArrow(_slowly, switched.schema).write.parquet(f"{output}/speculative")
    switched = map_dataframe(session.read.parquet(ROWS), column_switcher())
    switched.repartition(16, "id").mapInArrow(_slowly, switched.schema).write.parquet(f"{output}/shuffled")


def _slowly(batches: Iterable[Any]) -> Iterator[Any]:
    time.sleep(0.3)
    yield from batches


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


def _bad_input(session: Any) -> dict[str, str]:
    """Return the errors and warnings of null and repeated keys, of none, and of a lexicon that workers do not see."""
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


if __name__ == "__main__":
    main(local, whole, whole_and_local, partitions_and_errors, faults, rates, large)
