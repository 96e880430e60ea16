"""Ray: a head and two nodes; a node that dies, and workers that lack something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from subprocess import Popen
from typing import Any

import pytest

from lexswitch.version import VERSION

from .hosts import ADDRESSES, DRIVER, ONE, OTHER, PYTHON, TWO, Cluster, Host, wait_for
from .rows import FEW, digest_of, expected

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

_ENV = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_memory_monitor_refresh_ms": "0", "RAY_DISABLE_IMPORT_WARNING": "1"}
_HEAD = f"{ADDRESSES[DRIVER]}:6379"


def start_node(host: Host) -> None:
    """Start a node of one core with 200 MB for objects."""
    where = ["--head", "--port=6379", "--include-dashboard=false"] if host.name == DRIVER else [f"--address={_HEAD}"]
    cores = "0" if host.name == DRIVER else "1"
    options = [f"--node-ip-address={host.address}", f"--num-cpus={cores}", "--object-store-memory=200000000"]
    host.run(PYTHON, "-m", "ray.scripts.scripts", "start", *where, *options, env=_ENV, timeout=90)


@pytest.fixture(scope="module")
def ray(hosts: Cluster) -> Iterator[Cluster]:
    """The cluster with a head, which switches nothing, and two nodes."""
    for name in (DRIVER, ONE, TWO):
        start_node(hosts[name])
    yield hosts
    for host in hosts.hosts.values():
        host.kill("ray")


def job(hosts: Cluster, name: str, *arguments: str) -> Popen[bytes]:
    """Start a job; its output has the name of the job."""
    return hosts[DRIVER].start(PYTHON, "-m", "jobs.on_ray", name, *arguments, env=_ENV, log=f"ray-{name}")


def finished(hosts: Cluster, name: str, process: Popen[bytes], seconds: float = 180) -> Any:
    """Wait for a job and return its result."""
    code = process.wait(seconds)
    log = hosts[DRIVER].log(f"ray-{name}")
    assert code == 0, log[-6000:]
    return json.loads(log.splitlines()[-1])


def test_killed_node(ray: Cluster) -> None:
    """A node that dies in the middle changes no byte: its tasks run again elsewhere."""
    output = ray.shared / "ray-killed"
    process = job(ray, "whole", "/mnt/shared/ray-killed")
    wait_for(lambda: any(output.glob("*.parquet")), 90, "the first rows", process)
    assert ray[TWO].kill("ray")
    assert process.poll() is None
    assert finished(ray, "whole", process) == 2
    start_node(ray[TWO])
    assert digest_of(output) == expected()


def test_blocks(ray: Cluster) -> None:
    """The number of blocks changes no byte."""
    finished(ray, "blocks", job(ray, "blocks", "/mnt/shared/ray-blocks"))
    for count in (1, 7, 64):
        assert digest_of(ray.shared / "ray-blocks" / str(count), FEW) == expected(FEW)


def test_other_workers(ray: Cluster) -> None:
    """A worker without lexswitch, or with another version, writes no row and reports the remedy; shipping helps."""
    errors = finished(ray, "other_workers", job(ray, "other_workers", "/mnt/shared/ray-other"))
    assert "lexswitch is missing on worker" in errors["bare"]
    assert f"has lexswitch {OTHER} and the driver has {VERSION}" in errors["other"]
    assert not [name for name in ("bare", "other") if any((ray.shared / "ray-other" / name).glob("*"))]
    assert errors["shipped"] == ""
    assert digest_of(ray.shared / "ray-other/shipped", FEW) == expected(FEW)


def test_bad_input(ray: Cluster) -> None:
    """Errors of keys state the column and the remedy."""
    errors = finished(ray, "bad_input", job(ray, "bad_input"))
    print(errors)
    assert "column 'id' has no key in 1 of 4 rows" in errors["null"]
    assert errors["checked"].startswith(
        "ValueError: column 'id' has 1 rows without a key and 1 keys that several rows have"
    )
    assert errors["good"] == "None"
    assert "column_switcher has no column of keys" in errors["no keys"]
