"""Image-text collections: pictures, public data sets in their published formats, and errors."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.common.errors import CollectionError
from benchmarks.image_text import pictures, public
from benchmarks.image_text.collection import DEVELOPMENT, HELD_OUT, Collection

NAMES = {"en": ["red house", "green tree", "a door"], "de": ["rotes Haus", "grüner Baum", "eine Tür"]}


def collection(**changes: object) -> Collection:
    values = {
        "name": "test",
        "ids": ["a", "b", "c"],
        "styles": {"one": np.zeros((3, 8, 8, 4), np.uint8)},
        "trained_styles": ("one",),
        "tested_style": "one",
        "names": NAMES,
        "keywords": {"en": [["house", "red"], ["tree"], []], "de": [[], [], []]},
        "families": ["x", "x", "y"],
    }
    return Collection(**{**values, **changes})  # type: ignore[arg-type]


# -- what a collection is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"families": ["x"]}, "test: 1 families for 3 concepts; the numbers must be equal"),
        ({"ids": ["a", "a", "b"]}, "1 ids are repeated"),
        ({"tested_style": "two"}, r"no pictures of style \['two'\]; styles are \['one'\]"),
        ({"names": {"en": ["a", " ", "b"]}}, "1 captions in 'en' are empty, the first of 'b'"),
        ({"names": {**NAMES, "fr": ["une maison"]}}, "1 names in 'fr' for 3 concepts"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, object], message: str) -> None:
    """The error names the count, id, style or caption."""
    with pytest.raises(CollectionError, match=message):
        collection(**changes)


def test_parts_depend_on_ids_alone() -> None:
    """Shares are about as stated, each concept is in one part, and other concepts do not matter."""
    ids = [f"concept {number}" for number in range(4000)]
    many = {"names": {"en": ids}, "keywords": {"en": [[] for _ in ids]}, "families": ids}
    pictures_ = {"one": np.zeros((len(ids), 1, 1, 4), np.uint8)}
    found = collection(ids=ids, styles=pictures_, **many)
    assert abs(found.held_out.mean() - HELD_OUT) < 0.02
    assert abs(found.development.mean() - DEVELOPMENT) < 0.02
    both = [*found.asked("development"), *found.asked("test")]
    assert sorted(both) == list(range(4000))
    assert collection(ids=["concept 7", "x", "y"]).held_out[0] == found.held_out[7]


def test_identical_and_related_captions() -> None:
    """Identity ignores case and punctuation; concepts that share half of their words are related."""
    found = collection(names={"en": NAMES["en"], "de": ["Red house!", "Baum", "A-Door"]})
    assert found.identical("de").tolist() == [True, False, True]
    alike = collection(names={"en": ["red house", "red house", "tree"]}, keywords={"en": [["big"], ["old"], ["red"]]})
    assert alike.related().tolist() == [[True, True, False], [True, True, False], [False, False, True]]


def test_seen_languages_have_dictionaries() -> None:
    """Captions can be switched to languages with dictionaries."""
    found = collection(names={"en": NAMES["en"], "de": NAMES["de"], "ja": ["家", "木", "戸"]})
    assert (found.seen, found.unseen) == (["de"], ["ja"])


# -- pictures ----------------------------------------------------------------------------------------------------------


def png(colour: tuple[int, ...], size: tuple[int, int] = (4, 2)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB" if len(colour) == 3 else "RGBA", size, colour).save(content, format="png")
    return content.getvalue()


def test_pictures_are_fitted_into_a_square() -> None:
    """The rest of the square is transparent; colours and opacity are kept."""
    found = pictures.decoded(png((255, 0, 0)), "x.png", 8)
    assert found.shape == (8, 8, 4)
    assert found[4, 4].tolist() == [255, 0, 0, 255]
    assert found[0, 0, 3] == 0


@pytest.mark.parametrize("content", [b"", b"no picture", png((1, 2, 3))[:40]])
def test_damaged_pictures_are_named(tmp_path: Path, content: bytes) -> None:
    """The error names the damaged or missing file."""
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(CollectionError, match=r"a\.png is damaged .*; fetch it again"):
        pictures.read(tmp_path / "a.png", 8)
    with pytest.raises(CollectionError, match=r"b\.png cannot be read: No such file"):
        pictures.read(tmp_path / "b.png", 8)


# -- public sets -------------------------------------------------------------------------------------------------------


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images" / "val2014"
    folder.mkdir(parents=True)
    for number, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        (folder / f"{number}.jpg").write_bytes(png(colour))
    return tmp_path / "images"


def xtd_files(folder: Path, german: str) -> Path:
    for name, text in {
        "XTD10/test_image_names.txt": "0.jpg\n1.jpg\n2.jpg\n",
        "MIC/test_1kcaptions_en.txt": "a red house\na green tree\na blue door\n",
        "MIC/test_1kcaptions_de.txt": german,
        "STAIR/test_1kcaptions_jp.txt": "赤い家\n緑の木\n青い戸\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_xtd(tmp_path: Path, images: Path) -> None:
    """Captions belong to names of images line by line; the code of Japanese is corrected."""
    folder = xtd_files(tmp_path / "xtd", "ein rotes Haus\nein grüner Baum\neine blaue Tür\n")
    found = public.xtd(folder, images, ["de", "ja"], 8)
    assert found.names["de"][1] == "ein grüner Baum"
    assert found.names["ja"] == ["赤い家", "緑の木", "青い戸"]
    assert found.styles["photos"][2, 4, 4].tolist() == [0, 0, 255, 255]
    with pytest.raises(CollectionError, match=r"xtd: no captions in \['fr'\]; languages are \['de', 'en', 'ja'\]"):
        public.xtd(folder, images, ["fr"], 8)


def test_xtd_with_lines_missing(tmp_path: Path, images: Path) -> None:
    """The error names the file with fewer captions than names."""
    folder = xtd_files(tmp_path / "xtd", "ein rotes Haus\n")
    with pytest.raises(CollectionError, match=r"test_1kcaptions_de\.txt has 1 captions for 3 names"):
        public.xtd(folder, images, ["de"], 8)


def test_crossmodal_3600(tmp_path: Path, images: Path) -> None:
    """The first caption of each language counts; missing images are counted."""
    rows = [
        {
            "image/key": str(number),
            "image/locale": "de",
            "en": {"caption": [f"number {number}", "x"]},
            "de": {"caption": ["Zahl"]},
        }
        for number in range(5)
    ]
    file = tmp_path / "captions.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = public.crossmodal_3600(file, images, ["de"], 8)
    assert found.names == {"en": ["number 0", "number 1", "number 2"], "de": ["Zahl"] * 3}
    assert found.left_out == {"absent images": 2, "without all languages": 0}
    file.write_text('{"image/key": "0"}\n{"image', encoding="utf-8")
    with pytest.raises(CollectionError, match=r"captions\.jsonl:2: .*fetch the file again"):
        public.crossmodal_3600(file, images, ["de"], 8)


def test_wit(tmp_path: Path, images: Path) -> None:
    """Reference captions belong to file names; rows without one are skipped, incomplete images are counted."""
    head = "language\tpage_url\timage_url\tpage_title\tcaption_reference_description\n"
    rows = [
        ("en", "0.jpg", 'a "red" house'),
        ("de", "0.jpg", "ein rotes Haus"),
        ("de", "0.jpg", "noch eins"),
        ("en", "1.jpg", "a tree"),
        ("de", "1.jpg", ""),
    ]
    text = head + "".join(f"{code}\tpage\thttps://x/y/{name}\tT\t{caption}\n" for code, name, caption in rows)
    file = tmp_path / "wit.tsv.gz"
    file.write_bytes(gzip.compress(text.encode()))
    found = public.wit(file, images, ["de"], 8)
    assert found.names == {"en": ['a "red" house'], "de": ["ein rotes Haus"]}
    assert found.left_out == {"absent images": 0, "without all languages": 1}
    (tmp_path / "other.tsv").write_text("language\tcaption\n", encoding="utf-8")
    with pytest.raises(CollectionError, match=r"other\.tsv:1: no columns \['caption_.*', 'image_url'\]"):
        public.wit(tmp_path / "other.tsv", images, ["de"], 8)


@pytest.mark.parametrize("content", [gzip.compress(b"language\timage_url\n" * 9, mtime=0)[:-20], b"no gzip", None])
def test_wit_damaged(tmp_path: Path, images: Path, content: bytes | None) -> None:
    """The error names a file that is truncated, missing, or not gzip."""
    file = tmp_path / "wit.tsv.gz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CollectionError, match=r"wit\.tsv\.gz cannot be read .*; fetch it again"):
        public.wit(file, images, ["de"], 8)


def test_no_image_at_all(tmp_path: Path, images: Path) -> None:
    """A folder with other images, or none, is refused."""
    folder = xtd_files(tmp_path / "xtd", "a\nb\nc\n")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CollectionError, match=r"no images in .*empty"):
        public.xtd(folder, tmp_path / "empty", ["de"], 8)
    (tmp_path / "empty" / "other.jpg").write_bytes(png((1, 1, 1)))
    with pytest.raises(CollectionError, match=r"no image of the captions, such as '0\.jpg', is in"):
        public.xtd(folder, tmp_path / "empty", ["de"], 8)
