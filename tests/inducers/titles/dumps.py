"""A small world of articles, and writers of all formats of dumps."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from lexswitch.inducers.titles.wikis import prefix_of

from . import wikidata


@dataclass
class Article:
    """A page of a Wikipedia."""

    number: int
    title: str
    links: Mapping[str, str]
    redirects: Sequence[str] = ()
    namespace: int = 0
    disambiguation: bool = False
    classes: Sequence[str] = field(default_factory=list)

    @property
    def full_title(self) -> str:
        return f"Category:{self.title}" if self.namespace == 14 else self.title


WORLD = [
    Article(10, "Machine learning", {"de": "Maschinelles Lernen", "ru": "Машинное обучение", "it": "Apprendimento"}),
    Article(
        12, "Credit card", {"de": "Kreditkarte", "ru": "Банковская карта", "it": "Carta di credito"}, ["Credit-card"]
    ),
    Article(25, "Mercury (planet)", {"de": "Merkur (Planet)", "ru": "Меркурий"}, ["Planet Mercury"]),
    Article(26, "Mercury (element)", {"de": "Quecksilber", "ru": "Ртуть"}, ["Quicksilver"]),
    Article(27, "Mercury", {"de": "Merkur", "ru": "Меркурий (значения)"}, disambiguation=True, classes=["Q4167410"]),
    Article(30, "Rock 'n' roll", {"de": "Rock ’n’ Roll", "it": "Rock and roll"}),
    Article(31, 'The "Foo\\Bar" (12,0,', {"de": "Das „Foo\\Bar“),(99,'de','X')"}),
    Article(33, "AT&T", {"de": "AT&T", "ru": "AT&T"}),
    Article(34, "List of cats", {"de": "Liste von Katzen"}, classes=["Q13406463"]),
    Article(35, "Alan Turing", {"de": "Alan Turing", "ru": "Тьюринг, Алан"}),
    Article(36, "1990s", {"de": "1990er", "ru": "1990-е годы"}),
    Article(40, "Machine learning", {"de": "Kategorie:Maschinelles Lernen"}, namespace=14, classes=["Q4167836"]),
    Article(41, "Only here", {}),
    Article(42, "A name of far too many words", {"de": "Ein Name"}),
    Article(43, "Café", {"de": "Cafe\u0301", "it": "Caffè"}),
    Article(44, "Hello", {"ru": "Hello"}),
    Article(45, "😀 Smile", {"de": "😀 Lächeln"}),
]
LANGUAGES = ("de", "it", "ru")


def write_wikidata(path: Path, world: Iterable[Article] = WORLD) -> Path:
    """The JSON dump of Wikidata."""
    entities = [
        wikidata.item(
            article.number, {"en": article.full_title, **article.links}, None, article.redirects, article.classes
        )
        for article in world
    ]
    return wikidata.write(path, wikidata.dump(entities))


def sql_string(text: str) -> str:
    """A string literal as mysqldump writes it."""
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ('"', '\\"'), ("\n", "\\n"), ("\0", "\\0"), ("\x1a", "\\Z")):
        text = text.replace(plain, escaped)
    return f"'{text}'"


_HEAD = """-- MySQL dump 10.19  Distrib 10.3.38-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: db1206    Database: enwiki
-- ------------------------------------------------------

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
"""
_CREATE = {
    "page": """CREATE TABLE `page` (
  `page_id` int(8) unsigned NOT NULL AUTO_INCREMENT,
  `page_namespace` int(11) NOT NULL DEFAULT 0,
  `page_title` varbinary(255) NOT NULL DEFAULT '',
  `page_is_redirect` tinyint(1) unsigned NOT NULL DEFAULT 0,
  `page_is_new` tinyint(1) unsigned NOT NULL DEFAULT 0,
  `page_random` double unsigned NOT NULL DEFAULT 0,
  `page_touched` binary(14) NOT NULL,
  `page_links_updated` varbinary(14) DEFAULT NULL,
  `page_latest` int(8) unsigned NOT NULL DEFAULT 0,
  `page_len` int(8) unsigned NOT NULL DEFAULT 0,
  `page_content_model` varbinary(32) DEFAULT NULL,
  `page_lang` varbinary(35) DEFAULT NULL,
  PRIMARY KEY (`page_id`),
  UNIQUE KEY `page_name_title` (`page_namespace`,`page_title`)
) ENGINE=InnoDB AUTO_INCREMENT=79000000 DEFAULT CHARSET=binary;""",
    "langlinks": """CREATE TABLE `langlinks` (
  `ll_from` int(8) unsigned NOT NULL DEFAULT 0,
  `ll_lang` varbinary(35) NOT NULL DEFAULT '',
  `ll_title` varbinary(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`ll_from`,`ll_lang`),
  KEY `ll_lang` (`ll_lang`,`ll_title`)
) ENGINE=InnoDB DEFAULT CHARSET=binary;""",
    "redirect": """CREATE TABLE `redirect` (
  `rd_from` int(8) unsigned NOT NULL DEFAULT 0,
  `rd_namespace` int(11) NOT NULL DEFAULT 0,
  `rd_title` varbinary(255) NOT NULL DEFAULT '',
  `rd_interwiki` varbinary(32) DEFAULT NULL,
  `rd_fragment` varbinary(255) DEFAULT NULL,
  PRIMARY KEY (`rd_from`)
) ENGINE=InnoDB DEFAULT CHARSET=binary;""",
    "page_props": """CREATE TABLE `page_props` (
  `pp_page` int(11) NOT NULL,
  `pp_propname` varbinary(60) NOT NULL DEFAULT '',
  `pp_value` blob NOT NULL,
  `pp_sortkey` float DEFAULT NULL,
  PRIMARY KEY (`pp_page`,`pp_propname`)
) ENGINE=InnoDB DEFAULT CHARSET=binary;""",
}


def sql_table(name: str, rows: Sequence[str], per_statement: int) -> str:
    """A table as mysqldump writes it."""
    statements = [
        f"INSERT INTO `{name}` VALUES {','.join(rows[first : first + per_statement])};\n"
        for first in range(0, len(rows), per_statement)
    ]
    return (
        f"{_HEAD}\n--\n-- Table structure for table `{name}`\n--\n\nDROP TABLE IF EXISTS `{name}`;\n"
        f"/*!40101 SET character_set_client = utf8 */;\n{_CREATE[name]}\n\nLOCK TABLES `{name}` WRITE;\n"
        f"/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;\n{''.join(statements)}"
        f"/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;\nUNLOCK TABLES;\n-- Dump completed on 2024-01-02  3:04:05\n"
    )


def sql_tables(world: Iterable[Article] = WORLD, per_statement: int = 3) -> dict[str, str]:
    """The tables of a world; redirects are numbered from 1001."""
    world = list(world)

    def page(number: int, namespace: int, title: str, redirect: int) -> str:
        name = sql_string(title.replace(" ", "_"))
        rest = "0,0.33167112649574004,'20240101000000',NULL,12,111,'wikitext',NULL"
        return f"({number},{namespace},{name},{redirect},{rest})"

    pages = [page(one.number, one.namespace, one.title, 0) for one in world]
    pages.insert(0, page(0, 1, "Talk_(12,0,", 0))
    links = [
        f"({one.number},{sql_string(prefix_of(code))},{sql_string(title)})"
        for one in world
        for code, title in sorted({**one.links, "fr": f"Fr {one.number}", "zh-yue": "'x"}.items())
        if one.links
    ]
    leads = [(one, title) for one in world for title in one.redirects]
    pages += [page(number, 0, title, 1) for number, (_, title) in enumerate(leads, 1001)]
    redirects = [
        f"({number},0,{sql_string(one.title.replace(' ', '_'))},'','')" for number, (one, _) in enumerate(leads, 1001)
    ]
    props = [
        row
        for one in world
        for row in ([f"({one.number},'disambiguation','',NULL)"] if one.disambiguation else [])
        + [f"({one.number},'wikibase_item','Q{one.number}',NULL)"]
    ]
    rows = {"page": pages, "langlinks": links, "redirect": redirects, "page_props": props}
    return {name: sql_table(name, of_table, per_statement) for name, of_table in rows.items()}


def write_sql(folder: Path, world: Iterable[Article] = WORLD, names: Sequence[str] = tuple(_CREATE)) -> list[Path]:
    """Write the tables as files."""
    tables = sql_tables(world)
    paths = []
    for name in names:
        paths.append(folder / f"enwiki-20240101-{name}.sql.gz")
        paths[-1].write_bytes(gzip.compress(tables[name].encode()))
    return paths


def write_linguatools(folder: Path, world: Iterable[Article] = WORLD) -> list[Path]:
    """Write a file for English and each other language."""
    world = list(world)
    paths = []
    for code in LANGUAGES:
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<wikititles name="en{code}">']
        for number, one in enumerate((one for one in world if code in one.links and not one.disambiguation), 1):
            redirects = "".join(f"<redirect>{escape(title, False)}</redirect>" for title in one.redirects)
            lines += [
                f'<translation id="{number}">',
                f'  <entry lang="en">{escape(one.full_title, False)}</entry>',
                *([f'  <redirects lang="en">{redirects}</redirects>'] if redirects else []),
                '  <textlinks lang="en"><textlink>a link</textlink></textlinks>',
                '  <categories lang="en"><category>Things</category></categories>',
                f'  <entry lang="{code}">{escape(one.links[code], False)}</entry>',
                "</translation>",
            ]
        paths.append(folder / f"wikititles-2014_en{code}.xml.bz2")
        paths[-1].write_bytes(bz2.compress("\n".join([*lines, "</wikititles>", ""]).encode()))
    return paths
