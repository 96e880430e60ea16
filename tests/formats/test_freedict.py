from collections import Counter
from functools import partial

import pytest

from lexswitch.formats import freedict


def pairs(*lines: str, ding: bool = False, of: str = "") -> list[tuple[str, str]]:
    """The pairs of an entry; `of` names the languages of a dictionary with rules of its own."""
    clean = freedict.clean_ding if ding else freedict.clean
    if of:
        source, target = of.split("-")
        clean = partial(freedict.clean, rules=freedict.RULES[source, target])
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
    """Pronunciation, inflected forms, tags, quotation marks and outer placeholders are not part of the headword."""
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
    """Headwords with an inner placeholder, parts of compounds and headwords without letters are not terms."""
    assert pairs(line, "Wort") == []


def test_spellings() -> None:
    """Several spellings of a headword, each with its pronunciation, are separate terms."""
    assert pairs("colour /x/, color /y/ <n>", "Farbe") == [("colour", "Farbe"), ("color", "Farbe")]


def test_senses() -> None:
    """Numbered senses keep their order; numbers, and phrases with their own translations, are removed."""
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
    """Tags, labels, cases, placeholders, relative clauses, abbreviations and parts of compounds are removed."""
    assert translations("word /x/", line, ding=True) == expected


def test_asides() -> None:
    """Synonyms, references, notes and examples are not translations; text after a note is one if it has a tag."""
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
    """The translation of a sentence is split between sentences, not at commas."""
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
    """Equal numbers of alternatives are paired in order, others all with all."""
    assert pairs("upper/lower side", "obere/untere Seite") == [
        ("upper side", "obere Seite"),
        ("lower side", "untere Seite"),
    ]
    assert pairs("about/around", "herum") == [("about", "herum"), ("around", "herum")]


def test_arabic() -> None:
    """Arabic keeps its articles, and is split at its own commas."""
    assert translations("x /x/", "الدراجة، وضع") == ["الدراجة", "وضع"]
    assert translations("x /x/", "آي - الحرف الأول") == ["آي"]
    assert translations("x /x/", "كتاب/سفر") == ["كتاب", "سفر"]
    assert translations("x /x/", "أولا؛ ﻻ") == ["أولا", "لا"]


def test_ligature() -> None:
    """The Dutch ligature becomes two letters."""
    assert translations("x /x/", "altĳd, rĳp") == ["altijd", "rijp"]


def test_counted() -> None:
    """Dropped texts are counted by reason."""
    reasons: Counter[str] = Counter()

    def drop(reason: str, content: str) -> None:
        reasons[reason] += 1

    assert list(freedict.clean("put sth. off", ["a"], drop)) == []
    assert list(freedict.clean("a", ["an etw. denken, Riesen-"], drop)) == []
    assert reasons == {"unusable headword": 1, "no word or phrase": 2}


def test_blanks() -> None:
    """A tilde or underscore between words becomes a space, but not the tilde that means the headword."""
    assert pairs("give_up", "1. छोड़~देना, प्रार्थना~पत्र{किसी~को}") == [("give up", "छोड़ देना"), ("give up", "प्रार्थना पत्र")]
    assert pairs("set", "~ing, a ~ of") == []


@pytest.mark.parametrize(
    ("headword", "expected"),
    [
        ("adviser, advisor", ["adviser", "advisor"]),
        ("celoso , celosa", ["celoso", "celosa"]),
        ("center,centre", ["center", "centre"]),
        ("gawir, gawur, gawire", ["gawir", "gawur", "gawire"]),
        ("costs, monopoly", ["costs, monopoly"]),
        ("ember tervez, isten végez", ["ember tervez, isten végez"]),
        ("now, now!", ["now, now"]),
        ("1,234", ["1,234"]),
        ("No pain, no gain.", ["No pain, no gain"]),
        ("fly a flag, to", ["fly a flag, to"]),
        ("modisto, | modista", ["modisto", "modista"]),
        ("a|b c|d", ["a", "b c", "d"]),
        ("fürchten, sich ~", ["sich fürchten"]),
        ("halten, sich ~ für", ["sich halten für"]),
        ("bear:1", ["bear"]),
        ("10:30", ["10:30"]),
    ],
)
def test_spellings_of_a_headword(headword: str, expected: list[str]) -> None:
    """Spellings of one word are separate terms; sentences, clauses and inverted phrases are not split."""
    assert [term for term, _ in pairs(headword, "Wort")] == expected


def test_links() -> None:
    """Wiki links become their labels; bars separate translations."""
    assert translations("x", "[[покров]] на [[гроб|гробе]], Schneider, | Schneiderin") == [
        "покров на гробе",
        "Schneider",
        "Schneiderin",
    ]
    assert translations("x", "manet#Ruotsi, #Ruotsi, C#") == ["manet", "C#"]


def test_clauses() -> None:
    """Translations of clauses, like those of sentences, are not split at commas."""
    assert pairs("ember tervez, isten végez", "man proposes, god disposes") == [
        ("ember tervez, isten végez", "man proposes, god disposes")
    ]


def test_and_so_on() -> None:
    """An expression such as "etc." may be a headword with translations of the same kind."""
    assert pairs("etc", "usw., und so weiter") == [("etc", "usw."), ("etc", "und so weiter")]
    assert pairs("cars etc.", "Autos usw.") == [("cars", "Autos")]


def test_apostrophes() -> None:
    """A backtick within a word is an apostrophe."""
    assert translations("x", "he`s, l´eau") == ["he's", "l'eau"]


def test_polish() -> None:
    """In English-Polish, labels are removed, and phrases with the headword get their translations."""
    lines = [
        "I.  <V> 1.  [mieć]  a. liczyć",
        " b.",
        " 2.  go to bed (go V: :to :bed)",
        " - iść spać",
        "II.",
        "III.  łoże",
    ]
    assert pairs("bed /bed/", *lines, of="en-pl") == [("go to bed", "iść spać"), ("bed", "liczyć"), ("bed", "łoże")]
    assert pairs("quite", " 3.  a. quite a (:quite a D:)", of="en-pl") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1. kol, el.", ["kol", "el"]),
        ("1. Nisan. April fool Nisan birde aldatılan kimse.", ["Nisan"]),
        ("1. kayısı, zerdali, (bot.) Prunus armeniaca.", ["kayısı", "zerdali"]),
        ("2. (bot.) acı kök, acı pelin.", ["acı kök", "acı pelin"]),
        ("1. akçakavak (bot.) Populus alba.", ["akçakavak"]),
        ("1. (tıb.) pro- fesör (bak.) professor.", ["profesör"]),
        ("1. (A.B.D.)'nin güneyi.", ["A.B.D.'nin güneyi"]),
        ("1. tar. kanun koyucu.", ["kanun koyucu"]),
        ("1. .domuz ağılı", ["domuz ağılı"]),
    ],
)
def test_turkish(line: str, expected: list[str]) -> None:
    """In English-Turkish, full stops, phrases after them, Latin names and hyphens of line breaks are removed."""
    assert [translation for _, translation in pairs("word /x/", line, of="en-tr")] == expected


def test_labels() -> None:
    """Grammar labels after Breton-French and before Wolof-French translations are removed."""
    assert [pair[1] for pair in pairs("x", "sympathisant adj., idéal n, 2 m de haut", of="br-fr")] == [
        "sympathisant",
        "idéal",
        "2 m de haut",
    ]
    assert pairs("x", "10.chemin", of="br-fr") == [("x", "chemin")]
    assert pairs("x", "n.matinée", of="wo-fr") == [("x", "matinée")]


def test_hungarian_placeholders() -> None:
    """In Hungarian-English, sy, sg and vki, vmi mean somebody and something."""
    assert pairs("eltart vkit", "to keep sy, to sit on sy`s neck, to give sg to sy, sylvan", of="hu-en") == [
        ("eltart", "to keep"),
        ("eltart", "sylvan"),
    ]


def test_japanese_notes() -> None:
    """In dictionaries from JMdict, translations that follow a usage note without a space are found."""
    lines = [
        "1. (noun (common) (futsuumeishi))",
        "",
        "         Note: word usually written using kana aloneblack kite (Milvus), kite",
        "         Note: abbreviationslang scaffold",
        "         Note: honorific or respectful (sonkeigo) language",
        "         Note: jocular, humorous termI",
        "         Note: esp. 鴟 black kite",
    ]
    assert [pair[1] for pair in pairs("鳶 /x/", *lines, of="ja-en")] == ["black kite", "kite", "scaffold", "I"]
