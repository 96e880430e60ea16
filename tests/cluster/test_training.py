"""Distributed training: two hosts with two processes each, which exchange gradients with gloo."""

from __future__ import annotations

import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from .hosts import DRIVER, Cluster
from .jobs.settings import digest
from .rows import COUNT, expected, texts_of
from .running import NODES, seen, train

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

FEW, EPOCHS, BATCH = 2048, 3, 64
_STEPS = FEW // 4 // BATCH


@pytest.fixture(scope="module")
def training(hosts: Cluster) -> Cluster:
    """The hosts after two trainings of four processes: one of each method, and one that resumes within an epoch."""
    saved = "work/en-xx.lexicon"
    for name in NODES:
        shutil.copytree(hosts[DRIVER].disk / saved, hosts[name].disk / saved)
    for part in ("first", "resumed"):
        train(hosts, part, COUNT, FEW, EPOCHS, _STEPS + _STEPS // 2)
    return hosts


def epoch_of(shares: list[pa.Table], epoch: int) -> pa.Table:
    """Return the rows of an epoch of all processes."""
    rows = pa.concat_tables(shares)
    return rows.filter(pc.equal(rows["epoch"], epoch))


def test_all_rows(training: Cluster) -> None:
    """Four processes on two hosts together see the bytes of ``apply``, each a quarter of the rows."""
    shares = seen(training, "everything")
    assert [len(share) for share in shares] == [COUNT // 4] * 4
    assert digest(texts_of(pa.concat_tables(shares), COUNT)) == expected()


@pytest.mark.parametrize("method", ["sampler", "workers", "node", "accelerate", "trainer"])
def test_epochs(training: Cluster, method: str) -> None:
    """In each epoch the processes together see each row once, switched as one process switches it in this epoch."""
    shares = seen(training, method)
    assert [len(share) for share in shares] == [EPOCHS * FEW // 4] * 4
    found = [digest(texts_of(epoch_of(shares, epoch), FEW)) for epoch in range(EPOCHS)]
    assert found == [expected(FEW, epoch) for epoch in range(EPOCHS)]
    assert len(set(found)) == EPOCHS


def test_resumed(training: Cluster) -> None:
    """A training that stopped within an epoch resumes with the bytes of one that did not stop."""
    both = [*seen(training, "stopped"), *seen(training, "resumed")]
    assert sum(map(len, both)) == EPOCHS * FEW
    found = [digest(texts_of(epoch_of(both, epoch), FEW)) for epoch in range(EPOCHS)]
    assert found == [expected(FEW, epoch) for epoch in range(EPOCHS)]
