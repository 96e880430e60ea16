"""Devices: what is checked before training, and what happens if memory runs out."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel

from benchmarks.common import devices, machine, processes, report
from benchmarks.common.devices import Gpu
from benchmarks.common.errors import DeviceError, RunError
from benchmarks.common.summary import Experiment

GIB = 2**30
TEXTS = {"tokens": 120, "layers": 12}


def test_devices_that_cannot_be_used() -> None:
    """An unknown device, and CUDA if there is none, are refused with the remedy; the processor is always there."""
    devices.check("cpu")
    with pytest.raises(DeviceError, match=r"--device is 'gpu'; pass cpu or cuda"):
        devices.check("gpu")
    if torch.cuda.is_available():
        devices.check("cuda")
        assert devices.name("cuda") == torch.cuda.get_device_name()
    else:
        with pytest.raises(DeviceError, match=r"--device is cuda, but PyTorch .* pass --device cpu"):
            devices.check("cuda")
    assert devices.name("cpu") == ""


def test_the_batch_that_is_named_fits() -> None:
    """The error has the need and what is there; the largest batch and the number of processes that it names fit."""
    card = Gpu("NVIDIA Test", 12 * GIB, 16 * GIB, True)
    devices.check_memory(card, 256, **TEXTS, workers=1)
    with pytest.raises(DeviceError) as caught:
        devices.check_memory(card, 256, **TEXTS, workers=2)
    assert str(caught.value) == (
        "--batch 256 needs about 17.4 GiB in 2 processes (--workers 2), but NVIDIA Test has 12.0 of 16.0 GiB free; "
        "pass --batch 153 or less, or pass --workers 1"
    )
    devices.check_memory(card, 153, **TEXTS, workers=2)
    with pytest.raises(DeviceError):
        devices.check_memory(card, 154, **TEXTS, workers=2)


def test_remedies_of_a_small_gpu() -> None:
    """Other programs are named if the GPU is large enough without them; one that is too small for any batch says so."""
    with pytest.raises(DeviceError, match=r"1\.0 of 80\.0 GiB free; end other programs on the GPU$"):
        devices.check_memory(Gpu("NVIDIA Test", GIB, 80 * GIB, True), 256, **TEXTS, workers=2)
    with pytest.raises(DeviceError, match=r"1\.0 of 2\.0 GiB free; use a GPU with more memory$"):
        devices.check_memory(Gpu("NVIDIA Test", GIB, 2 * GIB, True), 256, **TEXTS, workers=1)


def test_a_gpu_without_bfloat16_needs_more() -> None:
    """Single precision takes more memory, so a smaller batch fits."""
    fitting = []
    for bfloat16 in (True, False):
        with pytest.raises(DeviceError) as caught:
            devices.check_memory(Gpu("NVIDIA Test", 8 * GIB, 8 * GIB, bfloat16), 10_000, **TEXTS, workers=1)
        fitting.append(int(re.search(r"pass --batch (\d+)", str(caught.value)).group(1)))  # type: ignore[union-attr]
    assert fitting[0] / fitting[1] == pytest.approx(30 / 19, rel=0.02)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_the_estimate_covers_what_a_step_keeps(bfloat16: bool) -> None:
    """A step of layers of the encoder's size keeps less for its backward pass than is estimated, but not by half."""
    sizes = {"hidden_size": 384, "num_attention_heads": 12, "intermediate_size": 1536, "vocab_size": 8}
    model = BertModel(BertConfig(**sizes, num_hidden_layers=2), add_pooling_layer=False).eval()
    parameters = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        if (storage := tensor.untyped_storage()).data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage
        return tensor

    def step(rows: int) -> int:
        kept.clear()
        tokens = torch.ones((rows, 80), dtype=torch.long)
        with (
            torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
            torch.autocast("cpu", torch.bfloat16, enabled=bfloat16),
        ):
            result = model(tokens, attention_mask=torch.ones_like(tokens)).last_hidden_state
        assert result.requires_grad
        return sum(storage.nbytes() for storage in kept.values())

    measured = (step(4) - step(2)) / (2 * 80 * 2)  # the weights in bfloat16 do not count
    assert measured < devices._PER_TOKEN[bfloat16] < 1.5 * measured


def test_other_errors_pass() -> None:
    """Only errors about memory are replaced."""
    with pytest.raises(RuntimeError, match="shapes differ"), devices.out_of_memory(8):
        raise RuntimeError("shapes differ")


@dataclasses.dataclass(frozen=True)
class Kept:
    """A run that writes a file, or for whose batch there is no memory."""

    path: Path
    batch: int

    @property
    def label(self) -> str:
        return str(self.batch)

    def result(self) -> dict[str, Any] | None:
        return {} if self.path.exists() else None


def train(kept: Kept) -> dict[str, Any]:
    """Execute a run; this is called in a separate process."""
    with devices.out_of_memory(kept.batch):
        if kept.batch > 8:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        kept.path.touch()
    return {}


def test_memory_that_runs_out_in_a_process(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The user reads the remedy, not a traceback; the finished run is kept."""
    small, large = (Kept(tmp_path / str(batch), batch) for batch in (8, 16))
    with pytest.raises(RunError, match="the run 16 failed, see above; the results of other runs are kept"):
        processes.execute_all([small, large], train, workers=1)
    assert small.result() == {}
    error = capfd.readouterr().err
    assert "error: the GPU ran out of memory with --batch 16; pass fewer --workers" in error
    assert "Traceback" not in error


def test_the_gpu_is_named() -> None:
    """Results of a GPU name it, with the time of processes; others are as before."""
    about = machine.description((), "NVIDIA Test")
    assert about["gpu"] == "NVIDIA Test"
    assert report.machine_line(about).split(", ")[1] == "NVIDIA Test"
    document = {"machine": about, "seeds": 3, "minutes": 10, "systems": {}}
    assert report.seeds_line(Experiment(document), cpu=True) == (
        "Three seeds; 10 minutes of one process (NVIDIA Test) in all."
    )
    assert "gpu" not in machine.description()
