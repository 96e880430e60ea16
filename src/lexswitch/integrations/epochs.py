"""The epoch that rows are drawn for, shared by a process and its workers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checks import whole_number


class Epoch:
    """A number that worker processes see change, also those that run already.

    Copies are the same object: a data set that is derived from another one moves with it. Without PyTorch there are no
    workers to share it with.
    """

    def __init__(self) -> None:
        #: The epoch, and whether one was set.
        self._cells: Any = np.zeros(2, dtype=np.int64)
        try:
            import torch
        except ImportError:
            return
        self._cells = torch.from_numpy(self._cells).share_memory_()

    def get(self) -> int | None:
        """The epoch that was set last, or None."""
        epoch, is_set = self._cells.tolist()
        return int(epoch) if is_set else None

    def set(self, epoch: int) -> None:
        """Set it for this process and its workers."""
        self._cells[0] = whole_number("epoch", epoch, 0, 2**63)
        self._cells[1] = 1

    def __deepcopy__(self, memo: dict[int, Any]) -> Epoch:
        return self
