"""Files that are tables by their names are not switched as text; text is written to a file or to standard output."""

from __future__ import annotations

import gzip
import shlex
from pathlib import Path

import pytest

from lexswitch import CodeSwitcher, Lexicon

from .running import error_of, names_in, output_of, run

CSV = 'id,query,passage\n1,where is the bank,"a house, a door"\n2,open the door,the water is cold\n'
SEMICOLONS = "id;query;passage\n1;where is the bank;a house\n2;open the door;the water is cold\n"
TSV = "id\tquery\tpassage\n1\twhere is the bank\ta house\n2\topen the door\tthe water is cold\n"
ROWS = "17\twhere is the bank\ta house with a door\n18\topen the door\tthe water is cold\n"
JSONL = '{"id": "1", "my query": "where is the bank", "n": 3, "passages": ["the water is cold", null]}\n'
AS_TEXT = "or add --format text to switch its lines"
TABLES = [
    ("pairs.csv", CSV, "--columns query passage"),
    ("pairs.csv", SEMICOLONS, "--separator ';' --columns query passage"),
    ("pairs.csv", TSV, "--separator tab --columns query passage"),
    ("pairs.tsv", TSV, "--columns query passage"),
    ("rows.tsv", ROWS, "--columns 2 3"),
    ("rows.TSV.tsv", "house\ndoor\n", "--columns 1"),
    ("rows.jsonl", JSONL, "--columns 'my query' passages"),
    ("rows.ndjson", JSONL, "--columns 'my query' passages"),
]


def write(path: Path, content: str) -> Path:
    path.write_bytes(gzip.compress(content.encode()) if path.suffix == ".gz" else content.encode())
    return path


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(("name", "content", "options"), TABLES)
def test_a_table_is_not_text(
    name: str, content: str, options: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the columns of texts, and the options that it names switch these columns."""
    monkeypatch.chdir(tmp_path)
    write(Path(name + suffix), content)
    kind = "jsonl" if "json" in name else name.rpartition(".")[2]
    expected = f"{name}{suffix} is a table; name the columns to switch: {options}{{}}; {AS_TEXT}"
    assert error_of("preview", name + suffix, "--text") == expected.format("")
    error = error_of("apply", name + suffix, "--to", "de")
    assert error == expected.format(f" -o switched.{kind}")
    assert names_in(".") == [name + suffix]
    named = shlex.split(error.partition("switch: ")[2].partition("; or add")[0])
    assert run("apply", name + suffix, "--to", "de", "-p", 1, *named).returncode == 0
    switched = Path(f"switched.{kind}").read_text(encoding="utf-8")
    assert switched != content
    assert switched.splitlines()[0] == content.splitlines()[0] or "id" not in content or kind == "jsonl"
    for kept in ("id", "query", "passage", "17", '"1"'):
        assert switched.count(kept) == content.count(kept)


def test_parquet_is_not_text(tmp_path: Path) -> None:
    """The columns of strings are named, lists of strings too."""
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table(
        {"n": [1], "a b": ["the house"], "texts": [["the door"]], "large": pa.array(["x"], pa.large_string())}
    )
    path = tmp_path / "rows.parquet"
    parquet.write_table(table, path)
    assert "switch: --columns 'a b' texts large -o switched.parquet; or add" in error_of("apply", path)


@pytest.mark.parametrize("name", ["empty.tsv", "empty.csv", "empty.jsonl", "broken.jsonl", "broken.parquet"])
def test_a_table_without_known_columns_is_not_text(name: str, tmp_path: Path) -> None:
    """A table that cannot be read, or is empty, is refused as well."""
    (tmp_path / name).write_bytes(b"{\n" if name.startswith("broken") else b"")
    assert f"{name} is a table; name the columns to switch: --columns COLUMN" in error_of("apply", tmp_path / name)


def test_json_is_not_text(tmp_path: Path) -> None:
    """A JSON document is no table that can be switched; the remedy is JSON lines."""
    path = write(tmp_path / "rows.json", "[]")
    expected = f"{path} is JSON; make JSON lines of it, one object per line, in a .jsonl file, {AS_TEXT}"
    assert error_of("apply", path) == error_of("preview", path, "--text") == expected


def test_tables_as_text(tmp_path: Path) -> None:
    """With --format text the lines of any file are switched; standard input and other names are text anyway."""
    path, options = write(tmp_path / "pairs.csv", CSV), ("--to", "de", "-p", 1)
    expected = "".join(line + "\n" for line in CodeSwitcher(Lexicon.starter(), ["de"], p=1.0).apply(CSV.splitlines()))
    assert output_of("apply", path, *options, "--format", "text") == expected
    assert (
        output_of("apply", *options, stdin=CSV)
        == output_of("apply", *options, "--format", "text", stdin=CSV)
        == expected
    )
    assert output_of("apply", write(tmp_path / "pairs.txt", CSV), *options) == expected
    assert "[de: Haus]" in output_of("preview", path, *options, "--text", "--format", "text")
    for command in ("apply", "preview"):
        error = error_of(command, path, "--format", "text", "-o", tmp_path / "out.csv", "--columns", "query")
        assert error.startswith("--format text switches whole lines; leave --columns out")


def test_columns_given_several_times(tmp_path: Path) -> None:
    """--columns may be given several times, and so may --to."""
    path = write(tmp_path / "pairs.csv", CSV)
    once = output_of("apply", path, "-o", "-", "-p", 1, "--columns", "query=de", "passage=fr")
    assert output_of("apply", path, "-o", "-", "-p", 1, "--columns", "query=de", "--columns", "passage=fr") == once
    assert "Tür" in once
    assert "maison" in once
    error = error_of("apply", path, "-o", "-", "--columns", "query=de", "--columns", "query=fr")
    assert error.endswith("name each column once, as in query=de passage=ru,it")
    both = output_of("apply", "--to", "de", "--to", "fr:2", stdin=CSV)
    assert both == output_of("apply", "--to", "de,fr:2", stdin=CSV)
    assert "--to has de twice; name each language once" in error_of("apply", "--to", "de", "--to", "fr,de")
    lexicon = tmp_path / "out.lexicon"
    output_of("lexicon", "filter", "starter", "--to", "de", "--to", "fr", "-o", lexicon)
    assert Lexicon.load(lexicon).languages == ("de", "fr")
    texts = ("lexicon", "info", "--texts", path, "--texts", path)
    assert output_of(*texts) == output_of(*texts[:-2], path)


# -- text to a file ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out.txt", "out.txt.gz", "folder/out.txt"])
def test_text_is_written_to_a_file(name: str, tmp_path: Path) -> None:
    """-o writes what standard output has, and prints the same summary; a file is replaced with --force only."""
    source, path = write(tmp_path / "in.txt", "the house\r\nopen the door"), tmp_path / name
    command = ("apply", source, "--to", "de", "-p", 1)
    expected = run(*command)
    ran = run(*command, "-o", path)
    assert (ran.stdout, ran.stderr) == ("", expected.stderr)
    data = path.read_bytes()
    assert (gzip.decompress(data) if path.suffix == ".gz" else data).decode() == "the Haus\r\nöffnen the Tür"
    assert error_of(*command, "-o", path) == f"{path} exists; add --force to replace it, or choose another path"
    assert run(*command, "-o", path, "--force").returncode == 0
    assert path.read_bytes() == data
    assert output_of(*command, "-o", "-") == expected.stdout


def test_a_file_may_replace_itself(tmp_path: Path) -> None:
    """The output is complete before the file is replaced; after an error the old file is there, and no other."""
    path = write(tmp_path / "in.txt", "the house\n")
    assert run("apply", path, "-o", path, "--to", "de", "-p", 1, "--force").returncode == 0
    assert path.read_text(encoding="utf-8") == "the Haus\n"
    path.write_bytes(b"the house\n\xff\n")
    assert "not UTF-8" in error_of("apply", path, "-o", path, "--force")
    assert path.read_bytes() == b"the house\n\xff\n"
    assert names_in(tmp_path) == ["in.txt"]


def test_an_empty_text_is_an_empty_file(tmp_path: Path) -> None:
    """Also if it is compressed."""
    for name in ("out.txt", "out.txt.gz"):
        assert run("apply", "-o", tmp_path / name).returncode == 0
    assert (tmp_path / "out.txt").read_bytes() == gzip.decompress((tmp_path / "out.txt.gz").read_bytes()) == b""


def test_a_trace_is_written_to_a_file(tmp_path: Path) -> None:
    """--trace and -o write the JSON lines to the file."""
    command = ("apply", "--to", "de", "-p", 1, "--trace")
    expected = output_of(*command, stdin="the house\n")
    assert output_of(*command, "-o", tmp_path / "out.jsonl", stdin="the house\n") == ""
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == expected


# -- dictionary files as lexicons --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["apply --to de", "apply pairs.csv -o - --columns query=de", "preview --to de --text", "apply", "lexicon get bank"],
)
def test_a_dictionary_is_not_a_lexicon(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command of the error makes a lexicon that works, with the languages of the command."""
    monkeypatch.chdir(tmp_path)
    write(Path("my words.tsv"), "bank\tGeldhaus\n")
    write(Path("pairs.csv"), CSV)
    error = error_of(*shlex.split(command), "--lexicon", "my words.tsv", stdin="a bank\n")
    assert error.startswith("my words.tsv is a file, not the folder of a lexicon; build a lexicon from it: lexswitch ")
    build, _, hint = error.partition("it: ")[2].partition(", with the target language for LANGUAGE")
    assert ("LANGUAGE" in build) == (not command.partition("de")[1])
    assert not hint
    assert run(*shlex.split(build.replace("LANGUAGE", "de"))[1:]).returncode == 0
    ran = run(
        *shlex.split(command),
        "--lexicon",
        "my words.lexicon",
        *(["-p", "1"] * ("get" not in command)),
        stdin="a bank\n",
    )
    assert "Geldhaus" in ran.stdout
