"""Hosts on one machine: each has its own network, processes, folders and virtual environment (Linux namespaces).

All hosts see `/mnt`, each another folder there. Only `/mnt/shared` is the same everywhere, as storage of a cluster is.
The kernel removes networks and mounts with the last process of a host, and a host ends with the process that made it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DRIVER, ONE, TWO = "driver", "one", "two"
ADDRESSES = {DRIVER: "10.77.0.1", ONE: "10.77.0.2", TWO: "10.77.0.3"}
PYTHON = "/mnt/venv/bin/python"
BASE_PYTHON: str = sys._base_executable  # type: ignore[attr-defined]  # all hosts see it
PACKAGES = "/mnt/site-packages"
OTHER = "0.0.9"
"""The version of lexswitch in the environment ``/mnt/other`` of each host."""
_ROOT = Path(__file__).parents[2]
_NEEDED = ("ip", "mount", "nsenter", "setpriv", "unshare")
_NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc")
_SETUP = r"""
set -e
mount -t proc proc /proc
mount --bind "$disk" /mnt
mount --bind "$packages" /mnt/site-packages
mount --bind "$shared" /mnt/shared
mount --bind /mnt/hosts /etc/hosts
for hidden in "$folder" "$sources"; do mount -t tmpfs -o size=1m tmpfs "$hidden"; done
mount --bind /mnt/tmp /tmp
mount -t tmpfs -o size=1g tmpfs /dev/shm
hostname "$name"
ip link set lo up
touch /mnt/ready
while sleep 1; do :; done
"""


def why_not() -> str | None:
    """Return why this system cannot make hosts, or None if it can."""
    if sys.platform != "linux":
        return f"namespaces need Linux, and this is {sys.platform}"
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} is missing; install iproute2 and util-linux"
    network = "ip link add bridge type bridge && ip link add one type veth peer name two"
    trial = f"{network} && mount -t proc proc /proc && mount -t tmpfs tmpfs /mnt"
    tried = subprocess.run(
        ["unshare", *_NAMESPACES, "--fork", "sh", "-c", trial], check=False, capture_output=True, text=True
    )
    return f"namespaces cannot be made here: {tried.stderr.strip()}; run as root" if tried.returncode else None


class Host:
    """A host of the cluster.

    Attributes
    ----------
    name, address : str
    disk : Path
        The host's `/mnt`, seen from outside.
    started : list of subprocess.Popen
        What `start` started.
    """

    def __init__(self, name: str, folder: Path, packages: str) -> None:
        self.name, self.address = name, ADDRESSES[name]
        self.disk = folder / name
        for each in ("site-packages", "shared", "tmp", "home", "work"):
            (self.disk / each).mkdir(parents=True)
        lines = [f"{address} {other}\n" for other, address in ADDRESSES.items()]
        (self.disk / "hosts").write_text("".join(["127.0.0.1 localhost\n", *lines]), encoding="utf-8")
        variables = {"disk": self.disk, "packages": packages, "shared": folder / "shared", "folder": folder}
        self.started: list[subprocess.Popen[bytes]] = []
        self._init = _started(
            [*_NAMESPACES, "--fork", "--kill-child", "sh", "-c", _SETUP],
            {
                **os.environ,
                **{key: str(value) for key, value in variables.items()},
                "sources": str(_ROOT),
                "name": name,
            },
        )
        wait_for((self.disk / "ready").exists, 60, f"host {name} starts", self._init)
        self.pid = int(Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children").read_text(encoding="utf-8"))

    def command(self, *command: str, env: Mapping[str, str] | None = None) -> list[str]:
        """Return the command line that runs a command on the host."""
        java = shutil.which("java") or ""
        variables = {
            "HOME": "/mnt/home",
            "LANG": "C.UTF-8",
            "PATH": f"/mnt/venv/bin:{Path(java).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
            **{name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ},
            **(env or {}),
        }
        enter = ["nsenter", "--target", str(self.pid), *_NAMESPACES, "env", "-C", "/mnt/work"]
        return [*enter, "-i", *(f"{name}={value}" for name, value in variables.items()), *command]

    def start(self, *command: str, env: Mapping[str, str] | None = None, log: str = "log") -> subprocess.Popen[bytes]:
        """Start a command on the host; its output goes to `work/<log>.txt`."""
        with (self.disk / "work" / f"{log}.txt").open("ab") as output:
            process = subprocess.Popen(
                self.command(*command, env=env), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        self.started.append(process)
        return process

    def run(self, *command: str, env: Mapping[str, str] | None = None, timeout: float = 300) -> str:
        """Run a command on the host and return its output."""
        done = subprocess.run(
            self.command(*command, env=env), check=False, capture_output=True, text=True, timeout=timeout
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {command} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
        return done.stdout

    def log(self, name: str) -> str:
        """Return the output of a command that `start` started."""
        return (self.disk / "work" / f"{name}.txt").read_text(encoding="utf-8", errors="replace")

    def pids(self, text: str) -> list[int]:
        """Return the processes of the host whose command line has a text; the host's own list of numbers differs."""
        found = []
        own = Path(f"/proc/{self.pid}/ns/pid").readlink()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # a process that ended meanwhile
                if (folder / "ns/pid").readlink() == own and text.encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
        return found

    def kill(self, text: str, signal_number: int = signal.SIGKILL) -> list[int]:
        """Send a signal to the processes whose command line has a text; return them."""
        pids = self.pids(text)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal_number)
        return pids

    def traffic(self) -> tuple[int, int]:
        """Return the bytes that the interface received and sent so far."""
        lines = Path(f"/proc/{self.pid}/net/dev").read_text(encoding="utf-8").splitlines()
        fields = next(line for line in lines if line.strip().startswith("eth0:")).split(":")[1].split()
        return int(fields[0]), int(fields[8])

    def install(self, name: str, wheel: Path | None) -> None:
        """Make a virtual environment that sees the shared packages, and install a wheel of lexswitch, or none."""
        self.run(BASE_PYTHON, "-m", "venv", "--without-pip", f"/mnt/{name}")
        site = self.disk / name / f"lib/python{sysconfig.get_python_version()}/site-packages"
        (site / "shared.pth").write_text(f"{PACKAGES}\n", encoding="utf-8")
        if wheel is not None:
            shutil.copy(wheel, self.disk / "work")
            options = ("--quiet", "--no-index", "--no-deps", "--force-reinstall", "--disable-pip-version-check")
            self.run(f"/mnt/{name}/bin/python", "-m", "pip", "install", *options, f"/mnt/work/{wheel.name}")

    def stop(self) -> None:
        """End all processes of the host."""
        for process in (self._init, *self.started):
            process.kill()
            process.wait()


class Cluster:
    """Three hosts in one network.

    Attributes
    ----------
    hosts : dict of str to Host
    shared : Path
        The hosts' `/mnt/shared`, seen from outside.
    """

    def __init__(self, folder: Path, packages: str) -> None:
        self.shared = folder / "shared"
        self.shared.mkdir(parents=True)
        self._processes = [_started(["--net", "sleep", "infinity"], dict(os.environ))]
        self.hosts: dict[str, Host] = {}
        try:
            wait_for(lambda: _network(self._switch) != _network(os.getpid()), 60, "the network starts")
            self._ip(self._switch, "link", "add", "bridge", "type", "bridge")
            self._ip(self._switch, "link", "set", "bridge", "up")
            for name in ADDRESSES:
                self._add(Host(name, folder, packages))
        except BaseException:
            self.stop()
            raise

    @property
    def _switch(self) -> int:
        return self._processes[0].pid

    def _add(self, host: Host) -> None:
        self.hosts[host.name] = host
        peer = ("peer", "name", "eth0", "netns", str(host.pid))
        self._ip(self._switch, "link", "add", host.name, "type", "veth", *peer)
        self._ip(self._switch, "link", "set", host.name, "master", "bridge", "up")
        self._ip(host.pid, "addr", "add", f"{host.address}/24", "dev", "eth0")
        self._ip(host.pid, "link", "set", "eth0", "up")

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    @staticmethod
    def _ip(pid: int, *arguments: str) -> None:
        subprocess.run(["nsenter", "--target", str(pid), "--net", "ip", *arguments], check=True, capture_output=True)

    def stop(self) -> None:
        """End all processes of all hosts."""
        for host in self.hosts.values():
            host.stop()
        for process in self._processes:
            process.kill()
            process.wait()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Yield a cluster whose hosts share the packages of this environment, but not lexswitch; remove all of it after."""
    made = Cluster(folder, sysconfig.get_path("purelib"))
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


_WHEELS: dict[str, dict[str, Any]] = {
    "compiled": {},
    "plain": {"compiled": False},
    "other": {"compiled": False, "version": OTHER},
}


def install(cluster: Cluster, folder: Path, environments: Sequence[str] = ("venv", "mixed", "other", "bare")) -> None:
    """Install lexswitch on all hosts, in several environments, and copy the programs that run there.

    ``venv`` has the compiled engine. The others are on workers alone: ``mixed`` has it on one of the two, ``other`` has
    another version, and ``bare`` has no lexswitch.
    """
    built: dict[str, Path] = {}
    installed: dict[tuple[str, str | None], Path] = {}

    def wheel(name: str) -> Path:
        if name not in built:
            (folder / name).mkdir()
            built[name] = build_wheel(folder / name, **_WHEELS[name])
        return built[name]

    for name, host in cluster.hosts.items():
        own = {
            "venv": "compiled",
            "mixed": "plain" if name == TWO else "compiled",
            "other": "other",
            "bare": None,
        }
        for environment in environments[:1] if name == DRIVER else environments:
            chosen = own[environment]
            same = installed.setdefault((environment, chosen), host.disk / environment)
            if same.parent == host.disk:
                host.install(environment, None if chosen is None else wheel(chosen))
            else:  # a copy takes less time, and it works because its path on the host is the same
                shutil.copytree(same, host.disk / environment, symlinks=True)
        shutil.copytree(Path(__file__).with_name("jobs"), host.disk / "work" / "jobs")


def build_wheel(folder: Path, compiled: bool = True, version: str | None = None) -> Path:
    """Build the wheel from a copy of the sources; on request without the compiled engine, or with another version."""
    sources = folder / "sources"
    shutil.copytree(_ROOT / "src", sources / "src", ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.egg-info"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(_ROOT / name, sources)
    if version:
        (sources / "src/lexswitch/version.py").write_text(f'VERSION = "{version}"\n', encoding="utf-8")
    build = "from setuptools import build_meta; build_meta.build_wheel('..')"
    env = {**os.environ, **({} if compiled else {"CC": "false"})}
    subprocess.run([sys.executable, "-c", build], cwd=sources, env=env, check=True, capture_output=True)
    shutil.rmtree(sources)
    (wheel,) = folder.glob("*.whl")
    return wheel


def wait_for(
    is_true: Callable[[], Any], seconds: float, what: str, process: subprocess.Popen[bytes] | None = None
) -> None:
    """Wait until a condition is true; fail after some seconds, or if a process ends before."""
    end = time.monotonic() + seconds
    while not is_true():
        if process is not None and process.poll() is not None and not is_true():
            raise RuntimeError(f"{what}: its process ended with {process.returncode}")
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} seconds")
        time.sleep(0.05)


def _started(namespaces: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process in namespaces of its own, which ends with this one."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "unshare", *namespaces],
        env=env,
        stdin=subprocess.DEVNULL,
    )


def _network(pid: int) -> Path:
    return Path(f"/proc/{pid}/ns/net").readlink()
