"""The particle of infinitives, "to want": dictionaries often cite verbs with it, text has it or not.

With the particle, a term seldom matches and a translation repeats it ("I to want"). Not every phrase that begins so is
an infinitive ("to date", "to the left"), so it is removed only where the dictionary is seen to cite its verbs with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .marks import Edit

_LEAST_SHARE = 0.002
"""FreeDict's dictionaries that cite verbs with the particle do so in 0.3 to 30 % of their texts, others in 0.05 %."""
_LEAST_RATIO = 3
"""Infinitives for each other phrase that begins with the particle, at least: 100 or more there, 0 to 2 elsewhere."""

_NOT_VERBS = (
    r"(?:an?|the|my|your|his|her|its|our|their|one's|this|that|these|those|some|any|no|all|each|every|either|both|"
    r"(?:my|your|him|her|it|our|them|one)sel(?:f|ves)|me|you|him|it|us|them|whom|which|what|where|who|when|how|and|"
    r"or|from|for|[A-Z].*)(?!\S)"
    r"|(?:date|wit|boot|scale|order|death|heart|pieces|bits|spare|blame|excess|perfection|infinity|begin with|"
    r"starboard|larboard|(?:sea|wind|lee|land|home|in|out|up|down|back|east|west|north|south)wards?)$"
)
# For each language the particle, and what follows it in phrases that are not infinitives.
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
    """What removes the particle of infinitives; None if the dictionary cites its verbs without it.

    `texts` are some of the dictionary's texts in this language, by which it is measured.
    """
    found = _PARTICLES.get(language.partition("-")[0])
    if found is None:
        return None
    particle, others = found
    infinitive = re.compile(rf"{particle} (?!{others})(?=\w)")
    begin = sum(text.startswith(f"{particle} ") for text in texts)
    verbs = sum(bool(infinitive.match(text)) for text in texts) if begin else 0
    if verbs < _LEAST_SHARE * len(texts) or verbs < _LEAST_RATIO * (begin - verbs) or not verbs:
        return None

    def remove(text: str) -> str:
        return text[len(particle) + 1 :] if infinitive.match(text) else text

    return remove
