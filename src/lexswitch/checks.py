"""Checks of arguments that several packages share.

Every error names the argument, what came, what is allowed and the remedy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import wraps
from math import isnan
from numbers import Real
from operator import index as as_index
from typing import Any, TypeAlias, TypeVar, cast

Texts: TypeAlias = "Sequence[str] | Iterable[str]"


def as_texts(texts: Texts) -> list[str]:
    """Return the texts as a list.

    Raises
    ------
    TypeError
        If `texts` is not an iterable of str. The message names the position and the remedy.
    """
    if is_table(texts):
        names: Any = texts if isinstance(texts, Mapping) else _column_names(texts)
        name = next(iter(names), "text")
        raise TypeError(
            f"texts is {type(texts).__name__}, not a list of str; switch columns with switcher.on({name!r})(texts), or "
            f"one column of a table or frame with switcher.apply_arrow(texts[{name!r}])"
        )
    if isinstance(texts, (str, bytes, AbstractSet)) or not isinstance(texts, Iterable):
        raise TypeError(f"texts is {type(texts).__name__}, not a list of str; for one text pass [text]")
    batch = list(texts)
    if set(map(type, batch)) - {str}:
        for row, text in enumerate(batch):
            if not isinstance(text, str):
                raise TypeError(f"texts[{row}] is {_described(text)}, not str; {_remedy(text, texts)}")
    return batch


def _described(value: object) -> str:
    is_missing = value is None or (isinstance(value, float) and isnan(value))
    return f"missing ({value!r})" if is_missing else type(value).__name__


def _remedy(text: object, texts: object) -> str:
    if isinstance(text, Mapping):
        return "switch columns with switcher.on(...)"
    if hasattr(texts, "dtype"):
        name = getattr(texts, "name", None) or "text"
        return (
            "for a Series or array with missing values use switcher.apply_arrow(series), or "
            f"switcher.on({name!r})(frame), which keep them"
        )
    return "pass a list of str"


def is_table(batch: object) -> bool:
    """Return whether this is a mapping of columns, a table of pyarrow or a frame of pandas or polars."""
    return isinstance(batch, Mapping) or hasattr(batch, "columns")


def _column_names(table: Any) -> Any:
    return table.column_names if type(table).__module__.startswith("pyarrow") else table.columns


def whole_number(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number from `low` to below `high`; `name` is the argument in messages."""
    try:
        number = as_index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; it must be a whole number")
    if not low <= number < high:
        raise ValueError(f"{name} is {value!r}; it must be from {low} to {high - 1}")
    return number


def check_workers(name: str, value: Any) -> int:
    """Return a number of processes; far more than the machine has cores would only take its memory."""
    return whole_number(name, value, 1, max(64, 4 * (os.cpu_count() or 1)) + 1)


def check_number(name: str, value: Any, least: float, most: float, allowed: str) -> float:
    """Return a number from `least` to `most` as a float; `name` and `allowed` describe the option in messages.

    Raises
    ------
    TypeError
        If the value is not a number.
    ValueError
        If it is too small, too large or NaN.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}; it must be {allowed}")
    if not least <= float(value) <= most:
        raise ValueError(f"{name} is {value!r}; it must be {allowed}")
    return float(value)


Function = TypeVar("Function", bound=Callable[..., Any])


def suggests(**names: str) -> Callable[[Function], Function]:
    """Return a decorator: if an argument has one of these wrong names, the error suggests the right one."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            for name, value in named.items():
                if name in names:
                    raise TypeError(
                        f"{function.__name__} has no argument {name!r}; did you mean {names[name]}={value!r}?"
                    )
            return function(*arguments, **named)

        return cast(Function, call)

    return decorate


def check_choice(name: str, value: Any, allowed: Sequence[str]) -> None:
    """Raise an error for a value that is not allowed."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, allowed))}")


def check_flag(name: str, value: Any) -> None:
    """Raise an error for a value that is not True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; it must be True or False")
