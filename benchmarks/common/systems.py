"""Systems that are compared: what a model is trained on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class System:
    """What a model is trained on.

    Attributes
    ----------
    name : str
    text : str
        "none" (not trained), "english", "switched", or "translated".
    lexicon : str
        Name of a lexicon of the benchmark, for switched text.
    preset : str
        A constructor of the switcher.
    arguments : tuple of str
        Arguments of the constructor beside the lexicon, such as languages.
    options : dict
        Options of the switcher.
    """

    name: str
    text: str
    lexicon: str = ""
    preset: str = "multilingual"
    arguments: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
