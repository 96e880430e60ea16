"""The table of public lexicons.

As of November 2026. The entries come from the README of MUSE, the files of GATITOS, the FreeDict dictionaries in Debian
and newer ones, and published links to kaikki.org. The addresses were not tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from ..text.languages import to_bcp47, usual_code

LanguagePair = tuple[str, "str | None"]
"""Source and target language (BCP 47 codes in common use); target None means translations into many languages."""


class Source(NamedTuple):
    """A published collection of lexicons.

    `files` maps language pairs to addresses of files. If `releases` is set, it maps them to names in that list.
    """

    title: str
    licence: str
    """SPDX identifier, or a short description if the lexicons of a source differ."""
    home: str
    """Address of a page that describes it."""
    format: str
    """Name of the format of the files."""
    files: Mapping[LanguagePair, str]
    max_bytes: int
    """Size limit, well above the largest file."""
    releases: str | None = None
    """Address of the list of releases."""

    @property
    def pairs(self) -> list[LanguagePair]:
        """The language pairs, sorted."""
        return sorted(self.files, key=str)


@cache
def available() -> Mapping[str, Source]:
    """Return all public lexicons that `fetch` knows, by name.

    ============== =====================================================================================
    ``muse``       MUSE (Conneau et al., 2018): up to 100,000 pairs of words; 45 languages from and to
                   English, and all pairs of de en es fr it pt. Its "110 dictionaries" are 109 files,
                   because en-en counts twice. CC BY-NC 4.0 is the licence of its repository; the
                   dictionaries name none.
    ``muse-train`` The 5,000 most frequent source words of each pair.
    ``muse-test``  The next 1,500 source words.
    ``gatitos``    GATITOS (Jones et al., 2023), as in SMOL (Caswell et al., 2025): 4,000 English words and
                   phrases in 174 languages and scripts, mostly low-resource languages.
    ``freedict``   FreeDict: dictionaries of many origins and sizes. The release is the newest in the list
                   that was downloaded first; its archive is checked against the SHA-512 in that list.
    ``kaikki``     Translation tables of Wiktionary, extracted by wiktextract (Ylonen, 2022); one file for all
                   target languages, from 40 MB to 3 GB.
    ============== =====================================================================================
    """
    sources = {
        "muse": _muse("MUSE", ""),
        "muse-train": _muse("MUSE train", ".0-5000"),
        "muse-test": _muse("MUSE test", ".5000-6500"),
        "gatitos": Source(
            title="GATITOS",
            licence="CC-BY-4.0",
            home="https://huggingface.co/datasets/google/smol",
            format="gatitos",
            files={("en", target): f"{_SMOL}/gatitos/en_{target}.jsonl" for target in _GATITOS.split()},
            max_bytes=1 << 26,
        ),
        "freedict": Source(
            title="FreeDict",
            licence="GPL or CC-BY-SA, see the header of the dictionary",
            home="https://freedict.org",
            format="dictd",
            files={_bcp47(name): name for name in _FREEDICT.split()},
            max_bytes=1 << 29,
            releases="https://freedict.org/freedict-database.json",
        ),
        "kaikki": Source(
            title="kaikki.org",
            licence="CC-BY-SA-4.0 and GFDL",
            home="https://kaikki.org/dictionary/rawdata.html",
            format="wiktextract",
            files=dict(_kaikki()),
            max_bytes=1 << 34,
        ),
    }
    frozen = {name: source._replace(files=MappingProxyType(source.files)) for name, source in sources.items()}
    return MappingProxyType(frozen)


def _muse(title: str, part: str) -> Source:
    with_english = [pair for other in _MUSE.split() for pair in (("en", other), (other, "en"))]
    european = [(source, target) for source in _EUROPEAN for target in _EUROPEAN if source != target]
    return Source(
        title=title,
        licence="CC-BY-NC-4.0",
        home="https://github.com/facebookresearch/MUSE",
        format="muse",
        files={
            (source, target): f"https://dl.fbaipublicfiles.com/arrival/dictionaries/{source}-{target}{part}.txt"
            for source, target in with_english + european
        },
        max_bytes=1 << 26,
    )


def _bcp47(name: str) -> LanguagePair:
    source, target = (_MISNAMED.get(code) or usual_code(to_bcp47(code) or code) for code in name.split("-"))
    return source, target


def _kaikki() -> Iterator[tuple[LanguagePair, str]]:
    root = "https://kaikki.org/dictionary"
    yield ("en", None), f"{root}/English/kaikki.org-dictionary-English.jsonl"
    for edition in _EDITIONS.split():
        yield (edition, None), f"{root}/downloads/{edition}/{edition}-extract.jsonl.gz"


_EUROPEAN = ("de", "es", "fr", "it", "pt")
_MUSE = """
af ar bg bn bs ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv mk ms nl no pl pt ro ru sk sl sq sv ta th
tl tr uk vi zh
"""

_SMOL = "https://huggingface.co/datasets/google/smol/resolve/main"
_GATITOS = """
aa ab ace ach ady aeb aii ak alz apc apd-SD ar-MA arn arz as av awa ay ayl ba bal ban bbc bci bem ber ber-Latn bew bho
bik bjn bjn-Arab bm bm-Nkoo bo br brx bts btx bua bug ce cgg ch chk chm ckb cnh cpf crh crh-Latn crs ctg cv din doi
dov dv dyu dz ee efi es fa-AF ff fj fo fon fr fr-CA fur gaa gn gom hi hil hne hrx iba ilo iso iu jam kaa kac kbd kek
kg kha ki kl kr kri ks ks-Deva ktu kv lg li lij lmo ln ltg lua luo lus mad mag mai mak mam meo mfe mh min mni-Mtei mos
ms-Arab mwr nd ndc-ZW new nhe nr nso nus nv oc om os pa-Arab pag pam pap pcm qu quc rhg-Latn rn rom sa sah sat
sat-Latn scn se sg shn skr ss sus syl szl tcy tet ti tiv tn to tpi trp ts tum ty tyv udm ve vec war wo yua yue zap zza
"""

_FREEDICT = """
afr-deu afr-eng ara-eng bre-fra ces-eng ckb-kmr cym-eng dan-eng deu-bul deu-ell deu-eng deu-fin deu-fra deu-ind
deu-ita deu-kur deu-nld deu-pol deu-por deu-rus deu-spa deu-swe deu-tur ell-bul ell-eng ell-fin ell-fra ell-ind
ell-ita ell-jpn ell-lat ell-lit ell-nld ell-nor ell-pol ell-por ell-rus ell-spa ell-swe eng-afr eng-ara eng-bul
eng-cat eng-ces eng-cym eng-dan eng-deu eng-ell eng-fin eng-fra eng-gle eng-hin eng-hrv eng-hun eng-ind eng-ita
eng-jpn eng-lat eng-lit eng-nld eng-nor eng-pol eng-por eng-rom eng-rus eng-spa eng-srp eng-swe eng-swh eng-tur
eng-zho epo-eng fin-bul fin-deu fin-ell fin-eng fin-fra fin-ind fin-ita fin-jpn fin-lat fin-lit fin-nld fin-nor
fin-pol fin-por fin-swe fra-bre fra-bul fra-deu fra-ell fra-eng fra-fin fra-ita fra-jpn fra-lat fra-lit fra-nld
fra-pol fra-por fra-rus fra-spa fra-swe fra-tur fra-zho gla-deu gle-eng gle-pol hrv-eng hun-eng isl-eng ita-bul
ita-deu ita-ell ita-eng ita-fin ita-ind ita-jpn ita-lit ita-nor ita-pol ita-por ita-rus ita-spa ita-swe ita-tur
jpn-deu jpn-eng jpn-fra jpn-rus kha-deu kha-eng kur-deu kur-eng kur-tur lat-deu lat-eng lit-eng mkd-bul nld-bul
nld-deu nld-ell nld-eng nld-fin nld-fra nld-ind nld-ita nld-lat nld-lit nld-pol nld-por nld-rus nld-spa nld-swe
nno-nob oci-cat pol-bul pol-deu pol-ell pol-eng pol-fin pol-fra pol-gle pol-ind pol-ita pol-jpn pol-nld pol-nor
pol-por pol-rus pol-spa pol-swe pol-tur por-deu por-eng por-fra por-spa rus-eng san-deu slk-eng slv-eng spa-ast
spa-deu spa-eng spa-por srp-eng swe-bul swe-deu swe-ell swe-eng swe-fin swe-fra swe-ita swe-jpn swe-lat swe-nld
swe-nor swe-pol swe-por swe-rus swe-spa swe-tur swh-eng swh-pol tur-deu tur-eng wol-fra
"""

# FreeDict calls Romanian by the code of Romani.
_MISNAMED = {"rom": "ro"}

# Editions of Wiktionary that wiktextract reads; each has translations of words in its own language.
_EDITIONS = "cs de el es fr id it ja ko ku ms nl pl pt ru th tr vi zh"
