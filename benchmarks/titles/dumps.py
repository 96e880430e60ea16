"""Dumps in the published formats, written once and kept: the JSON of Wikidata, the SQL of a Wikipedia.

The JSON dump is compressed like the published one (dumpwikibasejson.sh of Wikimedia): batches of entities in separate
gzip members, with "[", "," and "]" between them. A quarter of its items have an English article. Fewer of the about
100 million items of the published dump do, and items without one are skipped quickly. An item has `MEAN` bytes; one of
the published dump has twice as many (1.4 TB in July 2022).
"""

from __future__ import annotations

import functools
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.common import fetch, files
from benchmarks.titles import world

SHARE = 0.25
MEAN = 7_000

_BATCH = 5_000
_LABELS = ("fr", "es", "pt", "pl", "sv", "ja", "zh", "uk", "fa", "ca", "nl", "de")
_WIKIS = tuple(f"x{number}" for number in range(40))
_STATEMENT = 1 << 20


def wikidata(count: int) -> Path:
    """Return the JSON dump of some number of items. It is written once."""
    return _kept(f"wikidata-20240101-{count}", ".json.gz", lambda path: _write_wikidata(path, count))


def sql(count: int) -> list[Path]:
    """Return the tables page, langlinks, redirect and page_props of some number of articles. They are written once."""
    return [
        _kept(f"enwiki-20240101-{count}-{name}", ".sql.gz", functools.partial(_write_table, name=name, count=count))
        for name in _COLUMNS
    ]


def _kept(name: str, suffix: str, write: Callable[[Path], None]) -> Path:
    digest = files.origin([Path(__file__), Path(world.__file__)])
    path = fetch.cache_folder() / "titles" / f"{name}-{digest}{suffix}"
    path.parent.mkdir(exist_ok=True)
    with files.locked(path.with_suffix(".lock")):
        if not path.exists():
            temporary = path.with_suffix(".new")
            write(temporary)
            os.replace(temporary, path)
    return path


# --- Wikidata ---------------------------------------------------------------------------------------------------------


def _write_wikidata(path: Path, count: int) -> None:
    lines = _entities(count)
    with path.open("wb") as file:
        file.write(gzip.compress(b"[\n"))
        for first in range(0, count, _BATCH):
            batch = [line for _, line in zip(range(min(_BATCH, count - first)), lines, strict=False)]
            file.write((gzip.compress(b",\n") if first else b"") + gzip.compress(",\n".join(batch).encode(), 6))
        file.write(gzip.compress(b"\n]\n"))


def _entities(count: int) -> Iterator[str]:
    rng = np.random.default_rng(1)
    pool = [_statement(rng, number) for number in range(4000)]
    mean = sum(map(len, pool)) / len(pool)
    articles = world.articles(count)
    for number in range(1, count + 1):
        statements = rng.integers(len(pool), size=max(1, int(rng.exponential(MEAN / mean)))).tolist()
        has_article = rng.random() < SHARE
        article = next(articles) if has_article else None
        label = article.title if article else f"On the study of {number} {rng.integers(1 << 40):x}"
        links = {} if article is None else {"en": article.title, **article.links}
        labels = {"en": label[:1].lower() + label[1:], **links, **dict.fromkeys(_LABELS, label)}
        yield (
            f'{{"type":"item","id":"Q{number}",'
            f'"labels":{_texts(labels)},"descriptions":{_texts(dict.fromkeys(_LABELS, "thing"))},'
            f'"aliases":{_aliases(article)},"claims":{{{_claims(article, [pool[row] for row in statements])}}},'
            f'"sitelinks":{_links(links)},"lastrevid":{rng.integers(1 << 31)}}}'
        )


def _statement(rng: np.random.Generator, number: int) -> str:
    """Return a statement with a qualifier and a reference."""
    prop = f"P{rng.integers(1, 12000)}"
    item = int(rng.integers(1, 10**8))
    value = [
        {"value": {"entity-type": "item", "numeric-id": item, "id": f"Q{item}"}, "type": "wikibase-entityid"},
        {"value": f"{rng.integers(1 << 60):x}", "type": "string"},
        {
            "value": {
                "time": f"+{rng.integers(1000, 2024)}-00-00T00:00:00Z", "timezone": 0, "before": 0, "after": 0,
                "precision": 9, "calendarmodel": "http://www.wikidata.org/entity/Q1985727",
            },
            "type": "time",
        },
        {"value": {"amount": f"+{rng.integers(10**6)}", "unit": "1"}, "type": "quantity"},
    ][number % 4]  # fmt: skip
    snak = {"snaktype": "value", "property": prop, "hash": f"{rng.integers(1 << 62):040x}", "datavalue": value}
    claim = {
        "mainsnak": {**snak, "datatype": "string"},
        "type": "statement",
        "qualifiers": {"P585": [snak]},
        "qualifiers-order": ["P585"],
        "id": f"Q{item}${rng.integers(1 << 62):032x}",
        "rank": "normal",
        "references": [{"hash": f"{rng.integers(1 << 62):040x}", "snaks": {"P248": [snak]}, "snaks-order": ["P248"]}],
    }
    return f'"{prop}":[{json.dumps(claim, separators=(",", ":"))}]'


def _claims(article: world.Article | None, statements: list[str]) -> str:
    classes = article.classes if article else ("Q13442814",)
    instance = ",".join(
        '{"mainsnak":{"snaktype":"value","property":"P31","hash":"ad7d38a03cdd40cdc373de0dc4e7b7fcbccb31d9",'
        f'"datavalue":{{"value":{{"entity-type":"item","numeric-id":{one[1:]},"id":"{one}"}},'
        '"type":"wikibase-entityid"},"datatype":"wikibase-item"},"type":"statement","rank":"normal"}'
        for one in classes
    )
    return ",".join([f'"P31":[{instance}]', *statements])


def _texts(texts: dict[str, str]) -> str:
    return (
        "{"
        + ",".join(f'"{code}":{{"language":"{code}","value":{json.dumps(text)}}}' for code, text in texts.items())
        + "}"
    )


def _aliases(article: world.Article | None) -> str:
    if article is None or not article.redirects:
        return "[]"
    return '{"en":[' + ",".join(f'{{"language":"en","value":{json.dumps(one)}}}' for one in article.redirects) + "]}"


def _links(links: dict[str, str]) -> str:
    if not links:
        return "[]"
    wikis = {**dict.fromkeys(_WIKIS, links["en"]), **links}
    return (
        "{" + ",".join(
            f'"{code}wiki":{{"site":"{code}wiki","title":{json.dumps(title)},"badges":[]}}'
            for code, title in sorted(wikis.items())
        ) + "}"
    )  # fmt: skip


# --- SQL --------------------------------------------------------------------------------------------------------------

_COLUMNS = {
    "page": (
        "page_id int(8) unsigned", "page_namespace int(11)", "page_title varbinary(255)",
        "page_is_redirect tinyint(1)", "page_is_new tinyint(1)", "page_random double", "page_touched binary(14)",
        "page_links_updated varbinary(14)", "page_latest int(8)", "page_len int(8)", "page_content_model varbinary(32)",
        "page_lang varbinary(35)",
    ),
    "langlinks": ("ll_from int(8) unsigned", "ll_lang varbinary(35)", "ll_title varbinary(255)"),
    "redirect": (
        "rd_from int(8) unsigned", "rd_namespace int(11)", "rd_title varbinary(255)", "rd_interwiki varbinary(32)",
        "rd_fragment varbinary(255)",
    ),
    "page_props": ("pp_page int(11)", "pp_propname varbinary(60)", "pp_value blob", "pp_sortkey float"),
}  # fmt: skip


def _write_table(path: Path, name: str, count: int) -> None:
    columns = ",\n".join(
        f"  `{column}` {kind} NOT NULL" for column, kind in (one.split(" ", 1) for one in _COLUMNS[name])
    )
    head = (
        f"-- MySQL dump 10.19  Distrib 10.3.38-MariaDB\n--\n\nDROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n"
    )
    with gzip.open(path, "wt", 6, encoding="utf-8", newline="\n") as file:
        file.write(f"{head}{columns},\n  PRIMARY KEY (`{_COLUMNS[name][0].split()[0]}`)\n) ENGINE=InnoDB;\n\n")
        size, pending = 0, []
        for row in _ROWS[name](count):
            pending.append(row)
            size += len(row)
            if size > _STATEMENT:
                file.write(f"INSERT INTO `{name}` VALUES {','.join(pending)};\n")
                size, pending = 0, []
        if pending:
            file.write(f"INSERT INTO `{name}` VALUES {','.join(pending)};\n")
        file.write("UNLOCK TABLES;\n-- Dump completed on 2024-01-02  3:04:05\n")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace(" ", "_") + "'"


def _all_pages(count: int) -> Iterator[tuple[int, int, str, world.Article, bool]]:
    """Yield number, namespace and title of each page, its article, and whether it is a redirect to the article."""
    for article in world.articles(count):
        namespace, title = (14, article.title[9:]) if article.title.startswith("Category:") else (0, article.title)
        number = 10 * article.number
        yield number, namespace, title, article, False
        yield number + 1, namespace + 1, title, article, False  # the talk page
        for position, redirect in enumerate(article.redirects, 2):
            yield number + position, 0, redirect, article, True


def _pages(count: int) -> Iterator[str]:
    for number, namespace, title, _, redirect in _all_pages(count):
        yield (
            f"({number},{namespace},{_quoted(title)},{int(redirect)},0,0.33167112649574004,'20240101000000',"
            f"'20240101000000',{1219062925 + number},{number % 50000},'wikitext',NULL)"
        )


def _langlinks(count: int) -> Iterator[str]:
    for number, namespace, title, article, redirect in _all_pages(count):
        if namespace in (0, 14) and not redirect:
            links = {**dict.fromkeys(_WIKIS[: 5 + number % 36], title), **article.links}
            yield from (
                f"({number},'{code}',{_quoted(text).replace('_', ' ')})" for code, text in sorted(links.items())
            )


def _redirects(count: int) -> Iterator[str]:
    for number, _, _, article, redirect in _all_pages(count):
        if redirect and not article.title.startswith("Category:"):
            yield f"({number},0,{_quoted(article.title)},'','')"


def _props(count: int) -> Iterator[str]:
    for number, _, _, article, redirect in _all_pages(count):
        if not redirect:
            if "Q4167410" in article.classes:
                yield f"({number},'disambiguation','',NULL)"
            yield f"({number},'wikibase_item','Q{number}',NULL)"


_ROWS = {"page": _pages, "langlinks": _langlinks, "redirect": _redirects, "page_props": _props}


def unpacked_size(paths: Iterable[Path]) -> int:
    """Return the number of uncompressed bytes of files."""
    size = 0
    for path in paths:
        with gzip.open(path) as file:
            while data := file.read(1 << 20):
                size += len(data)
    return size
