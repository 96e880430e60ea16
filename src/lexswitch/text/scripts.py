"""Whether a text is in the script of a language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .languages import letters_of

if TYPE_CHECKING:
    import regex


def in_script(text: str, language: str) -> bool:
    """Return whether at least half the letters of a text are in a script of a language; True if it is unknown."""
    return sum(map(_votes(language).__getitem__, text)) >= 0


class _Votes(dict[str, int]):
    """Vote of each character: 1 for a letter of a language's scripts, -1 for another letter, 0 for other characters."""

    def __init__(self, own: regex.Pattern[str] | None) -> None:
        import regex  # slow to import

        super().__init__()
        self._own = own
        self._letter = regex.compile(r"\p{L}")

    def __missing__(self, character: str) -> int:
        is_letter = self._own is not None and self._letter.match(character)
        self[character] = (1 if self._own and self._own.match(character) else -1) if is_letter else 0
        return self[character]


@lru_cache(maxsize=256)
def _votes(language: str) -> _Votes:
    return _Votes(letters_of(language))
