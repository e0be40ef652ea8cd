"""Rows as Apache Parquet: an explicit schema, instants as timestamps, written in row groups of bounded size."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from scraper.errors import ConfigError
from storage.columns import Column, Kind
from storage.rows import Row

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import parquet

ROWS_A_GROUP = 10_000  # some 5 MB of headlines at a time; readers skip groups by their minima and maxima


def write_parquet(rows: Iterable[Row], columns: Sequence[Column], out: IO[bytes]) -> None:
    """Write rows as one Parquet file, zstd inside. Raises ConfigError where pyarrow is not installed."""
    rows = iter(rows)
    with opened(out, columns) as writer:
        while group := list(islice(rows, ROWS_A_GROUP)):
            arrays = [
                _arrow().array(_values(group, column), type=field.type)
                for column, field in zip(columns, writer.schema, strict=True)
            ]
            writer.write_batch(_arrow().record_batch(arrays, schema=writer.schema))


def opened(out: IO[bytes], columns: Sequence[Column]) -> "parquet.ParquetWriter":
    """A Parquet file to write with these columns. Raises ConfigError where pyarrow is not installed."""
    arrow = _arrow()
    from pyarrow import parquet

    return parquet.ParquetWriter(out, _schema(arrow, columns), compression="zstd")


def _arrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise ConfigError(
            "parquet needs pyarrow, which is not installed: pip install 'frontpage-archive[parquet]', "
            "or choose --format csv or jsonl"
        ) from None
    return pyarrow


def _schema(arrow: Any, columns: Sequence[Column]) -> "pyarrow.Schema":
    types = {
        Kind.TEXT: arrow.string(),
        Kind.INTEGER: arrow.int64(),
        Kind.SECONDS: arrow.int64(),
        Kind.BYTES: arrow.int64(),
        Kind.SHARE: arrow.float64(),
        Kind.INSTANT: arrow.timestamp("ms", tz="UTC"),  # Parquet knows no whole seconds
        Kind.BOOLEAN: arrow.bool_(),
    }
    return arrow.schema(
        [arrow.field(column.name, types[column.kind], metadata={"description": column.meaning}) for column in columns]
    )


def _values(group: Sequence[Row], column: Column) -> Iterator[Any]:
    for row in group:
        value = row.get(column.name)
        yield datetime.fromisoformat(value) if column.kind is Kind.INSTANT and value is not None else value
