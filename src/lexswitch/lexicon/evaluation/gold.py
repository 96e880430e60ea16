"""Comparing the candidates of a lexicon with gold translations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count, repeat
from typing import NamedTuple, Protocol

import numpy as np

from ...engine.matching import TermIndex
from ...engine.packing import Ints
from ...engine.words import ranges
from ...text.tokenizers import Tokenizer
from ..columns import LexiconContent
from ..normal_forms import normal_translations


class EvaluatedLexicon(LexiconContent, Protocol):
    """What an evaluation reads of a `Lexicon`."""

    @property
    def signature(self) -> str: ...
    def index(self, tokenizer: Tokenizer, max_words: int) -> TermIndex: ...
    def __len__(self) -> int: ...


class Groups(NamedTuple):
    """The groups (term and language) of a lexicon in some languages, in the order of the columns."""

    groups: Ints
    """Positions in the columns."""
    rows: Ints
    codes: Ints
    """Positions in the list of these languages."""


def groups_of(lexicon: EvaluatedLexicon, languages: Sequence[str]) -> Groups:
    """Return the groups of a lexicon in some languages."""
    columns = lexicon.columns
    code_of = np.array([languages.index(name) if name in languages else -1 for name in lexicon.languages])
    codes = code_of[columns.languages]
    groups = (codes >= 0).nonzero()[0]
    rows = np.repeat(np.arange(len(lexicon)), np.diff(columns.groups))
    return Groups(groups, rows[groups], codes[groups])


def find_rows(lexicon: EvaluatedLexicon, terms: Sequence[str]) -> Ints:
    """Return the row of each of some distinct normalised terms in the lexicon, or -1."""
    position_of = {term: position for position, term in enumerate(terms)}
    own = lexicon.columns.terms.unpack()
    positions = np.fromiter(map(position_of.get, own, repeat(-1)), dtype=np.int64, count=len(own))
    found = (positions >= 0).nonzero()[0]
    rows = np.full(len(terms), -1, dtype=np.int64)
    rows[positions[found]] = found
    return rows


def first_right(lexicon: EvaluatedLexicon, groups: Ints, gold: EvaluatedLexicon, gold_groups: Ints, most: int) -> Ints:
    """Return the rank (from 0) of the first gold candidate of each group; `most` if none of the best `most` is gold."""
    own, candidates, positions = _candidates(lexicon, groups, most)
    wanted, right, _ = _candidates(gold, gold_groups, 2**62)
    number: defaultdict[str, int] = defaultdict(count().__next__)
    right_numbers, numbers = (
        np.fromiter(map(number.__getitem__, texts), dtype=np.int64, count=len(texts)) for texts in (right, candidates)
    )
    hit = np.isin(own * len(number) + numbers, wanted * len(number) + right_numbers)
    first = np.full(len(groups), most, dtype=np.int64)
    np.minimum.at(first, own[hit], positions[hit])
    return first


def _candidates(lexicon: EvaluatedLexicon, groups: Ints, most: int) -> tuple[Ints, list[str], Ints]:
    """Return the `most` best candidates of each group: position of the group, normalised spelling, rank from 0."""
    columns = lexicon.columns
    starts, ends = columns.candidates[groups].astype(np.int64), columns.candidates[groups + 1].astype(np.int64)
    ends = np.minimum(ends, starts + most)
    at, _ = ranges(starts, ends)
    own = np.repeat(np.arange(len(groups)), ends - starts)
    return own, normal_translations(lexicon, at), at - starts[own]
