"""Public data sets of images with captions in many languages, from local files.

XTD (Aggarwal & Kale 2020, https://github.com/adobe-research/Cross-lingual-Test-Dataset-XTD10; images of MS COCO),
Crossmodal-3600 (Thapliyal et al. 2022, https://google.github.io/crossmodal-3600) and WIT (Srinivasan et al. 2021,
https://github.com/google-research-datasets/wit). Each image is a concept; all have the same style and family.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from benchmarks.common.errors import CollectionError
from benchmarks.image_text import pictures
from benchmarks.image_text.collection import Collection, only_complete

_CODES = {"jp": "ja", "iw": "he"}  # the sets use other codes for these languages
_STYLE = "photos"

Captions = dict[str, dict[str, str]]
"""Language -> file name of the image -> caption."""


def xtd(folder: Path, images: Path, languages: Sequence[str], size: int) -> Collection:
    """Return XTD-10 or XTD-11: one caption of each image and language.

    Parameters
    ----------
    folder
        A copy of its repository: ``test_image_names.txt`` and ``test_1kcaptions_<language>.txt``, at any depth.
    images
        The folder of MS COCO's images, at any depth.
    languages
        Languages, with English among them. Images that lack one are left out.
    size
        Width and height in pixels.
    """
    names = _lines(_one(folder, "test_image_names.txt"))
    captions: Captions = {}
    for path in sorted(folder.rglob("test_1kcaptions_*.txt")):
        code = path.stem.rpartition("_")[2]
        lines = _lines(path)
        if len(lines) != len(names):
            raise CollectionError(
                f"{path} has {len(lines)} captions for {len(names)} names of images; fetch both again"
            )
        captions[_CODES.get(code, code)] = dict(zip(names, lines, strict=True))
    return _collection("xtd", captions, images, languages, size)


def crossmodal_3600(file: Path, images: Path, languages: Sequence[str], size: int) -> Collection:
    """Return Crossmodal-3600: the first caption of each image and language.

    Parameters
    ----------
    file
        Its ``captions.jsonl``.
    images
        The folder of its images, ``<image key>.jpg``.
    languages, size
        As for `xtd`.
    """
    captions: Captions = {}
    for number, line in enumerate(_lines(file), 1):
        try:
            row = json.loads(line)
            name = f"{row['image/key']}.jpg"
            found = {key: of["caption"][0] for key, of in row.items() if isinstance(of, dict) and of.get("caption")}
        except (ValueError, KeyError, TypeError) as error:
            raise CollectionError(
                f"{file}:{number}: {error!r}; a row has 'image/key' and captions; fetch the file again"
            ) from error
        for code, caption in found.items():
            captions.setdefault(_CODES.get(code, code), {})[name] = caption
    return _collection("crossmodal-3600", captions, images, languages, size)


def wit(file: Path, images: Path, languages: Sequence[str], size: int) -> Collection:
    """Return images of WIT: the first reference caption of each image and language.

    Parameters
    ----------
    file
        One of its files, ``.tsv`` or ``.tsv.gz``.
    images
        A folder with the images, named as in their URL.
    languages, size
        As for `xtd`.
    """
    captions: Captions = {}
    for row in _wit_rows(file):
        caption = (row["caption_reference_description"] or "").strip()
        if caption:
            name = unquote(row["image_url"].rpartition("/")[2])
            captions.setdefault(_CODES.get(row["language"], row["language"]), {}).setdefault(name, caption)
    return _collection("wit", captions, images, languages, size)


def _collection(name: str, captions: Captions, images: Path, languages: Sequence[str], size: int) -> Collection:
    if missing := [language for language in ("en", *languages) if language not in captions]:
        raise CollectionError(f"{name}: no captions in {missing}; languages are {sorted(captions)}")
    chosen = {language: captions[language] for language in dict.fromkeys(("en", *languages))}
    files = {path.name: path for path in images.rglob("*") if path.is_file()}
    if not files:
        raise CollectionError(f"{name}: no images in {images}; pass the folder that contains them")
    there = [number for number in chosen["en"] if number in files]
    if not there:
        wanted = next(iter(chosen["en"]))
        raise CollectionError(f"{name}: no image of the captions, such as {wanted!r}, is in {images}; fetch the images")
    ids = only_complete(there, chosen)
    left_out = {
        "absent images": len(chosen["en"]) - len(there),
        "without all languages": len(there) - len(ids),
    }
    return Collection(
        name,
        ids,
        {_STYLE: np.stack([pictures.read(files[number], size) for number in ids])},
        (_STYLE,),
        _STYLE,
        {language: [of[number] for number in ids] for language, of in chosen.items()},
        {language: [[] for _ in ids] for language in chosen},
        ["photos"] * len(ids),
        left_out,
    )


def _one(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise CollectionError(f"{folder} is not a folder; pass a copy of the repository")
    found = sorted(folder.rglob(name))
    if len(found) != 1:
        raise CollectionError(f"{folder} has {len(found)} files {name!r}; one is needed; pass a copy of the repository")
    return found[0]


def _wit_rows(file: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file of WIT, compressed or not, by column name."""
    needed = {"language", "image_url", "caption_reference_description"}
    unpack = gzip.open if file.suffix == ".gz" else open
    try:
        with unpack(file, "rt", encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream, delimiter="\t")
            if missing := needed - set(rows.fieldnames or ()):
                raise CollectionError(f"{file}:1: no columns {sorted(missing)}; pass a file of WIT")
            yield from rows
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError) as error:  # what damaged files raise
        raise CollectionError(f"{file} cannot be read ({error}); fetch it again") from error


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
    except OSError as error:
        raise CollectionError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CollectionError(f"{path} is not UTF-8 ({error}); fetch it again") from error
