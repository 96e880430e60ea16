"""Citation forms of inflected words, which extend a lexicon of citation forms to inflected words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from ..engine.characters import normalise_term

Lemmas: TypeAlias = "Callable[[str], Sequence[str]]"
Entries: TypeAlias = "Mapping[str, Mapping[str, Sequence[tuple[str, float]]]]"
"""Maps a term to its translations and their weights by language, as `Lexicon` does."""

_VOWELS = frozenset("aeiouy")
_DOUBLED = frozenset("bdgklmnprtvz")  # doubled before an ending, as in "stopped"; the stems "miss", "stuff" end so
_ENDED_BY_E = ("at", "iz", "bl", "pl", "tl", "dl", "gl", "kl", "fl", "ng", "rg", "dg", "ls", "ns", "rs", "ws")
_SHORT = re.compile("(?:[^aeiouy]|(?<=q)u)*[aeiouy][bcdgklmnprstvz]")  # without -e, the last letter doubles

# Adjectives with -er and -est; most other words in -er and -est are nouns and verbs.
_ADJECTIVES = """
big black blue bold bright brief broad busy cheap clean clear close cold cool dark deep dense dry early easy fair fast
few fine flat free fresh full great green happy hard healthy heavy high hot large late light long loud low narrow near
neat new nice noisy old pale plain poor pretty proud quick quiet rare red rich rough safe sharp short simple slow
small smart smooth soft soon steep strict strong sure sweet tall thick thin tight tiny warm weak wealthy wet white
wide wild wise young
"""

# Citation form: its irregular forms, and regular forms that the rules would misread.
_IRREGULAR = """
add: added adding; arise: arose arisen; awake: awoke awoken; be: am is are was were been being; bear: bore borne;
beat: beaten; become: became; begin: began begun; bend: bent; bet: betting; bind: bound; bite: bit bitten; bleed:
bled; blow: blew blown; break: broke broken; breed: bred; bring: brought; build: built; burn: burnt; buy: bought;
catch: caught; choose: chose chosen; cling: clung; come: came; creep: crept; deal: dealt; dig: dug; do: does did done;
draw: drew drawn; dream: dreamt; drink: drank drunk; drive: drove driven; eat: ate eaten; fall: fell fallen; feed:
fed; feel: felt; fight: fought; find: found; flee: fled; fly: flew flown; forbid: forbade forbidden; forget: forgot
forgotten; forgive: forgave forgiven; freeze: froze frozen; get: got gotten; give: gave given; go: goes went gone;
grind: ground; grow: grew grown; hang: hung; have: has had; hear: heard; hide: hid hidden; hold: held; keep: kept;
kneel: knelt; know: knew known; lay: laid; lead: led; lean: leant; leap: leapt; learn: learnt; leave: left; lend:
lent; lie: lied lain lying; light: lit; lose: lost; make: made; mean: meant; meet: met; mistake: mistook mistaken;
overcome: overcame; pay: paid; prove: proven; ride: rode ridden; ring: rang rung; rise: rose risen; run: ran; say:
said; see: saw seen; seek: sought; sell: sold; send: sent; sew: sewn; shake: shook shaken; shine: shone; shoot: shot;
show: shown; shrink: shrank shrunk; sing: sang sung; sink: sank sunk; sit: sat; sleep: slept; slide: slid; smell:
smelt; speak: spoke spoken; speed: sped; spell: spelt; spend: spent; spill: spilt; spin: spun; spoil: spoilt; spring:
sprang sprung; stand: stood; steal: stole stolen; stick: stuck; strike: struck stricken; strive: strove striven;
swear: swore sworn; sweep: swept; swell: swollen; swim: swam swum; swing: swung; take: took taken; teach: taught;
tear: tore torn; tell: told; think: thought; throw: threw thrown; tie: tied tying; die: died dying; understand:
understood; undo: undid undone; wake: woke woken; wear: wore worn; weave: wove woven; weep: wept; win: won; wind:
wound; withdraw: withdrew withdrawn; wring: wrung; write: wrote written; overwrite: overwrote overwritten; rewrite:
rewrote rewritten; rebuild: rebuilt; resend: resent; good: better best; well: better best; bad: worse worst; badly:
worse worst; far: farther farthest further furthest; little: less least; much: more most; many: more most; analysis:
analyses; appendix: appendices; axis: axes; basis: bases; bacterium: bacteria; child: children; crisis: crises;
criterion: criteria; diagnosis: diagnoses; emphasis: emphases; foot: feet; formula: formulae; goose: geese; half:
halves; hypothesis: hypotheses; index: indices; knife: knives; leaf: leaves; life: lives; loaf: loaves; man: men;
matrix: matrices; medium: media; mouse: mice; nucleus: nuclei; oasis: oases; ox: oxen; parenthesis: parentheses;
person: people; phenomenon: phenomena; radius: radii; self: selves; shelf: shelves; stimulus: stimuli; synopsis:
synopses; synthesis: syntheses; thief: thieves; tooth: teeth; vertex: vertices; wife: wives; wolf: wolves; woman:
women
"""


def english_lemmas(word: str) -> list[str]:
    """Return the possible citation forms of an English word form, the most likely first, without a dictionary.

    Irregular forms come first, from a list of some 200 words. Then the spelling rules remove the endings -'s, -s, -es,
    -ies, -ed, -ied and -ing, and -er and -est of common adjectives. Many results are not words ("edited" could be a
    form of "edite"), so look them up in a lexicon.

    Parameters
    ----------
    word : str
        A single word.

    Returns
    -------
    list of str
        Citation forms in lower case, without the word itself. Empty if no rule applies.
    """
    word = normalise_term(word)
    forms = [*_tables().irregular.get(word, ()), *_regular(word)]
    return [form for form in dict.fromkeys(forms) if form != word]


class _IrregularForms(NamedTuple):
    adjectives: frozenset[str]
    irregular: dict[str, list[str]]
    """The citation forms of each irregular form."""


@lru_cache(maxsize=1)
def _tables() -> _IrregularForms:
    irregular: dict[str, list[str]] = {}
    for entry in _IRREGULAR.split(";"):
        lemma, _, forms = entry.partition(":")
        for form in forms.split():
            irregular.setdefault(form, []).append(lemma.strip())
    return _IrregularForms(frozenset(_ADJECTIVES.split()), irregular)


def _regular(word: str) -> Iterator[str]:
    if word.endswith(("'s", "s'")):
        stem = word[:-2] if word.endswith("'s") else word[:-1]
        yield stem
        yield from _regular(stem)
    elif word.endswith("s"):
        yield from _without_s(word)
    for ending in ("ing", "ed", "er", "est"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1 and not _VOWELS.isdisjoint(stem):
            found = _stems(stem, ending)
            yield from found if ending in ("ing", "ed") else (form for form in found if form in _tables().adjectives)


def _without_s(word: str) -> Iterator[str]:
    if word.endswith("ies") and len(word) > 4:
        yield word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        yield word[:-2]
    if not word.endswith(("ss", "us", "is")) and len(word) > 2:
        yield word[:-1]
        if word.endswith("ings"):
            yield from _regular(word[:-1])
    if word.endswith("ses"):
        yield word[:-2]


def _stems(stem: str, ending: str) -> list[str]:
    """Return the words that become `stem` before an ending that begins with a vowel, the most likely first."""
    found = [stem[:-1] + "y"] if stem.endswith("i") and ending != "ing" else []
    if stem[-1] == stem[-2]:
        single = [stem[:-1]] if stem[-1] in _DOUBLED else []
        kept = stem[-1] == "l" and sum(letter in _VOWELS for letter in stem) == 1  # "fill", but "label"
        return [*found, stem, *single] if kept else [*found, *single, stem]
    with_e = stem[-1] in "cuvz" or stem.endswith(_ENDED_BY_E) or _SHORT.fullmatch(stem)
    return [*found, stem + "e", stem] if with_e else [*found, stem, stem + "e"]


def inflected_pairs(
    entries: Entries, languages: Sequence[str], source: str, words: Iterable[str], lemmas: Lemmas = english_lemmas
) -> Iterator[tuple[str, str, str, float]]:
    """Yield the pairs that inflected words get from their citation forms.

    If a word has no translation into a language, it gets those of its first citation form that has some, with their
    weights. The translations are not inflected. A word keeps its spelling; if it occurs in several spellings, the last
    in code point order is used, which prefers lower case to capitals.

    Parameters
    ----------
    entries : mapping
        Maps a normalised term to ``{language: [(translation, weight), ...]}``. A `Lexicon` is such a mapping.
    languages : sequence of str
        Target languages.
    source : str
        Source language (BCP 47).
    words : iterable of str
        Single words, such as the vocabulary of the texts to be switched. Duplicates are ignored.
    lemmas : callable, default english_lemmas
        Takes a word and returns its possible citation forms, the most likely first.

    Yields
    ------
    tuple of (str, str, str, float)
        Word as spelled, language, translation and weight, sorted by the normalised word.

    Raises
    ------
    TypeError
        If `words` is one string or has an element that is not str, or if `lemmas` does not return strings.
    """
    if isinstance(words, (str, bytes)) or not isinstance(words, Iterable):
        raise TypeError(f"words is {type(words).__name__}; pass a list of words")
    if not callable(lemmas):
        raise TypeError(f"lemmas is {type(lemmas).__name__}; pass a function from a word to its citation forms")
    for term, spelling in sorted(_spellings(words, source).items()):
        known = entries.get(term) or {}
        lacking = [language for language in languages if language not in known]
        if not lacking:
            continue
        found = [entry for form in _forms(lemmas, term) if (entry := entries.get(form))]
        for language in lacking:
            for translation, weight in next((entry[language] for entry in found if language in entry), ()):
                yield spelling, language, translation, weight


def _spellings(words: Iterable[str], source: str) -> dict[str, str]:
    """Return the spelling of each normalised word; the result does not depend on the order of the words."""
    spellings: dict[str, str] = {}
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"words has {word!r}; a word must be str")
        term = normalise_term(word, source)
        spellings[term] = max(" ".join(word.split()), spellings.get(term, ""))
    spellings.pop("", None)
    return spellings


def _forms(lemmas: Lemmas, term: str) -> list[str]:
    """Return the citation forms of a term, checked."""
    forms = lemmas(term)
    if isinstance(forms, Iterable) and not isinstance(forms, str):
        listed = list(forms)  # may be an iterator
        if all(isinstance(form, str) for form in listed):
            return listed
    raise TypeError(f"lemmas({term!r}) returned {forms!r}; it must return a list of str")
