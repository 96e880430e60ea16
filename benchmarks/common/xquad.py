"""XQuAD-R: questions and paragraphs that are parallel in 11 languages. It is test data.

Roy et al. (2020): LAReQA: Language-agnostic answer retrieval from a multilingual pool. EMNLP.
https://arxiv.org/abs/2004.05484. The questions are those of XQuAD (Artetxe, Ruder & Yogatama, ACL 2020). CC BY-SA 4.0.
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.common import fetch
from benchmarks.common.errors import CollectionError

LANGUAGES = ("en", "ar", "de", "el", "es", "hi", "ru", "th", "tr", "vi", "zh")
_COMMIT = "5405d2a77e83d5ccb47623a3f9e5604c3f103193"
_ADDRESS = f"https://raw.githubusercontent.com/google-research-datasets/lareqa/{_COMMIT}/xquad-r"


class Paragraph(NamedTuple):
    """A paragraph with its sentences and the questions that it answers.

    Attributes
    ----------
    text : str
    sentences, questions : list of str
    answers : list of int
        Number of the sentence in which the answer to each question begins.
    """

    text: str
    sentences: list[str]
    questions: list[str]
    answers: list[int]


def file(language: str, folder: Path | None = None) -> Path:
    """Return the file of a language.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    folder
        Folder of the published files ``en.json``, ``de.json`` ...; by default they are downloaded.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; XQuAD-R exists in {', '.join(LANGUAGES)}")
    if folder is None:
        return fetch.web(f"xquad-r-{language}.json", f"{_ADDRESS}/{language}.json")
    path = folder / f"{language}.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; pass the folder that has the file {path.name} of XQuAD-R")
    return path


def read(language: str, folder: Path | None = None) -> list[Paragraph]:
    """Return the paragraphs of a language, in the same order in all languages.

    Parameters
    ----------
    language, folder
        As for `file`.
    """
    path = file(language, folder)
    try:
        found = [
            _paragraph(paragraph)
            for article in json.loads(path.read_text(encoding="utf-8"))["data"]
            for paragraph in article["paragraphs"]
        ]
    except (ValueError, LookupError, TypeError) as error:
        raise CollectionError(f"{path} is not a file of XQuAD-R ({error!r}); download it from {_ADDRESS}") from error
    return found


def _paragraph(found: dict[str, Any]) -> Paragraph:
    ends = [end for _, end in found["sentence_breaks"]]
    answers = [bisect.bisect_right(ends, each["answers"][0]["answer_start"]) for each in found["qas"]]
    questions = [each["question"] for each in found["qas"]]
    if len(ends) != len(found["sentences"]) or max(answers, default=0) >= len(ends):
        raise ValueError("sentence_breaks do not fit the sentences or the answers")
    return Paragraph(found["context"], found["sentences"], questions, answers)


def questions(paragraphs: Iterable[Paragraph]) -> list[str]:
    """Return the questions of all paragraphs."""
    return [question for paragraph in paragraphs for question in paragraph.questions]


def parallel_sentences(one: list[Paragraph], other: list[Paragraph]) -> tuple[list[str], list[str]]:
    """Return the sentences of the paragraphs that have equally many sentences in both languages."""
    pairs = [pair for pair in zip(one, other, strict=True) if len(pair[0].sentences) == len(pair[1].sentences)]
    left, right = ([text for pair in pairs for text in pair[side].sentences] for side in (0, 1))
    return left, right
