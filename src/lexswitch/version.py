"""The version of the package, part of every signature."""

VERSION = "0.1.0"
