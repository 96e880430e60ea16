"""Removes the particle of infinitives ("to want") from dictionaries that cite their verbs with it.

With the particle, a term seldom matches, and a translation repeats it ("I to want"). Some phrases begin with the same
word but are not infinitives ("to date", "to the left"). So the particle is removed only if a sample shows that the
dictionary cites verbs with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .marks import Edit

_MIN_SHARE = 0.002
"""FreeDict dictionaries that cite verbs with the particle do so in 0.3 to 30 % of their texts, others in 0.05 %."""
_MIN_RATIO = 3
"""Minimum ratio of infinitives to other phrases with the particle; it is 100 or more there, 0 to 2 elsewhere."""

_NOT_VERBS = (
    r"(?:an?|the|my|your|his|her|its|our|their|one's|this|that|these|those|some|any|no|all|each|every|either|both|"
    r"(?:my|your|him|her|it|our|them|one)sel(?:f|ves)|me|you|him|it|us|them|whom|which|what|where|who|when|how|and|"
    r"or|from|for|[A-Z].*)(?!\S)"
    r"|(?:date|wit|boot|scale|order|death|heart|pieces|bits|spare|blame|excess|perfection|infinity|begin with|"
    r"starboard|larboard|(?:sea|wind|lee|land|home|in|out|up|down|back|east|west|north|south)wards?)$"
)
# For each language: the particle, and a pattern of what follows it in phrases that are not infinitives.
_PARTICLES = {
    "en": ("to", _NOT_VERBS),
    "sv": ("att", "$"),
    "da": ("at", "$"),
    "no": ("å", "$"),
    "nb": ("å", "$"),
    "nn": ("å", "$"),
    "is": ("að", "$"),
    "fo": ("at", "$"),
    "ro": ("a", r"(?:doua|treia|patra|cincea|șasea|șaptea|opta|noua|zecea|lui|mea|sa|ta)(?!\S)"),
}


def particle_remover(language: str, texts: Sequence[str]) -> Edit | None:
    """Return a function that removes the particle; None if the dictionary cites its verbs without it.

    `texts` is a sample of the dictionary's texts in this language.
    """
    found = _PARTICLES.get(language.partition("-")[0])
    if found is None:
        return None
    particle, others = found
    infinitive = re.compile(rf"{particle} (?!{others})(?=\w)")
    begin = sum(text.startswith(f"{particle} ") for text in texts)
    verbs = sum(bool(infinitive.match(text)) for text in texts) if begin else 0
    if verbs < _MIN_SHARE * len(texts) or verbs < _MIN_RATIO * (begin - verbs) or not verbs:
        return None

    def remove(text: str) -> str:
        return text[len(particle) + 1 :] if infinitive.match(text) else text

    return remove
