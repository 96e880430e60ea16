"""Spark standalone: a master and two workers; workers that die, stop or lack something."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from lexswitch.version import VERSION

from .hosts import ADDRESSES, DRIVER, ONE, OTHER, PACKAGES, PYTHON, TWO, Cluster, Host, wait_for
from .rows import FEW, digest_of, expected

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

_ENV = {
    "SPARK_HOME": f"{PACKAGES}/pyspark",
    "SPARK_DAEMON_MEMORY": "256m",
    "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
_CLASS = f"{PACKAGES}/pyspark/bin/spark-class"
_MASTER, _WORKER, _EXECUTOR = "deploy.master.Master", "deploy.worker.Worker", "CoarseGrainedExecutorBackend"


def start_worker(host: Host) -> None:
    """Start a worker of one core, and wait until the master knows it."""
    before = host.log("worker").count("Successfully registered") if (host.disk / "work/worker.txt").exists() else 0
    options = ("--host", host.address, "--cores", "1", "--memory", "1g", f"spark://{ADDRESSES[DRIVER]}:7077")
    env = {**_ENV, "SPARK_WORKER_DIR": "/mnt/work/spark"}
    process = host.start(_CLASS, f"org.apache.spark.{_WORKER}", *options, env=env, log="worker")
    wait_for(lambda: host.log("worker").count("Successfully registered") > before, 60, "the worker", process)


@pytest.fixture(scope="module")
def spark(hosts: Cluster) -> Iterator[Cluster]:
    """The cluster with a master and two workers."""
    driver = hosts[DRIVER]
    driver.start(
        _CLASS, f"org.apache.spark.{_MASTER}", "--host", driver.address, "--port", "7077", env=_ENV, log="master"
    )
    for name in (ONE, TWO):
        start_worker(hosts[name])
    yield hosts
    for host in hosts.hosts.values():
        host.kill("org.apache.spark")


def job(hosts: Cluster, name: str, *arguments: str) -> Popen[bytes]:
    """Start a job; its output has the name of the job."""
    return hosts[DRIVER].start(PYTHON, "-m", "jobs.on_spark", name, *arguments, env=_ENV, log=name)


def finished(hosts: Cluster, name: str, process: Popen[bytes], seconds: float = 180) -> Any:
    """Wait for a job and return its result."""
    code = process.wait(seconds)
    log = hosts[DRIVER].log(name)
    assert code == 0, log[-6000:]
    return json.loads(log.splitlines()[-1])


def has_output(folder: Path) -> bool:
    """Return whether a task has written its rows."""
    return any(folder.rglob("part-*.parquet"))


def test_local(spark: Cluster) -> None:
    """Spark on one host has the bytes of ``apply``."""
    finished(spark, "local", job(spark, "local", "/mnt/shared/local"))
    assert digest_of(spark.shared / "local") == expected()


def test_lexicon_is_sent_once(spark: Cluster) -> None:
    """Each worker receives the lexicon once, for 64 tasks, and no worker sees the driver's folder."""
    pickled = sum(path.stat().st_size for path in (spark[DRIVER].disk / "work/en-xx.lexicon").iterdir())
    before = [spark[name].traffic()[0] for name in (ONE, TWO)]
    finished(spark, "whole", job(spark, "whole", "/mnt/shared/whole"))
    received = [spark[name].traffic()[0] - start for name, start in zip((ONE, TWO), before, strict=True)]
    print(pickled, received)
    assert all(0.5 * pickled < each < 2 * pickled for each in received)
    assert digest_of(spark.shared / "whole") == expected()
    assert not (spark[ONE].disk / "work/en-xx.lexicon").exists()


def test_partitions(spark: Cluster) -> None:
    """The number of partitions changes no byte."""
    finished(spark, "partitions", job(spark, "partitions", "/mnt/shared/partitions"))
    for count in (1, 7, 64):
        assert digest_of(spark.shared / "partitions" / str(count), FEW) == expected(FEW)


def test_killed_worker(spark: Cluster) -> None:
    """A worker that dies in the middle changes no byte: its tasks run again elsewhere."""
    output = spark.shared / "killed"
    process = job(spark, "whole", "/mnt/shared/killed")
    wait_for(lambda: has_output(output), 90, "the first rows", process)
    assert spark[TWO].kill(_WORKER) and spark[TWO].kill(_EXECUTOR)
    assert not (output / "_SUCCESS").exists()
    finished(spark, "whole", process)
    start_worker(spark[TWO])
    assert "Lost executor" in spark[DRIVER].log("whole")
    assert digest_of(output) == expected()


def test_retried_stage(spark: Cluster) -> None:
    """A stage whose results died with a worker runs again, with the same bytes."""
    output = spark.shared / "shuffled"
    process = job(spark, "shuffled", "/mnt/shared/shuffled")
    wait_for(lambda: has_output(output), 90, "the first rows", process)
    assert spark[TWO].kill(_WORKER) and spark[TWO].kill(_EXECUTOR)
    finished(spark, "shuffled", process)
    start_worker(spark[TWO])
    assert "Resubmitting ShuffleMapStage" in spark[DRIVER].log("shuffled")
    assert digest_of(output) == expected()


def test_speculation(spark: Cluster) -> None:
    """Tasks of a worker that stands still are started elsewhere, and each row is written once."""
    output = spark.shared / "speculative"
    process = job(spark, "speculative", "/mnt/shared/speculative")
    wait_for(lambda: has_output(output), 90, "the first rows", process)
    assert spark[TWO].kill("pyspark.daemon", signal.SIGSTOP)
    finished(spark, "speculative", process)
    spark[TWO].kill("pyspark.daemon", signal.SIGCONT)
    assert "to be speculated" in spark[DRIVER].log("speculative").lower() or "speculat" in spark[DRIVER].log(
        "speculative"
    )
    assert digest_of(output, FEW) == expected(FEW)


def test_restarted_driver(spark: Cluster) -> None:
    """A driver that starts again after a kill leaves complete output as it is and adds the rest."""
    output = spark.shared / "by_file"
    process = job(spark, "by_file", "/mnt/shared/by_file")
    wait_for(lambda: len([*output.glob("*/_SUCCESS")]) >= 3, 120, "three groups", process)
    spark[DRIVER].kill("jobs.on_spark")
    process.wait(30)
    before = {path: path.stat().st_mtime_ns for path in output.glob("*/_SUCCESS")}
    assert 3 <= len(before) < 8
    done = finished(spark, "by_file", job(spark, "by_file", "/mnt/shared/by_file"))
    assert len(done) == 8 - len(before)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert digest_of(output, FEW) == expected(FEW)


def test_other_workers(spark: Cluster) -> None:
    """A worker without lexswitch, or with another version, writes no row and reports the remedy; an archive helps."""
    work = spark[DRIVER].disk / "work"
    (package,) = spark[DRIVER].disk.glob("venv/lib/*/site-packages/lexswitch")
    shutil.make_archive(str(work / "environment"), "zip", package.parent, "lexswitch")
    arguments = ("/mnt/shared/other", "/mnt/work/environment.zip")
    errors = finished(spark, "other_workers", job(spark, "other_workers", *arguments))
    assert "ImportError: lexswitch is missing on worker" in errors["bare"]
    assert "/mnt/bare/bin/python -m pip install lexswitch==" in errors["bare"]
    assert f"has lexswitch {OTHER} and the driver has {VERSION}" in errors["other"]
    assert not [name for name in ("bare", "other") if has_output(spark.shared / "other" / name)]
    assert errors["archive"] == ""
    assert digest_of(spark.shared / "other/archive", FEW) == expected(FEW)


def test_bad_input(spark: Cluster) -> None:
    """Errors of keys, and of a lexicon that workers do not see, state the column or folder and the remedy."""
    errors = finished(spark, "bad_input", job(spark, "bad_input"))
    print(errors)
    assert "column 'id' has no key in 1 of " in errors["null"]
    assert errors["checked"].startswith(
        "ValueError: column 'id' has 1 rows without a key and 1 keys that several rows have"
    )
    assert errors["good"] == "None"
    assert "does not see the lexicon /mnt/work/en-xx.lexicon" in errors["unseen"]
    assert "column_switcher has no column of keys" in errors["no keys"]


def test_too_large(spark: Cluster) -> None:
    """A lexicon that the driver cannot broadcast has an error with the setting."""
    errors = finished(spark, "too_large", job(spark, "too_large"))
    print(errors)
    assert errors["error"].startswith("ValueError: the lexicons of column_switcher do not fit")
