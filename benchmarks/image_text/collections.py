"""The collections by name: emoji, which are fetched, or a public data set from local files."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common import files
from benchmarks.image_text import emoji, public
from benchmarks.image_text.collection import Collection

PUBLIC = {"xtd": public.xtd, "crossmodal-3600": public.crossmodal_3600, "wit": public.wit}
NAMES = ("emoji", *PUBLIC)


@dataclass(frozen=True)
class Source:
    """The origin of a collection.

    Attributes
    ----------
    name : str
        One of `NAMES`.
    captions, images : str
        Paths of public data sets, for the functions of `public`.
    languages : tuple of str
        English first.
    size : int
        Width and height of pictures in pixels.
    """

    name: str = "emoji"
    captions: str = ""
    images: str = ""
    languages: tuple[str, ...] = emoji.LANGUAGES
    size: int = emoji.SIZE


EMOJI = Source()


@functools.cache
def load(source: Source) -> Collection:
    """Return a collection.

    Parameters
    ----------
    source
        The origin.
    """
    if source.name not in NAMES:
        raise ValueError(f"collection is {source.name!r}; choose one of {', '.join(NAMES)}")
    if source.name == "emoji":
        return emoji.collection()
    return PUBLIC[source.name](Path(source.captions), Path(source.images), source.languages, source.size)


@functools.cache
def origin(source: Source) -> str:
    """Return a digest of the code and data of a collection."""
    if source.name == "emoji":
        return emoji.origin()
    digest = hashlib.sha256(files.origin([Path(public.__file__)]).encode())
    for root in (Path(source.captions), Path(source.images)):
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file():
                digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
    digest.update(repr((source.languages, source.size)).encode())
    return digest.hexdigest()[:12]


def other_captions(source: Source, language: str) -> list[str]:
    """Return captions in a language that are not in the test.

    Parameters
    ----------
    source, language
        A collection and one of its languages.
    """
    if source.name == "emoji":
        return emoji.other_captions(language)
    collection = load(source)
    return [collection.names[language][number] for number in collection.asked("development")]
