"""LexiconBuilder: pairs in, a lexicon out. Inducers use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..checks import check_choice
from ..text.languages import check_language
from .collecting import PairCollector
from .lexicon import Lexicon
from .pairs import InvalidPair, PairBlock, Pairs
from .provenance import check_provenance
from .sorting import COMBINE
from .user_pairs import collect_pairs


class LexiconBuilder:
    """Collects pairs, a few at a time, and builds a lexicon from them.

    Use it in an inducer of your own, or if the pairs do not fit into one call of `Lexicon.from_pairs`.

    Parameters
    ----------
    source : str, default "en"
        Language of the terms (BCP 47).
    languages : sequence of str, optional
        Target languages that the lexicon has even if no pair is added for them.

    Raises
    ------
    TypeError
        If `languages` is not a list.
    LexiconError
        If a language code is not valid.

    Examples
    --------
    >>> builder = LexiconBuilder(source="en")
    >>> builder.add("de", [("house", "Haus"), ("house", "Heim", 0.2)])
    >>> builder.build([{"name": "my inducer", "licence": "CC0-1.0"}])
    <Lexicon en -> de: 1 terms, 2 pairs>
    """

    def __init__(self, source: str = "en", languages: Sequence[str] = ()) -> None:
        self._source = check_language("source", source)
        if isinstance(languages, str) or not isinstance(languages, Iterable):
            raise TypeError(f"languages is {languages!r}; pass a list such as [{languages or 'de'!r}]")
        codes = [check_language("languages", language) for language in languages]
        self._collector = PairCollector(languages=codes, source=source)

    def add(self, language: str, pairs: Iterable[tuple[str, str] | tuple[str, str, float]]) -> None:
        """Add pairs in one target language.

        Parameters
        ----------
        language : str
            Target language (BCP 47).
        pairs : iterable of (term, translation) or (term, translation, weight)
            Weights are from 1e-30 to 1e30, by default 1.

        Raises
        ------
        TypeError
            If `pairs` is not an iterable of pairs.
        LexiconError
            If the language or a pair is not valid; the message names its position.
        """
        collect_pairs(self._collector, "language", language, pairs, "pairs")

    def add_block(self, block: PairBlock) -> list[InvalidPair]:
        """Add the valid pairs of a block; return the invalid ones."""
        return self._collector.add(block)

    def add_normalised(self, pairs: Pairs, languages: Sequence[str]) -> None:
        """Add valid pairs in columns, whose codes are positions in `languages`."""
        self._collector.add_pairs(pairs, languages)

    @property
    def num_pairs(self) -> int:
        """Number of pairs so far, repeated ones included."""
        return self._collector.num_pairs

    def build(self, provenance: Sequence[Mapping[str, Any]] = (), combine: str = "max") -> Lexicon:
        """Build the lexicon.

        Parameters
        ----------
        provenance : sequence of mappings, optional
            Where the pairs come from, for example ``[{"name": "my inducer", "licence": "CC0-1.0"}]``.
        combine : {"votes", "max", "min", "mean", "sum"}, default "max"
            How the weights of a pair that was added several times are combined.

        Raises
        ------
        LexiconError
            If no pair was added.
        """
        check_choice("combine", combine, COMBINE)
        return Lexicon(*self._collector.build(combine), check_provenance(provenance))
