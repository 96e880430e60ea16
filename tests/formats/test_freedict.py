from collections import Counter

import pytest

from lexswitch.formats import freedict


def pairs(*lines: str, ding: bool = False) -> list[tuple[str, str]]:
    """What is made of an entry."""
    clean = freedict.clean_ding if ding else freedict.clean
    return list(clean(lines[0], lines[1:], lambda reason, content: None))


def translations(*lines: str, ding: bool = False) -> list[str]:
    return [translation for _, translation in pairs(*lines, ding=ding)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("house /haʊs/", "house"),
        ("Mr. /mɪstə/", "Mr."),
        ("artig /aːtɪk/ /aːtɪç/ <adj>", "artig"),
        ("Kaffeetassen /kˈafeːtˌasən/ <pl>", "Kaffeetassen"),
        ("tangent /tˈandʒənt/ (tan /tˈan/)", "tangent"),
        ("hold /həʊld/ (held /hɛld/ <>, held /hɛld/ <>) <v>", "hold"),
        ("safety‐belt /sˈeɪfti bˈɛlt/", "safety-belt"),
        ('"apply brake" board /x/', "apply brake board"),
        ("hit sb./sth. /x/", "hit"),
        ("sb.'s favourite /x/", "favourite"),
        ("What time is it? /x/", "What time is it"),
        ("saying …", "saying"),
    ],
)
def test_headword(line: str, expected: str) -> None:
    """Pronunciation, inflected forms, tags, quotation marks and placeholders at the ends are no part of the headword."""
    assert pairs(line, "Wort") == [(expected, "Wort")]


@pytest.mark.parametrize(
    "line",
    [
        "put sth. off /x/",
        "either ... or /x/",
        "-able /x/",
        "/x/",
        "sth.",
        "self…",
        "?",
        "bar /x/ <suffix>",
        "a" * 301,
        "",
    ],
)
def test_unusable_headword(line: str) -> None:
    """Formulas with a placeholder within, parts of compounds and what has no letter are no terms."""
    assert pairs(line, "Wort") == []


def test_spellings() -> None:
    """Several spellings of a headword, each with its pronunciation, are terms of their own."""
    assert pairs("colour /x/, color /y/ <n>", "Farbe") == [("colour", "Farbe"), ("color", "Farbe")]


def test_senses() -> None:
    """Numbered senses come in their order; numbers of all kinds go, and phrases with translations of their own too."""
    lines = ["I.  <N> 1.  sztuka", " 2.  [form]  sztuki piękne", "II.  <Adj>  artystyczny", " 3. arts  kultura", "2."]
    assert translations("art /x/", *lines) == ["sztuka", "sztuki piękne", "artystyczny"]
    assert translations("x /x/", "1. ABC, alphabet", "2. elements, rudiments") == [
        "ABC",
        "alphabet",
        "elements",
        "rudiments",
    ]
    assert translations("x /x/", "1. Weltkrieg", ding=True) == ["1. Weltkrieg"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Schaufel <fem>, Laibchen <pl> [Ös.]  [cook.]", ["Schaufel", "Laibchen"]),
        (" [Am.] Weiche in Grundstellung", ["Weiche in Grundstellung"]),
        ("jdn. entrüsten, etw. empören <v, trans>", ["entrüsten", "empören"]),
        ("sich etw. ansehen", ["sich ansehen"]),
        ("von etw. abfallen, jdm./etw. weichen", ["weichen"]),
        ("Lust haben auf etw.", ["Lust haben auf"]),
        ("bar ([+ gen]) <prep>, mitsamt (+ Dat) <prep>, wegen + Gen.", ["bar", "mitsamt", "wegen"]),
        ("jmd., der lange schläft", []),
        ("Investor, der Kapital in eine Firma einbringt <masc>, Anleger <masc>", ["Anleger"]),
        ("das Nachsehen haben, den Kürzeren ziehen", ["das Nachsehen haben", "den Kürzeren ziehen"]),
        ("Rekrut <masc> [mil.] GWD,  /dʒˌiːdˌʌbəljˌuːdˈiː/", ["Rekrut"]),
        ("tan,  /tˈan/ tg,  /tˌiːdʒˈiː/", []),
        ("Rotations…, …kreis, Riesen-", []),
        ("Autos, Busse usw.", ["Autos", "Busse"]),
        ("stellen/setzen, letzte/r/s, E/A-Kanal, hin-/hergehen", ["stellen", "setzen", "letzte", "E/A-Kanal"]),
        ("Wein/Bier trinken/saufen", []),
        ("3,5 Zoll, 2,4-Dinitrophenol", ["3,5 Zoll", "2,4-Dinitrophenol"]),
        ("Bit {n} (Datum (kleines))", ["Bit"]),
        ("Kamera bereit? – Kamera bereit!", []),
        ("Legierung: Nickel (62%), Kupfer", ["Kupfer"]),
        ("übrig\u00adbleiben,\u00a0„\ufb01nden“", ["übrigbleiben", "finden"]),
    ],
)
def test_german(line: str, expected: list[str]) -> None:
    """Tags, labels, cases, placeholders, relative clauses, abbreviations and parts of compounds do not stay."""
    assert translations("word /x/", line, ding=True) == expected


def test_asides() -> None:
    """Synonyms, references, notes and examples are no translations; what follows a note is one if it has a tag."""
    lines = [
        "fragwürdig, unseriös",
        "         Note: Person/Sache, windig <adj>",
        "         Note: Person, Sache, Ding",
        "         Note: of a person or thing",
        '      "shady deal"  - windiges Geschäft',
        "   Synonyms: {dodgy}, {dubious}",
        " see: {shadier}, {shadiest}",
        "Synonym: anrüchig",
    ]
    assert translations("shady /x/", *lines, ding=True) == ["fragwürdig", "unseriös", "windig"]


def test_sentences() -> None:
    """The translation of a sentence is not split at its commas, but at its ends."""
    german = "Sie haben Recht, aber es ist zu spät., Es ist aber zu spät!"
    assert translations("You are right, but it's too late. /x/", german, ding=True) == [
        "Sie haben Recht, aber es ist zu spät",
        "Es ist aber zu spät",
    ]
    assert translations("It is good that … /x/", "Es ist gut, dass …") == ["Es ist gut, dass"]
    assert translations("cut sth. /x/", "schneiden, teilen") == ["schneiden", "teilen"]
    assert translations("home … /x/", "inländisch, häuslich") == ["inländisch", "häuslich"]
    assert translations("eight p. m. /x/", "acht Uhr, zwanzig Uhr") == ["acht Uhr", "zwanzig Uhr"]


def test_alternatives() -> None:
    """As many alternatives on each side are paired in order, else all with all."""
    assert pairs("upper/lower side", "obere/untere Seite") == [
        ("upper side", "obere Seite"),
        ("lower side", "untere Seite"),
    ]
    assert pairs("about/around", "herum") == [("about", "herum"), ("around", "herum")]


def test_arabic() -> None:
    """Arabic loses vowel marks and what stretches letters, keeps its articles, and is split at its own commas."""
    assert translations("x /x/", "الدّرّاجة، وَضْع") == ["الدراجة", "وضع"]
    assert translations("x /x/", "آي - الحرف الأول") == ["آي"]
    assert translations("x /x/", "كتـاب/سفر") == ["كتاب", "سفر"]
    assert translations("x /x/", "أولاً؛ ﻻ") == ["أولا", "لا"]


def test_ligature() -> None:
    """The Dutch ligature is two letters."""
    assert translations("x /x/", "altĳd, rĳp") == ["altijd", "rijp"]


def test_counted() -> None:
    """What is left out is counted by reason."""
    reasons: Counter[str] = Counter()

    def drop(reason: str, content: str) -> None:
        reasons[reason] += 1

    assert list(freedict.clean("put sth. off", ["a"], drop)) == []
    assert list(freedict.clean("a", ["an etw. denken, Riesen-"], drop)) == []
    assert reasons == {"unusable headword": 1, "no word or phrase": 2}
