"""The checks of this project, one session each. ``nox --list`` lists them; ``.ci/run`` and the workflows run them.

uv creates the environments if it is installed (``pip install uv``): this takes seconds instead of minutes. Without uv,
virtualenv and pip do.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "imports", "tests"]

ROOT = Path(__file__).parent
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
BUILD = nox.project.load_toml("pyproject.toml")["build-system"]
PROJECT = nox.project.load_toml("pyproject.toml")["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]

_BACKEND = "LEXSWITCH_BACKEND"
_SWITCHING = [f"tests/{name}" for name in ("test_contract.py", "test_bad_input.py", "engine", "switching", "retrieval")]
_SANITIZED = [
    "tests/test_contract.py",
    "tests/engine/test_kernel.py",
    "tests/engine/test_kernel_faults.py",
    "tests/lexicon/test_indexes.py",
]

# For tests of small models: one file per process, since its tests share Spark, Ray or a model.
# The models are too small for two threads.
_BY_FILE = ["-n", "2", "--dist", "loadfile"]
_ONE_THREAD = {"OMP_NUM_THREADS": "1"}

# The shims of pyenv run only the active version, so the folders of all its versions go onto the path before them.
_PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
os.environ["PATH"] = os.pathsep.join(
    [*(str(folder) for folder in sorted(_PYENV.glob("versions/3.*/bin"))), os.environ["PATH"]]
)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the fast tests: the test command of the README. ``nox -s tests --force-python 3.12`` chooses a Python."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "auto", "-m", "not slow", *session.posargs)


@nox.session
def tests_ci(session: nox.Session) -> None:
    """Run what `tests` leaves: slow tests, 100 examples per property, and 500 per property of the contract."""
    session.install("-e", ".[test]")
    chosen = ["-m", "slow or hypothesis"]  # the plugin of hypothesis marks properties
    session.run("pytest", "-n", "auto", *chosen, *session.posargs, env={"CI": "true", _BACKEND: _backends()[0]})


@nox.session
def tests_numpy(session: nox.Session) -> None:
    """Run the fast tests of switching with the NumPy engine. The other sessions use the compiled one."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "auto", "-m", "not slow", *session.posargs, *_SWITCHING, env={_BACKEND: "numpy"})


@nox.session
def sanitizers(session: nox.Session) -> None:
    """Run the tests of the compiled engine, and random texts, with checks of memory and of undefined behavior."""
    if sys.platform != "linux" or shutil.which("gcc") is None:
        session.skip("needs gcc on Linux")
    runtime = str(session.run("gcc", "-print-file-name=libasan.so", external=True, silent=True)).strip()
    if not Path(runtime).is_absolute():  # gcc prints the bare name of a library that it lacks
        session.skip("gcc has no address sanitizer; install libasan")
    folder = Path(session.create_tmp()).resolve()
    session.install("-e", ".[test]", "setuptools")
    flags = "-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
    build = ["--build-base", str(folder / "build"), "--build-lib", str(folder / "lib")]
    session.run(
        *("python", "setup.py", "--quiet", "build", "--force", *build),
        env={"CC": "gcc", "CFLAGS": flags, "LDFLAGS": flags},
    )
    checked = {
        "PYTHONPATH": str(folder / "lib"),
        _BACKEND: "c",
        "LD_PRELOAD": runtime,
        "ASAN_OPTIONS": "detect_leaks=0",  # Python keeps memory until it exits
        "PYTHONMALLOC": "malloc",  # Python's own allocator hides where an object ends
    }
    # Processes of tests take long here.
    chosen = ["-m", "not slow", "-k", "not processes and not forked", *_SANITIZED]
    session.run("pytest", "-n", "auto", *session.posargs, *chosen, env=checked)
    session.run("python", "-m", "tests.fuzz", "--texts", "5000", "--seed", "1", env=checked)


def _backends() -> list[str]:
    """Return the engines that can be tested: the compiled one needs a compiler."""
    return ["c", "numpy"] if shutil.which(os.environ.get("CC", "cc")) else ["numpy"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and spelling."""
    session.install(*_requirements("dev", "codespell", "ruff"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("codespell")


@nox.session
def types(session: nox.Session) -> None:
    """Check types: strictly in the package, and for real mistakes in the tests."""
    stubs = [requirement for requirement in EXTRAS["dev"] if requirement.startswith("types-")]
    session.install("-e", ".[test]", *_requirements("dev", "mypy", "nox"), *stubs)
    session.run("mypy", *session.posargs)


@nox.session
def imports(session: nox.Session) -> None:
    """Check that modules import only modules of lower layers."""
    session.install("-e", ".", *_requirements("dev", "import-linter"))
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; each warning is an error."""
    session.install("-e", ".[docs]")
    target = session.posargs or ["--site-dir", str(Path(session.create_tmp()) / "site")]
    session.run("mkdocs", "build", "--quiet", "--strict", *target, env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the distributions, install the wheel and use it outside the source tree."""
    target = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(target, ignore_errors=True)  # of an earlier run
    is_uv = session.venv_backend == "uv"
    session.install(*_requirements("dev", "build"), *["uv"] * is_uv)
    session.run("python", "-m", "build", *["--installer", "uv"] * is_uv, "--outdir", str(target), silent=True)
    (built,) = target.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        unwanted = [name for name in archive.namelist() if name.endswith((".c", ".h")) or "tests" in name]
    if unwanted:
        session.error(f"the wheel has files that it should not have: {unwanted}")
    session.install("--reinstall" if is_uv else "--force-reinstall", str(built))
    session.chdir(session.create_tmp())
    session.run("python", "-I", str(ROOT / "tests" / "smoke.py"), _backends()[0])
    session.run("lexswitch", "--version")


@nox.session(python=PYTHONS)
def golden(session: nox.Session) -> None:
    """Compare results with the golden file, byte for byte, on each Python that is found."""
    session.install("-e", ".", *_requirements("test", "hypothesis", "pytest"))
    for name in _backends():
        session.run("pytest", "tests/test_golden.py", *session.posargs, env={_BACKEND: name})


@nox.session(python="3.10")
def oldest(session: nox.Session) -> None:
    """Run the fast tests with the oldest allowed version of each dependency, and of pyarrow and pandas."""
    ranges = [*PROJECT["dependencies"], *EXTRAS["arrow"], *EXTRAS["zstd"], *_requirements("test", "pandas")]
    pins = [requirement.partition(";")[0].replace(">=", "==") for requirement in ranges]
    session.install(".[test]", *pins)
    session.run("pytest", "-n", "auto", "-m", "not slow", *session.posargs)


@nox.session
def integrations(session: nox.Session) -> None:
    """Test the integrations with training libraries, and run the examples. Spark needs Java."""
    _install_torch(session)
    # `.ci/run` then runs the tests of `cluster` in this environment; they need pip and what builds the wheel.
    session.install("-e", ".[test,integrations]", *_requirements("test", "pytest"), "pip", *BUILD["requires"])
    tests = ["tests/integrations", "tests/retrieval/robustness"]
    session.run("pytest", *_BY_FILE, *tests, *session.posargs, env=_ONE_THREAD)


@nox.session
def cluster(session: nox.Session) -> None:
    """Test Spark, Ray and distributed training on three hosts, made of Linux namespaces. Needs root and Java."""
    _install_torch(session)
    extras = _requirements("integrations", "accelerate", "transformers")
    tools = _requirements("test", "hypothesis", "pytest")
    # pip installs lexswitch on the hosts, from a wheel that setuptools builds.
    session.install("-e", ".[huggingface,ray,spark,torch]", *extras, *tools, "pip", *BUILD["requires"])
    rows = {"LEXSWITCH_ROWS": os.environ.get("LEXSWITCH_ROWS", "100000")}
    session.run("pytest", "tests/cluster", *session.posargs, env=rows)


@nox.session
def browser(session: nox.Session) -> None:
    """Test the pages of previews and stress tests in Chromium, with axe-core. Chromium must be installed."""
    session.install("-e", ".[test,browser]")
    session.run("pytest", "tests/switching/preview", "tests/retrieval/robustness", *session.posargs)


@nox.session
def benchmarks_smoke(session: nox.Session) -> None:
    """Test the benchmarks of models, then run a few of their steps on public data."""
    folders = [ROOT / "benchmarks" / name for name in ("retrieval", "image_text", "xquad_r")]
    _install_torch(session)
    # The benchmarks download their data with pip, which environments of uv lack.
    session.install("-e", ".[test]", "pip", *(f"-r{folder / 'requirements.txt'}" for folder in folders))
    session.run("pytest", *_BY_FILE, "tests/benchmarks", *session.posargs, env=_ONE_THREAD)
    for folder in folders:
        # Code 3: the data is no longer at its address, so there is nothing to run.
        session.run("python", "-m", f"benchmarks.{folder.name}", "--smoke", success_codes=[0, 3])
    session.run("python", "-m", "benchmarks.xquad_r", "--smoke", "--preset", "large", success_codes=[0, 3])


def _requirements(extra: str, *names: str) -> list[str]:
    """Return requirements of an extra, with their versions."""
    return [next(line for line in EXTRAS[extra] if line.startswith(name)) for name in names]


def _install_torch(session: nox.Session) -> None:
    """Install PyTorch with pip: its configuration can choose a build for CPUs, and uv does not read it."""
    pip = [sys.executable, "-m", "pip", "--python", session.virtualenv.location]
    session.run_install(*pip, "install", "--quiet", *EXTRAS["torch"], external=True)
