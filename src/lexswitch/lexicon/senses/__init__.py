"""Choosing the right sense: new weights for the candidates of a term.

By text of the domain or general word frequencies (`domain_weights`), by agreement with other dictionaries
(`agreement_weights`), or by any score (`scored_weights`). Each function returns weights for the pairs of a lexicon, in
their order. The weights of a term's candidates in one language sum to 1. They are the same on every platform, except
for those of a score: dot products are sums of small whole numbers, and `exp` consists of multiplications.
"""

from .agreement import agreement_weights, count_votes
from .domain import domain_weights
from .scores import scored_weights

__all__ = ["agreement_weights", "count_votes", "domain_weights", "scored_weights"]
