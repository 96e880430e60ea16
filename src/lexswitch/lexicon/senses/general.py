"""General word frequencies, from the package wordfreq."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from ...errors import LexiconError
from ...text.languages import primary_language
from .tokens import TextSource

#: Text or word frequencies of languages; or "wordfreq", for the frequencies of the package of this name.
Texts: TypeAlias = "Mapping[str, TextSource] | Literal['wordfreq']"

WORDFREQ: Literal["wordfreq"] = "wordfreq"


def resolve_texts(texts: Texts, languages: Iterable[str]) -> Mapping[str, TextSource]:
    """Return the texts, or the frequencies of wordfreq for those of the languages that it has.

    Raises
    ------
    ImportError
        If wordfreq is requested and not installed.
    LexiconError
        If wordfreq has none of the languages.
    """
    if not isinstance(texts, str):
        return texts
    if texts != WORDFREQ:
        raise TypeError(f"texts is {texts!r}; pass a mapping from language to texts: {{'de': [...]}}, or {WORDFREQ!r}")
    try:
        from wordfreq import available_languages, get_frequency_dict
    except ImportError:
        raise ImportError('general word frequencies need wordfreq; pip install "lexswitch[frequency]"') from None
    known, wanted = available_languages(), list(languages)
    found = {language: name for language in wanted if (name := primary_language(language)) in known}
    if not found:
        raise LexiconError(
            f"wordfreq has no frequencies for {wanted}, only for {sorted(known)}; pass your own: "
            f"{{{wanted[0]!r}: {{'word': 0.001}}}}"
        )
    return {language: get_frequency_dict(name) for language, name in found.items()}


def describe_texts(texts: Texts) -> str:
    """Return a short description for a record of provenance."""
    if not isinstance(texts, str):
        return ", ".join(texts)
    from importlib.metadata import version

    return f"{texts} {version(texts)}"
