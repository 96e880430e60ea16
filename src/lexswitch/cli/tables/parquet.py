"""Parquet tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ...errors import LexiconError
from ..lines import input_name
from .base import SwitchColumns, TableBlock, TablePosition, check_columns, is_pipe, switch_batch
from .row_reader import Progress

_BLOCK_ROWS = 1 << 14


class ParquetTable:
    """Row groups of Arrow columns. Types, other columns, metadata and compression stay as they are."""

    is_text = False

    def __init__(self, path: Path, columns: Sequence[str], progress: Progress | None = None) -> None:
        self.path = path
        self._progress = progress
        self._file = _open(path)
        try:
            check_columns(str(path), self._file.schema_arrow.names, columns)
        except BaseException:
            self.close()
            raise

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}  # workers get blocks

    def head(self) -> bytes:
        return b""

    def blocks(self, start: TablePosition) -> Iterator[TableBlock]:
        row, size, count = 0, self.path.stat().st_size, self._file.metadata.num_rows
        for batch in self._file.iter_batches(_BLOCK_ROWS):
            end = row + len(batch)
            if self._progress is not None:
                self._progress(size * end // count - size * row // count)
            if row >= start.row:
                yield TableBlock(TablePosition(row), TablePosition(end), batch)
            row = end

    def switch(self, block: TableBlock, switch: SwitchColumns) -> bytes:
        import pyarrow as pa

        switched = switch_batch(switch, block.data, str(self.path), block)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, block.data.schema) as writer:
            writer.write_batch(switched)
        return bytes(sink.getvalue())

    @contextmanager
    def writer(self, stream: BinaryIO) -> Iterator[Callable[[bytes], Any]]:
        import pyarrow as pa
        from pyarrow import parquet

        with parquet.ParquetWriter(stream, self._file.schema_arrow, compression=self._compression()) as writer:
            yield lambda part: writer.write_table(pa.ipc.open_stream(part).read_all())

    def close(self) -> None:
        self._file.close()

    def _compression(self) -> dict[str, str] | str:
        """Return the codec of each column in the first row group."""
        metadata = self._file.metadata
        if not metadata.num_row_groups:
            return "snappy"
        group = metadata.row_group(0)
        columns = [group.column(number) for number in range(group.num_columns)]
        codecs = {one.path_in_schema: one.compression.lower().replace("uncompressed", "none") for one in columns}
        return codecs if len(set(codecs.values())) > 1 else next(iter(codecs.values()), "snappy")


def _open(path: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ImportError('Parquet needs pyarrow; pip install "lexswitch[arrow]"') from None
    if is_pipe(path):
        raise LexiconError(
            f"{input_name(str(path))}: Parquet is read from its end, and a pipe has none; write it to a file first"
        )
    try:
        return parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        if not path.stat().st_size:
            raise LexiconError(f"{path} is empty; a Parquet file has at least a schema, so write it again") from None
        raise LexiconError(
            f"{path}: not Parquet, or damaged ({error}); name its format with --format, or write it again"
        ) from None
