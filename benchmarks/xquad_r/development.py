"""The development set: help pages of LibreOffice, asked for by titles, headings and keywords. No text of the test."""

from __future__ import annotations

import numpy as np

from benchmarks.retrieval import help_pages
from benchmarks.xquad_r.pool import Pool

LANGUAGES = ("en", "de", "es", "ru", "zh")
"""Those of XQuAD-R in which enough pages are translated."""


def load() -> Pool:
    """Return the queries and sections of the development pages that are there in every language."""
    pages = help_pages.split((*help_pages.SEEN, *help_pages.UNSEEN)).development
    sections = sorted(set.intersection(*(set(pages.documents[language]) for language in LANGUAGES)))
    numbers = {section: number for number, section in enumerate(sections)}
    asked = set.intersection(*(set(pages.queries[language]) for language in LANGUAGES))
    answers = {
        query: next(numbers[section] for section in grades if section in numbers)
        for query, grades in sorted(pages.relevant.items())
        if query in asked and any(section in numbers for section in grades)
    }
    groups = [pages.groups.get(query, query) for query in answers]
    number_of = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return Pool(
        LANGUAGES,
        {language: [pages.queries[language][query] for query in answers] for language in LANGUAGES},
        {language: [pages.documents[language][section] for section in sections] for language in LANGUAGES},
        np.repeat([[answer] for answer in answers.values()], len(LANGUAGES), axis=1),
        [number_of[group] for group in groups],
    )
