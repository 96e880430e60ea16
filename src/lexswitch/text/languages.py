"""Language codes: BCP 47 (RFC 5646), checked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ..errors import LexiconError

if TYPE_CHECKING:
    import regex

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
_MISTAKEN = """
cn:zh cz:cs dk:da gr:el in:id iw:he ji:yi jp:ja jw:jv mo:ro ua:uk us:en vn:vi
"""
_MEANT = {pair[:2]: pair[3:] for pair in _MISTAKEN.split()}

# Languages by which CLDR replaces a macrolanguage's most common member: supplementalMetadata, languageAlias, reason
# "macrolanguage"; those with two letters.
_USUAL = {
    "als": "sq", "arb": "ar", "ayr": "ay", "azj": "az", "cmn": "zh", "cwd": "cr", "ekk": "et", "esk": "ik", "fat": "ak",
    "fuc": "ff", "gaz": "om", "gug": "gn", "ike": "iu", "khk": "mn", "kmr": "ku", "knc": "kr", "kng": "kg", "kpv": "kv",
    "lvs": "lv", "npi": "ne", "ojg": "oj", "ory": "or", "pbu": "ps", "pes": "fa", "plt": "mg", "quz": "qu", "src": "sc",
    "swh": "sw", "uzn": "uz", "ydd": "yi", "zsm": "ms", "zyb": "za",
}  # fmt: skip

# Section 2.1: language, extended languages, script, region, variants, extensions, private use.
_FORM = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<rest>(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)"
)


def to_bcp47(code: str) -> str | None:
    """The BCP 47 code that is meant, in its canonical form: "deu" -> "de", "pt_br" -> "pt-BR"; None if there is none.

    Only the form of codes is checked, and those of two letters against the list of ISO 639-1.
    """
    found = _FORM.fullmatch(code.replace("_", "-").lower()) if code.isascii() else None
    if not found:
        return None
    language = found["language"]
    language = _MEANT.get(language, _SHORT.get(language, language))
    return language + _cased(found["rest"]) if len(language) == 3 or language in _TWO_LETTERS else None


def _cased(rest: str) -> str:
    """The subtags behind a language, each with "-", in the case that section 2.1.1 recommends."""
    subtags = rest.split("-")
    own = next((at for at, subtag in enumerate(subtags) if at and len(subtag) == 1), len(subtags))
    plain = [{2: str.upper, 4: str.capitalize}.get(len(subtag), str)(subtag) for subtag in subtags[:own]]
    return "-".join(plain + subtags[own:])


def usual_code(code: str) -> str:
    """The code in common use for the language of a BCP 47 code: "swh" -> "sw", "cmn-Hant" -> "zh-Hant"."""
    language, dash, rest = code.partition("-")
    return _USUAL.get(language, language) + dash + rest


def primary_language(code: str) -> str:
    """The language of a BCP 47 code by its usual code, without script and region: "pt-BR" -> "pt", "swh" -> "sw"."""
    return usual_code(code).partition("-")[0]


def check_language(name: str, code: object) -> str:
    """Refuse what is no language code in canonical BCP 47; `name` says where it came from."""
    meant = to_bcp47(code) if isinstance(code, str) else None
    if not isinstance(code, str) or meant != code:
        remedy = f"write {meant!r}" if meant else "use a BCP 47 code such as 'de', 'pt-BR' or 'zh-Hant'"
        raise LexiconError(f"{name}: {code!r} is no language code; {remedy}")
    return code


# The scripts (ISO 15924) that languages are commonly written in, mostly after languageData of the Unicode CLDR 48.
_SCRIPTS = {
    "Arab": "ar arz ary apc acm ckb fa glk kk ks ku ky lrc mzn pa ps sd skr tg ug ur uz",
    "Armn": "hy",
    "Beng": "as bn mni",
    "Cans": "cr iu oj",
    "Cher": "chr",
    "Cyrl": "ab ady av ba be bg bs bua ce chm crh cu cv inh kaa kbd kk krc kv ky lez mdf mhr mk mn myv os ru sah sh "
    "sr tg tk tt tyv udm ug uk uz xal",
    "Deva": "awa bho brx doi gom hi hne kok ks mag mai mr mwr ne sa sd",
    "Ethi": "am ti",
    "Geor": "ka",
    "Grek": "el",
    "Gujr": "gu",
    "Guru": "pa",
    "Hang": "ko",
    "Hani": "cdo cmn gan hak hsn ja ko lzh nan wuu yue zh",
    "Hebr": "he yi",
    "Hira": "ja",
    "Kana": "ja",
    "Khmr": "km",
    "Knda": "kn",
    "Laoo": "lo",
    "Latn": "aa af ak an ast ay az bi bm br bs ca ceb ch co cr crh cs cy da de ee en eo es et eu ff fi fil fj fo fr "
    "fur fy ga gd gl gn gv ha ho hr ht hu hz ia id ie ig ik ilo io is it iu jv kaa kab kg kha ki kj kk kl kr ku kw la "
    "lb lg li lmo ln lt lu lv mg mh mi ms mt na nan nb nd nds ng nl nn no nr nso nv ny oc oj om pap pl pt qu rm rn "
    "ro rw sc scn se sg sh sk sl sm sn so sq sr ss st su sv sw szl tk tl tn to tr ts tt tw ty uz ve vec vi vo wa "
    "war wo xh yo za zu",
    "Mlym": "ml",
    "Mtei": "mni",
    "Mymr": "my shn",
    "Nkoo": "bm nqo",
    "Olck": "sat",
    "Orya": "or",
    "Sinh": "si",
    "Taml": "ta",
    "Telu": "te",
    "Tfng": "tzm zgh",
    "Thaa": "dv",
    "Thai": "th",
    "Tibt": "bo dz",
    "Yiii": "ii",
}
# Those that are a set of others.
_SETS = {"Hans": ["Hani"], "Hant": ["Hani"], "Jpan": ["Hani", "Hira", "Kana"], "Kore": ["Hang", "Hani"]}


def scripts_of(language: str) -> list[str]:
    """The scripts (ISO 15924) of a language: the one that its code names, or all it has; empty if not known."""
    first, *others = language.split("-")
    for subtag in others:
        if len(subtag) == 4 and subtag.istitle():
            return _SETS.get(subtag, [subtag])
    return [script for script, languages in _SCRIPTS.items() if first in languages.split()]


@lru_cache(maxsize=256)
def letters_of(language: str) -> regex.Pattern[str] | None:
    """A pattern for a letter of a language's scripts; None if these are not known, or not in Unicode."""
    import regex  # takes its time

    scripts = "".join(rf"\p{{scx={script}}}" for script in scripts_of(language))
    try:
        return regex.compile(rf"[{scripts}--\P{{L}}]", regex.V1) if scripts else None
    except regex.error:
        return None
