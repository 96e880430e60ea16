"""Records of where the pairs of a lexicon come from: name, licence and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Record: TypeAlias = "dict[str, Any]"

STARTER: Record = {"name": "lexswitch starter lexicon", "licence": "Apache-2.0", "curated": True}
"""The record of the starter lexicon."""


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


def is_starter(records: Sequence[Record]) -> bool:
    """Return whether the pairs are those of the starter lexicon alone."""
    return tuple(records) == (STARTER,)


def precedence(records: Sequence[Record]) -> int:
    """Return which lexicons come first in a merge: 2 for the caller's own, 1 for the starter lexicon, 0 for others.

    A lexicon is the caller's own if it has no record, as pairs have, or if all records have ``"curated": True``.
    """
    if not all(record.get("curated") is True for record in records):
        return 0
    return 1 if STARTER in records else 2
