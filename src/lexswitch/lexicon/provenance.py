"""Records of where the pairs of a lexicon come from: name, licence and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Record: TypeAlias = "dict[str, Any]"


def check_provenance(provenance: Sequence[Mapping[str, Any]]) -> tuple[Record, ...]:
    """Return copies of the records.

    Raises
    ------
    TypeError
        If `provenance` is not a sequence of mappings that JSON can hold.
    """
    import json  # imported here, since `import lexswitch` should be fast

    try:
        records: list[Any] = json.loads(json.dumps(list(provenance)))
    except (TypeError, ValueError):
        records = [None]
    if not all(isinstance(record, dict) for record in records):
        raise TypeError(f"provenance is {provenance!r}; pass a list of mappings: [{{'name': ..., 'licence': ...}}]")
    return tuple(records)


def join_provenance(parts: Iterable[Iterable[Record]]) -> tuple[Record, ...]:
    """Return the records of all parts, without repetitions."""
    joined: list[Record] = []
    for records in parts:
        joined += [record for record in records if record not in joined]
    return tuple(joined)


def is_curated(records: Sequence[Record]) -> bool:
    """Return whether there are records and all have ``"curated": True``."""
    return bool(records) and all(record.get("curated") is True for record in records)
