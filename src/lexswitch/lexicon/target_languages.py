"""Checks of target languages that a caller passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import LexiconError
from ..text.languages import check_language, suggest_language

#: Wrong names of the argument `target`, for `suggests`.
TARGET_NAMES = dict.fromkeys(["languages", "language", "lang", "langs", "targets", "to"], "target")


def read_targets(target: str | Iterable[str]) -> tuple[str, ...]:
    """Return one language, or several, as a tuple.

    Raises
    ------
    TypeError, LexiconError
        If there is no language, or one is not a language code.
    """
    if not isinstance(target, Iterable):
        raise TypeError(f"target is {target!r}; pass a language such as 'de', or a list of languages")
    languages = (target,) if isinstance(target, str) else tuple(target)
    if not languages:
        raise LexiconError("target is empty; pass a language such as 'de'")
    return tuple(check_language("target", language) for language in languages)


def swap_remedy(source: str, target: str, file: str | None, format: str | None = None) -> str:
    """Return the expression for a lexicon from `source` whose columns are swapped: of a file, or of pairs."""
    if file is None:
        return f"Lexicon.from_pairs({{{source!r}: pairs}}, source={target!r}).invert({source!r})"
    named = "" if format is None else f", format={format!r}"
    return f"Lexicon.read({file!r}, source={target!r}, target={source!r}{named}).invert({source!r})"


def merge_remedy(source: str, languages: Sequence[str], other_source: str, other_languages: Sequence[str]) -> str:
    """Return what to do instead of merging lexicons from different source languages."""
    if source in other_languages:
        return f"invert it first: lexicon.invert({source!r})"
    if other_source in languages:
        return f"translate through {other_source!r} instead: lexicon.compose(other)"
    return f"pass lexicons from {source!r}"


def choose_languages(languages: Any, known: Sequence[str]) -> list[str]:
    """Return the given languages in the order of `known`, without repetitions.

    Raises
    ------
    TypeError
        If `languages` is not an iterable of str.
    LexiconError
        If it is empty, or a language is unknown.
    """
    if isinstance(languages, str):
        meant = languages if languages in known else suggest_language(languages, known)
        raise TypeError(f"languages is {languages!r}; pass a list such as {[meant] if meant else list(known[:2])}")
    listed = None if isinstance(languages, bytes) or not isinstance(languages, Iterable) else list(languages)
    if listed is None or not all(isinstance(language, str) for language in listed):
        raise TypeError(f"languages is {languages!r}; pass a list of str such as {list(known[:2])}")
    wanted = set(listed)
    if unknown := sorted(wanted.difference(known)):
        raise LexiconError(f"unknown languages {unknown}; {_hint(unknown, known)} lexicon has {list(known)}")
    if not wanted:
        raise LexiconError(f"languages is empty; choose among {list(known)}")
    return [language for language in known if language in wanted]


def _hint(unknown: Sequence[str], known: Sequence[str]) -> str:
    """Return "did you mean ...? This" with the known languages that are probably meant; "this" if there are none."""
    meant = [code for language in unknown if (code := suggest_language(language, known))]
    return f"did you mean {' or '.join(map(repr, dict.fromkeys(meant)))}? This" if meant else "this"
