"""The examples run as a user runs them, with tiny untrained models."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

EXAMPLES = Path(__file__).parents[2] / "examples"
SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with its tokenizer."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer = Tokenizer(models.WordPiece(unk_token=SPECIAL["unk"]))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    texts = (EXAMPLES / "data" / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=500, special_tokens=[*SPECIAL.values()]))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ids)
    named = {f"{name}_token": token for name, token in SPECIAL.items()}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=tokenizer.get_vocab_size(), **sizes)).save_pretrained(folder)
    return folder


def run(folder: Path, *command: object) -> str:
    """Run a command that must succeed, and return its output."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "cache"), "CUDA_VISIBLE_DEVICES": ""}
    environment["OMP_NUM_THREADS"] = "1"  # on a busy machine, threads wait for each other
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    ran = subprocess.run([*map(str, command)], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize(("name", "saved"), [("bi_encoder", "modules.json"), ("cross_encoder", "config.json")])
def test_sentence_transformers(tmp_path: Path, model: Path, name: str, saved: str) -> None:
    """The examples train on switched text and save a model."""
    output = run(tmp_path, sys.executable, EXAMPLES / f"{name}.py", "--model", model, "--epochs", 2, "--output", "out")
    assert (tmp_path / "out" / saved).is_file()
    assert "'query': 'how do i open a bank account'" not in output
    assert "'query': " in output


def test_distill(tmp_path: Path) -> None:
    """The student answers German and Italian questions better than its teacher; averages lie between them."""
    script = EXAMPLES / "distill.py"
    lines = run(tmp_path, sys.executable, script, "--epochs", 15, "--output", "out").splitlines()
    assert (tmp_path / "out" / "modules.json").is_file()
    (first, *_), *rows = [line.split() for line in lines[-6:]]
    assert first == "share"
    english, german, italian = ([float(row[column]) for row in rows] for column in (1, 2, 3))
    assert english[-1] > english[0] - 0.1
    for scores in (german, italian):
        assert scores[-1] > scores[0] + 0.2
        assert scores[0] < scores[2] < scores[-1]


def test_distill_with_a_pretrained_model(tmp_path: Path, model: Path) -> None:
    """The teacher can be a model in a folder."""
    command = [EXAMPLES / "distill.py", "--model", model, "--epochs", 1, "--output", "out"]
    assert "share of the student" in run(tmp_path, sys.executable, *command)
    assert (tmp_path / "out" / "model.safetensors").is_file()


def test_ner(tmp_path: Path, model: Path) -> None:
    """The tags fit the sub-words, and a model is saved."""
    output = run(tmp_path, sys.executable, EXAMPLES / "ner.py", "--model", model, "--epochs", 2, "--output", "out")
    assert (tmp_path / "out" / "model.safetensors").is_file()
    assert len(output.splitlines()) >= 2


def test_pytorch_loop(tmp_path: Path) -> None:
    """The loss falls."""
    lines = run(tmp_path, sys.executable, EXAMPLES / "pytorch_loop.py", "--epochs", 4).splitlines()
    losses = [float(line.rpartition(" ")[2]) for line in lines if line.startswith("epoch")]
    assert len(losses) == 4
    assert losses[-1] < losses[0]


def test_ms_marco(tmp_path: Path) -> None:
    """Triples without a header are switched; the output has as many rows."""
    triples = "what is a bank\tA bank has money.\tThe house has a door.\n" * 50
    (tmp_path / "triples.train.small.tsv").write_text(triples, encoding="utf-8")
    run(tmp_path, EXAMPLES / "ms_marco.sh")
    rows = (tmp_path / "triples.switched.tsv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 50
    assert all(row.count("\t") == 2 for row in rows)
    assert len(set(rows)) > 10


def blocks(page: str, *, without: tuple[str, ...] = ()) -> str:
    """Return the code blocks of a page, without those of some sections."""
    text = (EXAMPLES.parent / "docs" / page).read_text(encoding="utf-8")
    sections = [one for one in re.split(r"(?m)^## ", text) if not one.startswith(without)]
    found = re.findall(r"(?ms)^```(?:python|py)\n(.*?)^```$", "".join(sections))
    assert found
    return "".join(found)


@pytest.mark.parametrize(
    ("page", "output"), [("training.md", "Kreditkarte"), ("labels.md", ""), ("quickstart.md", "39 ")]
)
def test_documentation(tmp_path: Path, page: str, output: str) -> None:
    """The code blocks of a page run in order."""
    script = tmp_path / "script.py"
    script.write_text(blocks(page, without=("Spark", "Ray")), encoding="utf-8")
    printed = run(tmp_path, sys.executable, script)
    assert output in printed
    assert [shown for shown in _shown_outputs(page) if shown not in printed.splitlines()] == []


def _shown_outputs(page: str) -> list[str]:
    """Return the output that a page shows in comments of ``py`` blocks: dicts and lists."""
    text = (EXAMPLES.parent / "docs" / page).read_text(encoding="utf-8")
    found = [re.findall(r"(?m)^# ([\[{].*)$", code) for code in re.findall(r"(?ms)^```py\n(.*?)^```$", text)]
    assert page != "training.md" or sum(map(len, found)) == 4
    return [line for lines in found for line in lines]


@pytest.mark.parametrize(("section", "library"), [("Spark", "pyspark"), ("Ray", "ray")])
def test_complete_examples_of_the_documentation(tmp_path: Path, section: str, library: str) -> None:
    """The examples for clusters are complete scripts, and switch the text."""
    pytest.importorskip(library)
    text = (EXAMPLES.parent / "docs" / "training.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"(?ms)^## {section}\n.*?^```py\n(.*?)^```$", text)
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    assert "открывать a bank account" in run(tmp_path, sys.executable, script)
