"""The device that trains a model: the processor, or a CUDA GPU. Both are checked before training begins."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.common.errors import DeviceError, RunError

CPU, CUDA = "cpu", "cuda"
DEVICES = (CPU, CUDA)

_GIB = 2**30
_FIXED = 2 * _GIB  # of a process: parameters, states of AdamW, the teacher's vectors, CUDA itself
_PER_TOKEN = {True: 19 << 10, False: 30 << 10}
"""In bfloat16 or not -> bytes for each token and layer of a batch.

Counted: what a layer of 384 dimensions keeps for the backward pass, and a quarter more.
"""


class Gpu(NamedTuple):
    """A GPU.

    Attributes
    ----------
    name : str
    free, total : int
        Bytes.
    bfloat16 : bool
        Whether it has instructions for bfloat16.
    """

    name: str
    free: int
    total: int
    bfloat16: bool


def check(device: str) -> None:
    """Raise an error if a device is unknown, or not there.

    Parameters
    ----------
    device
        One of `DEVICES`.

    Raises
    ------
    DeviceError
        If PyTorch cannot train on it.
    """
    if device not in DEVICES:
        raise DeviceError(f"--device is {device!r}; pass {' or '.join(DEVICES)}")
    if device == CPU:
        return
    import torch

    if torch.version.cuda is None:
        raise DeviceError(
            f"--device is {device}, but PyTorch {torch.__version__} is a build without CUDA; install a build for CUDA "
            f"from https://pytorch.org/get-started/locally/, or pass --device {CPU}"
        )
    if not torch.cuda.is_available():
        raise DeviceError(
            f"--device is {device}, but PyTorch {torch.__version__} finds no GPU; see whether nvidia-smi lists one and "
            f"CUDA_VISIBLE_DEVICES does not hide it, or pass --device {CPU}"
        )


def gpu() -> Gpu:
    """Return the GPU that PyTorch uses; call `check` first."""
    import torch

    free, total = torch.cuda.mem_get_info()
    return Gpu(torch.cuda.get_device_name(), free, total, has_bfloat16())


def name(device: str) -> str:
    """Return the name of the GPU, or nothing for the processor."""
    return "" if device == CPU else gpu().name


def has_bfloat16() -> bool:
    """Return whether the GPU has instructions for bfloat16; older ones only emulate it."""
    import torch

    return bool(torch.cuda.get_device_capability() >= (8, 0))


def check_memory(found: Gpu, batch: int, tokens: int, layers: int, workers: int) -> None:
    """Raise an error if a batch does not fit into the memory of a GPU.

    Parameters
    ----------
    found
        The GPU.
    batch
        Number of rows of a step.
    tokens
        Maximum number of tokens of a row.
    layers
        Number of layers that are trained.
    workers
        Number of processes that share the GPU.

    Raises
    ------
    DeviceError
        The message has the largest number of rows that fits.
    """
    per_row = tokens * layers * _PER_TOKEN[found.bfloat16]
    needed = _FIXED + batch * per_row
    if workers * needed <= found.free:
        return
    remedies = []
    if (fitting := int(found.free / workers - _FIXED) // per_row) > 1:
        remedies.append(f"pass --batch {fitting} or less")
    if (fewer := found.free // needed) > 0:
        remedies.append(f"pass --workers {fewer}")
    if workers * needed <= found.total:
        remedies.append("end other programs on the GPU")
    processes = "one process" if workers == 1 else f"{workers} processes"
    raise DeviceError(
        f"--batch {batch} needs about {workers * needed / _GIB:.1f} GiB in {processes} (--workers {workers}), but "
        f"{found.name} has {found.free / _GIB:.1f} of {found.total / _GIB:.1f} GiB free; "
        f"{', or '.join(remedies) or 'use a GPU with more memory'}"
    )


@contextlib.contextmanager
def out_of_memory(batch: int) -> Iterator[None]:
    """Raise an error with a remedy if a GPU runs out of memory.

    Parameters
    ----------
    batch
        Number of rows of a step.

    Raises
    ------
    RunError
        The message names the options to change.
    """
    try:
        yield
    except RuntimeError as error:
        if "out of memory" not in str(error):  # torch has several classes for it
            raise
        raise RunError(
            f"the GPU ran out of memory with --batch {batch}; pass fewer --workers, then finished runs are used again, "
            f"or a smaller batch for all runs, such as --batch {max(2, batch // 2)}"
        ) from error
