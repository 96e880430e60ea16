"""Files that hold something else than expected are recognised by their first bytes."""

from __future__ import annotations

import pickle

import pytest

from lexswitch._io.signatures import FOREIGN_SIGNATURES, describe_foreign_file, is_pickle


@pytest.mark.parametrize(
    ("head", "syntax", "what"),
    [
        (b"\n <!DOCTYPE HTML PUBLIC>", None, "a web page"),
        (b"\xef\xbb\xbf<HTML>", "XML", "a web page"),
        (b"<?xml version='1.0'?><Error/>", None, "a web page or XML, perhaps an error message"),
        (b"<?xml version='1.0'?><TEI/>", "XML", None),
        (b"<Error><Code>AccessDenied</Code></Error>", "JSON", "a web page or XML, perhaps an error message"),
        (b"<div class='x'>\n<p>Log in</p></div>", None, "a web page or XML, perhaps an error message"),
        (b"<!-- saved from --><p>", None, "a web page or XML, perhaps an error message"),
        (b"<unk> <unk>\n<s> </s>\n", None, None),
        (b"<3 heart\n", None, None),
        (b'{"message": "Not Found"}', None, "JSON, perhaps an error message"),
        (b'{\n"message":\n"Not Found"\n}', None, "JSON, perhaps an error message"),
        (b'{"a": 1}\n{"a": 2}\n', None, "JSON, perhaps an error message"),
        (b'{"message": "Not Found"}', "JSON", None),
        (b"[sic] so\n{x} y", None, None),
        (b"[" * 10_000, None, None),
        (b"%PDF-1.4", None, "a PDF document"),
        (b"\x89HDF\r\n\x1a\n", None, "an HDF5 file"),
        (b"version https://git-lfs.github.com/spec/v1", "JSON", "a Git LFS pointer"),
        ("a\tb\n".encode("utf-16"), None, "UTF-16"),
        ("house Haus\ncredit card\tKreditkarte\nhouse дом\n".encode(), None, None),
        (b"", None, None),
    ],
)
def test_foreign_files(head: bytes, syntax: str | None, what: str | None) -> None:
    """Foreign files are recognised by their beginnings; words that look a little like markup are not."""
    found = describe_foreign_file(head, syntax)
    assert (found and found[0]) == what


def test_json_remedy() -> None:
    """The caller names the remedy for JSON that is not expected."""
    assert describe_foreign_file(b'{"a": 1}', json_remedy="pass format='json'") == (
        "JSON, perhaps an error message",
        "pass format='json'",
    )


def test_signatures_are_in_lower_case() -> None:
    """Files are compared in lower case, so signatures must be too."""
    assert all(signature == signature.lower() for signature, _, _ in FOREIGN_SIGNATURES)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [{"house": ["Haus"]}, [("house", "Haus")]])
def test_pickles(value: object, protocol: int) -> None:
    """Pickles of dictionaries and lists are recognised in every protocol; text is not taken for one."""
    assert is_pickle(pickle.dumps(value, protocol))
    assert not is_pickle(b"house\tHaus\n")
