"""The two files before any scheme: what columns they have, how countries are written, which month is the last."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tongbao.refusal import Refusal
from tongbao.registry import rules as registry
from tongbao.screening import rules
from tongbao.screening.queries.engines import Advance, Engine

SPELLINGS = 10_000  # more ways of writing a country than this is another column
WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
REGISTER, EXPORTS, REPEATED = "register_file", "exports_file", "repeated"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be screened. `complete_years`: years whose customs list is complete, so that a firm without rows
    exported nothing; `as_of`: the day whose last closed month ends the growth window; `today`: no row may be of a
    later year; `cny_per_usd`: by default the reference rate.
    """

    register: Path
    exports: Path
    out: Path
    as_of: date
    today: date
    complete_years: Collection[int] = ()
    cny_per_usd: Decimal | None = None
    engine: str = "duckdb"


@dataclass(frozen=True, slots=True)
class Files:
    """What reading both files says. The engine holds them as REGISTER and EXPORTS, and the codes that stand several
    times in the register as REPEATED. `customs` still lacks what the scheme says: base year and classes.
    """

    register: Mapping[str, str]  # columns with their types
    spellings: Mapping[str, str | None]  # each way a country is written, with its code
    customs: rules.Customs


def beside(out: Path) -> tuple[Path, Path]:
    """Where the bad rows and the funnel of a result go: OUT.bad.parquet and OUT.funnel.json."""
    stem = out.name.removesuffix(".parquet")
    return out.with_name(f"{stem}.bad.parquet"), out.with_name(f"{stem}.funnel.json")


def read(order: Order, engine: Engine, advance: Advance) -> Files:
    """Look at both files. Raises Refusal for what every scheme needs and they lack."""
    register = engine.open(REGISTER, order.register)
    need(order.register, register, ("code",))
    _texts(order.register, register, ("code",))
    customs = _customs(order, engine.open(EXPORTS, order.exports))
    spellings = _spellings(order, engine)
    customs = customs.until(_latest(customs, engine))
    engine.keep(REPEATED, rules.repeated_sql(REGISTER), advance)
    return Files(register, spellings, customs)


def _customs(order: Order, held: Mapping[str, str]) -> rules.Customs:
    path, closed = order.exports, registry.closed_month(order.as_of)
    need(path, held, rules.CUSTOMS_COLUMNS)
    _texts(path, held, ("code", "country"))
    for column in ("year", "month"):
        if held[column] not in WHOLE:
            raise Refusal("wrong_type", f"{path}：“{column}”列应为整数，现在是 {held[column]}。")
    return rules.Customs(
        base_year=closed[0],
        latest=closed,
        complete_years=frozenset(order.complete_years),
        last_year=max(order.today.year, order.as_of.year),
        amounts=amounts(path, "usd", held["usd"]),
        classes={},
    )


def _spellings(order: Order, engine: Engine) -> dict[str, str | None]:
    found = engine.rows(f"SELECT DISTINCT country FROM {EXPORTS} LIMIT {SPELLINGS + 1}")
    if len(found) > SPELLINGS:
        raise Refusal("not_countries", f"{order.exports}：“country”列有一万种以上的写法，请核对是不是放错了列。")
    return {row["country"]: registry.country(row["country"]) for row in found if row["country"] is not None}


def _latest(customs: rules.Customs, engine: Engine) -> tuple[int, int]:
    """The last month up to the closed one with a good figure of a firm of the register; else the closed one."""
    until = customs
    while (month := engine.rows(rules.latest_sql(until, EXPORTS))[0]["latest"]) is not None:
        found = (int(month) // 100, int(month) % 100)
        asked = (rules.any_firm_sql(until, EXPORTS, REGISTER, found, among) for among in ("LIMIT 1000", ""))
        if any(engine.rows(sql)[0]["firms"] for sql in asked):
            return found
        until = until.until(registry.closed_month(date(*found, 1)))
    return customs.latest


def check_paths(order: Order) -> None:
    """Raises Refusal for files that are not there, or a result that has no place."""
    for path in (order.register, order.exports):
        if order.engine == "duckdb" and not path.is_file():
            raise Refusal("no_file", f"{path}：读不到这个文件，请检查路径。")
    if not order.out.parent.is_dir():
        raise Refusal("no_folder", f"{order.out.parent}：没有这个文件夹，请先建立。")
    read = {path.resolve() for path in (order.register, order.exports)}
    if not order.out.name or read & {path.resolve() for path in (order.out, *beside(order.out))}:
        raise Refusal("same_file", f"{order.out}：结果不能写到被读取的文件上，请换一个名字。")
    if order.out.is_dir() and (order.engine == "duckdb" or not (order.out / "_SUCCESS").exists()):
        raise Refusal("folder", f"{order.out}：这是一个文件夹，结果会替换它里面的全部文件，请换一个文件名。")


def need(path: Path, held: Mapping[str, str], columns: Collection[str]) -> None:
    """Raises Refusal `no_column` when a column is missing."""
    if missing := [column for column in columns if column not in held]:
        raise Refusal("no_column", f"{path}：缺少这些列：{'、'.join(missing)}。现有的列：{'、'.join(held) or '无'}。")


def _texts(path: Path, held: Mapping[str, str], columns: Collection[str]) -> None:
    for column in columns:
        if held[column] != "VARCHAR":
            raise Refusal("wrong_type", f"{path}：“{column}”列应为文字，现在是 {held[column]}。")


def amounts(path: Path, column: str, type_: str) -> rules.Amounts:
    """How a column keeps amounts. Raises Refusal `wrong_type`."""
    if type_ in WHOLE:
        return rules.Amounts.WHOLE
    if type_ in ("DOUBLE", "VARCHAR"):
        return rules.Amounts.DOUBLE if type_ == "DOUBLE" else rules.Amounts.TEXT
    if type_.startswith("DECIMAL("):
        places = int(type_.removesuffix(")").split(",")[1])
        return rules.Amounts.DECIMAL if places <= 2 else rules.Amounts.FINE
    raise Refusal("wrong_type", f"{path}：“{column}”列应为 DECIMAL、整数、DOUBLE 或文字，现在是 {type_}。")
