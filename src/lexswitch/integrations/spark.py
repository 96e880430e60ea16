"""Apache Spark: switch data frames, with the lexicon in a broadcast variable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..switching.columns import ColumnSwitcher
from .sharing import by_value

try:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructField, StructType
except ImportError:
    raise ImportError('data frames of Spark need pyspark; pip install "lexswitch[spark]"') from None


def map_dataframe(frame: Any, column_switcher: ColumnSwitcher) -> Any:
    """Switch columns of a data frame with ``mapInArrow``.

    The key of a row is the hash of its texts, or its value in the key column of `column_switcher`. Therefore the result
    does not depend on how Spark partitions the rows. The lexicon is broadcast, and each worker process builds its index
    once. lexswitch must be installed on the workers.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
    column_switcher : ColumnSwitcher
        From ``switcher.on(...)`` or `switch_columns`.

    Returns
    -------
    pyspark.sql.DataFrame
        Lazy, like all data frames of Spark.

    Raises
    ------
    TypeError
        If `frame` is not a Spark data frame, or `column_switcher` is not a ColumnSwitcher.
    KeyError
        If a column is missing; the message lists the columns of the frame.
    """
    if not isinstance(frame, DataFrame):
        raise TypeError(f"frame is {type(frame).__name__}; pass a pyspark.sql.DataFrame")
    if not isinstance(column_switcher, ColumnSwitcher):
        raise TypeError(
            f"column_switcher is {type(column_switcher).__name__}; pass switcher.on('query', 'passage') or "
            "switch_columns(...)"
        )
    for name in column_switcher.needed:
        if name not in frame.columns:
            raise KeyError(f"no column {name!r} in the data frame; it has {frame.columns}")
    broadcast = frame.sparkSession.sparkContext.broadcast(by_value(column_switcher))
    return frame.mapInArrow(_mapper(broadcast), _schema(frame.schema, column_switcher))


def _mapper(broadcast: Any) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def switch(batches: Iterable[Any]) -> Iterator[Any]:
        return map(broadcast.value, batches)

    return switch


def _schema(schema: Any, column_switcher: ColumnSwitcher) -> Any:
    """Return the schema with the new columns."""
    added = [
        StructField(new, schema[name].dataType, schema[name].nullable)
        for name, new in column_switcher.into.items()
        if new not in schema.names
    ]
    return StructType([*schema.fields, *added])
