"""Small dumps of Wikidata, as Wikibase writes them: PHP's json_encode, empty maps as lists, one entity per line."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lexswitch.inducers.titles.wikis import site_of


def item(
    number: int,
    titles: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    aliases: Sequence[str] = (),
    classes: Sequence[str] = (),
    source: str = "en",
) -> dict[str, Any]:
    """An item with titles and labels by language, aliases in the source language, and classes."""
    statements = [
        {
            "mainsnak": {
                "snaktype": "value",
                "property": "P31",
                "datavalue": {
                    "value": {"entity-type": "item", "numeric-id": int(one[1:]), "id": one},
                    "type": "wikibase-entityid",
                },
                "datatype": "wikibase-item",
            },
            "type": "statement",
            "id": f"Q{number}$0",
            "rank": "normal",
        }
        for one in classes
    ]
    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": {code: {"language": code, "value": text} for code, text in (labels or {}).items()} or [],
        "descriptions": {"en": {"language": "en", "value": f'thing "{number}"'}},
        "aliases": {source: [{"language": source, "value": text} for text in aliases]} if aliases else [],
        "claims": {"P31": statements, "P646": []} if statements else [],
        "sitelinks": {
            site_of(code): {"site": site_of(code), "title": text, "badges": []} for code, text in titles.items()
        }
        or [],
        "lastrevid": 7,
    }


def line(entity: Mapping[str, Any], **options: Any) -> str:
    """An entity as a line of a dump, without comma and line end."""
    return json.dumps(entity, **{"separators": (",", ":"), **options})


def dump(entities: Iterable[Mapping[str, Any]]) -> bytes:
    """A whole dump."""
    return ("[\n" + ",\n".join(map(line, entities)) + "\n]\n").encode()


def write(path: Path, data: bytes) -> Path:
    """Write a dump, compressed by its name."""
    pack: Any = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(data))
    return path


def write_members(path: Path, lines: Sequence[str], per_member: int) -> Path:
    """Write a .gz like the published one: each batch is a member, and "[", "," and "]" are members too."""
    with path.open("wb") as file:
        file.write(gzip.compress(b"[\n"))
        for first in range(0, len(lines), per_member):
            if first:
                file.write(gzip.compress(b",\n"))
            file.write(gzip.compress(",\n".join(lines[first : first + per_member]).encode()))
        file.write(gzip.compress(b"\n]\n"))
    return path
