"""Real text in English, German and Italian on one subject: help of LibreOffice, descriptions of Debian packages.

The German and Italian texts are translations of English ones. The kind "apart" keeps originals and translations
separate, as in texts that were written independently. English comes from one half of the documents, the other languages
from the other half. Paragraphs whose English original is in the first half too are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.common import debian_descriptions, fetch, files, help_text

LANGUAGES = ("en", "de", "it")
KINDS = ("whole", "apart")

_TRANSLATED = 0.9  # share of a help page's blocks that must differ from the English page
_WORDS = 3  # minimum number in a paragraph; shorter ones are mostly names


def paragraphs_file(language: str, kind: str) -> Path:
    """Return a file of distinct paragraphs: UTF-8, one paragraph on each line.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    kind
        ``"whole"`` or ``"apart"``.
    """
    if language not in LANGUAGES or kind not in KINDS:
        raise ValueError(f"language is {language!r}, kind is {kind!r}; allowed are {LANGUAGES} and {KINDS}")
    codes = sorted({"en", language})
    fetched = [fetch.debian(f"libreoffice-help-{'en-us' if code == 'en' else code}") for code in codes]
    fetched += [fetch.debian_translation(code) for code in codes]
    code = [Path(__file__), Path(help_text.__file__), Path(debian_descriptions.__file__)]
    build = {"whole": _whole, "apart": _apart}[kind]

    def lines() -> Iterable[str]:
        return dict.fromkeys(text for text in build(language) if len(text.split()) >= _WORDS)

    name = f"corpus-{kind}-{language}"
    return files.cached_text(fetch.cache_folder() / "texts", name, ".txt", [*code, *fetched], lines)


def _whole(language: str) -> Iterator[str]:
    if language == "en":
        return (text for _, text in _english())
    return (text for _, _, text in _translated(language))


def _apart(language: str) -> Iterator[str]:
    first = [text for document, text in _english() if _half(document) == 0]
    if language == "en":
        return iter(first)
    english = set(first)
    return (
        text for document, original, text in _translated(language) if _half(document) == 1 and original not in english
    )


def _half(document: str) -> int:
    return hashlib.sha256(document.encode()).digest()[0] & 1


def _english() -> Iterator[tuple[str, str]]:
    """Yield document and paragraph."""
    for path, blocks in help_text.pages("en").items():
        yield from ((path, text) for text in blocks.values())
    for package, versions in debian_descriptions.descriptions("en").items():
        yield from ((package, text) for paragraphs in versions.values() for text in paragraphs)


def _translated(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield document, English paragraph and translation."""
    english = help_text.pages("en")
    for path, blocks in help_text.pages(language).items():
        original = english.get(path, {})
        if help_text.translated_share(blocks, original) >= _TRANSLATED:
            known = ((original.get(key), text) for key, text in blocks.items())
            yield from ((path, one, text) for one, text in known if one is not None and one != text)
    yield from debian_descriptions.pairs(language)
