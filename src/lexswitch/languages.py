"""Language codes: BCP 47 (RFC 5646), checked."""

from __future__ import annotations

import re

from .errors import LexiconError

# ISO 639-1 and, for each code, those of ISO 639-2 and -3 that mean the same.
_ALPHA2 = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bi:bis
bm:bam bn:ben bo:bod,tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces,cze cu:chu cv:chv cy:cym,wel da:dan
de:deu,ger dv:div dz:dzo ee:ewe el:ell,gre en:eng eo:epo es:spa et:est eu:eus,baq fa:fas,per ff:ful fi:fin fj:fij
fo:fao fr:fra,fre fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun
hy:hye,arm hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido is:isl,ice it:ita iu:iku ja:jpn jv:jav ka:kat,geo
kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug
li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri,mao mk:mkd,mac ml:mal mn:mon mr:mar ms:msa,may mt:mlt
my:mya,bur na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld,dut nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori
os:oss pa:pan pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron,rum ru:rus rw:kin sa:san sc:srd sd:snd se:sme
sg:sag sh:hbs si:sin sk:slk,slo sl:slv sm:smo sn:sna so:som sq:sqi,alb sr:srp ss:ssw st:sot su:sun sv:swe sw:swa
ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr ur:urd
uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho,chi zu:zul
"""
_SHORT = {long: part[:2] for part in _ALPHA2.split() for long in part[3:].split(",")}
_TWO_LETTERS = frozenset(_SHORT.values())

# Codes of countries, and codes withdrawn, that are often taken for a language's.
_MISTAKEN = {"cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "in": "id", "iw": "he", "ji": "yi", "jp": "ja", "jw": "jv",
             "mo": "ro", "ua": "uk", "us": "en", "vn": "vi"}  # fmt: skip

_FORM = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:-[A-Za-z]{3}){0,3}(?P<script>-[A-Za-z]{4})?(?P<region>-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
)


def to_bcp47(code: str) -> str | None:
    """The BCP 47 code that is meant, in its canonical form: "deu" -> "de", "pt_br" -> "pt-BR"; None if there is none."""
    found = _FORM.fullmatch(code.replace("_", "-"))
    if not found:
        return None
    language = found["language"].lower()
    language = _MISTAKEN.get(language, _SHORT.get(language, language))
    if len(language) == 2 and language not in _TWO_LETTERS:
        return None
    rest = code.replace("_", "-")[found.end("language") :].lower()
    if script := found["script"]:
        rest = rest.replace(script.lower(), f"-{script[1:].title()}", 1)
    if region := found["region"]:
        rest = rest.replace(region.lower(), region.upper(), 1)
    return language + rest


def check_language(name: str, code: object) -> str:
    """Refuse what is no language code in canonical BCP 47; `name` says where it came from."""
    meant = to_bcp47(code) if isinstance(code, str) else None
    if not isinstance(code, str) or meant != code:
        remedy = f"write {meant!r}" if meant else "use a BCP 47 code such as 'de', 'pt-BR' or 'zh-Hant'"
        raise LexiconError(f"{name}: {code!r} is no language code; {remedy}")
    return code


# Scripts by their Unicode names; the languages that are not listed are written in Latin letters, or we do not know.
_SCRIPTS = {
    "Arabic": "ar ckb fa ks ps sd ug ur",
    "Armenian": "hy",
    "Bengali": "as bn",
    "Cyrillic": "ab ba be bg ce cv kk ky mk mn os ru tg tt uk",
    "Devanagari": "bho hi mai mr ne sa",
    "Ethiopic": "am ti",
    "Georgian": "ka",
    "Greek": "el",
    "Gujarati": "gu",
    "Gurmukhi": "pa",
    "Han": "ja ko yue zh",
    "Hangul": "ko",
    "Hebrew": "he yi",
    "Hiragana": "ja",
    "Kannada": "kn",
    "Katakana": "ja",
    "Khmer": "km",
    "Lao": "lo",
    "Latin": "af az bs ca cs cy da de en eo es et eu fi fo fr fy ga gl hr ht hu id is it la lb lt lv ms mt nb nl nn no "
    "oc pl pt ro sk sl sq sv sw tl tr uz vi",
    "Malayalam": "ml",
    "Myanmar": "my",
    "Oriya": "or",
    "Sinhala": "si",
    "Tamil": "ta",
    "Telugu": "te",
    "Thai": "th",
    "Tibetan": "bo dz",
}
# ISO 15924 codes as they stand in language tags.
_SCRIPT_CODES = {
    "Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Cyrl": "Cyrillic", "Deva": "Devanagari",
    "Ethi": "Ethiopic", "Geor": "Georgian", "Grek": "Greek", "Gujr": "Gujarati", "Guru": "Gurmukhi", "Hans": "Han",
    "Hant": "Han", "Hebr": "Hebrew", "Khmr": "Khmer", "Latn": "Latin", "Mlym": "Malayalam", "Mymr": "Myanmar",
    "Nkoo": "Nko", "Olck": "Ol_Chiki", "Orya": "Oriya", "Tfng": "Tifinagh", "Thai": "Thai", "Tibt": "Tibetan",
}  # fmt: skip


def script_names(language: str) -> list[str]:
    """The Unicode names of the scripts that a language is written in; empty if not known."""
    first, *others = language.split("-")
    for other in others:
        if other in _SCRIPT_CODES:
            return [_SCRIPT_CODES[other]]
    return [script for script, languages in _SCRIPTS.items() if first in languages.split()]
