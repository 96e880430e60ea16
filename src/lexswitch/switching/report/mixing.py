"""How languages are mixed: counts of tokens that can be added up, and the published indices of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2, sqrt

import numpy as np

from ...engine.packing import Ints
from .addition import Added, share

#: Fractions are counted in billionths, as whole numbers, so that their sum does not depend on the order.
BILLION = 1_000_000_000


@dataclass(frozen=True)
class Mixing(Added):
    """Counts of the tokens of switched texts, from which the indices are computed.

    Tokens without a language do not count: words without a letter, protected words and names that were kept. Texts are
    never joined: no index counts a change of language from one text to the next.

    Attributes
    ----------
    texts, mixed_texts : int
        Number of texts, and of those with tokens of two languages or more.
    tokens : Counter of str
        Number of tokens by language.
    pairs, switch_points : int
        Number of neighbouring tokens of a text, and of those in different languages.
    spans, span_squares : int
        Number of spans (tokens of one language in a row), and the sum of their squared lengths.
    cmi, switch_fractions : int
        Sums over texts, in billionths: of the code-mixing index, and of the fraction of switch points.
    """

    texts: int = 0
    mixed_texts: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    pairs: int = 0
    switch_points: int = 0
    spans: int = 0
    span_squares: int = 0
    cmi: int = 0
    switch_fractions: int = 0

    @classmethod
    def of(cls, rows: Ints, codes: Ints, texts: int, languages: Sequence[str]) -> Mixing:
        """Count tokens in text order, given their rows from 0 to `texts` and the positions of their languages."""
        per_row = np.bincount(rows * len(languages) + codes, minlength=texts * len(languages))
        per_row = per_row.reshape(texts, len(languages))
        sizes = per_row.sum(axis=1)
        minor = sizes - per_row.max(axis=1, initial=0)
        is_pair = rows[1:] == rows[:-1]
        is_point = is_pair & (codes[1:] != codes[:-1])
        points = np.bincount(rows[1:][is_point], minlength=texts)
        first = np.append(True, is_point | ~is_pair)[: len(rows)].nonzero()[0]
        lengths = np.diff(first, append=len(rows))
        totals = per_row.sum(axis=0).tolist()
        return cls(
            texts,
            int(np.count_nonzero(minor)),
            Counter({language: total for language, total in zip(languages, totals, strict=True) if total}),
            int(np.count_nonzero(is_pair)),
            int(np.count_nonzero(is_point)),
            len(first),
            int((lengths**2).sum()),
            _billionths(minor, sizes),
            _billionths(points, sizes - 1),
        )

    @property
    def code_mixing_index(self) -> float:
        """The code-mixing index CMI of Das & Gambäck (2014), averaged over all texts, from 0 to 100.

        The index of a text is ``100 * (1 - max(w) / (n - u))``, with the number of tokens n, of tokens without a
        language u, and of tokens of each language w; 0 if there is no token with a language.
        """
        return 100 * share(self.cmi, BILLION * self.texts)

    @property
    def code_mixing_index_of_mixed(self) -> float:
        """The code-mixing index, averaged over the texts with more than one language."""
        return 100 * share(self.cmi, BILLION * self.mixed_texts)

    @property
    def m_index(self) -> float:
        """The multilingual index of Barnett et al. (2000), as in Guzmán et al. (2017).

        ``(1 - sum(p ** 2)) / ((k - 1) * sum(p ** 2))``, with the share p of each of the k languages that occur. It is 0
        for one language, and 1 if all languages have the same share.
        """
        squares = sum(share**2 for share in self.shares.values())
        return share(1 - squares, (len(self.tokens) - 1) * squares) if len(self.tokens) > 1 else 0.0

    @property
    def i_index(self) -> float:
        """The integration index of Guzmán et al. (2017): the share of neighbouring tokens that are a switch point."""
        return share(self.switch_points, self.pairs)

    @property
    def language_entropy(self) -> float:
        """The entropy of the languages of tokens in bits, ``-sum(p * log2(p))``, as in Guzmán et al. (2017)."""
        return -sum(share * log2(share) for share in self.shares.values()) if len(self.tokens) > 1 else 0.0

    @property
    def burstiness(self) -> float:
        """The burstiness of Goh & Barabási (2008), as in Guzmán et al. (2017), from -1 (regular) to 1.

        ``(sd - mean) / (sd + mean)``, with mean and standard deviation of the lengths of spans; 0 without spans.
        """
        if not self.spans:
            return 0.0
        mean = self.tokens.total() / self.spans
        deviation = sqrt(max(0, self.span_squares * self.spans - self.tokens.total() ** 2)) / self.spans
        return (deviation - mean) / (deviation + mean)

    @property
    def switch_point_fraction(self) -> float:
        """The switch-point fraction SPF of Pratapa et al. (2018), averaged over all texts.

        The fraction of a text is the number of switch points by the number of word boundaries; 0 without boundaries.
        """
        return share(self.switch_fractions, BILLION * self.texts)

    @property
    def indices(self) -> dict[str, float]:
        """The indices by name."""
        return {
            "code-mixing index": self.code_mixing_index,
            "M-index": self.m_index,
            "I-index": self.i_index,
            "language entropy": self.language_entropy,
            "burstiness": self.burstiness,
            "switch-point fraction": self.switch_point_fraction,
        }

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of tokens of each language."""
        total = self.tokens.total()
        return {language: count / total for language, count in self.tokens.items()}


def _billionths(parts: Ints, wholes: Ints) -> int:
    """Return the sum of fractions in billionths; fractions of nothing are 0."""
    found = wholes > 0
    return int(np.rint(BILLION * (parts[found] / wholes[found])).sum())
