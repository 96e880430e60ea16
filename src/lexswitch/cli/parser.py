"""Parsing command lines: a mistake gets one line with the closest known word and the command's help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NoReturn

_UNKNOWN = re.compile(r"unrecognized arguments: (?P<words>.*)", re.DOTALL)
_NO_VALUE = re.compile(r"argument (?P<name>.+): expected (one|at least one) argument")
_NOT_A_NUMBER = re.compile(r"argument (?P<name>.+): invalid (?P<type>int|float) value: '(?P<value>.*)'", re.DOTALL)
_NOT_A_CHOICE = re.compile(r"argument (?P<name>.+): invalid choice: '(?P<word>.*)' \(choose from (?P<choices>.*)\)")


class Joined(argparse.Action):
    """An option that may be given several times: its tuples are joined, and so are its dicts."""

    def __call__(
        self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        """Join the value with those before it; a key of a dict may occur once."""
        before = getattr(namespace, self.dest)
        if isinstance(before, dict) and (twice := sorted(before.keys() & values)):
            parser.error(f"{option_string} has {', '.join(twice)} twice; name each language once")
        joined = values if before is None else before | values if isinstance(values, dict) else before + values
        setattr(namespace, self.dest, joined)


class CommandParser(argparse.ArgumentParser):
    """A parser of the command line, or of one command, whose errors are one line.

    The parsed arguments have the parser of their command as ``parser``. For options that it does not have, `remedies`
    has what to do instead.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.remedies: dict[str, str] = {}

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse arguments; unlike the base class, let the command report the arguments that it does not know."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        if not hasattr(found, "parser"):
            found.parser = self
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Print a message and exit with 2."""
        text = " ".join(self._explained(message).split())
        see = " See" if text.endswith("?") else "; see"
        self.exit(2, f"lexswitch: error: {text}{see} {self.prog} --help\n")

    def _explained(self, message: str) -> str:
        """Return a message of argparse with what the user can do."""
        if found := _UNKNOWN.fullmatch(message):
            word = found["words"].split()[0].partition("=")[0]
            if word in self.remedies:
                return f"{message}; {self.remedies[word]}"
            return message + self._similar_option(word)
        if found := _NOT_A_NUMBER.fullmatch(message):
            kind = "whole number" if found["type"] == "int" else "number"
            return f"{found['name'].rpartition('/')[2]} is {found['value']!r}; it must be a {kind}"
        if found := _NO_VALUE.fullmatch(message):
            action = next((one for one in self._actions if "/".join(one.option_strings) == found["name"]), None)
            option = found["name"].rpartition("/")[2]
            metavar = action.metavar if action and isinstance(action.metavar, str) else "VALUE"
            return f"{option} has no value; write {option} {metavar}"
        if found := _NOT_A_CHOICE.fullmatch(message):
            return message + did_you_mean(found["word"], re.findall(r"[\w-]+", found["choices"]))
        return message

    def _similar_option(self, word: str) -> str:
        """Return a question with the closest option, if any. Dashes are not compared: all options have them."""
        if not word.startswith("-"):
            return ""
        names = {option.lstrip("-"): option for option in self.options()}
        return did_you_mean(word.lstrip("-"), names, names)

    def options(self) -> dict[str, str]:
        """Return the long options, or short ones if there is no long one, and their destinations."""
        return {action.option_strings[-1]: action.dest for action in self._actions if action.option_strings}


def did_you_mean(word: str, known: Iterable[str], shown: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a question with the closest known word, to follow a message; nothing if no word is close.

    Parameters
    ----------
    word
        What the user wrote.
    known
        The words that are allowed.
    shown
        What the question has in place of a known word.
    """
    close: Sequence[str] = get_close_matches(word, list(known), 1)
    return "".join(f"; did you mean {shown.get(one, one)}?" for one in close)
