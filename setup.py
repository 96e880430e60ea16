"""The compiled engine, which is optional: without a C compiler, lexswitch uses NumPy."""

import sysconfig

from setuptools import Extension, setup

_FOLDER = "src/lexswitch/engine/kernel"
_IS_WINDOWS = sysconfig.get_platform().startswith("win")
_WITH_MSVC = ["/O2", "/std:c11", "/fp:precise"]
_WITH_GCC_OR_CLANG = ["-O3", "-std=c11", "-ffp-contract=off", "-fvisibility=hidden"]
_FILES = ("draw", "match", "module", "protect", "splice", "texts", "words")

kernel = Extension(
    "lexswitch.engine._kernel",
    [f"{_FOLDER}/{name}.c" for name in _FILES],
    depends=[f"{_FOLDER}/kernel.h"],
    extra_compile_args=_WITH_MSVC if _IS_WINDOWS else _WITH_GCC_OR_CLANG,
    py_limited_api=True,  # one wheel for Python 3.10 and later
    optional=True,
)
# A Python without global interpreter lock has no stable ABI.
is_free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))

setup(
    ext_modules=[] if is_free_threaded else [kernel],
    options={} if is_free_threaded else {"bdist_wheel": {"py_limited_api": "cp310"}},
)
