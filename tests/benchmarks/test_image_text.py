"""Image-text retrieval: captions of systems, both towers, rankings, and the report of results."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks.common import loop, starts
from benchmarks.common import report as common
from benchmarks.common.errors import RunError
from benchmarks.common.summary import Experiment
from benchmarks.image_text import (
    collections,
    dual_encoder,
    evaluation,
    image_tower,
    lexicons,
    measured,
    report,
    runs,
    students,
    systems,
)
from benchmarks.image_text.collection import Collection
from benchmarks.image_text.contrast import symmetric_info_nce
from benchmarks.image_text.systems import System
from benchmarks.image_text.training import ImageTraining, Training
from lexswitch import Lexicon

from .models import tiny

ENGLISH = ["a red house", "a green tree", "money of the bank", "the house has a door"]
GERMAN = ["Haus", "Baum", "Geld", "Tür"]
SOURCE = collections.EMOJI


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Collection:
    """Replace the collection and the lexicon by small ones."""
    rng = np.random.default_rng(0)
    styles = {style: rng.integers(0, 256, (4, 16, 16, 4), dtype=np.uint8) for style in ("one", "two")}
    names = {"en": ENGLISH, "de": GERMAN, "ja": ["家", "木", "金", "戸"]}
    keywords = {"en": [["house", "red"], ["tree"], ["bank"], []], "de": [["Haus"]] * 4, "ja": [["家"]] * 4}
    found = Collection("test", list("abcd"), styles, ("one",), "two", names, keywords, ["faces", "other"] * 2)
    found.__dict__["held_out"] = np.zeros(4, dtype=bool)
    found.__dict__["development"] = np.zeros(4, dtype=bool)
    lexicon = Lexicon.from_pairs({"de": [("house", "Haus"), ("door", "Tür"), ("bank", "Bank"), ("money", "Geld")]})
    monkeypatch.setattr(collections, "load", lambda _: found)
    monkeypatch.setattr(lexicons, "build", lambda _, __: lexicon)
    return found


# -- captions ----------------------------------------------------------------------------------------------------------


def made(system: System, epochs: int = 30) -> list[list[str]]:
    make = systems.maker(system, SOURCE, 0)
    return [make(epoch, [0, 1, 2, 3], [0, 1, 2, 3]) for epoch in range(epochs)]


def test_english_captions_are_of_three_kinds() -> None:
    """A caption is the name, keywords, or both; a concept without keywords has its name."""
    first = {row[0] for row in made(System("x", "english"))}
    words = {"house, red", "red, house"}
    assert first == {"a red house", *words, *(f"a red house: {keywords}" for keywords in words)}
    assert {row[3] for row in made(System("x", "english"))} == {"the house has a door", "the house has a door: "}


def test_translated_captions_draw_a_language() -> None:
    """Captions are in English and the seen languages, never in an unseen one."""
    found = Counter(row[1] for row in made(System("x", "translated"), 200))
    assert {"a green tree", "Baum"} <= set(found)
    assert not any("木" in text for text in found)


def test_switched_captions() -> None:
    """Captions have translations of the lexicon; with one language each, some stay English; draws repeat."""
    whole = made(System("x", "switched", "any", options={"p": 1.0}))
    assert {row[3].removesuffix(": ") for row in whole} == {"the Haus has a Tür"}
    text = Counter(row[3].removesuffix(": ") for row in made(System("x", "switched", "any", preset="text"), 100))
    assert text["the house has a door"] > 20
    assert text["the Haus has a Tür"] > 20
    assert made(System("x", "switched", "any"), 5) == made(System("x", "switched", "any"), 5)


def test_unknown_text_is_refused() -> None:
    """The message lists the allowed values."""
    with pytest.raises(ValueError, match="it must be english, switched, translated"):
        systems.maker(System("x", "spanish"), SOURCE, 0)


def test_entries_are_whole_captions_with_their_own_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word within a caption is not an entry; languages without a lexicon have no entries."""
    lexicon = Lexicon.from_pairs({"de": [("a green tree", "baum"), ("house", "Haus")]})
    monkeypatch.setattr(lexicons, "build", lambda _, __: lexicon)
    assert lexicons.entries("any", SOURCE, "de") == [False, True, False, False]
    assert lexicons.entries("any", SOURCE, "ja") == [False] * 4


def test_translate_test_goes_back_term_by_term(monkeypatch: pytest.MonkeyPatch) -> None:
    """Captions become English words and keep capitals; words that the lexicon lacks stay."""
    monkeypatch.setattr(lexicons, "_cached", lambda name, source, builder: builder())
    assert lexicons.translated(["Haus", "Geld, Baum"], "de", SOURCE) == ["House", "Money, Baum"]


# -- losses and towers -------------------------------------------------------------------------------------------------


def test_symmetric_info_nce_against_a_plain_computation() -> None:
    """Related rows are not negatives; both directions are averaged."""
    rng = np.random.default_rng(0)
    one, other = (torch.nn.functional.normalize(torch.from_numpy(rng.standard_normal((4, 3))), dim=1) for _ in range(2))
    related = torch.zeros(4, 4, dtype=torch.bool)
    related[0, 2] = related[2, 0] = True
    expected = 0.0
    for first, second in ((one, other), (other, one)):
        for row in range(4):
            kept = [column for column in range(4) if column == row or not related[row, column]]
            scores = [float(first[row] @ second[column]) / 0.2 for column in kept]
            expected += np.log(np.exp(scores).sum()) - scores[kept.index(row)]
    assert float(symmetric_info_nce(one, other, 0.2, related)) == pytest.approx(expected / 8)


def aligned(tmp_path: Path, embeddings: str, **options: Any) -> tuple[dual_encoder.DualEncoder, Any]:
    training = Training(embeddings=embeddings, steps=60, batch=4, learning_rate=1e-2, frozen_layers=1)
    features = np.random.default_rng(1).standard_normal((2, 4, 8)).astype(np.float32)
    features[1] = features[0]
    model = dual_encoder.DualEncoder(tiny(), training, 8, [*ENGLISH, "Haus"])
    make = systems.maker(System("x", "english"), SOURCE, 0)
    nothing = np.zeros((4, 4), dtype=bool)
    loss = dual_encoder.losses(model, training, np.arange(4), features, nothing, make, **options)
    history = loop.train(model, training, 4, loss, tmp_path / embeddings)
    assert np.mean(history.losses[-5:]) < 0.6 * np.mean(history.losses[:5])
    with torch.inference_mode():
        return model, model.images(torch.from_numpy(features[0])).numpy()


@pytest.mark.parametrize("embeddings", ["frozen", "trained", "random"])
def test_captions_find_their_images(tmp_path: Path, embeddings: str) -> None:
    """After training on four captions, each finds its image; frozen embeddings do not change."""
    before = tiny().model.embeddings.word_embeddings.weight
    model, images = aligned(tmp_path, embeddings)
    assert evaluation.ranks(model.encode(ENGLISH), images, np.arange(4)).tolist() == [1, 1, 1, 1]
    after = model.text.embeddings.word_embeddings.weight
    if embeddings == "frozen":
        assert torch.equal(before, after)
    else:
        assert len(after) < len(before)
        assert model.encode(["unknownword"]).shape == (1, 256)


def test_alignment_pulls_translations_together(tmp_path: Path) -> None:
    """With the added loss, a word and its translation are closer than without it."""
    lexicon = lexicons.build("any", SOURCE)
    align = dual_encoder.alignment(lexicon, ENGLISH)
    terms, translations = align(np.random.default_rng(0))
    assert set(zip(terms, translations, strict=True)) == {
        ("house", "Haus"), ("door", "Tür"), ("bank", "Bank"), ("money", "Geld"),
    }  # fmt: skip
    cosines = []
    for options in ({}, {"align": align, "weight": 1.0}):
        model, _ = aligned(tmp_path / str(len(options)), "frozen", **options)
        one, other = model.encode(["house", "door", "money"]), model.encode(["Haus", "Tür", "Geld"])
        cosines.append(float((one * other).sum(1).mean()))
    assert cosines[1] > cosines[0] + 0.1


def test_a_student_of_english_starts_at_its_teacher(tmp_path: Path) -> None:
    """With English captions, the student's rankings are its teacher's, and its loss is the contrastive one alone."""
    teacher, features = aligned(tmp_path, "frozen")[0], np.ones((1, 4, 8), np.float32)
    student = dual_encoder.DualEncoder(tiny(), Training(seed=5), 8)
    students.enrol(student, teacher)
    english = systems.maker(System("x", "english"), SOURCE, 0)
    data = (Training(batch=4), np.arange(4), features, np.zeros((4, 4), dtype=bool), english)
    loss = students.losses(student, teacher, *data, english, 100.0)(0, np.arange(4)).item()
    assert loss == pytest.approx(dual_encoder.losses(teacher, *data)(0, np.arange(4)).item(), abs=1e-3)


def test_a_student_learns_switched_captions_and_keeps_its_teacher_s_ranking(tmp_path: Path) -> None:
    """Switched captions find their images afterwards; English vectors move little, and images do not move."""
    rng = np.random.default_rng(1)
    features = rng.standard_normal((1, 4, 8)).astype(np.float32)
    teacher = aligned(tmp_path, "frozen")[0]
    training = Training(steps=60, batch=4, learning_rate=1e-2, frozen_layers=1)
    student = dual_encoder.DualEncoder(tiny(), training, 8)
    students.enrol(student, teacher)
    before = {name: value.clone() for name, value in student.state_dict().items()}
    switched = systems.maker(System("x", "switched", "any", options={"p": 1.0}), SOURCE, 0)
    english = systems.maker(System("x", "english"), SOURCE, 0)
    data = (np.arange(4), features, np.zeros((4, 4), dtype=bool), switched, english)
    loss = students.losses(student, teacher, training, *data, 1.0)
    history = loop.train(student, training, 4, loss, tmp_path / "student")
    assert np.mean(history.losses[-5:]) < np.mean(history.losses[:5])
    with torch.inference_mode():
        images = student.images(torch.from_numpy(features[0])).numpy()
    captions = ["a red Haus", "a green tree", "Geld of the Bank", "the Haus has a Tür"]
    assert evaluation.ranks(student.encode(captions), images, np.arange(4)).tolist() == [1, 1, 1, 1]
    frozen = ("image_head.weight", "log_temperature", "text.embeddings.word_embeddings.weight")
    after = student.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in frozen)
    assert not torch.equal(after["text_head.weight"], before["text_head.weight"])


def test_alignment_of_nothing_is_refused() -> None:
    """A lexicon without a word of the captions is an error."""
    with pytest.raises(ValueError, match="nothing to align"):
        dual_encoder.alignment(Lexicon.from_pairs({"de": [("horse", "Pferd")]}), ENGLISH)


def test_image_tower_learns_and_is_kept(tmp_path: Path, small: Collection) -> None:
    """The loss falls; a loaded tower gives the same features in any batch."""
    training = ImageTraining(width=8, steps=30, batch=4, views=2, learning_rate=1e-2)
    tower = image_tower.load(small, training, tmp_path)
    losses = torch.load(tmp_path / "image-tower.pt", weights_only=True)["losses"]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    views, tested = image_tower.features(small, tower, 2, 0)
    assert (views.shape, tested.shape) == ((2, 4, 64), (4, 64))
    again = image_tower.features(small, image_tower.load(small, training, tmp_path), 2, 0)
    np.testing.assert_array_equal(views, again[0])
    with torch.inference_mode():
        alone = tower(image_tower.plain(small.styles["two"][:1])).numpy()
    np.testing.assert_allclose(alone, tested[:1], atol=0.05, rtol=0.05)  # bfloat16 where there is some


def test_views_keep_left_and_right() -> None:
    """A picture that is bright on the left stays so in all views: there are no flips."""
    image = np.zeros((1, 16, 16, 4), np.uint8)
    image[..., 3] = 255
    image[:, :, :8, :3] = 255
    views = image_tower.augmented(np.repeat(image, 200, 0), torch.Generator().manual_seed(0))
    assert bool((views[..., :8].mean((1, 2, 3)) > views[..., 8:].mean((1, 2, 3))).all())
    assert image_tower.plain(image).unique().tolist() == [-1, 1]


@pytest.mark.parametrize("kind", ["CLIP", "Siglip"])
def test_image_towers_of_hugging_face(tmp_path: Path, kind: str) -> None:
    """A model in a folder gives the features of its vision tower, for pictures of its own size."""
    import transformers

    vision = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision |= {"image_size": 8, "patch_size": 4}
    text = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = getattr(transformers, f"{kind}Config")(vision_config=vision, text_config={**text, "vocab_size": 64})
    model = getattr(transformers, f"{kind}Model")(config).eval()
    model.save_pretrained(tmp_path)
    size = {"height": 8, "width": 8} if kind == "Siglip" else {"shortest_edge": 8}
    getattr(transformers, f"{kind}ImageProcessor")(size=size).save_pretrained(tmp_path)
    tower = image_tower.HuggingFaceTower(str(tmp_path))
    images = torch.rand(2, 3, 8, 8) * 2 - 1
    with torch.inference_mode():
        expected = model.vision_model(pixel_values=((images + 1) / 2 - tower.mean) / tower.spread).pooler_output
        assert torch.allclose(tower(images), expected, atol=1e-5)
        assert tower(torch.zeros(1, 3, 16, 16)).shape == (1, 16)


def test_an_image_model_that_is_not_there(tmp_path: Path) -> None:
    """The error names the model and has one line."""
    with pytest.raises(RunError, match=r"image model .*nothing.* cannot be loaded"):
        image_tower.HuggingFaceTower(str(tmp_path / "nothing"))


@pytest.mark.parametrize("ranking", [0.0, 1.0])
def test_a_run_is_trained_measured_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ranking: float) -> None:
    """The result has measures and a learning curve; the second run reads the model, and that of the teacher."""
    monkeypatch.setenv("LEXSWITCH_BENCHMARK_CACHE", str(tmp_path))
    monkeypatch.setattr(starts, "load", lambda _: tiny())
    monkeypatch.setattr(collections, "origin", lambda _: "test")
    monkeypatch.setattr(runs, "_WATCH_STEPS", 2)
    image = ImageTraining(width=8, steps=2, batch=4, views=1)
    training = Training(steps=4, batch=4, frozen_layers=1, image=image)
    run = runs.Run(System("ML-CS", "switched", "any", ranking=ranking), training, languages=("en", "de", "ja"))
    small_development = np.array([True, False, False, False])
    collections.load(SOURCE).__dict__["development"] = small_development
    monkeypatch.setattr(evaluation, "example_concepts", lambda _: [1])
    first = runs.execute(run)
    assert [step for step, _ in first["curve"]] == [2, 4]
    assert "image-xx" in first["directions"]
    monkeypatch.setattr(loop, "train", None)
    run.result_file.unlink()
    again = runs.execute(run)
    assert again["directions"] == first["directions"]
    assert again["curve"] == first["curve"]


# -- rankings ----------------------------------------------------------------------------------------------------------


def test_ranks_against_a_plain_computation() -> None:
    """Of equal rows the earlier one comes first."""
    rng = np.random.default_rng(0)
    queries, gallery = (rng.integers(-2, 3, (40, 3)).astype(np.float32) for _ in range(2))
    own = rng.permutation(40)
    for row, found in enumerate(evaluation.ranks(queries, gallery, own)):
        scores = (queries[row] @ gallery.T).tolist()
        order = np.lexsort((range(40), np.negative(scores))).tolist()
        assert order.index(own[row]) + 1 == found


def test_ranks_are_written_as_characters() -> None:
    """Ranks survive writing and reading; measures are those of the ranks."""
    found = np.array([1, 2, 10, 11, 1580])
    assert evaluation.read(evaluation.written(found)).tolist() == found.tolist()
    measures = evaluation.measures(found)
    assert measures["MRR@10"] == pytest.approx((1 + 0.5 + 0.1) / 5)
    assert measures["MRR"] == pytest.approx((1 + 0.5 + 0.1 + 1 / 11 + 1 / 1580) / 5, abs=1e-5)
    assert [measures[f"R@{depth}"] for depth in (1, 5, 10)] == [0.2, 0.4, 0.6]


def ideal(texts: Any) -> np.ndarray:
    """Encode every caption correctly, English ones a little better."""
    vectors = np.zeros((len(texts), 5), np.float32)
    for row, text in enumerate(texts):
        place = next(of.index(text) for of in (ENGLISH, GERMAN, ["家", "木", "金", "戸"]) if text in of)
        vectors[row, place] = 1
        vectors[row, 4] = 0 if text in ENGLISH else 0.2
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_an_ideal_model_is_perfect_everywhere() -> None:
    """All directions have rank 1; the shares of languages in the top of all captions sum to one."""
    found = evaluation.evaluate(ideal, np.eye(5, dtype=np.float32)[:4], SOURCE, "test", ("en", "de", "ja"))
    both = [f"{language}-image" for language in ("en", "de", "ja")] + [f"image-{code}" for code in ("en", "de", "ja")]
    assert set(found["directions"]) == {*both, "image-xx"}
    assert {evaluation.read(of["ranks"]).max() for of in found["directions"].values()} == {1}
    assert sum(found["bias"].values()) == pytest.approx(1, abs=1e-4)
    assert found["examples"]["de"][0][0] == 0


def test_centring_removes_what_a_language_adds() -> None:
    """A language that adds a vector to all captions is ranked as English is; the other part has the means."""
    collections.load(SOURCE).__dict__["development"] = np.array([False, False, True, True])
    images = np.random.default_rng(0).standard_normal((4, 8)).astype(np.float32)

    def shifted(texts: Any) -> np.ndarray:
        places = [(row, of) for of in (ENGLISH, GERMAN) for row, text in enumerate(of) if text in texts]
        return np.stack([images[row] + 3 * (of is GERMAN) for row, of in places])

    plain, centred = (
        evaluation.evaluate(shifted, images, SOURCE, "test", ("en", "de"), centred=centred)["directions"]
        for centred in (False, True)
    )
    assert centred["de-image"] == centred["en-image"]
    assert plain["de-image"] != plain["en-image"]


# -- the report --------------------------------------------------------------------------------------------------------


def document() -> dict[str, Any]:
    """Return results of two systems with two seeds; they differ in German only."""

    def run(name: str, seed: int, german: list[int]) -> dict[str, Any]:
        every = evaluation.written(np.array([1, 2, 4, 5]))
        directions = {code: {"ranks": every} for code in ("en-image", "ja-image", "image-en", "image-de", "image-xx")}
        directions["de-image"] = {"ranks": evaluation.written(np.array(german))}
        about = {
            "bias": {"en": 0.5, "de": 0.25, "ja": 0.25},
            "examples": {"en": [[0, 1]], "de": [[1, 0]], "ja": [[2, 3]]},
        }
        about |= {"losses": [2.0, 1.0], "curve": [[1, 0.1]], "seconds_training": 60.0, "seconds_evaluation": 0.0}
        return {"system": {"name": name}, "training": {"steps": 40}, "seed": seed, "directions": directions, **about}

    return {
        "seen": ["de"],
        "unseen": ["ja"],
        "lexicons": {"any": {"entries": {"de": "0110"}}},
        "concepts": {
            "numbers": [3, 5, 8, 9],
            "families": ["faces", "other", "faces", "other"],
            "held out": "0011",
            "identical": {"de": "1000", "ja": "0000"},
        },
        "runs": [
            *(run("English captions", seed, [1, 4, 5, 10]) for seed in (0, 1)),
            *(run("ML-CS", seed, [1, 2, 5, 5]) for seed in (0, 1)),
        ],
    }


def test_kinds_choose_languages_and_captions() -> None:
    """Identical captions are left out by default; subsets are by entry, family and held-out concepts."""
    found = measured.Measured(document())

    def mean(system: str, kind: str) -> float:
        return found.sums(system, kind).mean

    means = {kind: mean("English captions", kind) for kind in ("English", "seen", "seen, identical too")}
    assert means["English"] == pytest.approx((1 + 0.5 + 0.25 + 0.2) / 4)
    assert means["seen"] == pytest.approx((0.25 + 0.2 + 0.1) / 3)
    assert means["seen, identical too"] == pytest.approx((1 + 0.25 + 0.2 + 0.1) / 4)
    subsets = {"seen, held out": [0.2, 0.1], "seen, entry": [0.25, 0.2], "seen, no entry": [0.1], "seen, faces": [0.2]}
    for kind, values in subsets.items():
        assert mean("English captions", kind) == pytest.approx(np.mean(values)), kind
    assert list(found.parts("image to mixed")) == ["image-xx"]
    assert list(found.parts("image to seen")) == ["image-de"]
    assert found.seeds("ML-CS", "unseen") == pytest.approx([1.95 / 4] * 2)


def test_a_summary_holds_what_tables_show() -> None:
    """A summary has means, gains, entries and examples, but no ranks."""
    summary = measured.summarise(document())
    experiment = Experiment(json.loads(json.dumps(summary)))
    assert experiment.difference("ML-CS", "English captions", "seen").mean == pytest.approx((0.25 + 0.1) / 3)
    assert summary["queries"]["seen"] == 3
    assert summary["lexicons"]["any"]["entries"] == {"de": 0.5}
    assert summary["systems"]["ML-CS"]["examples"] == [[0, 1]]
    assert (summary["seeds"], summary["minutes"]) == (2, 4)
    assert "ranks" not in json.dumps(summary)


def test_kinds_without_queries_are_left_out() -> None:
    """Without an unseen language, or captions of a family, there is no column."""
    found = document()
    found["unseen"] = []
    summary = measured.summarise(found)
    experiment = Experiment(summary)
    assert experiment.measured(("English", "seen", "unseen", "seen, people")) == ["English", "seen"]
    assert report.smoke_table(summary)[0] == "| MRR | English | seen |"


def test_tables_have_a_row_for_each_system() -> None:
    """Tables have gains with intervals, and stars if a test is significant."""
    experiment = Experiment(measured.summarise(document()))
    lines = [*report.smoke_table(experiment.document), *report.languages_table(experiment)]
    assert sum(line.startswith("| ML-CS |") for line in lines) == 2
    gains = common.gains_table(experiment, report.BASE, measured.KINDS, report.LIMIT)
    assert "+.000 [+.000, +.000], p = 1.000" in gains[2]
