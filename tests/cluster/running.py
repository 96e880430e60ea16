"""Spark, Ray and trainings on the hosts: start them, run a program of `jobs`, and read its result."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .hosts import ADDRESSES, DRIVER, ONE, PACKAGES, PYTHON, TWO, Cluster, Host, wait_for
from .jobs.settings import JAVA, RESULT

NODES = (ONE, TWO)
SECONDS = 600
"""Limit of each program, for machines on which much else runs."""

_SPARK = {
    "SPARK_HOME": f"{PACKAGES}/pyspark",
    "SPARK_DAEMON_MEMORY": "256m",
    "SPARK_DAEMON_JAVA_OPTS": JAVA,
    "SPARK_WORKER_DIR": "/mnt/work/spark",
}
_RAY = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_memory_monitor_refresh_ms": "0", "RAY_worker_niceness": "0"}
_GLOO = {"GLOO_SOCKET_IFNAME": "eth0", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


class Job:
    """A program of `jobs` that runs on the driver.

    Attributes
    ----------
    process : subprocess.Popen
    """

    def __init__(self, host: Host, module: str, name: str, *arguments: str, env: dict[str, str]) -> None:
        self._host = host
        self._log = f"{module}-{name}-{len(host.started)}"
        self.process = host.start(PYTHON, "-m", f"jobs.{module}", name, *arguments, env=env, log=self._log)

    @property
    def log(self) -> str:
        """What the program printed so far."""
        return self._host.log(self._log)

    def result(self) -> Any:
        """Wait for the program and return its result."""
        code = self.process.wait(SECONDS)
        if code:
            raise RuntimeError(f"{self._log} ended with {code}:\n{self.log[-6000:]}")
        (line,) = (line for line in self.log.splitlines() if line.startswith(RESULT))
        return json.loads(line.removeprefix(RESULT))


class Spark:
    """A master on the driver's host, and a worker of one core on each other host."""

    _CLASS = f"{PACKAGES}/pyspark/bin/spark-class"

    def __init__(self, hosts: Cluster) -> None:
        self.hosts = hosts
        master = ("org.apache.spark.deploy.master.Master", "--host", ADDRESSES[DRIVER], "--port", "7077")
        hosts[DRIVER].start(self._CLASS, *master, env=_SPARK, log="master")
        workers = {name: self._worker(hosts[name]) for name in NODES}
        for name, worker in workers.items():
            registered = partial(self._is_registered, hosts[name])
            wait_for(registered, SECONDS, f"the worker of {name}", worker)

    def _worker(self, host: Host) -> subprocess.Popen[bytes]:
        options = ("--host", host.address, "--cores", "1", "--memory", "1g", f"spark://{ADDRESSES[DRIVER]}:7077")
        return host.start(self._CLASS, "org.apache.spark.deploy.worker.Worker", *options, env=_SPARK, log="worker")

    def _is_registered(self, host: Host) -> bool:
        return "Successfully registered" in host.log("worker")

    def kill_worker(self, name: str) -> None:
        """Kill the worker of a host and its executors."""
        pids = [self.hosts[name].kill(text) for text in ("deploy.worker.Worker", "CoarseGrainedExecutorBackend")]
        if not all(pids):
            raise RuntimeError(f"{name} has no worker or no executor: {pids}")

    def job(self, name: str, *arguments: str) -> Job:
        """Start a program of `jobs.on_spark`."""
        return Job(self.hosts[DRIVER], "on_spark", name, *arguments, env=_SPARK)

    def submit(self, program: str) -> subprocess.Popen[bytes]:
        """Start a program on the driver with ``spark-submit``."""
        settings = {
            "spark.driver.defaultJavaOptions": JAVA,
            "spark.driver.host": ADDRESSES[DRIVER],
            "spark.executor.defaultJavaOptions": JAVA,
            "spark.pyspark.python": PYTHON,
            "spark.sql.shuffle.partitions": "4",
            "spark.ui.enabled": "false",
        }
        options = [option for name, value in settings.items() for option in ("--conf", f"{name}={value}")]
        submit = (f"{PACKAGES}/pyspark/bin/spark-submit", "--master", f"spark://{DRIVER}:7077")
        return self.hosts[DRIVER].start(
            *submit, "--executor-memory", "512m", *options, program, env=_SPARK, log=program
        )

    def executor_logs(self, name: str) -> str:
        """Return what the executors of a host printed."""
        files = (self.hosts[name].disk / "work/spark").glob("app-*/*/stderr")
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in files)

    def stop(self) -> None:
        for host in self.hosts.hosts.values():
            host.kill("org.apache.spark")


class Ray:
    """A head on the driver's host, which runs no tasks, and a node of one core on each other host."""

    def __init__(self, hosts: Cluster) -> None:
        self.hosts = hosts
        self._start(DRIVER, "--head", "--port=6379", "--include-dashboard=false", "--num-cpus=0")
        with ThreadPoolExecutor() as threads:
            list(threads.map(self._start_node, NODES))

    def _start_node(self, name: str) -> None:
        self._start(name, f"--address={ADDRESSES[DRIVER]}:6379", "--num-cpus=1")

    def _start(self, name: str, *options: str) -> None:
        memory = "--object-store-memory=200000000"
        address = f"--node-ip-address={ADDRESSES[name]}"
        command = (PYTHON, "-m", "ray.scripts.scripts", "start", address, memory, *options)
        for attempts in range(4, -1, -1):  # a start that takes more than 30 seconds fails, as on a busy machine
            try:
                self.hosts[name].run(*command, env=_RAY, timeout=SECONDS)
            except RuntimeError:
                if not attempts:
                    raise
                self.hosts[name].kill("ray")
            else:
                return

    def kill_node(self, name: str) -> None:
        """Kill all processes of the node of a host."""
        if not self.hosts[name].kill("ray"):
            raise RuntimeError(f"{name} has no node")

    def job(self, name: str, *arguments: str) -> Job:
        """Start a program of `jobs.on_ray`."""
        return Job(self.hosts[DRIVER], "on_ray", name, *arguments, env=_RAY)

    def stop(self) -> None:
        for host in self.hosts.hosts.values():
            host.kill("ray")


def train(hosts: Cluster, part: str, *numbers: int) -> None:
    """Run `jobs.training` in two processes on each of two hosts."""
    running = []
    for rank, name in enumerate(NODES):
        where = ("--master-addr", ADDRESSES[ONE], "--master-port", "29500", "--node-rank", str(rank))
        launch = ("-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "2", *where)
        program = ("-m", "jobs.training", part, *map(str, numbers))
        running.append(hosts[name].start(PYTHON, *launch, *program, env=_GLOO, log=part))
    if codes := [code for process in running if (code := process.wait(SECONDS))]:
        logs = [hosts[name].log(part)[-5000:] for name in NODES]
        raise RuntimeError(f"{part} ended with {codes}:\n{logs[0]}\n{logs[1]}")


def seen(hosts: Cluster, method: str) -> list[pa.Table]:
    """Return the rows that each process of a training saw."""
    folders = [hosts[name].disk / "work/seen" / method for name in NODES]
    return [pq.read_table(file) for folder in folders for file in sorted(folder.iterdir())]


@contextmanager
def running(service: type[Spark | Ray], hosts: Cluster) -> Iterator[Any]:
    """Yield Spark or Ray on the hosts, and end its processes after."""
    started = service(hosts)
    try:
        yield started
    finally:
        started.stop()


def documented(what: str) -> str:
    """Return the program of *Scale out* that has a text."""
    page = Path(__file__).parents[2] / "docs" / "scale-out.md"
    programs = re.findall(r"(?ms)^```py\n(.*?)^```$", page.read_text(encoding="utf-8"))
    (program,) = (each for each in programs if what in each and "__main__" in each)
    return str(program)


def has_output(folder: Path) -> bool:
    """Return whether a task has written its rows."""
    return any(folder.rglob("*.parquet"))


def lexicon_size(hosts: Cluster) -> int:
    """Return the bytes of the lexicon on the driver's disk, without its index, which each worker builds itself."""
    files = (hosts[DRIVER].disk / "work/en-xx.lexicon").iterdir()
    return sum(path.stat().st_size for path in files if not path.name.startswith("index-"))
