"""The help of LibreOffice as a collection: sections are documents; titles, headings and index keywords are queries.

Pages are split as a whole into training, development and test pages. A page counts for a language only if it is
translated. The same holds for each section, heading and keyword.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.common import fetch, files, help_text
from benchmarks.common.help_text import Key
from benchmarks.retrieval import copies
from benchmarks.retrieval.collection import Split

SEEN = ("en", "de", "it", "nl", "ru")
UNSEEN = ("fr", "es", "pt", "id", "vi", "ja", "zh")

TEST_PAGES, DEVELOPMENT_PAGES = 500, 150
"""Numbers of pages, of those that are translated into all seen languages. All other pages are for training."""

_TRANSLATED = 0.9  # share of the blocks of test and development pages that differ from the English ones
_TRANSLATED_TO_TRAIN = 0.5  # lower, because Russian has few pages; sections are checked one by one anyway
_WORDS = 15  # a section with fewer English words is not a document
_REPEATED = 3  # a paragraph on this many pages is boilerplate
_SECTIONS = 5  # titles and keywords of pages with more sections are too vague to be queries


class Section(NamedTuple):
    """A heading and the paragraphs below it, as keys of their blocks."""

    page: str
    heading: Key
    paragraphs: list[Key]

    @property
    def number(self) -> str:
        return f"{self.page}#{self.heading[0]}-{self.heading[2]}"


def split(languages: Iterable[str] = SEEN) -> Split:
    """Return the collections. The pages of each part do not depend on the languages.

    Parameters
    ----------
    languages
        Some of `SEEN` and `UNSEEN`, English among them.
    """
    return Split.from_lines(files.read_lines(_file(tuple(languages))))


def _file(languages: tuple[str, ...]) -> Path:
    unknown = [language for language in languages if language not in help_text.LANGUAGES]
    if unknown or "en" not in languages:
        raise ValueError(f"languages is {languages}; pass 'en' and some of {help_text.LANGUAGES}")
    sources = [Path(__file__), Path(help_text.__file__), Path(copies.__file__)]
    name = f"help-collection-{'-'.join(languages)}"
    return files.cached_text(fetch.cache_folder() / "texts", name, ".jsonl", sources, lambda: _lines(languages))


def _lines(languages: tuple[str, ...]) -> Iterator[str]:
    english, sections, dropped = _english()
    parts = _parts(english)
    sections, similar = _without_copies(sections, english, parts)
    dropped["sections like another"] = similar
    built = {part: _Builder(part) for part in ("train", "development", "test")}
    questions = _questions(sections, english, dropped)
    for language in languages:
        pages, keywords = help_text.pages(language), help_text.keywords(language)
        for page, share in _translated_shares(language, english).items():
            if share < (_TRANSLATED_TO_TRAIN if parts[page] == "train" else _TRANSLATED):
                continue
            built[parts[page]].add(
                language, pages[page], keywords[page], english[page], sections.get(page, []), questions.get(page, [])
            )
    for part in built.values():
        yield json.dumps(part.collection(), ensure_ascii=False)
    yield json.dumps(dropped)


# --- English pages ---------------------------------------------------------------------------------------------------


def _english() -> tuple[dict[str, dict[Key, str]], dict[str, list[Section]], dict[str, int]]:
    """Return pages, their sections, and the numbers of those that were left out."""
    pages = help_text.pages("en")
    boilerplate = _boilerplate(pages)
    sections, short = {}, 0
    for page, blocks in pages.items():
        found = list(_sections(page, blocks, boilerplate))
        sections[page] = [section for section in found if len(_body(blocks, section).split()) >= _WORDS]
        short += len(found) - len(sections[page])
    return pages, sections, {"short sections": short, "boilerplate paragraphs": len(boilerplate)}


def _boilerplate(pages: dict[str, dict[Key, str]]) -> set[str]:
    """Return paragraphs that repeat, and those that are the title of a page, which are links to it."""
    counts = Counter(text for blocks in pages.values() for text in {t for key, t in blocks.items() if key[1] == "p"})
    titles = {text for blocks in pages.values() for key, text in blocks.items() if key[1] == "h1"}
    return {text for text, count in counts.items() if count >= _REPEATED or text in titles}


def _sections(page: str, blocks: dict[Key, str], boilerplate: set[str]) -> Iterator[Section]:
    heading: Key | None = None
    paragraphs: list[Key] = []
    for key, text in blocks.items():
        if key[1] != "p":
            if heading is not None:
                yield Section(page, heading, paragraphs)
            heading, paragraphs = key, []
        elif text not in boilerplate:
            paragraphs.append(key)
    if heading is not None:
        yield Section(page, heading, paragraphs)


def _body(blocks: dict[Key, str], section: Section) -> str:
    return " ".join(blocks[key] for key in section.paragraphs if key in blocks)


def _parts(english: dict[str, dict[Key, str]]) -> dict[str, str]:
    """Return page -> part. Only a hash of the path decides."""
    everywhere = set(english)
    for language in SEEN:
        everywhere &= {page for page, share in _translated_shares(language, english).items() if share >= _TRANSLATED}
    order = sorted(everywhere, key=lambda page: hashlib.sha256(page.encode()).digest())
    test, development = order[:TEST_PAGES], order[TEST_PAGES : TEST_PAGES + DEVELOPMENT_PAGES]
    chosen = {**dict.fromkeys(test, "test"), **dict.fromkeys(development, "development")}
    return {page: chosen.get(page, "train") for page in english}


def _translated_shares(language: str, english: dict[str, dict[Key, str]]) -> dict[str, float]:
    """Return page -> share of its blocks that are translated."""
    if language == "en":
        return dict.fromkeys(english, 1.0)
    pages = help_text.pages(language)
    return {page: help_text.translated_share(pages[page], blocks) for page, blocks in english.items() if page in pages}


def _without_copies(
    sections: dict[str, list[Section]], english: dict[str, dict[Key, str]], parts: dict[str, str]
) -> tuple[dict[str, list[Section]], int]:
    """Leave out copies of earlier sections; test pages come first, training pages last."""
    order = {"test": 0, "development": 1, "train": 2}
    pages = sorted(sections, key=lambda page: (order[parts[page]], page))
    texts = {section.number: _body(english[page], section) for page in pages for section in sections[page]}
    distinct = copies.without_copies(texts)
    kept = {page: [section for section in sections[page] if section.number in distinct] for page in pages}
    return kept, len(texts) - len(distinct)


# --- queries ---------------------------------------------------------------------------------------------------------


class Question(NamedTuple):
    """A query: the position of its text in the page, and the sections that answer it."""

    page: str
    number: str
    kind: str
    position: Key | int
    """A block, or the number of a keyword."""
    answers: list[str]


def _questions(
    sections: dict[str, list[Section]], english: dict[str, dict[Key, str]], dropped: dict[str, int]
) -> dict[str, list[Question]]:
    """Return the queries of each page. A text with several meanings ("General") is not a query."""
    keywords = help_text.keywords("en")
    found: dict[str, list[Question]] = defaultdict(list)
    for page, of_page in sections.items():
        for question, text in _of_page(page, of_page, english[page], keywords[page]):
            found[text.casefold()].append(question)
    asked = defaultdict(list)
    for same in found.values():
        if any(question.answers != same[0].answers for question in same):
            dropped["queries with several meanings"] = dropped.get("queries with several meanings", 0) + len(same)
        else:
            asked[same[0].page].append(same[0])
    return asked


def _of_page(
    page: str, sections: list[Section], blocks: dict[Key, str], keywords: list[str]
) -> Iterator[tuple[Question, str]]:
    everything = [section.number for section in sections]
    title = next((key for key in blocks if key[1] == "h1"), None)
    of_all = 1 <= len(sections) <= _SECTIONS
    if of_all and title is not None:
        yield Question(page, f"{page}#title", "title", title, everything), blocks[title]
    for section in sections:
        if section.heading != title:
            text = blocks[section.heading]
            yield Question(page, f"{section.number}?", "heading", section.heading, [section.number]), text
    for position, keyword in enumerate(keywords if of_all else ()):
        yield Question(page, f"{page}#keyword-{position}", "keyword", position, everything), _as_query(keyword)


def _as_query(keyword: str) -> str:
    """Return the keyword "dates, inserting" in the form in which one would type it."""
    return " ".join(re.split(r"[,;，、]\s*|\s+", keyword))


# --- one language after another --------------------------------------------------------------------------------------


class _Builder:
    """Collects one part of the pages."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.documents: dict[str, dict[str, str]] = {}
        self.queries: dict[str, dict[str, str]] = {}
        self.relevant: dict[str, dict[str, int]] = {}
        self.groups: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def add(
        self,
        language: str,
        blocks: dict[Key, str],
        keywords: list[str],
        english: dict[Key, str],
        sections: list[Section],
        questions: list[Question],
    ) -> None:
        """Add the translated texts of a page."""
        documents, queries = self.documents.setdefault(language, {}), self.queries.setdefault(language, {})
        for section in sections:
            if language == "en" or _is_translated(section, blocks, english):
                documents[section.number] = _body(blocks, section)
        original = help_text.keywords("en")
        for question in questions:
            if isinstance(question.position, int):
                same = original[sections[0].page]
                text = keywords[question.position] if len(keywords) == len(same) else ""
                text, source = _as_query(text), _as_query(same[question.position])
            else:
                text, source = blocks.get(question.position, ""), english[question.position]
            if text and (language == "en" or text.casefold() != source.casefold()):
                queries[question.number] = text
                self.relevant[question.number] = dict.fromkeys(question.answers, 1)
                self.groups[question.number], self.kinds[question.number] = sections[0].page, question.kind

    def collection(self) -> dict[str, object]:
        return {
            "part": self.part,
            "name": f"LibreOffice help, {self.part}",
            "documents": self.documents,
            "queries": self.queries,
            "relevant": self.relevant,
            "groups": self.groups,
            "kinds": self.kinds,
        }


def _is_translated(section: Section, blocks: dict[Key, str], english: dict[Key, str]) -> bool:
    """Return whether no sentence of the section is still English."""
    return all(
        key in blocks and (blocks[key] != english[key] or len(english[key].split()) < 3) for key in section.paragraphs
    )
