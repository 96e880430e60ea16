"""Collecting pairs from blocks: texts are normalised, invalid pairs are returned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress, islice
from typing import NamedTuple

import numpy as np

from ..engine.characters import is_tidy, normalise_term, normalise_tidy
from ..engine.packing import PADDING, Ints, Packed, pack_lines
from ..errors import LexiconError
from .columns import LexiconData
from .pairs import InvalidPair, Lines, PairBlock, Pairs, join_pairs
from .sorting import sort_pairs
from .spelling import spell
from .validation import LONGEST, invalid_languages, invalid_texts, invalid_weights

_BREAKS = re.compile(r"[\t-\r]+")
# Characters that control the direction of text (left-to-right mark and others), and the byte order mark.
_DIRECTION_MARKS = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


class PairCollector:
    """Collects pairs and sorts them into columns.

    Parameters
    ----------
    marks : bool, default True
        Whether to keep characters that control the direction of text (Unicode Bidirectional Algorithm, UAX 9), and byte
        order marks.
    languages : sequence of str
        The first target languages.
    source : str
        Language of the terms, which decides how they are case-folded.
    """

    def __init__(self, marks: bool = True, languages: Sequence[str] = (), source: str = "") -> None:
        self._marks = marks
        self._source = source
        self._codes = {language: code for code, language in enumerate(languages)}
        self._pairs: list[Pairs] = []

    def add(self, block: PairBlock) -> list[InvalidPair]:
        """Normalise terms, strip translations, and collect the valid pairs; return the invalid ones."""
        count = len(block.terms)
        terms, translations = _joined_lines(block.terms), _joined_lines(block.translations)
        invalid = {**invalid_languages(block.languages, count), **invalid_weights(block.weights)}
        if is_tidy(terms, count) and is_tidy(translations, count) and not invalid:
            texts = _pack_texts(normalise_tidy(terms, self._source), terms, translations, count)
            if max(_longest(texts.terms), _longest(texts.translations)) <= LONGEST:
                self._collect(block, texts)
                return []
        block = block._replace(
            terms=[" ".join(text.split()) for text in self._without_marks(block.terms)],
            translations=[_BREAKS.sub(" ", text.strip()) for text in self._without_marks(block.translations)],
        )
        normal = [normalise_term(text, self._source) for text in block.terms]
        invalid = {**invalid, **invalid_texts("term", normal), **invalid_texts("translation", block.translations)}
        is_valid = [position not in invalid for position in range(count)]
        block, normal = block.where(is_valid), list(compress(normal, is_valid))
        if normal or not invalid:  # a language whose pairs are all invalid may be wrong itself
            terms, spellings, translations = map("\n".join, (normal, block.terms, block.translations))
            self._collect(block, _pack_texts(terms, spellings, translations, len(normal)))
        return [InvalidPair(position, invalid[position]) for position in sorted(invalid)]

    def add_pairs(self, pairs: Pairs, languages: Sequence[str]) -> None:
        """Collect valid pairs, whose codes are positions in `languages`."""
        self._pairs.append(pairs._replace(codes=self._code(languages)[pairs.codes]))

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Forget the pairs and languages that were collected inside, if an error ends it."""
        blocks, languages = len(self._pairs), len(self._codes)
        try:
            yield
        except BaseException:
            del self._pairs[blocks:]
            self._codes = dict(islice(self._codes.items(), languages))
            raise

    def pairs(self) -> Pairs:
        """Return all pairs so far. Codes are positions in the languages in order of first occurrence."""
        return join_pairs(self._pairs)

    @property
    def num_pairs(self) -> int:
        """Number of pairs so far, repeated ones included."""
        return sum(len(pairs.rows) for pairs in self._pairs)

    @property
    def languages(self) -> tuple[str, ...]:
        """Target languages so far, sorted."""
        return tuple(sorted(self._codes))

    def build(self, combine: str = "max") -> LexiconData:
        """Sort the pairs into columns; a pair that occurs several times is stored once.

        Raises
        ------
        LexiconError
            If there is no pair.
        """
        pairs = join_pairs(self._pairs)
        if not len(pairs.rows):
            raise LexiconError("a lexicon needs at least one pair of term and translation; none was given")
        languages = self.languages
        position = np.array([languages.index(language) for language in self._codes])
        columns = sort_pairs(pairs._replace(codes=position[pairs.codes]), len(languages), combine)
        return LexiconData(self._source, languages, columns)

    def _without_marks(self, texts: Sequence[str]) -> Sequence[str]:
        return texts if self._marks else [text.translate(_DIRECTION_MARKS) for text in texts]

    def _collect(self, block: PairBlock, texts: _PackedTexts) -> None:
        count = len(texts.terms)
        weights = np.ones(count) if block.weights is None else np.array(block.weights, dtype=np.float64)
        if isinstance(block.languages, str):
            codes = np.repeat(self._code([block.languages]), count)
        else:
            codes = self._code(block.languages)
        rows = np.arange(count)
        self._pairs.append(Pairs(texts.terms, rows, codes, texts.translations, weights, texts.spelled, texts.spellings))

    def _code(self, languages: Sequence[str]) -> Ints:
        codes = self._codes
        for language in dict.fromkeys(languages):
            codes.setdefault(language, len(codes))
        return np.fromiter(map(codes.__getitem__, languages), np.int64, len(languages))


class _PackedTexts(NamedTuple):
    """The texts of a block, as in `Pairs`; pair i has term i."""

    terms: Packed
    translations: Packed
    spelled: Ints
    spellings: Packed


def _pack_texts(terms: str, spellings: str, translations: str, count: int) -> _PackedTexts:
    """Pack the texts of a block, each given as lines: normalised terms, spelled terms, translations."""
    packed = pack_lines(terms, count)
    spelled = spell(packed, packed if spellings == terms else _pack_like(packed, spellings))
    return _PackedTexts(packed, pack_lines(translations, count), *spelled)


def _pack_like(packed: Packed, lines: str) -> Packed:
    """Pack as many lines; if each is as long as its row of `packed`, as usual after case folding, share the starts."""
    data = np.frombuffer(bytearray().join([b"\0", lines.encode(), bytes(1 + PADDING)]), dtype=np.uint8)
    breaks = packed.starts[1:-1] - 1
    if len(data) != len(packed.buffer) or (data[breaks] != ord("\n")).any():
        return pack_lines(lines, len(packed))
    data[breaks] = 0
    return Packed(data, packed.starts)


def _longest(texts: Packed) -> int:
    """Return the number of bytes of the longest text."""
    return int(texts.lengths.max(initial=0))


def _joined_lines(texts: Sequence[str]) -> str:
    return texts.text if isinstance(texts, Lines) else "\n".join(texts)
