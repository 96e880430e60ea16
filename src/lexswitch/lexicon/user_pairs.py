"""Pairs that a user passes, checked and cut into blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..errors import LexiconError
from ..text.languages import check_language
from .collecting import PairCollector
from .pairs import PairBlock
from .validation import LONGEST

_BLOCK = 10_000


def collect_pairs(collector: PairCollector, language: str, pairs: Any) -> None:
    """Collect pairs (term, translation) or (term, translation, weight) in one target language.

    Raises
    ------
    TypeError
        If `pairs` is not an iterable of pairs.
    LexiconError
        If the language or a pair is not valid; the message names its position.
    """
    for block in _blocks(check_language("pairs", language), pairs):
        for invalid in collector.add(block):
            raise _invalid_pair(language, block.lines[invalid.position], block.pair(invalid.position))


def _blocks(language: str, pairs: Any) -> Iterator[PairBlock]:
    """Yield the pairs in blocks, and an empty block at the end."""
    if isinstance(pairs, (str, Mapping)) or not isinstance(pairs, Iterable):
        raise TypeError(f"pairs[{language!r}] is {type(pairs).__name__}; pass a list of pairs (of a dict, its items())")
    iterator, first = iter(pairs), 0
    while chunk := list(islice(iterator, _BLOCK)):
        yield PairBlock(range(first, first + len(chunk)), *_columns(language, first, chunk))
        first += len(chunk)
    yield PairBlock((), (), language, ())


def _columns(language: str, first: int, pairs: list[Any]) -> tuple[Any, str, Any, Any]:
    """Return terms, language, translations and weights of pairs; the first pair has position `first`."""
    if set(map(type, pairs)) <= {tuple, list} and len(set(map(len, pairs))) == 1:
        columns = list(zip(*pairs, strict=True))
        if 2 <= len(columns) <= 3 and {*map(type, columns[0]), *map(type, columns[1])} == {str}:
            if len(columns) == 2:
                return columns[0], language, columns[1], None
            if set(map(type, columns[2])) == {float}:
                return columns[0], language, columns[1], columns[2]
    terms, translations, weights = zip(*_one_by_one(language, first, pairs), strict=True)
    return terms, language, translations, weights


def _one_by_one(language: str, first: int, pairs: list[Any]) -> Iterator[tuple[str, str, float]]:
    for position, pair in enumerate(pairs, first):
        try:
            term, translation, weight = pair if len(pair) == 3 else (*pair, 1.0)
            is_valid = isinstance(term, str) and isinstance(translation, str) and not isinstance(pair, str)
            is_valid = is_valid and not isinstance(weight, str)
            number = float(weight)
        except (TypeError, ValueError, OverflowError):
            is_valid = False
        if not is_valid:
            raise _invalid_pair(language, position, pair)
        yield term, translation, number


def _invalid_pair(language: str, position: int, pair: object) -> LexiconError:
    return LexiconError(
        f"pairs[{language!r}][{position}] is {_shortened(pair)}; pass (term, translation) or (term, translation, "
        "weight). Texts are not empty, have no control characters and at most "
        f"{LONGEST:,} bytes; weights are numbers from 1e-30 to 1e30. Correct or remove the pair"
    )


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."
