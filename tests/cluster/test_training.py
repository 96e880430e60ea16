"""Distributed training: two hosts with two processes each, which exchange gradients with gloo."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from .hosts import ADDRESSES, ONE, PYTHON, TWO, Cluster
from .jobs.settings import digest, lexicon
from .rows import COUNT, expected, texts_of

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

FEW, EPOCHS, BATCH = 8192, 3, 64
_STEPS = FEW // 4 // BATCH
_ENV = {"GLOO_SOCKET_IFNAME": "eth0", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="module")
def training(hosts: Cluster) -> Cluster:
    """The hosts after two trainings of four processes: one of each method, and one that resumes in an epoch."""
    for name in (ONE, TWO):
        lexicon().save(hosts[name].disk / "work/en-xx.lexicon")
    for part in ("first", "resumed"):
        _train(hosts, part, COUNT, FEW, EPOCHS, _STEPS + _STEPS // 2)
    return hosts


def _train(hosts: Cluster, part: str, *numbers: int) -> None:
    running = []
    for rank, host in enumerate((ONE, TWO)):
        where = ("--master-addr", ADDRESSES[ONE], "--master-port", "29500", "--node-rank", str(rank))
        launch = ("-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "2", *where)
        arguments = ("-m", "jobs.training", part, *map(str, numbers))
        running.append(hosts[host].start(PYTHON, *launch, *arguments, env=_ENV, log=part))
    codes = [process.wait(300) for process in running]
    assert codes == [0, 0], hosts[ONE].log(part)[-4000:] + hosts[TWO].log(part)[-2000:]


def seen(hosts: Cluster, method: str) -> list[pa.Table]:
    """Return the rows that each process saw."""
    files = [file for host in (ONE, TWO) for file in (hosts[host].disk / "work/seen" / method).iterdir()]
    assert len(files) == 4
    return [pq.read_table(file) for file in files]


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
