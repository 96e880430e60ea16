"""Use an installed lexswitch and the engine that it must have: ``python -I tests/smoke.py c``."""

import importlib.resources
import pathlib
import sys

import lexswitch

folder = pathlib.Path(lexswitch.__file__).parent
assert "site-packages" in folder.parts, folder
assert importlib.resources.files(lexswitch).joinpath("py.typed").is_file()
switcher = lexswitch.CodeSwitcher(lexswitch.Lexicon.starter(), ["de"], p=1)
assert switcher.apply(["a house"]) == ["a Haus"]
assert lexswitch.backend().name == sys.argv[1], lexswitch.backend()
print(lexswitch.__version__, folder)
