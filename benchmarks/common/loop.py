"""The training loop of all models: AdamW, linear schedule, and checkpoints from which a stopped run resumes."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from benchmarks.common import files
from benchmarks.common.errors import RunError
from benchmarks.common.processes import say

CHECKPOINT_SECONDS = 60

LossOf = Callable[[int, np.ndarray], Any]
"""Maps an epoch and rows of the training set to their loss."""


class Schedule(Protocol):
    """Settings that the loop needs."""

    @property
    def steps(self) -> int:
        """Number of steps."""

    @property
    def batch(self) -> int:
        """Number of rows of a step."""

    @property
    def learning_rate(self) -> float:
        """Peak of a linear warm-up over a tenth of the steps, followed by a linear decay."""

    @property
    def seed(self) -> int:
        """Seed of the order of rows."""


class History(NamedTuple):
    """The course of a training.

    Attributes
    ----------
    losses : list of float
        Loss of each step.
    curve : list of (int, float)
        Numbers of steps, and what `watch` measured after them.
    """

    losses: list[float]
    curve: list[tuple[int, float]]


def order(count: int, training: Schedule) -> list[tuple[int, np.ndarray]]:
    """Return epoch and rows of each step. Every epoch has all rows once, in another order.

    Parameters
    ----------
    count
        Number of rows of the training set.
    training
        Number of steps, rows of a step, and seed.
    """
    per_epoch = max(1, count // training.batch)
    chosen = []
    for step in range(training.steps):
        epoch, position = divmod(step, per_epoch)
        if position == 0:
            rows = np.random.default_rng([training.seed, epoch]).permutation(count)
        chosen.append((epoch, rows[position * training.batch : (position + 1) * training.batch]))
    return chosen


def train(
    model: Any,
    training: Schedule,
    count: int,
    loss_of: LossOf,
    checkpoint: Path,
    watch: Callable[[], float] | None = None,
    watches: int = 0,
) -> History:
    """Train a model in place; resume from a checkpoint if there is one.

    Parameters
    ----------
    model
        A model some of whose parameters require gradients.
    training
        Number of steps, rows of a step, learning rate and seed.
    count
        Number of rows of the training set.
    loss_of
        Returns the loss of some rows in an epoch.
    checkpoint
        File for the state of an unfinished run.
    watch
        Returns a measure of the model.
    watches
        Number of calls of `watch`, at equal distances, the last one at the end.
    """
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=training.learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, training.steps))
    losses, curve = history = _resume(checkpoint, model, optimizer, schedule)
    watched = {round(training.steps * part / watches) for part in range(1, watches + 1)}
    saved = time.monotonic()
    for epoch, rows in order(count, training)[len(losses) :]:
        loss = loss_of(epoch, rows)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if watch is not None and len(losses) in watched:
            curve.append((len(losses), watch()))
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            state = {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
            _write(checkpoint, {**_state(model, history), **state})
            saved = time.monotonic()
            say(f"step {len(losses)}/{training.steps}, loss {np.mean(losses[-20:]):.3f}")
    return history


def train_once(
    path: Path,
    model: Any,
    training: Schedule,
    count: int,
    prepare: Callable[[], LossOf],
    watch: Callable[[], float] | None = None,
    watches: int = 0,
) -> History:
    """Train a model and keep it in a file, or read it from the file.

    Parameters
    ----------
    path
        The file. A checkpoint and a lock are beside it.
    model, training, count, watch, watches
        As for `train`.
    prepare
        Returns `loss_of` for `train`. It is called only if the model is not trained yet.
    """
    with files.locked(path.with_suffix(".lock")):
        if path.exists():
            return restore(path, model)
        checkpoint = path.with_suffix(".checkpoint")
        history = train(model, training, count, prepare(), checkpoint, watch, watches)
        keep(path, model, history)
        checkpoint.unlink(missing_ok=True)
        return history


def keep(path: Path, model: Any, history: History) -> None:
    """Write the trained parameters of a model, and the course of its training."""
    _write(path, _state(model, history))


def restore(path: Path, model: Any) -> History:
    """Read the parameters that `keep` or a checkpoint wrote; return the course of the training.

    Raises
    ------
    RunError
        If the file is damaged, or belongs to another model.
    """
    return _history(_restored(path, model))


def _restored(path: Path, model: Any) -> dict[str, Any]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        unexpected = model.load_state_dict(state["model"], strict=False).unexpected_keys
    except Exception as error:  # torch raises whatever its parts raise
        raise RunError(f"{path} is damaged ({type(error).__name__}); remove it to train again") from error
    if unexpected:
        raise RunError(f"{path} is of another model: it has {unexpected[:3]}; remove it to train again")
    return dict(state)


def _rate(step: int, steps: int) -> float:
    warm_up = max(1, steps // 10)
    return min((step + 1) / warm_up, max(0.0, (steps - step) / max(1, steps - warm_up)))


def _state(model: Any, history: History) -> dict[str, Any]:
    frozen = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    trained = {name: tensor.detach() for name, tensor in model.state_dict().items() if name not in frozen}
    return {"model": trained, **history._asdict()}


def _write(path: Path, state: dict[str, Any]) -> None:
    content = io.BytesIO()
    torch.save(state, content)
    files.write_bytes(path, content.getvalue())


def _resume(path: Path, model: Any, optimizer: Any, schedule: Any) -> History:
    if not path.exists():
        return History([], [])
    state = _restored(path, model)
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return _history(state)


def _history(state: dict[str, Any]) -> History:
    return History(list(state["losses"]), [tuple(point) for point in state.get("curve", [])])
