"""Pairs that a user passes, checked and cut into blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..errors import LexiconError
from ..text.languages import check_language
from .collecting import PairCollector
from .pairs import PairBlock
from .validation import GREATEST_WEIGHT, LEAST_WEIGHT, LONGEST

_BLOCK = 10_000


def collect_pairs(collector: PairCollector, argument: str, language: str, pairs: Any, name: str) -> None:
    """Collect pairs (term, translation) or (term, translation, weight) in one target language; none after an error.

    Parameters
    ----------
    argument, name : str
        The argument that has the language, and the name of the pairs, for messages.

    Raises
    ------
    TypeError
        If `pairs` is not an iterable of pairs.
    LexiconError
        If the language or a pair is not valid; the message names its position.
    """
    with collector.all_or_nothing():
        for block, chunk in _blocks(check_language(argument, language), pairs, name):
            for invalid in collector.add(block):
                raise _invalid_pair(name, block.lines[invalid.position], chunk[invalid.position])


def _blocks(language: str, pairs: Any, name: str) -> Iterator[tuple[PairBlock, list[Any]]]:
    """Yield the pairs in blocks, also as they came, and an empty block at the end."""
    if isinstance(pairs, (str, Mapping)) or not isinstance(pairs, Iterable):
        raise TypeError(f"{name} is {type(pairs).__name__}; pass a list of pairs (of a dict, its items())")
    iterator, first = iter(pairs), 0
    while chunk := list(islice(iterator, _BLOCK)):
        yield PairBlock(range(first, first + len(chunk)), *_columns(language, first, chunk, name)), chunk
        first += len(chunk)
    yield PairBlock((), (), language, ()), []


def _columns(language: str, first: int, pairs: list[Any], name: str) -> tuple[Any, str, Any, Any]:
    """Return terms, language, translations and weights of pairs; the first pair has position `first`."""
    if set(map(type, pairs)) <= {tuple, list} and len(set(map(len, pairs))) == 1:
        columns = list(zip(*pairs, strict=True))
        if 2 <= len(columns) <= 3 and {*map(type, columns[0]), *map(type, columns[1])} == {str}:
            if len(columns) == 2:
                return columns[0], language, columns[1], None
            if set(map(type, columns[2])) == {float}:
                return columns[0], language, columns[1], columns[2]
    terms, translations, weights = zip(*_one_by_one(name, first, pairs), strict=True)
    return terms, language, translations, weights


def _one_by_one(name: str, first: int, pairs: list[Any]) -> Iterator[tuple[str, str, float]]:
    for position, pair in enumerate(pairs, first):
        try:
            term, translation, weight = pair if len(pair) == 3 else (*pair, 1.0)
            is_valid = isinstance(term, str) and isinstance(translation, str) and not isinstance(pair, str)
            is_valid = is_valid and not isinstance(weight, str)
            number = float(weight)
        except (TypeError, ValueError, OverflowError):
            is_valid = False
        if not is_valid:
            raise _invalid_pair(name, position, pair)
        yield term, translation, number


def _invalid_pair(name: str, position: int, pair: Any) -> LexiconError:
    message = f"{name}[{position}] is {_shortened(pair)}; "
    if isinstance(pair, (tuple, list)) and len(pair) == 3 and not _is_weight(pair[2]):
        return LexiconError(f"{message}its weight is {_shortened(pair[2])}; a weight is a number from 1e-30 to 1e30")
    return LexiconError(
        f"{message}pass (term, translation) or (term, translation, weight). Texts are not empty, have no control "
        f"characters and at most {LONGEST:,} bytes; weights are numbers from 1e-30 to 1e30. Correct or remove the pair"
    )


def _is_weight(value: Any) -> bool:
    try:
        return not isinstance(value, str) and LEAST_WEIGHT <= float(value) <= GREATEST_WEIGHT
    except (TypeError, ValueError, OverflowError):
        return False


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."
