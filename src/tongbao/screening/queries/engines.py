"""The two engines that read the same SQL: DuckDB in this process, Spark where the optional extra is installed."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb

from tongbao.refusal import Refusal

MEMORY = "2800MB"  # of DuckDB's own buffers: the whole process stays under 4 GB; what is more goes to disk
# Amounts differ from firm to firm: a dictionary of them is waste, their differences are short.
PARQUET = "FORMAT parquet, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1000"
TICK = 1 / 5  # seconds between two looks at how far a query is
Advance = Callable[[int], None]  # per cent of the running query


class Engine(Protocol):
    """What screening asks of an engine. Names and SQL are the same for both."""

    def open(self, name: str, path: Path) -> dict[str, str]:
        """A Parquet file as a relation; answers its columns with types in DuckDB's words."""

    def keep(self, name: str, sql: str, advance: Advance) -> None:
        """The answer to a query as a relation that is read several times."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """A short answer."""

    def write(self, sql: str, path: Path, advance: Advance) -> None:
        """The answer to a query as Parquet."""

    def close(self) -> None:
        """Give back memory and files."""


class DuckDB:
    """The default engine: in this process, on all cores, spilling into `room`."""

    def __init__(self, room: Path) -> None:
        self.database = duckdb.connect(
            config={"memory_limit": MEMORY, "temp_directory": str(room / "spill"), "preserve_insertion_order": False}
        )
        self.database.execute("SET enable_progress_bar = true")  # query_progress() answers only then
        self.database.execute("SET enable_progress_bar_print = false")
        # joins with lists, which this would make of IN, do not know how far they are
        self.database.execute("SET disabled_optimizers = 'in_clause'")

    def open(self, name: str, path: Path) -> dict[str, str]:
        """A Parquet file as a view."""
        try:
            self.database.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({_text(str(path))})")
            described = self.database.execute(f"DESCRIBE {name}").fetchall()
        except duckdb.Error:
            raise Refusal("not_parquet", f"{path}：不是能读的 Parquet 文件，请检查文件是否完整。") from None
        return {column: type_ for column, type_, *_ in described}

    def keep(self, name: str, sql: str, advance: Advance) -> None:
        """As a temporary table."""
        self._run(f"CREATE TEMP TABLE {name} AS {sql}", advance)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Fetched at once."""
        found = self._run(sql, lambda _: None)
        columns = [column[0] for column in found.description or []]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def write(self, sql: str, path: Path, advance: Advance) -> None:
        """Streamed into the file."""
        self._run(f"COPY ({sql}) TO {_text(str(path))} ({PARQUET})", advance)

    def close(self) -> None:
        """Close the database; its spill goes with `room`."""
        self.database.close()

    def _run(self, sql: str, advance: Advance) -> duckdb.DuckDBPyConnection:
        with _watched(self.database, advance), _refusing():
            return self.database.execute(sql)


class Spark:
    """The same on Spark, for registers that need a cluster; the session's own settings say where it runs."""

    def __init__(self, room: Path) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise Refusal(
                "no_spark", "没有安装 Spark：请先安装 tongbao[spark] 和 Java 17，或改用 --engine duckdb。"
            ) from None
        builder: Any = SparkSession.builder
        for key, value in SPARK.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self.kept: list[Any] = []

    def open(self, name: str, path: Path) -> dict[str, str]:
        """A Parquet file or folder as a view."""
        try:
            frame = self.session.read.parquet(str(path))
        except Exception:  # whatever Java says, it cannot be read
            raise Refusal("not_parquet", f"{path}：不是能读的 Parquet 文件，请检查文件是否完整。") from None
        frame.createOrReplaceTempView(name)
        return {column: _DUCKDB_TYPES.get(type_, type_.upper()) for column, type_ in frame.dtypes}

    def keep(self, name: str, sql: str, advance: Advance) -> None:
        """As a cached view."""
        frame = self.session.sql(sql).persist()
        frame.createOrReplaceTempView(name)
        self.kept.append(frame)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Collected."""
        return [row.asDict() for row in self.session.sql(sql).collect()]

    def write(self, sql: str, path: Path, advance: Advance) -> None:
        """As a folder of Parquet files."""
        self.session.sql(sql).write.parquet(str(path))

    def close(self) -> None:
        """Give back what was cached; the session may be shared."""
        for frame in self.kept:
            frame.unpersist()


SPARK = {
    "spark.sql.ansi.enabled": "true",  # overflow is an error, as in DuckDB
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_DUCKDB_TYPES = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER",
    "bigint": "BIGINT", "double": "DOUBLE", "float": "FLOAT",
}  # fmt: skip
ENGINES: dict[str, Callable[[Path], Engine]] = {"duckdb": DuckDB, "spark": Spark}


@contextmanager
def _watched(database: duckdb.DuckDBPyConnection, advance: Advance) -> Iterator[None]:
    """Tell how far the running query is, five times a second."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(TICK):
            advance(max(int(database.query_progress()), 0))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


@contextmanager
def _refusing() -> Iterator[None]:
    """What can go wrong with good SQL, in sentences."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise Refusal(
            "no_room", f"内存或磁盘空间不够，请换到空间更大的磁盘再试（{str(error).splitlines()[0][:120]}）。"
        ) from None
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        raise Refusal("out_of_range", "有企业的合计数超出可计算的范围，请核对金额的单位。") from None
    except RuntimeError as error:  # DuckDB's way of passing Ctrl-C on
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from None
        raise


def discard(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
