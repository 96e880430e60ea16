"""A description of the machine and the software of a measurement."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path


def description(packages: Sequence[str] = (), gpu: str = "") -> dict[str, object]:
    """Return a description of machine and software as JSON values.

    Parameters
    ----------
    packages
        Names of distributions whose versions matter.
    gpu
        Name of the GPU that was used; empty if there was none.

    Returns
    -------
    dict
        ``cpu``, ``gpu`` (if one was used), ``cores`` (of the machine), ``cores_usable`` (by this process),
        ``memory_gib``, ``system``, ``python``, ``date`` (UTC, ISO 8601), ``lexswitch`` and ``packages`` (name ->
        version; None if it is not installed).
    """
    return {
        "cpu": _cpu(),
        **({"gpu": gpu} if gpu else {}),
        "cores": os.cpu_count(),
        "cores_usable": _usable_cores(),
        "memory_gib": _memory(),
        "system": _system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "lexswitch": _lexswitch(),
        "packages": {name: _version(name) for name in packages},
    }


def _cpu() -> str:
    for field in ("model name", "Hardware", "cpu model"):  # the name depends on the architecture
        if value := _field(Path("/proc/cpuinfo"), field):
            return value
    return platform.processor() or platform.machine()


def _field(path: Path, name: str) -> str | None:
    """Return the value of the first line `name : value` of a file of the kernel."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    found = (line.partition(":") for line in lines)
    return next((value.strip() for key, _, value in found if key.strip() == name), None)


def _usable_cores() -> int | None:
    try:
        return len(os.sched_getaffinity(0))  # a container may see more cores than it may use
    except AttributeError:
        return os.cpu_count()


def _memory() -> float | None:
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    return round(size / 2**30, 1)


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release()}, {platform.machine()}"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _lexswitch() -> str | None:
    try:
        import lexswitch
    except ImportError:
        return None
    return getattr(lexswitch, "__version__", None) or _version("lexswitch")
