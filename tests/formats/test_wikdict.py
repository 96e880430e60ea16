from collections import Counter
from html import escape
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexswitch.formats import wikdict
from lexswitch.formats.cleaning import Pair

Sense = tuple[list[str], list[str]]
"""Translations and definitions."""


def dictd_entry(headword: str, grammar: str, senses: list[Sense]) -> list[str]:
    """The lines of an entry as in FreeDict's releases for dictd."""
    lines = [f"{headword} //ab// /c/ <{grammar}>" if grammar else f"{headword} /c/"]
    for number, (translations, definitions) in enumerate(senses, 1):
        line = ", ".join(translations)
        lines.append(f"{number}. {line}" if len(senses) > 1 else line)
        if len(definitions) > 1:
            lines[-1] += " 2."
        for at, definition in enumerate(definitions, 2):
            lines += [f" {at}."] if at > 2 else []
            lines.append(definition)
    return lines


def listed(items: list[str]) -> str:
    return "".join(items) if len(items) < 2 else f"<ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>"


def html_entry(grammar: str, senses: list[Sense], has_division: bool = True) -> str:
    """An entry as PyGlossary writes it: since 5.1 with a div around the grammar, since 4.1 without."""
    label = f'<font class="grammar" color="green">{grammar}</font>'
    label = f"<div>{label}</div>" if has_division else label.replace('class="grammar" ', "") + "<br>"
    body = listed(
        [
            listed([escape(definition) for definition in definitions])
            + listed([f"<div>{escape(translation)}</div>" for translation in translations])
            for translations, definitions in senses
        ]
    )
    return f'<div>/<font color="gray">ab</font>/, /<font color="gray">c</font>/<br>\n{label if grammar else ""}{body}</div>'


def pairs(lines: list[str]) -> list[Pair]:
    return list(wikdict.clean(lines[0], lines[1:], lambda reason, content: None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Haus\na building", ["Haus"]),
        ("Haus, Gebäude", ["Haus, Gebäude"]),
        ("Tisch, Tafel 2.\nfurniture\n 3.\npeople at it", ["Tisch, Tafel"]),
        ("1. Tisch 2.\nfurniture\n 3.\npeople\n 4.\nmeal\n2. Tabelle\ndata", ["Tisch", "Tabelle"]),
        ("1. Bank\n2. Ufer\nof a river", ["Bank", "Ufer"]),
        ("1. limitar, restringir\n1. beperken\n2. delimitar\n2.", ["limitar, restringir", "delimitar"]),
        ("limitar\n1. beperken", ["limitar"]),
        ("1. Mai\nfirst day of May", ["1. Mai"]),
        ("1. Mai", ["1. Mai"]),
        ("1. parar\n2. voorschrijven\n2. medir\n3. beïnvloeden", ["parar", "medir"]),
        ("1. cubo\n1. trästycke\n2. hongo\n3. hatt\n3. juego\n4. spel", ["cubo", "hongo", "juego"]),
        ("1. desenvolver\n2. liquidar\n2. afhandelen", ["desenvolver", "liquidar"]),
        ("1. inocular\n2. injertar\n2.", ["inocular", "injertar"]),
        ("1. rudo\n2. loco 2.\n2. zonder verstand\n 3.\n4. als een gek", ["rudo", "loco"]),
        ("1. rudo\n(Figuré)\nQui est droit\nCroate : prav\n2. cuadrado\nde quatre côtés", ["rudo", "cuadrado"]),
        ("1.  [De couleur] verde\n2.  [Manquant] inmaduro", ["[De couleur] verde", "[Manquant] inmaduro"]),
        ("", [""]),
    ],
)
def test_senses(text: str, expected: list[str]) -> None:
    """Translations are separated from definitions, also if definitions begin with numbers."""
    assert wikdict.translations(text.split("\n")) == expected


WORD = st.text("abcäßдя ", min_size=1, max_size=8).map(str.strip).filter(bool)
NUMBER = st.integers(1, 9).map("{}. ".format)
TRANSLATIONS = st.lists(WORD, min_size=1, max_size=3)
# WikDict sorts senses without definitions first.
PLAIN = st.lists(st.tuples(TRANSLATIONS, st.lists(WORD, max_size=3)), min_size=1, max_size=5).map(
    lambda senses: sorted(senses, key=lambda sense: bool(sense[1]))
)
DEFINED = st.lists(
    st.tuples(
        TRANSLATIONS, st.lists(st.builds(str.__add__, st.one_of(st.just(""), NUMBER), WORD), min_size=1, max_size=1)
    ),
    min_size=1,
    max_size=5,
)


@given(st.one_of(PLAIN, DEFINED))
def test_all_senses(senses: list[Sense]) -> None:
    """Any senses are recovered from dictd's layout, also if definitions begin with any number."""
    lines = dictd_entry("house", "n", senses)
    assert wikdict.translations(lines[1:]) == [", ".join(translations) for translations, _ in senses]


@given(PLAIN, st.sampled_from(["noun", "noun, male", "suffix", ""]), st.booleans())
def test_twins(senses: list[Sense], grammar: str, has_division: bool) -> None:
    """An entry in StarDict's layout gives the pairs of its twin in dictd's layout."""
    label, *lines = ["", *wikdict.markup_lines(html_entry(grammar, senses, has_division))]
    if lines[:1] == [f"<{grammar}>"]:
        label = f" {lines.pop(0)}"
    assert pairs([f"house{label}", *lines]) == pairs(dictd_entry("house", grammar, senses))


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("house //haʊs// <n>", "house"),
        ("house /haʊs/ //haʊz// /[haʊs]/ <n, neut>", "house"),
        ("house <n>", "house"),
        ("house", "house"),
        ("krakow /(/ˈkra/", "krakow"),
        ("-ship //ʃɪp// <suffix>", None),
        ("archy /ˈɑːtʃi/ <suffix>", None),
        ("self- /sɛlf/ <prefix>", None),
        ("fixed /fɪkst/ <adj>", "fixed"),
    ],
)
def test_headline(headline: str, expected: str | None) -> None:
    """Pronunciations and grammar are not part of the headword; parts of compounds are not headwords."""
    assert pairs([headline, "Wort"]) == ([(expected, "Wort")] if expected else [])


def test_two_line_pronunciation() -> None:
    """A pronunciation with a line feed is read to its end."""
    assert pairs(["cagione //kaˈʤo", "ne// <n>", "Grund", "causa"]) == [("cagione", "Grund")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[[каботажный|каботажное]] [[судно]]", ["каботажное судно"]),
        ("Bardet&ndash;Biedl, [[Hof]]", ["Bardet–Biedl", "Hof"]),
        ("in&shy;dex, S<sup>te</sup>", ["index", "Ste"]),
        ("camper#se camper, #Latina, C#, #1", ["camper", "C#", "#1"]),
        (" [1. a thing (of wood)] Tisch", ["Tisch"]),
    ],
)
def test_markup(line: str, expected: list[str]) -> None:
    """Links, sections, character references, tags and definitions in brackets are removed."""
    assert [translation for _, translation in pairs(["x /x/ <n>", line])] == expected


def test_counted() -> None:
    """Entries and translations that give no pair are counted."""
    dropped: Counter[str] = Counter()
    for headline, line in (("-ship /x/ <suffix>", "schaft"), ("x /x/", "Haupt-, #Latina, a")):
        list(wikdict.clean(headline, [line], lambda reason, content: dropped.update([reason])))
    assert dropped == {"unusable headword": 1, "no word or phrase": 2}


SENSES: list[Sense] = [(["Tisch"], ["furniture", "board"]), (["Tabelle"], [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n".join(dictd_entry("table", "n", SENSES)), True),
        (html_entry("noun", SENSES), True),
        (html_entry("noun", SENSES, has_division=False), True),
        (html_entry("noun", [(["Tisch", "Tafel"], [])]), False),
        ("table /x/ <n>\n1. Tisch\n2. Tabelle\n3. Tafel", False),
        ("<div><font color='green'>noun</font><br>Haus <a href='bword://a'>see</a></div>", False),
    ],
)
def test_found_in(text: str, expected: bool) -> None:
    """Entries with definitions are recognised in either layout; other entries are not."""
    assert wikdict.detect(text) == expected


@pytest.mark.parametrize("line", ["1. a 2.", " 3.", "2. b", "[[", '<font color="green">n</font><br>a', "a /", "<div>"])
def test_hostile(line: str) -> None:
    """Entries of 64 KiB that consist of marks are read in linear time."""
    text = f"{line}\n" * (2**16 // (len(line) + 1))
    start = perf_counter()
    wikdict.detect(text)
    list(wikdict.clean(text.replace("\n", " "), text.split("\n"), lambda reason, content: None))
    wikdict.markup_lines(text)
    assert perf_counter() - start < 20
