"""Running ``lexswitch``: in this process with `run`, which is fast, or in one of its own with `run_process`."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from unittest.mock import patch

import pytest

from lexswitch.cli import main

COMMAND = [sys.executable, "-m", "lexswitch"]


def run_bytes(*args: object, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Call `main` in this process, with standard streams of its own, and collect what it prints.

    PYTHONIOENCODING, which Python reads when it starts, is the encoding of the streams.
    """
    argv = list(map(str, args))
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    stdout, stderr = io.BytesIO(), io.BytesIO()
    with (
        patch.dict(os.environ, environment),
        _standard_input(stdin, encoding),
        redirect_stdout(io.TextIOWrapper(stdout, encoding)) as output,
        redirect_stderr(io.TextIOWrapper(stderr, encoding, "backslashreplace", write_through=True)) as errors,
        _warnings_of_a_process(),
    ):
        try:
            code = main(argv)
        except SystemExit as end:
            code = int(end.code or 0)
        output.flush()
        # Without this the wrappers close the buffers when they are collected.
        output.detach()
        errors.detach()
    return subprocess.CompletedProcess(argv, code, stdout.getvalue(), stderr.getvalue())


def run(*args: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Do as `run_bytes`, with text."""
    return _decoded(run_bytes(*args, stdin=stdin.encode(), **environment))


def run_process(*args: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Start ``lexswitch`` as a process, for what depends on one, and collect what it prints."""
    command = [*COMMAND, *map(str, args)]
    env = {**os.environ, **environment}
    return _decoded(subprocess.run(command, input=stdin.encode(), capture_output=True, check=False, env=env))


def shown_on_terminal(*args: object) -> bytes:
    """Run a command that must succeed, and return what a terminal gets as its standard error."""
    fcntl, pty, termios = map(pytest.importorskip, ("fcntl", "pty", "termios"))  # not on Windows
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    with os.fdopen(master, "rb", buffering=0) as terminal:
        with os.fdopen(slave, "w") as stderr:
            with redirect_stderr(stderr), redirect_stdout(io.TextIOWrapper(io.BytesIO())):
                assert main(list(map(str, args))) == 0
            stderr.write("end")
            stderr.flush()
            shown = b""
            while not shown.endswith(b"end"):
                shown += terminal.read(1 << 16)
        return shown.removesuffix(b"end")


def output_of(*args: object, stdin: str = "", **environment: str) -> str:
    """Return what a run prints that must succeed and print nothing but a summary on standard error."""
    ran = run(*args, stdin=stdin, **environment)
    assert (ran.returncode, without_summary(ran.stderr)) == (0, "")
    return ran.stdout


def without_summary(printed: str) -> str:
    """Return what is printed without the summary that ``lexswitch apply`` ends with."""
    return re.sub(r"texts: .*\nwords: .*\nlanguages: .*\n\Z", "", printed)


def error_of(*args: object, stdin: str = "", **environment: str) -> str:
    """Return the one line that a run prints which must fail."""
    ran = run(*args, stdin=stdin, **environment)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("lexswitch: error: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr.removeprefix("lexswitch: error: ").rstrip("\n")


def names_in(folder: str | Path) -> list[str]:
    """Return the names in a folder, sorted."""
    return sorted(path.name for path in Path(folder).iterdir())


def _decoded(ran: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(ran.args, ran.returncode, ran.stdout.decode(), ran.stderr.decode())


@contextmanager
def _standard_input(data: bytes, encoding: str) -> Iterator[None]:
    """Make a pipe with the data standard input: a command may ask for its file descriptor."""
    reading, writing = os.pipe()

    def write() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as file:
            file.write(data)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with os.fdopen(reading, encoding=encoding) as stdin, patch.object(sys, "stdin", stdin):
            yield
    finally:
        thread.join()


@contextmanager
def _warnings_of_a_process() -> Iterator[None]:
    """Filter and print warnings as Python does when nobody asks for more; pytest makes errors of them."""
    with warnings.catch_warnings():
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        warnings.showwarning = _show  # type: ignore[assignment]  # it ignores further arguments
        yield


def _show(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno))
