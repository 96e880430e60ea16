"""Pictures and their captions in many languages, and their split into training, development and test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from benchmarks.common import freedict
from benchmarks.common.errors import CollectionError

HELD_OUT, DEVELOPMENT = 0.2, 0.15
"""Shares of concepts: those that are never trained on, and those whose captions are for development only."""


@dataclass(frozen=True)
class Collection:
    """Concepts, each with a picture of each style and captions in all languages.

    Attributes
    ----------
    name : str
    ids : list of str
        One for each concept.
    styles : dict of str to ndarray
        Style -> pictures, uint8, shape (concepts, size, size, 4): red, green, blue, opacity.
    trained_styles : tuple of str
        Styles for training.
    tested_style : str
        Style of the pictures that are searched.
    names : dict of str to list of str
        Language -> a caption for each concept; "en" is the training language.
    keywords : dict of str to list of list of str
        Language -> keywords of each concept; lists may be empty.
    families : list of str
        Kind of each concept.
    left_out : dict of str to int
        Reason -> number of concepts that were left out.

    Raises
    ------
    CollectionError
        If lengths differ, a caption is empty or an id is repeated.
    """

    name: str
    ids: list[str]
    styles: dict[str, np.ndarray]
    trained_styles: tuple[str, ...]
    tested_style: str
    names: dict[str, list[str]]
    keywords: dict[str, list[list[str]]]
    families: list[str]
    left_out: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = {
            **{f"names in {language!r}": len(of) for language, of in self.names.items()},
            **{f"keywords in {language!r}": len(of) for language, of in self.keywords.items()},
            **{f"pictures of style {style!r}": len(of) for style, of in self.styles.items()},
            "families": len(self.families),
        }
        for what, count in columns.items():
            if count != len(self.ids):
                raise CollectionError(
                    f"{self.name}: {count} {what} for {len(self.ids)} concepts; the numbers must be equal"
                )
        if twice := len(self.ids) - len(set(self.ids)):
            raise CollectionError(f"{self.name}: {twice} ids are repeated; each concept needs its own id")
        if missing := {*self.trained_styles, self.tested_style} - self.styles.keys():
            raise CollectionError(
                f"{self.name}: no pictures of style {sorted(missing)}; styles are {sorted(self.styles)}"
            )
        for language, of in self.names.items():
            if empty := [number for number, text in zip(self.ids, of, strict=True) if not text.strip()]:
                raise CollectionError(
                    f"{self.name}: {len(empty)} captions in {language!r} are empty, the first of {empty[0]!r}; "
                    "leave such concepts out"
                )

    @property
    def languages(self) -> list[str]:
        """All languages, English first."""
        return list(self.names)

    @property
    def seen(self) -> list[str]:
        """The languages that have dictionaries; captions can be switched to them."""
        return [language for language in self.names if language in freedict.LANGUAGES]

    @property
    def unseen(self) -> list[str]:
        """The other languages, without English."""
        return [language for language in self.names if language not in ("en", *self.seen)]

    @cached_property
    def held_out(self) -> np.ndarray:
        """Whether each concept is never trained on; bool."""
        return self._draws("held out") < HELD_OUT

    @cached_property
    def development(self) -> np.ndarray:
        """Whether each concept is for development, not for test; bool."""
        return self._draws("development") < DEVELOPMENT

    def asked(self, part: str) -> np.ndarray:
        """Return the indices of the concepts of a part, "development" or "test"."""
        return np.flatnonzero(self.development if part == "development" else ~self.development)

    @cached_property
    def trained(self) -> np.ndarray:
        """Indices of the concepts for training."""
        return np.flatnonzero(~self.held_out)

    @property
    def english(self) -> list[str]:
        """English names and keywords of the concepts for training."""
        names, keywords = self.names["en"], self.keywords["en"]
        return [text for number in self.trained for text in (names[number], *keywords[number])]

    def _draws(self, purpose: str) -> np.ndarray:
        """Return a number from 0 to 1 for each concept, which depends on its id alone."""
        digests = (hashlib.sha256(f"{purpose}\0{number}".encode()).digest() for number in self.ids)
        return np.array([int.from_bytes(digest[:8], "big") / 2**64 for digest in digests])

    def counts(self) -> dict[str, int]:
        """Return the numbers of concepts: all, for training, development and test."""
        test = self.asked("test")
        return {
            "concepts": len(self.ids),
            "trained": len(self.trained),
            "development": len(self.asked("development")),
            "test": len(test),
            "test, held out": int(self.held_out[test].sum()),
        }

    def identical(self, language: str) -> np.ndarray:
        """Return whether each concept's caption in a language equals the English one, letters compared; bool."""
        return np.array(
            [
                _letters(one) == _letters(other)
                for one, other in zip(self.names[language], self.names["en"], strict=True)
            ]
        )

    def related(self) -> np.ndarray:
        """Return which pairs of concepts share half of their English words, so that they are not negatives; bool."""
        words = [
            {word for text in (name, *keywords) for word in text.casefold().split()}
            for name, keywords in zip(self.names["en"], self.keywords["en"], strict=True)
        ]
        numbers = {word: number for number, word in enumerate(sorted(set().union(*words)))}
        there = np.zeros((len(words), len(numbers)), dtype=np.float32)
        for row, of in enumerate(words):
            there[row, [numbers[word] for word in of]] = 1
        shared = there @ there.T
        sizes = there.sum(1)
        return np.asarray(2 * shared >= sizes[:, None] + sizes[None, :] - shared)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def only_complete(ids: Sequence[str], names: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the ids that have a caption in every language, in their order.

    Parameters
    ----------
    ids
        Ids of concepts that have a picture.
    names
        Language -> id -> caption.

    Raises
    ------
    CollectionError
        If no id has.
    """
    found = [number for number in ids if all(of.get(number, "").strip() for of in names.values())]
    if not found:
        have = ", ".join(f"{language} {len(of):,}" for language, of in names.items())
        raise CollectionError(f"no picture has a caption in all of the languages ({have}); choose fewer languages")
    return found
