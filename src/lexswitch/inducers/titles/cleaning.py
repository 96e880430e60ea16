"""From titles to terms and translations: pages that are no things are left out, what tells names apart is cut off.

Litschko et al. (2023) lower-case titles and drop what is before ":" and in "(...)". Here only known namespaces count as
such ("2001: A Space Odyssey" has none), and pages that are no things are left out: disambiguation, lists, dates.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ...engine.characters import normalise_term
from ...lexicon.columns import Collector, PairBlock, Pairs
from ...lexicon.filters import in_script
from .entity import TITLE, Entity, Name
from .vocabulary import Vocabulary

TOLD_APART = 0.5
"""Times this, if "(...)" was cut off: the title without it belongs to something better known."""

LONGEST = 100
"""Characters of a name, at most."""

# The canonical names, which every wiki knows (https://www.mediawiki.org/wiki/Help:Namespaces), and some of Wikipedia's.
# The name of a category or portal is that of a subject; other pages have no subject.
_SUBJECTS = frozenset({"category", "portal"})
_NAMESPACES = _SUBJECTS | {
    "media", "special", "talk", "user", "user talk", "project", "project talk", "file", "file talk", "image",
    "mediawiki", "mediawiki talk", "template", "template talk", "help", "help talk", "category talk", "wikipedia",
    "wikipedia talk", "portal talk", "draft", "draft talk", "timedtext", "module", "module talk", "book", "book talk",
    "education program", "gadget", "topic",
}  # fmt: skip

# Beginnings of lists, by language.
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

# Letters of ASCII and single blanks.
_SIMPLE = re.compile(r"(?=.{1,100}\Z)[A-Za-z]+(?: [A-Za-z]+)*")
_BRACKETS = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*\Z")
_TELLING_APART = frozenset(
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
    """Makes pairs of terms and translations from things. Picklable.

    Attributes
    ----------
    source : str
    languages : tuple of str
        Target languages, sorted.
    max_words : int
        Of a term; longer ones are left out.
    lowercase : bool
        Whether terms and translations are spelled in small letters, as in the paper.
    identical : bool
        Whether a translation may be spelled like its term.
    alternatives : bool
        Whether redirects, labels and aliases are names too.
    vocabulary : Vocabulary, optional
        Only terms that occur in it.
    """

    source: str
    languages: tuple[str, ...]
    max_words: int = 3
    lowercase: bool = False
    identical: bool = True
    alternatives: bool = True
    vocabulary: Vocabulary | None = None

    def pairs(self, entities: Iterable[Entity]) -> tuple[Pairs, Counter[str]]:
        """The pairs of some things, each pair of a thing once; and how many things and names were left out, and why."""
        skipped: Counter[str] = Counter()
        terms: list[str] = []
        languages: list[str] = []
        translations: list[str] = []
        weights: list[float] = []
        for entity in entities:
            title = entity.sources[0].text
            if reason := self._stranger(title):
                skipped[reason] += 1
                continue
            in_namespace = _namespace(title) is not None
            of_thing = self._terms(entity.sources, in_namespace, skipped)
            translated = self._translations(entity.targets, in_namespace, skipped) if of_thing else ()
            for language, translation, weight in translated:
                for term, of_term in of_thing:
                    if not self.identical and normalise_term(translation) == normalise_term(term):
                        skipped["identical"] += 1
                        continue
                    terms.append(term)
                    languages.append(language)
                    translations.append(translation)
                    weights.append(of_term * weight)
        return self._packed(PairBlock(range(len(terms)), terms, languages, translations, weights), skipped)

    def _packed(self, block: PairBlock, skipped: Counter[str]) -> tuple[Pairs, Counter[str]]:
        collector = Collector(marks=False, languages=self.languages, source=self.source)
        skipped.update(fault.reason for fault in collector.add(block))
        pairs = collector.pairs()
        if self.vocabulary is not None:
            pairs, unused = self.vocabulary.restrict(pairs)
            if unused:
                skipped["not in the vocabulary"] += unused
        return pairs, skipped

    def _terms(self, names: list[Name], in_namespace: bool, skipped: Counter[str]) -> Iterable[tuple[str, float]]:
        """The terms of a thing, as they are spelled, with their weights; labels decide the case of titles."""
        terms: dict[str, tuple[str, float]] = {}
        for name in names if self.alternatives else names[:1]:
            text, whole, fault = _cleaned(name.text, self.source, in_namespace)
            weight = name.weight if whole else name.weight * TOLD_APART
            key = text.casefold()
            if fault:
                skipped[fault] += 1
            elif key not in terms and text.count(" ") + text.count("-") >= self.max_words:
                skipped["too many words"] += 1
            else:  # titles begin with a capital, labels only where the word does
                terms[key] = self._spelled(text), max(weight, terms[key][1]) if key in terms else weight
        return terms.values()

    def _translations(
        self, names: list[Name], in_namespace: bool, skipped: Counter[str]
    ) -> Iterable[tuple[str, str, float]]:
        """The translations of a thing with language and weight; labels decide the case of titles."""
        translations: dict[tuple[str, str], tuple[str, str, float]] = {}
        for language, name, weight in names:
            if weight < TITLE and not self.alternatives:
                continue
            text, _, fault = _cleaned(name, language, in_namespace)
            if fault:
                skipped[fault] += 1
                continue
            key = language, text.casefold()
            known = translations.get(key)  # as for terms, the last spelling counts
            translations[key] = language, self._spelled(text), weight if known is None else known[2]
        return translations.values()

    def _spelled(self, text: str) -> str:
        return text.lower() if self.lowercase else text

    def _stranger(self, title: str) -> str:
        """Why a page is no thing; empty if it is one."""
        if (namespace := _namespace(title)) is not None and namespace not in _SUBJECTS:
            return "other namespace"
        title = title.replace("_", " ")
        if title.startswith(_LISTS.get(self.source, ())):
            return "list"
        if "(" in title and (found := _BRACKETS.search(title)) and found[1].casefold() in _TELLING_APART:
            return "disambiguation"
        return "date" if self.source == "en" and _DATES.fullmatch(title) else ""


def _namespace(title: str) -> str | None:
    """The namespace that a title is in, case folded; None for articles."""
    if ":" not in title:
        return None
    namespace = title.partition(":")[0].replace("_", " ").strip().casefold()
    return namespace if namespace in _NAMESPACES else None


def _cleaned(title: str, language: str, in_namespace: bool) -> tuple[str, bool, str]:
    """A title without namespace and "(...)", whether it had no "(...)", and why it is no name, or empty."""
    if _SIMPLE.fullmatch(title) and not in_namespace:  # most titles: nothing to cut off, nothing to find fault with
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
