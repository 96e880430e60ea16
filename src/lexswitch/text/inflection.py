"""Citation forms of inflected words, which extend a lexicon of citation forms to inflected words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from .._io.data import read_data
from ..engine.characters import normalise_term

Lemmas: TypeAlias = "Callable[[str], Sequence[str]]"
Entries: TypeAlias = "Mapping[str, Mapping[str, Sequence[tuple[str, float]]]]"
"""Maps a term to its translations and their weights by language, as `Lexicon` does."""

# Words that are not forms of the words that the rules suggest: "united" is not a form of "unit".
_OWN_WORDS = """
aged arms beloved bred ceiling clothing customs during economics ethics evening gymnastics haired headed hundred
infrared lens linguistics logistics mathematics means minded morning naked news outing pants physics politics
programming rugged sacred species series statistics talented tactics thanks twenties united uniting wedding wicked
wretched
"""

_VOWELS = frozenset("aeiouy")
_DOUBLED = frozenset("bdgklmnprtvz")  # doubled before an ending, as in "stopped"; the stems "miss", "stuff" end so
_ENDED_BY_E = ("at", "iz", "bl", "pl", "tl", "dl", "gl", "kl", "fl", "ng", "rg", "dg", "ls", "ns", "rs", "ws")
_WORD = re.compile("[a-z]{2,}")
_CLOSED = re.compile("[a-z]*[^aeiou][aeiouy][bcdfgklmnprtvz]|[a-z]*qu[aeiou][bcdgklmnprtvz]")  # last letter doubles
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
add: added adding; arise: arose arisen; awake: awoke awoken awaked; be: am is are was were been being; bear: bore
borne born; beat: beaten; become: became; begin: began begun; bend: bent; bet: betting; bind: bound; bite: bit bitten;
bleed: bled; blow: blew blown; break: broke broken; breed: bred; bring: brought; build: built; burn: burnt burned;
buy: bought; catch: caught; choose: chose chosen; cling: clung; come: came; creep: crept; deal: dealt; dig: dug; do:
does did done; draw: drew drawn; dream: dreamt dreamed; drink: drank drunk; drive: drove driven; eat: ate eaten; fall:
fell fallen; feed: fed; feel: felt; fight: fought; find: found; flee: fled; fly: flew flown; forbid: forbade
forbidden; forget: forgot forgotten; forgive: forgave forgiven; freeze: froze frozen; get: got gotten; give: gave
given; go: goes went gone; grind: ground; grow: grew grown; hang: hung hanged; have: has had; hear: heard; hide: hid
hidden; hold: held; keep: kept; kneel: knelt kneeled; know: knew known; lay: laid; lead: led; lean: leant leaned;
leap: leapt leaped; learn: learnt learned; leave: left; lend: lent; lie: lied lain lying; light: lit lighted; lose:
lost; make: made; mean: meant; meet: met; mistake: mistook mistaken; overcome: overcame; pay: paid; prove: proven
proved; ride: rode ridden; ring: rang rung; rise: rose risen; run: ran; say: said; see: saw seen; seek: sought; sell:
sold; send: sent; sew: sewn sewed; shake: shook shaken; shine: shone; shoot: shot; show: shown showed; shrink: shrank
shrunk; sing: sang sung; sink: sank sunk; sit: sat; sleep: slept; slide: slid; smell: smelt smelled; speak: spoke
spoken; speed: sped speeded; spell: spelt spelled; spend: spent; spill: spilt spilled; spin: spun; spoil: spoilt
spoiled; spring: sprang sprung; stand: stood; steal: stole stolen; stick: stuck; strike: struck stricken; strive:
strove striven strived; swear: swore sworn; sweep: swept; swell: swollen swelled; swim: swam swum; swing: swung; take:
took taken; teach: taught; tear: tore torn; tell: told; think: thought; throw: threw thrown; tie: tied tying; die:
died dying; understand: understood; undo: undid undone; wake: woke woken waked; wear: wore worn; weave: wove woven
weaved; weep: wept; win: won; wind: wound; withdraw: withdrew withdrawn; wring: wrung; write: wrote written;
overwrite: overwrote overwritten; rewrite: rewrote rewritten; rebuild: rebuilt; resend: resent; good: better best;
well: better best; bad: worse worst; badly: worse worst; far: farther farthest further furthest; little: less least;
much: more most; many: more most; analysis: analyses; appendix: appendices; axis: axes; basis: bases; bacterium:
bacteria; child: children; crisis: crises; criterion: criteria; diagnosis: diagnoses; emphasis: emphases; foot: feet;
formula: formulae; goose: geese; half: halves; hypothesis: hypotheses; index: indices; knife: knives; leaf: leaves;
life: lives; loaf: loaves; man: men; matrix: matrices; medium: media; mouse: mice; nucleus: nuclei; oasis: oases; ox:
oxen; parenthesis: parentheses; person: people; phenomenon: phenomena; radius: radii; self: selves; shelf: shelves;
stimulus: stimuli; synopsis: synopses; synthesis: syntheses; thief: thieves; tooth: teeth; vertex: vertices; wife:
wives; wolf: wolves; woman: women; undertake: undertook undertaken; fling: flung; mow: mowed mown; saw: sawed sawn;
sow: sowed sown; shear: sheared shorn; cut: cutting; put: putting; set: setting; let: letting; hit: hitting; hurt:
hurting; shut: shutting; split: splitting; quit: quitting; rid: ridding; spread: spreading; cost: costing; cast:
casting; burst: bursting; thrust: thrusting; upset: upsetting; broadcast: broadcasting; forecast: forecasting; sling:
slung; sting: stung; stink: stank stunk; string: strung; spit: spat; slay: slew slain; stride: strode stridden; tread:
trod trodden; overthrow: overthrew overthrown; overtake: overtook overtaken; oversee: oversaw overseen; outgrow:
outgrew outgrown; withstand: withstood; misunderstand: misunderstood; uphold: upheld; withhold: withheld; foresee:
foresaw foreseen; forgo: forwent forgone; undergo: underwent undergone; override: overrode overridden; overhear:
overheard; redo: redid redone; retake: retook retaken; retell: retold; unwind: unwound; rethink: rethought; repay:
repaid; mislead: misled; inlay: inlaid; plead: pled pleaded; dwell: dwelt dwelled; bid: bade bidden bidding;
breastfeed: breastfed; businessman: businessmen; policeman: policemen; fireman: firemen; fisherman: fishermen;
salesman: salesmen; chairman: chairmen; gentleman: gentlemen; craftsman: craftsmen; spokesman: spokesmen; congressman:
congressmen; workman: workmen; sportsman: sportsmen; policewoman: policewomen; businesswoman: businesswomen;
grandchild: grandchildren; snowman: snowmen; cameraman: cameramen; countryman: countrymen; horseman: horsemen;
nobleman: noblemen; englishman: englishmen; frenchman: frenchmen; dutchman: dutchmen; irishman: irishmen; postman:
postmen; mailman: mailmen; milkman: milkmen; larva: larvae; alga: algae; antenna: antennae; vertebra: vertebrae;
alumnus: alumni; cactus: cacti; fungus: fungi; locus: loci; syllabus: syllabi; bacillus: bacilli; focus: foci; thesis:
theses; neurosis: neuroses; ellipsis: ellipses; datum: data; curriculum: curricula; memorandum: memoranda; stratum:
strata; spectrum: spectra; housewife: housewives; scarf: scarves; hoof: hooves; calf: calves; wharf: wharves; dwarf:
dwarves; elf: elves; louse: lice; penny: pence
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
    # Without its ending, a text of several words may end in white space.
    forms = map(normalise_term, [*_tables().irregular.get(word, ()), *_regular(word)])
    return [form for form in dict.fromkeys(forms) if form not in ("", word)]


def english_forms(word: str) -> list[str]:
    """Return the inflected forms of an English word: the opposite of `english_lemmas`.

    The part of speech is unknown, so a word gets the forms of a noun and those of a verb: -s, -'s, -ed, -ing; common
    adjectives get -er and -est. Forms that are words of their own ("united", "news") and function words are left out.

    Parameters
    ----------
    word : str
        A single word in citation form.

    Returns
    -------
    list of str
        Forms in lower case, without the word itself; irregular forms first. Empty if the word has other characters than
        the letters a to z.
    """
    word = normalise_term(word)
    if not _WORD.fullmatch(word):
        return []
    irregular = _tables().forms.get(word, ())
    plurals = [*irregular, *_with_s(word)]
    verbs = _with_vowel_ending(word, "ing") + ([] if irregular or len(word) < 3 else _with_vowel_ending(word, "ed"))
    adjectives = [form for ending in ("er", "est") for form in _with_vowel_ending(word, ending)]
    possessives = [f"{form}'" if form.endswith("s") else f"{form}'s" for form in (word, *plurals)]
    regular = [*_with_s(word), *verbs, *(adjectives if word in _tables().adjectives else ()), f"{word}'s", *possessives]
    blocked = _tables().blocked
    return [
        form for form in dict.fromkeys([*irregular, *(one for one in regular if one not in blocked)]) if form != word
    ]


def _with_s(word: str) -> list[str]:
    if word.endswith("y") and word[-2] not in _VOWELS:
        return [word[:-1] + "ies"]
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return [word + "es"] + ([word + word[-1] + "es"] if word.endswith(("z", "s")) and word[-2] in _VOWELS else [])
    return [word + "es", word + "s"] if word.endswith("o") and word[-2] not in _VOWELS else [word + "s"]


def _with_vowel_ending(word: str, ending: str) -> list[str]:
    """Return the spellings of a word with -ed, -ing, -er or -est."""
    if word.endswith("ie") and ending == "ing":
        return [word[:-2] + "ying"]
    if word.endswith("e"):
        keeps = (ending == "ing" and word.endswith(("ee", "oe", "ye"))) or len(word) < 3
        return [word + ending] if keeps else [word[:-1] + ending]
    if word.endswith("y") and word[-2] not in _VOWELS and ending != "ing":
        return [word[:-1] + "i" + ending]
    if word.endswith("c"):
        return [word + "k" + ending]
    if not _CLOSED.fullmatch(word):
        return [word + ending]
    doubled = word + word[-1] + ending
    is_short = sum(letter in _VOWELS for letter in word.removeprefix("qu")) == 1  # one syllable: the letter doubles
    return [doubled] if is_short else [word + ending, doubled]


class _IrregularForms(NamedTuple):
    adjectives: frozenset[str]
    irregular: dict[str, list[str]]
    """The citation forms of each irregular form."""
    forms: dict[str, list[str]]
    """The irregular forms of each citation form."""
    blocked: frozenset[str]
    """Words that are not regular forms: function words, and `_OWN_WORDS`."""


@lru_cache(maxsize=1)
def _tables() -> _IrregularForms:
    irregular: dict[str, list[str]] = {}
    forms: dict[str, list[str]] = {}
    for entry in _IRREGULAR.split(";"):
        lemma, _, of_lemma = entry.partition(":")
        forms[lemma.strip()] = of_lemma.split()
        for form in of_lemma.split():
            irregular.setdefault(form, []).append(lemma.strip())
    blocked = frozenset([*read_data("text", "stopwords-en.txt").split(), *_OWN_WORDS.split()])
    return _IrregularForms(frozenset(_ADJECTIVES.split()), irregular, forms, blocked)


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
