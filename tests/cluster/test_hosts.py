"""The hosts themselves: what they share, what they do not, and what is left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .hosts import ADDRESSES, BASE_PYTHON, DRIVER, ONE, TWO, Cluster, cluster, wait_for, why_not

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

_PROGRAM = r"""
import sys, time
from pathlib import Path
from tests.cluster.hosts import cluster, wait_for

with cluster(Path(sys.argv[1], "hosts")) as hosts:
    hosts["one"].start("sleep", "600")
    wait_for(lambda: hosts["one"].pids("sleep\x00600"), 30, "the process")
    print(*(host.pid for host in hosts.hosts.values()), *hosts["one"].pids("sleep\x00600"), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Cluster]:
    """Hosts without environments."""
    if reason := why_not():
        pytest.skip(reason)
    with cluster(tmp_path / "hosts") as made:
        yield made


def test_disks(plain: Cluster) -> None:
    """Each host has its own `/mnt` and `/tmp`; all have `/mnt/shared`; none has the sources or the disks of others."""
    plain[ONE].run("sh", "-c", "echo own > /mnt/work/a; echo all > /mnt/shared/a; echo own > /tmp/a")
    seen = plain[TWO].run("sh", "-c", "cat /mnt/shared/a; ls /mnt/work /tmp")
    assert seen.split() == ["all", "/mnt/work:", "/tmp:"]  # noqa: S108  # the output of ls
    sources, disks = Path(__file__).parent, plain.shared.parent
    for hidden in (sources, disks):
        assert hidden.exists()
        assert plain[TWO].run("sh", "-c", f"ls {hidden} || echo nothing").strip() in ("", "nothing")


def test_network(plain: Cluster) -> None:
    """The hosts reach each other, and nothing else; traffic is counted at the interface of each."""
    listen = "import socket; s = socket.create_server(('', 9)); c, _ = s.accept(); c.sendall(bytes(10**6))"
    plain[DRIVER].start(BASE_PYTHON, "-c", listen)
    read = (
        "import socket, time\n"
        "for _ in range(100):\n"
        "    try: connection = socket.create_connection(('driver', 9)); break\n"
        "    except OSError: time.sleep(0.1)\n"
        "print(len(connection.makefile('rb').read()))"
    )
    before = [plain[name].traffic()[0] for name in (ONE, TWO)]
    assert plain[ONE].run(BASE_PYTHON, "-c", read) == "1000000\n"
    received = [plain[name].traffic()[0] - start for name, start in zip((ONE, TWO), before, strict=True)]
    assert received[0] > 10**6 > 10**5 > received[1]
    routes = {plain[name].run("ip", "route").split(" dev")[0] for name in ADDRESSES}
    assert routes == {"10.77.0.0/24"}


def test_processes(plain: Cluster) -> None:
    """A host sees its own processes alone, and they can be killed by their text."""
    process = plain[ONE].start("sleep", "601")
    wait_for(lambda: plain[ONE].pids("sleep\x00601"), 30, "the process")
    assert plain[TWO].pids("sleep\x00601") == []
    assert "sleep\x00601" not in plain[TWO].run("sh", "-c", "cat /proc/[0-9]*/cmdline || true")
    assert plain[ONE].kill("sleep\x00601")
    assert process.wait(30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left(tmp_path: Path, number: int) -> None:
    """The hosts end with the process that made them, also if it is killed."""
    if reason := why_not():
        pytest.skip(reason)
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        os.kill(process.pid, number)
        process.wait(30)
    assert len(pids) == 4
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 30, "the processes end")
    assert str(tmp_path) not in Path("/proc/mounts").read_text(encoding="utf-8")
