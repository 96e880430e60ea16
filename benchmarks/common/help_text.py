"""Real text for benchmarks: the help of LibreOffice in 12 languages, and Arabic verses and program messages.

The help pages need lxml; see requirements.txt.
"""

from __future__ import annotations

import functools
import gettext
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.common import fetch, files

LANGUAGES = ("en", "de", "it", "nl", "ru", "fr", "es", "pt", "id", "vi", "ja", "zh")
MESSAGES = ("ar", "de", "it", "nl", "ru")

_PACKAGES = {"en": "en-us", "zh": "zh-cn"}  # Debian's code, if it differs
_FOLDERS = {"en": "en-US", "zh": "zh-CN"}  # the code in the paths of the help, if it differs
_BLOCKS = ("h1", "h2", "h3", "h4", "h5", "p")
_TRANSLATED = 0.9  # share of a page's blocks that must differ from the English page
_COMPARED_WORDS = 3  # shorter blocks are often the same in two languages: names, commands
_WORDS = 5
_CHARACTERS_PER_WORD = {"ja": 2, "zh": 2}  # written without spaces: characters are counted instead of words
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f]"
)  # if any are left after white space is folded, the text was decoded wrongly
_KEYWORD = re.compile(r'<meta itemprop="keywords" content="([^"]*)"')
_ARABIC = re.compile("[\u0600-\u06ff]")

Key = tuple[str, str, int]  # id and tag of a block, and its number among the blocks with both


def paragraphs(language: str) -> list[str]:
    """Return the paragraphs and headings of the LibreOffice help in one language.

    Parameters
    ----------
    language
        One of `LANGUAGES`.

    Returns
    -------
    list[str]
        Texts of at least five words (ten characters in Japanese and Chinese), in the order of sorted paths, without
        duplicates. White space is folded and formulas are left out. If a text depends on the system, one variant is
        kept, never that for macOS. For languages other than English, only translated blocks count, on pages of which
        nine tenths are translated.
    """
    return files.read_lines(paragraphs_file(language))


def paragraphs_file(language: str) -> Path:
    """Return the file of `paragraphs`: UTF-8, one paragraph on each line."""
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; help text exists in {', '.join(LANGUAGES)}")
    sources = [Path(__file__), *(_help(code) for code in sorted({"en", language}))]
    return files.cached_text(_texts(), f"help-{language}", ".txt", sources, lambda: _paragraphs(language))


def arabic_verses() -> list[str]:
    """Return the verses of the Quran in Arabic with diacritics, in their order, without repeated ones."""
    return files.read_lines(arabic_verses_file())


def arabic_verses_file() -> Path:
    """Return the file of `arabic_verses`: UTF-8, one verse on each line."""
    folder = fetch.npm("quran-json", "3.1.2")
    return files.cached_text(_texts(), "arabic-verses", ".txt", [Path(__file__), folder], lambda: _verses(folder))


def arabic_messages() -> list[str]:
    """Return the Arabic messages of LibreOffice with at least five words, in sorted order of files, no duplicates."""
    return files.read_lines(arabic_messages_file())


def arabic_messages_file() -> Path:
    """Return the file of `arabic_messages`: UTF-8, one message on each line."""
    folder = fetch.debian("libreoffice-l10n-ar")
    return files.cached_text(_texts(), "arabic-messages", ".txt", [Path(__file__), folder], lambda: _messages(folder))


def message_pairs(language: str) -> list[tuple[str, str]]:
    """Return pairs of messages of LibreOffice: (English, translated), in the order of sorted files, no duplicates.

    Parameters
    ----------
    language
        One of `MESSAGES`.
    """
    folder = fetch.debian(f"libreoffice-l10n-{language}")
    lines = files.read_lines(
        files.cached_text(
            _texts(), f"messages-{language}", ".tsv", [Path(__file__), folder], lambda: _message_pairs(folder)
        )
    )
    return [(english, translated) for english, _, translated in (line.partition("\t") for line in lines)]


@functools.lru_cache(maxsize=2)
def keywords(language: str) -> dict[str, list[str]]:
    """Return the index keywords of the help pages: path -> "topic, subtopic" as in the page. Translations are aligned.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    """
    return {
        path: [_fold(html.unescape(found)) for found in _KEYWORD.findall(file.read_text(encoding="utf-8"))]
        for path, file in _page_files(language)
    }


def _texts() -> Path:
    return fetch.cache_folder() / "texts"


def _fold(text: str) -> str:
    """Fold white space. This also removes every character at which some programs break lines."""
    return " ".join(text.split())


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _long_enough(text: str, language: str) -> bool:
    per_word = _CHARACTERS_PER_WORD.get(language)
    return len(text) >= _WORDS * per_word if per_word else len(text.split()) >= _WORDS


# --- help pages ------------------------------------------------------------------------------------------------------


def _help(language: str) -> Path:
    return fetch.debian(f"libreoffice-help-{_PACKAGES.get(language, language)}")


def _paragraphs(language: str) -> list[str]:
    english = pages("en")
    kept = []
    for path, blocks in sorted(pages(language).items()):
        original = {} if language == "en" else english.get(path, {})
        if language != "en" and translated_share(blocks, original) < _TRANSLATED:
            continue
        # A block that equals the English one on a translated page was overlooked, or is code.
        kept += [text for key, text in blocks.items() if original.get(key) != text]
    return _distinct(text for text in kept if _long_enough(text, language) and not _CONTROL.search(text))


def translated_share(blocks: dict[Key, str], original: dict[Key, str]) -> float:
    """Return the share of a page's blocks that differ from the English block, of blocks with three English words.

    Parameters
    ----------
    blocks, original
        The page in one language and in English, from `pages`.
    """
    compared = [key for key in blocks if len(original.get(key, "").split()) >= _COMPARED_WORDS]
    return sum(blocks[key] != original[key] for key in compared) / len(compared) if compared else 0.0


@functools.lru_cache(maxsize=2)  # the English pages are compared with those of every other language
def pages(language: str) -> dict[str, dict[Key, str]]:
    """Return all help pages of a language: path -> blocks, in the order of the page.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    """
    return {path: _blocks(file.read_bytes()) for path, file in _page_files(language)}


def _page_files(language: str) -> list[tuple[str, Path]]:
    root = _help(language) / "usr/share/libreoffice/help" / _FOLDERS.get(language, language) / "text"
    return sorted((file.relative_to(root).as_posix(), file) for file in root.rglob("*.html"))


def _blocks(page: bytes) -> dict[Key, str]:
    """Return the non-empty text blocks of the article part of a page."""
    from lxml import html as lxml_html  # needed only if nothing is cached yet

    tree = lxml_html.document_fromstring(page, parser=lxml_html.HTMLParser(encoding="utf-8"))
    seen: Counter[tuple[str, str]] = Counter()
    blocks = {}
    for article in tree.xpath("//div[@id='DisplayArea']"):
        _keep_one_variant(article)
        for node in article.iter(*_BLOCKS):
            name, tag = node.get("id", ""), node.tag
            seen[name, tag] += 1
            text = "" if "code" in node.get("class", "") else _text(node)
            if text:
                blocks[name, tag, seen[name, tag]] = text
    return blocks


def _keep_one_variant(article) -> None:
    """Keep one of the hidden variants of an inline switch: the default, else the first that is not for macOS."""
    for switch in article.xpath(".//span[contains(@class, 'switchinline')]"):
        variants = [span for span in switch if span.tag == "span" and span.get("hidden")]
        others = [span for span in variants if span.get("class") != "MAC"]
        kept = next((span for span in others if not span.get("class")), others[0] if others else None)
        for span in variants:
            if span is not kept:
                span.drop_tree()
    for span in article.xpath(".//span[@hidden and @class='MAC']"):
        span.drop_tree()


def _text(node) -> str:
    for line_break in node.iter("br"):
        line_break.tail = f" {line_break.tail or ''}"
    for script in node.xpath(".//script | .//style"):
        script.drop_tree()
    return _fold(node.text_content())


# --- Arabic ----------------------------------------------------------------------------------------------------------


def _verses(folder: Path) -> list[str]:
    chapters = json.loads((folder / "package/dist/quran.json").read_text(encoding="utf-8"))
    return _distinct(_fold(verse["text"]) for chapter in chapters for verse in chapter["verses"])


def _messages(folder: Path) -> list[str]:
    messages = (_without_keys(text) for _, text in _translations(folder))
    return _distinct(text for text in messages if _ARABIC.search(text) and _long_enough(text, "ar"))


def _message_pairs(folder: Path) -> list[str]:
    return _distinct(f"{_without_keys(english)}\t{_without_keys(text)}" for english, text in _translations(folder))


def _translations(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield English and translated messages of all catalogues, in the order of sorted paths."""
    for path in sorted(folder.rglob("*.mo"), key=lambda path: path.relative_to(folder).as_posix()):
        yield from _entries(path)


def _entries(catalogue: Path) -> Iterator[tuple[str, str]]:
    with open(catalogue, "rb") as file:
        entries = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # the only way to list them
    for key in sorted(entries, key=str):
        identifier = key[0] if isinstance(key, tuple) else key  # plural forms have the key (text, number)
        english = identifier.rpartition("\x04")[2]
        if english and entries[key] != english:
            yield english, entries[key]


def _without_keys(message: str) -> str:
    """Drop the marks `~` and `_` of access keys. An underscore inside a Latin name is not a mark."""
    return _fold(re.sub(r"(?<![A-Za-z0-9_%$])_(?=\w)", "", message.replace("~", "")))
