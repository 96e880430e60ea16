"""Turns titles into terms and translations: leaves out pages that are not entities, and removes disambiguators.

Litschko et al. (2023) lower-case titles and remove the text before ":" and in "(...)". Here only known namespaces are
removed ("2001: A Space Odyssey" has none), and pages that are not entities are left out: disambiguation, lists, dates.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ...engine.characters import normalise_term
from ...lexicon.collecting import PairCollector
from ...lexicon.pairs import PairBlock, Pairs
from ...text.scripts import in_script
from .entity import TITLE, Entity, Name
from .vocabulary import Vocabulary

DISAMBIGUATED = 0.5
"""Factor of the weight if "(...)" was removed: the title without it names a better known entity."""

LONGEST = 100
"""Maximum number of characters of a name."""

# The canonical names, valid in every wiki (https://www.mediawiki.org/wiki/Help:Namespaces), and some of Wikipedia.
# Categories and portals are named after entities; pages of other namespaces are not.
_ENTITY_NAMESPACES = frozenset({"category", "portal"})
_NAMESPACES = _ENTITY_NAMESPACES | {
    "media", "special", "talk", "user", "user talk", "project", "project talk", "file", "file talk", "image",
    "mediawiki", "mediawiki talk", "template", "template talk", "help", "help talk", "category talk", "wikipedia",
    "wikipedia talk", "portal talk", "draft", "draft talk", "timedtext", "module", "module talk", "book", "book talk",
    "education program", "gadget", "topic",
}  # fmt: skip

# First words of titles of lists, by language.
_LISTS = {
    "ar": ("قائمة ",),
    "de": ("Liste ", "Listen "),
    "en": ("List of ", "Lists of ", "Index of ", "Outline of "),
    "es": ("Anexo:", "Lista de "),
    "fr": ("Liste ", "Listes "),
    "it": ("Lista ", "Elenco "),
    "nl": ("Lijst ", "Lijsten "),
    "pt": ("Lista de ", "Anexo:"),
    "ru": ("Список ", "Списки "),
}

_OTHER_SCRIPT = "other script"

# ASCII letters and single spaces.
_SIMPLE = re.compile(r"(?=.{1,100}\Z)[A-Za-z]+(?: [A-Za-z]+)*")
_BRACKETS = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*\Z")
_DISAMBIGUATION = frozenset(
    [
        "disambiguation", "begriffsklärung", "disambigua", "doorverwijspagina", "homonymie", "desambiguación",
        "desambiguação", "значения", "توضيح", "disambiguasi", "định hướng", "曖昧さ回避", "消歧义", "消歧義",
        "बहुविकल्पी",
    ]
)  # fmt: skip
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATES = re.compile(
    rf"(?:(?:AD )?\d{{1,4}}s?(?: BCE?)?|\d{{1,2}}(?:st|nd|rd|th) (?:century|millennium)(?: BCE?)?"
    rf"|(?:{_MONTHS}) \d{{1,4}}|\d{{1,2}} (?:{_MONTHS})|(?:(?:{_MONTHS}) )?\d{{3,4}}s? in .*|Deaths in .*)"
)


@dataclass(frozen=True)
class Cleaner:
    """Turns entities into pairs of terms and translations. Picklable.

    Attributes
    ----------
    source : str
    languages : tuple of str
        Target languages, sorted.
    max_words : int
        Maximum number of words per term; longer terms are left out.
    lowercase : bool
        Whether to lower-case terms and translations, as in the paper.
    identical : bool
        Whether a translation may be spelled like its term.
    alternatives : bool
        Whether to use redirects, labels and aliases too.
    vocabulary : Vocabulary, optional
        If given, only terms that occur in it are kept.
    """

    source: str
    languages: tuple[str, ...]
    max_words: int = 3
    lowercase: bool = False
    identical: bool = True
    alternatives: bool = True
    vocabulary: Vocabulary | None = None

    def pairs(self, entities: Iterable[Entity]) -> tuple[Pairs, Counter[str]]:
        """Return the pairs of some entities, each pair of an entity once, and what was left out, counted by reason."""
        skipped: Counter[str] = Counter()
        terms: list[str] = []
        languages: list[str] = []
        translations: list[str] = []
        weights: list[float] = []
        for entity in entities:
            title = entity.sources[0].text
            if reason := self._exclusion(title):
                skipped[reason] += 1
                continue
            in_namespace = _namespace(title) is not None
            entity_terms = self._terms(entity.sources, in_namespace, skipped)
            translated = self._translations(entity.targets, in_namespace, skipped) if entity_terms else ()
            for language, translation, weight in translated:
                for term, term_weight in entity_terms:
                    if not self.identical and normalise_term(translation) == normalise_term(term):
                        skipped["identical"] += 1
                        continue
                    terms.append(term)
                    languages.append(language)
                    translations.append(translation)
                    weights.append(term_weight * weight)
        return self._collect(PairBlock(range(len(terms)), terms, languages, translations, weights), skipped)

    def _collect(self, block: PairBlock, skipped: Counter[str]) -> tuple[Pairs, Counter[str]]:
        """Normalise the pairs, and keep those of the vocabulary."""
        collector = PairCollector(marks=False, languages=self.languages, source=self.source)
        skipped.update(fault.reason for fault in collector.add(block))
        pairs = collector.pairs()
        if self.vocabulary is not None:
            pairs, unused = self.vocabulary.restrict(pairs)
            if unused:
                skipped["not in the vocabulary"] += unused
        return pairs, skipped

    def _terms(self, names: list[Name], in_namespace: bool, skipped: Counter[str]) -> Iterable[tuple[str, float]]:
        """Return the terms of an entity with their weights; labels determine the case of titles."""
        terms: dict[str, tuple[str, float]] = {}
        for name in names if self.alternatives else names[:1]:
            text, whole, fault = _clean(name.text, self.source, in_namespace)
            weight = name.weight if whole else name.weight * DISAMBIGUATED
            key = text.casefold()
            if fault:
                skipped[fault] += 1
            elif key not in terms and text.count(" ") + text.count("-") >= self.max_words:
                skipped["too many words"] += 1
            else:  # titles begin with a capital, labels only if the word does, so the last spelling counts
                terms[key] = self._spelled(text), max(weight, terms[key][1]) if key in terms else weight
        return terms.values()

    def _translations(
        self, names: list[Name], in_namespace: bool, skipped: Counter[str]
    ) -> Iterable[tuple[str, str, float]]:
        """Return the translations of an entity with language and weight; labels determine the case of titles."""
        translations: dict[tuple[str, str], tuple[str, str, float]] = {}
        for language, name, weight in names:
            if weight < TITLE and not self.alternatives:
                continue
            text, _, fault = _clean(name, language, in_namespace)
            if fault:
                skipped[fault] += 1
                continue
            key = language, text.casefold()
            known = translations.get(key)  # as for terms, the last spelling counts
            translations[key] = language, self._spelled(text), weight if known is None else known[2]
        return translations.values()

    def _spelled(self, text: str) -> str:
        return text.lower() if self.lowercase else text

    def _exclusion(self, title: str) -> str:
        """Return why a page is not an entity; empty if it is one."""
        if (namespace := _namespace(title)) is not None and namespace not in _ENTITY_NAMESPACES:
            return "other namespace"
        title = title.replace("_", " ")
        if title.startswith(_LISTS.get(self.source, ())):
            return "list"
        if "(" in title and (found := _BRACKETS.search(title)) and found[1].casefold() in _DISAMBIGUATION:
            return "disambiguation"
        return "date" if self.source == "en" and _DATES.fullmatch(title) else ""


def _namespace(title: str) -> str | None:
    """Return the namespace of a title, case folded; None for articles."""
    if ":" not in title:
        return None
    namespace = title.partition(":")[0].replace("_", " ").strip().casefold()
    return namespace if namespace in _NAMESPACES else None


def _clean(title: str, language: str, in_namespace: bool) -> tuple[str, bool, str]:
    """Return a title without namespace and "(...)", whether it had no "(...)", and why it is not a name, or empty."""
    if _SIMPLE.fullmatch(title) and not in_namespace:  # the fast path, for most titles
        return title, True, "" if in_script(title, language) else _OTHER_SCRIPT
    title = title.replace("_", " ")
    if in_namespace:
        title = title[title.find(":") + 1 :]
    whole = True
    if title.endswith((")", "）")) and (found := _BRACKETS.search(title)) and found.start():
        title, whole = title[: found.start()], False
    title = unicodedata.normalize("NFC", title).strip()
    if len(title) > LONGEST:
        return title, whole, "too long"
    if not any(map(str.isalpha, title)):
        return title, whole, "no letter"
    return title, whole, "" if in_script(title, language) else _OTHER_SCRIPT
