"""Inflected forms of the words of a lexicon, which match as the word itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from ..engine.characters import normalise_term
from .inflection import english_forms
from .languages import primary_language

#: Takes a word of a term; returns its inflected forms.
Forms: TypeAlias = "Callable[[str], Iterable[str]]"


def choose_forms(forms: Any, source: str) -> Forms | None:
    """Return the function that inflects words of a language, or None if words match only themselves.

    Parameters
    ----------
    forms : "auto", None or callable
        "auto" means the built-in rules for English; other languages have none.
    source : str
        Language of the words (BCP 47).

    Raises
    ------
    TypeError, ValueError
        If `forms` is something else, or a function without a qualified name, which a signature needs.
    """
    if forms is None:
        return None
    if isinstance(forms, str):
        if forms != "auto":
            raise ValueError(f"forms is {forms!r}; pass 'auto', None, or a function from a word to its inflected forms")
        return english_forms if primary_language(source) == "en" else None
    if not callable(forms):
        raise TypeError(
            f"forms is {type(forms).__name__}; pass 'auto', None, or a function from a word to its inflected forms"
        )
    if "<" in getattr(forms, "__qualname__", "<"):
        raise ValueError(f"forms is {forms!r}, which has no qualified name; pass a function defined in a module")
    function: Forms = forms
    return function


def signature_of(forms: Forms | None) -> str:
    """Return the name of the function; "english" for the built-in rules, "none" for None."""
    if forms is None:
        return "none"
    return "english" if forms is english_forms else f"{forms.__module__}.{forms.__qualname__}"


def inflect(words: list[str], forms: Forms, source: str) -> tuple[list[str], list[int]]:
    """Return the inflected forms of words, each once, and the position of the word of each.

    If several words have the same form, the word is chosen that lists it first; then the first in code point order.

    Parameters
    ----------
    words : list of str
        Distinct words in normal form.
    forms : callable
    source : str
        Language of the words (BCP 47).

    Raises
    ------
    TypeError, ValueError
        If the function does not return strings, or not single words.
    """
    best: dict[str, tuple[int, str, int]] = {}
    for position, word in enumerate(words):
        for rank, form in enumerate(_checked(forms, word)):
            own = normalise_term(form, source) if not form.isascii() or not form.islower() else form
            if own and own != word:
                best[own] = min(best.get(own, (rank, word, position)), (rank, word, position))
    chosen = sorted(best)
    return chosen, [best[form][2] for form in chosen]


def _is_no_word(form: str) -> bool:
    """Whether a form has several words, or lone surrogates, which UTF-8 cannot encode."""
    return len(form.split()) > 1 or any("\ud800" <= letter <= "\udfff" for letter in form)


def _checked(forms: Forms, word: str) -> list[str]:
    found = forms(word)
    listed = list(found) if isinstance(found, Iterable) and not isinstance(found, (str, bytes)) else [None]
    if not all(isinstance(form, str) for form in listed):
        raise TypeError(f"forms({word!r}) returned {found!r}; it must return a list of str")
    checked: list[str] = listed  # type: ignore[assignment]  # all are str, as checked above
    if forms is not english_forms and (wrong := next(filter(_is_no_word, checked), None)):
        raise ValueError(f"forms({word!r}) returned {wrong!r}, which is not one word; return words in valid Unicode")
    return checked
