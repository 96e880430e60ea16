"""The current epoch, shared by a process and its workers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checks import whole_number


class Epoch:
    """A number whose changes reach worker processes, even those that already run.

    A copy is the same object, so a data set shares the epoch of the data set that it comes from. Without PyTorch there
    are no workers, and the number lives in ordinary memory.
    """

    def __init__(self) -> None:
        #: The epoch, and 1 if it was set.
        self._cells: Any = np.zeros(2, dtype=np.int64)
        try:
            import torch
        except ImportError:
            return
        self._cells = torch.from_numpy(self._cells).share_memory_()

    def get(self) -> int | None:
        """Return the epoch that was set last, or None."""
        epoch, is_set = self._cells.tolist()
        return int(epoch) if is_set else None

    def set(self, epoch: int) -> None:
        """Set the epoch of this process and its workers."""
        self._cells[0] = whole_number("epoch", epoch, 0, 2**63)
        self._cells[1] = 1

    def __deepcopy__(self, memo: dict[int, Any]) -> Epoch:
        return self
