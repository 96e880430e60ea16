"""Codes and database names of the Wikipedias."""

from __future__ import annotations

from collections.abc import Mapping

# Wikipedias whose code differs from their language (https://meta.wikimedia.org/wiki/Special_language_codes).
_PREFIXES: Mapping[str, str] = {
    "cmn": "zh", "gsw": "als", "lzh": "zh-classical", "nan": "zh-min-nan", "nb": "no", "rup": "roa-rup",
    "sgs": "bat-smg", "vro": "fiu-vro", "yue": "zh-yue",
}  # fmt: skip
_SITES: Mapping[str, str] = {"be-tarask": "be_x_oldwiki"}


def site_of(language: str) -> str:
    """Return the database name of the Wikipedia in a language, as in the sitelinks of Wikidata."""
    return _SITES.get(language, prefix_of(language).replace("-", "_") + "wiki")


def prefix_of(language: str) -> str:
    """Return the code of the Wikipedia in a language, as in its address and in links between Wikipedias."""
    return _PREFIXES.get(language, language.lower())
