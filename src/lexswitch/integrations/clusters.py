"""Clusters: what reaches the workers of Spark and Ray, and what is checked there before rows are switched."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .. import backend
from ..switching.columns import ColumnSwitcher, check_column_switcher
from ..version import VERSION
from .sharing import by_value


def for_cluster(column_switcher: object) -> ColumnSwitcher:
    """Return a switcher whose pickle holds the pairs of its lexicons, because workers do not see their folders.

    Raises
    ------
    TypeError
        If `column_switcher` is not a ColumnSwitcher.

    Warns
    -----
    UserWarning
        If it has no column of keys. Row numbers would change with each partitioning, so the key is the hash of a text.
    """
    column_switcher = check_column_switcher(column_switcher)
    if column_switcher.keys is None:
        columns = ", ".join(map(repr, column_switcher.switchers))
        warnings.warn(
            "column_switcher has no column of keys, and rows of a cluster have no lasting numbers, so equal texts are "
            f"switched alike; pass a column that identifies rows: switcher.on({columns}, keys='id')",
            stacklevel=3,
        )
    return by_value(column_switcher)


def on_workers(received: Callable[[], ColumnSwitcher]) -> Callable[[Any], Any]:
    """Return a function that switches a batch on a worker, after it compared the worker's lexswitch with this one.

    Spark and Ray send the code of an inner function instead of its name. So this one also runs where lexswitch is
    missing, and its error states what to install where.

    Parameters
    ----------
    received : callable
        An inner function, too. It returns the switcher on the worker, and the same one for each batch.
    """
    version, engine = VERSION, backend().name

    def switch(batch: Any) -> Any:
        import platform
        import sys

        install = f"{sys.executable} -m pip install lexswitch=={version}"
        try:
            from lexswitch.version import VERSION as FOUND
        except ImportError:
            raise ImportError(f"lexswitch is missing on worker {platform.node()}; run there: {install}") from None
        if version != FOUND:
            raise RuntimeError(
                f"worker {platform.node()} has lexswitch {FOUND} and the driver has {version}, whose results may "
                f"differ; run there: {install}"
            )
        from lexswitch.integrations.clusters import compare_engines

        compare_engines(engine)
        return received()(batch)

    return switch


def wrong_keys(name: str, nulls: int, repeated: int, example: object) -> str:
    """Return what is wrong with a column of keys and what to do, or an empty text.

    Parameters
    ----------
    name : str
        The column.
    nulls : int
        Number of rows without a key.
    repeated : int
        Number of keys that several rows have.
    example : object
        Such a key.
    """
    problems = [f"{nulls} rows without a key"] * bool(nulls)
    if repeated:
        problems.append(f"{repeated} keys that several rows have, such as {example!r}")
    if not problems:
        return ""
    return (
        f"column {name!r} has {' and '.join(problems)}; rows with the same key make the same random choices, so pass "
        "a column that is different in each row, or hash several columns to one"
    )


@lru_cache(maxsize=1)
def compare_engines(engine: str) -> None:
    """Warn once in a worker if the driver uses the compiled engine and the worker does not: it is slower."""
    import platform

    found = backend()
    if engine == "c" and found.name != "c":
        warnings.warn(
            f"worker {platform.node()} uses the slower NumPy engine ({found.reason}), and the driver the compiled one; "
            "results are the same",
            stacklevel=2,
        )
