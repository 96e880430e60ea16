"""The development set: help pages of LibreOffice, asked for by titles, headings and keywords. No text of the test."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.common.errors import CollectionError
from benchmarks.retrieval import help_pages
from benchmarks.xquad_r.pool import Pool

LANGUAGES = ("en", "de", "es", "ru", "zh")
"""Those of XQuAD-R in which enough pages are translated."""


def load() -> Pool:
    """Return the queries and sections of the development pages that are there in every language.

    Queries that several of these sections answer are left out, because the measure expects one answer in each language.

    Raises
    ------
    CollectionError
        If no query and section is there in every language.
    """
    pages = help_pages.split((*help_pages.SEEN, *help_pages.UNSEEN)).development
    sections = set.intersection(*(set(pages.documents[language]) for language in LANGUAGES))
    asked = set.intersection(*(set(pages.queries[language]) for language in LANGUAGES))
    answers = {query: sections & pages.relevant[query].keys() for query in sorted(asked & pages.relevant.keys())}
    found = {query: min(own) for query, own in answers.items() if len(own) == 1}
    if not found:
        raise CollectionError(f"no development page is translated into all of {', '.join(LANGUAGES)}")
    numbers = {
        language: _numbers(pages.documents[language][section] for section in sorted(sections)) for language in LANGUAGES
    }
    groups = _numbers(pages.groups[query] for query in found)
    return Pool(
        LANGUAGES,
        {language: [pages.queries[language][query] for query in found] for language in LANGUAGES},
        {language: list(numbers[language]) for language in LANGUAGES},
        np.array(
            [
                [numbers[language][pages.documents[language][section]] for language in LANGUAGES]
                for section in found.values()
            ]
        ),
        [groups[pages.groups[query]] for query in found],
    )


def _numbers(texts: Iterable[str]) -> dict[str, int]:
    """Number distinct texts in their order."""
    return {text: number for number, text in enumerate(dict.fromkeys(texts))}
