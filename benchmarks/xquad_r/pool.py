"""The test: questions in 11 languages, and one pool of candidate sentences of all languages (Roy et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.common import xquad
from benchmarks.common.errors import CollectionError


@dataclass(frozen=True)
class Pool:
    """Questions and candidates.

    Attributes
    ----------
    languages : tuple of str
    questions : dict of language to list of str
        Parallel.
    candidates : dict of language to list of str
        Sentences; identical ones of a language are merged.
    relevant : ndarray of int
        Number of the sentence that answers a question, among the candidates of each language; shape (questions,
        languages).
    paragraphs : list of int
        Number of the paragraph of each question.
    """

    languages: tuple[str, ...]
    questions: dict[str, list[str]]
    candidates: dict[str, list[str]]
    relevant: np.ndarray
    paragraphs: list[int]


def load(folder: str, languages: Sequence[str] = xquad.LANGUAGES, limit: int | None = None) -> Pool:
    """Return the pool of XQuAD-R.

    Parameters
    ----------
    folder
        Folder of the published files.
    languages
        Languages of questions and candidates.
    limit
        Maximum number of paragraphs.

    Raises
    ------
    CollectionError
        If a file is damaged, or the languages do not have the same questions.
    """
    questions: dict[str, list[str]] = {}
    candidates: dict[str, list[str]] = {}
    relevant, paragraphs = [], list[int]()
    for language in languages:
        found = xquad.read(language, Path(folder))[:limit]
        numbers: dict[str, int] = {}
        for paragraph in found:
            for sentence in paragraph.sentences:
                numbers.setdefault(sentence, len(numbers))
        relevant.append([numbers[each.sentences[answer]] for each in found for answer in each.answers])
        questions[language], candidates[language] = xquad.questions(found), list(numbers)
        own = [number for number, paragraph in enumerate(found) for _ in paragraph.questions]
        if paragraphs and own != paragraphs:
            raise CollectionError(
                f"{folder}: {language} has other questions than {languages[0]} ({len(own)} and {len(paragraphs)}); "
                "download the files of one version"
            )
        paragraphs = own
    return Pool(tuple(languages), questions, candidates, np.array(relevant).T, paragraphs)
