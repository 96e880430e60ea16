"""The checks of this project, one session each. ``nox --list`` lists them; ``.ci/run`` and the workflows run them.

uv creates the environments if it is installed (``pip install uv``): this takes seconds instead of minutes. Without uv,
virtualenv and pip do.
"""

from __future__ import annotations

import os
import shutil
import sys
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
PROJECT = nox.project.load_toml("pyproject.toml")["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]

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
    """Run all tests, the slow ones too: 100 examples per property, and 500 per property of the contract."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "auto", *session.posargs, env={"CI": "true"})


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
    session.install("--reinstall" if is_uv else "--force-reinstall", str(built))
    session.chdir(session.create_tmp())
    session.run("python", "-I", "-c", _SMOKE_TEST)
    session.run("lexswitch", "--version")


_SMOKE_TEST = """
import importlib.resources, pathlib, lexswitch
folder = pathlib.Path(lexswitch.__file__).parent
assert "site-packages" in folder.parts, folder
assert importlib.resources.files(lexswitch).joinpath("py.typed").is_file()
switcher = lexswitch.CodeSwitcher(lexswitch.Lexicon.starter(), ["de"], p=1)
assert switcher.apply(["a house"]) == ["a Haus"]
switcher.preview(["a house"]).save("preview.html")
print(lexswitch.__version__, folder)
"""


@nox.session(python=PYTHONS)
def golden(session: nox.Session) -> None:
    """Compare results with the golden file, byte for byte, on each Python that is found."""
    session.install("-e", ".", *_requirements("test", "hypothesis", "pytest"))
    session.run("pytest", "tests/test_golden.py", *session.posargs)


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
    session.install("-e", ".[test,integrations]", *_requirements("test", "pytest"))
    # One file per process: its tests share a Spark session or a Ray cluster. The models are too small for two threads.
    parallel = ["-n", "2", "--dist", "loadfile"]
    session.run("pytest", *parallel, "tests/integrations", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session
def browser(session: nox.Session) -> None:
    """Test the pages of previews in Chromium, with axe-core. Chromium must be installed."""
    session.install("-e", ".[test,browser]")
    session.run("pytest", "tests/switching/preview", *session.posargs)


@nox.session
def benchmarks_smoke(session: nox.Session) -> None:
    """Test the benchmarks of models, then run a few of their steps on public data."""
    folders = [ROOT / "benchmarks" / name for name in ("retrieval", "image_text")]
    _install_torch(session)
    # The benchmarks download their data with pip, which environments of uv lack.
    session.install("-e", ".[test]", "pip", *(f"-r{folder / 'requirements.txt'}" for folder in folders))
    session.run("pytest", "tests/benchmarks", *session.posargs)
    for folder in folders:
        # Code 3: the data is no longer at its address, so there is nothing to run.
        session.run("python", "-m", f"benchmarks.{folder.name}", "--smoke", success_codes=[0, 3])


def _requirements(extra: str, *names: str) -> list[str]:
    """Return requirements of an extra, with their versions."""
    return [next(line for line in EXTRAS[extra] if line.startswith(name)) for name in names]


def _install_torch(session: nox.Session) -> None:
    """Install PyTorch with pip: its configuration can choose a build for CPUs, and uv does not read it."""
    pip = [sys.executable, "-m", "pip", "--python", session.virtualenv.location]
    session.run_install(*pip, "install", "--quiet", *EXTRAS["torch"], external=True)
