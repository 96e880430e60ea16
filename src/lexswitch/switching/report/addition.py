"""Counts that can be added up, and written as JSON and read again."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class Added:
    """A base class for dataclasses whose fields are whole numbers, counters or such dataclasses."""

    def __add__(self, other: Self) -> Self:
        if not isinstance(other, type(self)):
            return NotImplemented
        # All subclasses are dataclasses, which a type cannot say.
        values = (_sum(getattr(self, field.name), getattr(other, field.name)) for field in fields(self))  # type: ignore[arg-type]
        return type(self)(*values)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them. A counter is a list of keys with their numbers, commonest first."""
        # A dataclass, as above.
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the object of a dict that `to_dict` returned."""
        empty = cls()
        # A dataclass, as above.
        return cls(*(_restored(getattr(empty, field.name), data[field.name]) for field in fields(cls)))  # type: ignore[arg-type]


def share(part: float, whole: float) -> float:
    """Return the share of a part, or 0 if there is nothing."""
    return part / whole if whole else 0.0


def _sum(ours: Any, theirs: Any) -> Any:
    if not isinstance(ours, Counter):
        return ours + theirs
    # Copies the larger counter and adds the smaller one: `+` of counters goes through both in Python.
    small, large = sorted((ours, theirs), key=len)
    total = large.copy()
    for key, count in small.items():
        total[key] += count
    return total


def _plain(value: Any) -> Any:
    if isinstance(value, Counter):
        return [[key, count] for key, count in in_order(value)]
    return value.to_dict() if isinstance(value, Added) else value


def _restored(empty: Any, value: Any) -> Any:
    if isinstance(empty, Counter):
        return Counter({tuple(key) if isinstance(key, list) else key: int(count) for key, count in value})
    return empty.from_dict(value) if isinstance(empty, Added) else int(value)


def in_order(counter: Counter[Any]) -> list[tuple[Any, int]]:
    """Return the keys of a counter with their numbers: commonest first, and keys with equal numbers in order."""
    return sorted(counter.items(), key=lambda one: (-one[1], one[0]))
