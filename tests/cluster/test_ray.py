"""Ray: a head and two nodes; a node that dies, and workers that lack something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lexswitch.version import VERSION

from .hosts import DRIVER, OTHER, PYTHON, TWO, Cluster, wait_for
from .rows import FEW, digest_of, expected
from .running import NODES, SECONDS, Job, Ray, documented, has_output, lexicon_size, running

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@pytest.fixture(scope="module")
def ray(hosts: Cluster) -> Iterator[Ray]:
    """A cluster with two nodes."""
    with running(Ray, hosts) as started:
        yield started


@pytest.fixture(scope="module")
def job(ray: Ray) -> Job:
    """A running program that switches some rows in blocks, and then all rows."""
    return ray.job("blocks_and_whole", "/mnt/shared/ray")


def test_documented_program(ray: Ray) -> None:
    """The program of the documentation has the bytes of ``apply``."""
    (ray.hosts[DRIVER].disk / "work/switch.py").write_text(documented("ray.data"), encoding="utf-8")
    ray.hosts[DRIVER].run(PYTHON, "switch.py", timeout=SECONDS)
    assert digest_of(ray.hosts.shared / "ray-switched", FEW) == expected(FEW)


def test_other_workers(ray: Ray) -> None:
    """A worker without lexswitch, or with another version, writes no row and reports the remedy; Ray can ship it."""
    errors = ray.job("other_workers", "/mnt/shared/ray-other").result()
    assert "lexswitch is missing on worker" in errors["bare"]
    assert f"has lexswitch {OTHER} and the driver has {VERSION}" in errors["other"]
    assert not [name for name in ("bare", "other") if has_output(ray.hosts.shared / "ray-other" / name)]
    assert errors["shipped"] == ""
    assert digest_of(ray.hosts.shared / "ray-other/shipped", FEW) == expected(FEW)


def test_blocks(job: Job, ray: Ray) -> None:
    """The number of blocks changes no byte, and each node receives the lexicon once."""
    output = ray.hosts.shared / "ray"
    before = [ray.hosts[name].traffic()[0] for name in NODES]
    wait_for((output / "blocks are written").exists, SECONDS, "the blocks", job.process)
    received = [ray.hosts[name].traffic()[0] - start for name, start in zip(NODES, before, strict=True)]
    size = lexicon_size(ray.hosts)
    assert all(count < 10 * size for count in received), (size, received)
    for count in (1, 7, 64):
        assert digest_of(output / str(count), FEW) == expected(FEW)


def test_killed_node(job: Job, ray: Ray) -> None:
    """A node that dies in the middle changes no byte: its tasks run again elsewhere."""
    output = ray.hosts.shared / "ray/whole"
    wait_for(lambda: has_output(output), SECONDS, "the first rows", job.process)
    ray.kill_node(TWO)
    assert job.process.poll() is None
    assert job.result()["nodes"] == 2
    assert digest_of(output) == expected()


def test_bad_keys(job: Job) -> None:
    """Null and repeated keys are errors that state the column, and no column of keys is a warning."""
    errors = job.result()
    assert "column 'id' has no key in 1 of 4 rows" in errors["null"]
    assert errors["checked"].startswith("ValueError: column 'id' has 1 rows without a key and 1 keys that several rows")
    assert errors["good"] == ""
    assert "column_switcher has no column of keys" in errors["no keys"]
