"""The card of a switched set: what it is, from what, under which licences, and how tools find its files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .conditions import BASE, SIDE_NAMES, shortest

UNKNOWN = "unknown"


def card(about: Mapping[str, Any]) -> str:
    """Return the card as Markdown, with the header that data sets of Hugging Face read.

    Parameters
    ----------
    about : mapping
        As in ``stress.json``.
    """
    return "\n".join([*_header(about), *_text(about), ""])


def _header(about: Mapping[str, Any]) -> Iterator[str]:
    languages = {language for one in about["conditions"] for language in one["languages"]}
    yield "---"
    if about["licence"] == UNKNOWN:
        yield "license: unknown"
    else:
        yield f"license: {json.dumps(about['licence'])}"
    yield f"language: {json.dumps(sorted({about['source_language'], *languages}))}"
    yield "task_categories: [text-retrieval]"
    yield "configs:"
    for condition in about["conditions"]:
        yield from _configs(condition)
    yield "---"


def _configs(condition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the subsets of a condition, with the names that mteb expects; without a prefix for the data as they are."""
    files = {"corpus": condition["corpus"], "queries": condition["queries"], "qrels": "qrels/test.jsonl"}
    prefixes = ["", f"{BASE}-"] if condition["name"] == BASE else [f"{condition['name']}-"]
    for prefix in prefixes:
        for kind, file in files.items():
            yield f"- config_name: {json.dumps(prefix + kind)}"
            yield f"  data_files: [{{split: test, path: {json.dumps(file)}}}]"


def _text(about: Mapping[str, Any]) -> Iterator[str]:
    signatures = [f"- `{one['name']}`: `{one['signature']}`" for one in about["conditions"] if one["name"] != BASE]
    yield f"# {about['name']} in mixed languages"
    yield ""
    yield (
        f"The {SIDE_NAMES[about['side']]} of {about['name']} ({about['queries']:,} queries, {about['documents']:,} "
        "documents) with words replaced by dictionary translations. lexswitch "
        f"{about['version']} made them, to measure how a retriever takes text in mixed languages."
    )
    yield ""
    yield "This is not natural code-switching: words are replaced one by one, and translations are not inflected."
    yield ""
    yield f"- **Licence of the data**: {_licence(about['licence'])}"
    yield f"- **Source language**: {about['source_language']}"
    yield f"- **Lexicon**: `{about['lexicon']['signature']}`"
    yield from (f"  - {_provenance(record)}" for record in about["lexicon"]["provenance"])
    yield from (f"- **Words of {name} in the lexicon**: {share:.0%}" for name, share in about["coverage"].items())
    yield ""
    yield "| condition | p | queries that changed | file | SHA-256 |"
    yield "|---|---|---|---|---|"
    for one in about["conditions"]:
        row = (one["name"], shortest(one["p"]), f"{one['changed']:,}", f"`{one['queries']}`", f"`{one['sha256'][:16]}`")
        yield f"| {' | '.join(row)} |"
    yield ""
    yield "A signature names the lexicon, all options and the seed. The same signature makes the same texts everywhere:"
    yield ""
    yield from signatures


def _licence(licence: str) -> str:
    if licence == UNKNOWN:
        return "unknown. Ask the publisher of the data before you pass this set on."
    return f"{licence}. It also applies to the switched texts; the licences of the lexicon may add conditions."


def _provenance(record: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in record.items() if isinstance(value, (str, int, float, bool)))
