"""Apache Spark: switch data frames, with the lexicon in a broadcast variable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..switching.columns import ColumnSwitcher
from .clusters import for_cluster, on_workers, wrong_keys

try:
    from pyspark.sql import DataFrame, functions
    from pyspark.sql.types import StructField, StructType
except ImportError:
    raise ImportError('data frames of Spark need pyspark; pip install "lexswitch[spark]"') from None


def map_dataframe(frame: Any, column_switcher: ColumnSwitcher) -> Any:
    """Switch columns of a data frame with ``mapInArrow``.

    The key of a row is the hash of its texts, or its value in the key column of `column_switcher`. Therefore the result
    does not depend on how Spark partitions the rows, or on retries of tasks. The lexicon is broadcast: each executor
    receives it once, and each worker process builds its index once. The workers need the same version of lexswitch.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.

    Returns
    -------
    pyspark.sql.DataFrame
        Lazy, like all data frames of Spark. A job fails if a worker lacks lexswitch or has another version, or if a
        key is null. `check_keys` finds null and repeated keys before.

    Raises
    ------
    TypeError
        If `frame` is not a Spark data frame, or `column_switcher` is not a ColumnSwitcher.
    KeyError
        If a column is missing; the message lists the columns of the frame.
    ValueError
        If the memory of Spark's driver is too small to broadcast the lexicon.

    Warns
    -----
    UserWarning
        If `column_switcher` has no column of keys.
    """
    _check_columns(frame, column_switcher.needed if isinstance(column_switcher, ColumnSwitcher) else [])
    switch = on_workers(_broadcast(frame.sparkSession.sparkContext, for_cluster(column_switcher)))
    return frame.mapInArrow(_mapper(switch), _schema(frame.schema, column_switcher))


def check_keys(frame: Any, keys: str) -> None:
    """Check that a column identifies rows: it has no null, and no value twice. Spark reads and shuffles this column.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
    keys : str
        The column.

    Raises
    ------
    ValueError
        If there are nulls or repeated values; the message counts them.
    TypeError
        If `frame` is not a Spark data frame.
    KeyError
        If the column is missing.
    """
    _check_columns(frame, [keys])
    counted = frame.groupBy(keys).count()
    is_null = functions.col(keys).isNull()
    is_repeated = ~is_null & (functions.col("count") > 1)
    nulls, repeated, example = counted.agg(
        functions.sum(functions.when(is_null, functions.col("count"))),
        functions.count(functions.when(is_repeated, 1)),
        functions.min(functions.when(is_repeated, functions.col(keys))),
    ).first()
    if problem := wrong_keys(keys, nulls or 0, repeated, example):
        raise ValueError(problem)


def _check_columns(frame: Any, names: Iterable[str]) -> None:
    if not isinstance(frame, DataFrame):
        raise TypeError(f"frame is {type(frame).__name__}; pass a pyspark.sql.DataFrame")
    for name in names:
        if name not in frame.columns:
            raise KeyError(f"no column {name!r} in the data frame; it has {frame.columns}")


def _broadcast(context: Any, column_switcher: ColumnSwitcher) -> Callable[[], ColumnSwitcher]:
    """Broadcast a switcher, and return an inner function that returns it on workers."""
    try:
        broadcast = context.broadcast(column_switcher)
    except Exception as error:
        if "OutOfMemoryError" not in str(error):
            raise
        megabytes = context._jvm.java.lang.Runtime.getRuntime().maxMemory() >> 20
        raise ValueError(
            f"the lexicons of column_switcher do not fit into the memory of Spark's driver, which is {megabytes} MB; "
            f"set spark.driver.memory to {2 * megabytes}m or more before Spark starts, or keep fewer pairs: "
            "lexicon.select(top=1)"
        ) from None

    def received() -> ColumnSwitcher:
        column_switcher: ColumnSwitcher = broadcast.value
        return column_switcher

    return received


def _mapper(switch: Callable[[Any], Any]) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def switch_all(batches: Iterable[Any]) -> Iterator[Any]:
        return map(switch, batches)

    return switch_all


def _schema(schema: Any, column_switcher: ColumnSwitcher) -> Any:
    """Return the schema with the new columns."""
    added = [
        StructField(new, schema[name].dataType, schema[name].nullable)
        for name, new in column_switcher.into.items()
        if new not in schema.names
    ]
    return StructType([*schema.fields, *added])
