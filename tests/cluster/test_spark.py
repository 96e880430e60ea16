"""Spark standalone: a master and two workers; workers that die, stop or lack something."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator

import pytest

from lexswitch.version import VERSION

from .hosts import DRIVER, ONE, OTHER, TWO, Cluster, wait_for
from .rows import FEW, digest_of, expected
from .running import NODES, SECONDS, Job, Spark, documented, has_output, lexicon_size, running

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@pytest.fixture(scope="module")
def spark(hosts: Cluster) -> Iterator[Spark]:
    """A cluster with two workers."""
    with running(Spark, hosts) as started:
        yield started


@pytest.fixture(scope="module")
def errors(spark: Spark) -> dict[str, str]:
    """The errors of a program that switches rows in partitions, and then with what must fail."""
    disk = spark.hosts[DRIVER].disk
    (package,) = disk.glob("venv/lib/*/site-packages/lexswitch")
    shutil.make_archive(str(disk / "work/environment"), "zip", package.parent, "lexswitch")
    found: dict[str, str] = spark.job(
        "partitions_and_errors", "/mnt/shared/partitions", "/mnt/work/environment.zip"
    ).result()
    return found


@pytest.fixture(scope="module")
def faulty(spark: Spark) -> Job:
    """A running program that switches some rows with speculation, and then all rows with a shuffle."""
    return spark.job("faults", "/mnt/shared/faults")


def test_lexicon_is_sent_once(spark: Spark) -> None:
    """Spark has the bytes of ``apply`` on one host and on three; each worker receives the lexicon once for 64 tasks.

    A lexicon that the driver cannot broadcast has an error that names the setting.
    """
    before = [spark.hosts[name].traffic()[0] for name in NODES]
    error = spark.job("whole_and_local", "/mnt/shared").result()
    received = [spark.hosts[name].traffic()[0] - start for name, start in zip(NODES, before, strict=True)]
    size = lexicon_size(spark.hosts)
    assert all(size / 2 < count < 2 * size for count in received), (size, received)
    assert digest_of(spark.hosts.shared / "local") == expected()
    assert digest_of(spark.hosts.shared / "whole") == expected()
    assert not (spark.hosts[ONE].disk / "work/en-xx.lexicon").exists()  # they do not see the driver's folder
    assert error.startswith("ValueError: the lexicons of column_switcher do not fit")
    assert "set spark.driver.memory to" in error


def test_partitions_and_engines(spark: Spark, errors: dict[str, str]) -> None:
    """The number of partitions changes no byte, nor does a worker without the compiled engine, which has a warning."""
    for count in (1, 7, 64):
        assert digest_of(spark.hosts.shared / "partitions" / str(count), FEW) == expected(FEW)
    assert "worker two uses the slower NumPy engine" in spark.executor_logs(TWO)
    assert "slower NumPy engine" not in spark.executor_logs(ONE)


def test_other_workers(spark: Spark, errors: dict[str, str]) -> None:
    """A worker without lexswitch, or with another version, writes no row and reports the remedy; an archive helps."""
    assert "ImportError: lexswitch is missing on worker" in errors["bare"]
    assert f"/mnt/bare/bin/python -m pip install lexswitch=={VERSION}" in errors["bare"]
    assert f"has lexswitch {OTHER} and the driver has {VERSION}" in errors["other"]
    output = spark.hosts.shared / "partitions"
    assert not [name for name in ("bare", "other") if has_output(output / name)]
    assert errors["archive"] == ""
    assert digest_of(output / "archive", FEW) == expected(FEW)


def test_bad_input(errors: dict[str, str]) -> None:
    """Errors of keys, and of a lexicon that workers do not see, state the column or folder and the remedy."""
    assert "column 'id' has no key in 1 of " in errors["null"]
    assert errors["checked"].startswith("ValueError: column 'id' has 1 rows without a key and 1 keys that several rows")
    assert errors["good"] == ""
    assert "does not see the lexicon /mnt/work/en-xx.lexicon" in errors["unseen"]
    assert "column_switcher has no column of keys" in errors["no keys"]


def test_restarted_driver(spark: Spark) -> None:
    """The documented program, killed and started again, keeps complete output as it is and adds the rest."""
    driver, shared = spark.hosts[DRIVER], spark.hosts.shared
    for path in sorted((shared / "few").iterdir()):
        day = shared / "days" / str(int(path.stem) // 4)
        day.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, day)
    (driver.disk / "work/switch_days.py").write_text(documented("SparkSession"), encoding="utf-8")
    output = shared / "switched"
    first = spark.submit("switch_days.py")
    wait_for(lambda: len([*output.glob("*/_SUCCESS")]) >= 2, SECONDS, "two days", first)
    driver.kill("switch_days.py")
    first.wait(SECONDS)
    before = {path: path.stat().st_mtime_ns for path in output.glob("*/_SUCCESS")}
    assert 2 <= len(before) < 4
    assert spark.submit("switch_days.py").wait(SECONDS) == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len([*output.glob("*/_SUCCESS")]) == 4
    assert digest_of(output, FEW) == expected(FEW)


def test_speculation(spark: Spark, faulty: Job) -> None:
    """Tasks of a worker that stopped are started elsewhere, and each row is written once."""
    output = spark.hosts.shared / "faults/speculative"
    wait_for(lambda: has_output(output), SECONDS, "the first rows", faulty.process)
    assert spark.hosts[TWO].kill("pyspark.daemon", signal.SIGSTOP)
    assert not (output / "_SUCCESS").exists()
    wait_for((output / "_SUCCESS").exists, SECONDS, "the tasks of the stopped worker", faulty.process)
    spark.hosts[TWO].kill("pyspark.daemon", signal.SIGCONT)
    assert digest_of(output, FEW) == expected(FEW)


def test_killed_worker(spark: Spark, faulty: Job) -> None:
    """A worker that dies changes no byte: its tasks, and the stage whose results died with it, run again elsewhere."""
    output = spark.hosts.shared / "faults/shuffled"
    wait_for(lambda: has_output(output), SECONDS, "the first rows", faulty.process)
    spark.kill_worker(TWO)
    assert not (output / "_SUCCESS").exists()
    faulty.result()
    assert "Lost executor" in faulty.log
    assert "FetchFailedException" in faulty.log
    assert digest_of(output) == expected()
