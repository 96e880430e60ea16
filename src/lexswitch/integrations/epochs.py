"""The current epoch, shared by a process and its workers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from ..checks import whole_number


class Epoch:
    """A number whose changes reach worker processes, even those that already run.

    A copy is the same object, so a data set shares the epoch of the data set that it comes from. Without PyTorch there
    are no workers, and the number lives in ordinary memory.
    """

    def __init__(self) -> None:
        cells: Any = np.zeros(2, dtype=np.int64)
        with suppress(ImportError):
            import torch

            cells = torch.from_numpy(cells).share_memory_()
        self.__setstate__(cells)

    def __getstate__(self) -> Any:
        return self._shared

    def __setstate__(self, shared: Any) -> None:
        #: The epoch, and 1 if it was set: an array, or a tensor, whose pickle refers to the shared memory.
        self._shared = shared
        #: The same memory as an array, which is read faster than a tensor.
        self._cells = np.asarray(shared)

    def get(self) -> int | None:
        """Return the epoch that was set last, or None."""
        epoch, is_set = self._cells.tolist()
        return epoch if is_set else None

    def set(self, epoch: int) -> None:
        """Set the epoch of this process and its workers."""
        self._cells[0] = whole_number("epoch", epoch, 0, 2**63)
        self._cells[1] = 1

    def __deepcopy__(self, memo: dict[int, Any]) -> Epoch:
        return self
