"""Measurements on three hosts: one SHA-256 and the bytes at each interface, rates, memory of large lexicons."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.common import memory as of_processes
from benchmarks.common import processes
from benchmarks.common.processes import Row
from lexswitch import Lexicon
from tests.cluster import rows
from tests.cluster.hosts import DRIVER, TWO, Cluster, cluster, install, wait_for
from tests.cluster.jobs import settings
from tests.cluster.running import NODES, SECONDS, Ray, Spark, has_output, lexicon_size, running, seen, train


@contextmanager
def _hosts() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="lexswitch-cluster-") as folder, cluster(Path(folder, "hosts")) as made:
        install(made, Path(folder), ["venv"])
        rows.write(made.shared / "rows", rows.COUNT, 64)
        rows.write(made.shared / "few", rows.FEW, 16)
        yield made


def same_bytes(service: str) -> list[Row]:
    """Return the SHA-256 of all rows by each method, and what the interface of each worker received.

    Parameters
    ----------
    service : {"none", "Spark", "Ray", "PyTorch"}
    """
    if service == "none":
        return [{"rows": rows.COUNT, "method": "apply", "digest": rows.expected()}]
    with _hosts() as hosts:
        settings.lexicon().save(hosts[DRIVER].disk / "work/en-xx.lexicon")
        found = {"Spark": _on_spark, "Ray": _on_ray, "PyTorch": _in_training}[service](hosts)
        return [{"rows": rows.COUNT, "lexicon": lexicon_size(hosts), **row} for row in found]


def _on_spark(hosts: Cluster) -> Iterator[Row]:
    with running(Spark, hosts) as spark:
        yield _job(spark, "Spark, one host", "local")
        yield _job(spark, "Spark, two workers", "whole")
        yield _job(spark, "Spark, two workers, one killed", "whole", spark.kill_worker)


def _on_ray(hosts: Cluster) -> Iterator[Row]:
    with running(Ray, hosts) as ray:
        yield _job(ray, "Ray, two nodes", "whole")
        yield _job(ray, "Ray, two nodes, one killed", "whole", ray.kill_node)


def _in_training(hosts: Cluster) -> Iterator[Row]:
    for name in NODES:
        settings.lexicon().save(hosts[name].disk / "work/en-xx.lexicon")
    train(hosts, "everything", rows.COUNT, 0, 1, 0)
    shares = pa.concat_tables(seen(hosts, "everything"))
    yield {
        "method": "PyTorch, four processes on two hosts",
        "digest": settings.digest(rows.texts_of(shares, rows.COUNT)),
    }


def _job(service: Any, method: str, name: str, kill: Callable[[str], None] | None = None) -> Row:
    """Run a job on all rows; on request kill a worker after the first output."""
    hosts = service.hosts
    folder = hosts.shared / method.replace(", ", "-").replace(" ", "-")
    before = [hosts[each].traffic()[0] for each in NODES]
    job = service.job(name, f"/mnt/shared/{folder.name}")
    if kill is not None:
        wait_for(lambda: has_output(folder), SECONDS, "the first rows", job.process)
        kill(TWO)
        if job.process.poll() is not None:
            raise RuntimeError("the job ended before the worker was killed")
    job.result()
    received = [hosts[each].traffic()[0] - start for each, start in zip(NODES, before, strict=True)]
    return {"method": method, "digest": rows.digest_of(folder), "received": received}


def rates(service: type[Spark | Ray]) -> list[Row]:
    """Return the seconds of each part of the work, on one worker and on two, and the load of the machine."""
    with _hosts() as hosts:
        settings.lexicon().save(hosts[DRIVER].disk / "work/en-xx.lexicon")
        words = sum(len(text.split()) for text in rows.table()["text"].to_pylist()) / rows.COUNT
        about = {"rows": rows.COUNT, "words": words, "load": os.getloadavg()[0]}
        with running(service, hosts) as started:
            return [{**about, **row} for row in started.job("rates").result()]


def memory(pairs: int) -> list[Row]:
    """Return the highest memory of each process of Spark with a lexicon of many pairs."""
    with _hosts() as hosts:
        path = hosts[DRIVER].disk / "work/en-xx.lexicon"
        processes.run(save_lexicon, str(path), pairs)
        with running(Spark, hosts) as spark:
            watched = {
                "driver": ((DRIVER,), "jobs.on_spark"),
                "driver's JVM": ((DRIVER,), "SparkSubmit"),
                "worker": (NODES, "pyspark.daemon"),  # Spark chooses the node
                "executor's JVM": (NODES, "CoarseGrainedExecutorBackend"),
            }
            highest = dict.fromkeys(watched, 0)
            ended = threading.Event()

            def watch() -> None:
                while not ended.wait(0.5):
                    for name, (places, text) in watched.items():
                        found = [of_processes.pss(pid) for host in places for pid in spark.hosts[host].pids(text)]
                        highest[name] = max([highest[name], *found])

            thread = threading.Thread(target=watch)
            thread.start()
            try:
                before, start = [hosts[each].traffic()[0] for each in NODES], time.perf_counter()
                seconds = spark.job("large").result()
                received = max(hosts[each].traffic()[0] - number for each, number in zip(NODES, before, strict=True))
            finally:
                ended.set()
                thread.join()
            total = time.perf_counter() - start
        size = lexicon_size(hosts)
    row = {"pairs": pairs, "lexicon": size, "received": received, "job": total, "load": os.getloadavg()[0]}
    if not all(highest.values()):
        raise RuntimeError(f"a process of Spark was not found: {highest}")
    return [{**row, **seconds, "pss": highest}]


def save_lexicon(path: str, pairs: int) -> Row:
    """Save a lexicon with this many pairs in ten languages; it is called in a separate process."""
    languages = ["de", "fr", "es", "it", "pt", "nl", "sv", "da", "fi", "pl"]
    terms = [f"w{number:x}" for number in range(pairs // len(languages))]
    lexicon = Lexicon.from_pairs({name: ((term, f"{name}{term}") for term in terms) for name in languages}, source="en")
    lexicon.merge(Lexicon.starter()).save(path)
    return {}
