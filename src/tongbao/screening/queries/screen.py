"""A whole register screened: from raw customs rows to findings and offers of every firm, funnel and bad rows."""

import json
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tongbao.refusal import Refusal
from tongbao.registry import rules as registry
from tongbao.scheme.rules import CompiledTerms, Scheme
from tongbao.scheme.rules.shapes import Kind
from tongbao.screening import rules
from tongbao.screening.queries.engines import ENGINES, Engine, discard

STAGES = ("核对两个文件", "汇总出口记录", "逐家判定并写出结果", "写出有问题的行", "统计")
SPELLINGS = 10_000  # more ways of writing a country than this is another column
WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
REGISTER, EXPORTS = "register_file", "exports_file"
SUMS: dict[rules.Part, str] = {"months": "months", "years": "years"}
Progress = Callable[[int, int], None]  # stage (0 …), per cent of it


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


@dataclass(slots=True)
class Screened:
    """What came out: the funnel (`rules.read_funnel`), rows read and rejected, and remarks in Chinese."""

    funnel: rules.Funnel
    export_rows: int
    register_rows: int
    rejected: dict[str, dict[str, int]]  # file → reason → rows
    files: tuple[Path, ...]
    remarks: list[str] = field(default_factory=list)


def beside(out: Path) -> tuple[Path, Path]:
    """Where the bad rows and the funnel of a result go: OUT.bad.parquet and OUT.funnel.json."""
    stem = out.name.removesuffix(".parquet")
    return out.with_name(f"{stem}.bad.parquet"), out.with_name(f"{stem}.funnel.json")


def screen(terms: CompiledTerms, order: Order, progress: Progress = lambda stage, per_cent: None) -> Screened:
    """Screen a register: OUT.parquet has one row for each firm (`rules.columns`, facts included), OUT.bad.parquet every
    row that does not count with the reason, OUT.funnel.json the counts. All three appear together or not at all.

    Raises Refusal with a sentence for files that cannot be read or written, or columns that are missing or of a wrong
    type.
    """
    _check_paths(order)
    try:
        with tempfile.TemporaryDirectory(prefix=".screen-", dir=order.out.parent) as room:
            engine = ENGINES[order.engine](Path(room))
            try:
                run = _Run(terms, order, engine, Path(room), progress)
                return run.all()
            finally:
                engine.close()
    except OSError as error:
        raise Refusal("cannot_write", f"{order.out.parent}：不能写入（{error.strerror}），请检查磁盘和权限。") from None


class _Run:
    """One screening while it runs."""

    def __init__(self, terms: CompiledTerms, order: Order, engine: Engine, room: Path, progress: Progress) -> None:
        self.terms, self.order, self.engine, self.room, self.progress = terms, order, engine, room, progress
        self.remarks: list[str] = []

    def all(self) -> Screened:
        """Every stage in turn."""
        firms = self._firms()
        customs = self._customs()
        engine, scheme = self.engine, self.terms.scheme
        engine.keep("repeated", rules.repeated_sql(REGISTER), self._advance(0))
        for part in SUMS:
            engine.keep(part, rules.sums_sql(customs, EXPORTS, part), self._advance(1))
        good = f"({rules.good_firms_sql(scheme, firms, REGISTER, 'repeated')})"
        facts = f"({rules.facts_sql(scheme, customs, firms, good, SUMS)}) AS f"
        decision = rules.decision_sql(self.terms, facts, self.order.cny_per_usd, with_facts=True)
        out, bad = self.room / "out.parquet", self.room / "bad.parquet"
        engine.write(decision, out, self._advance(2))
        engine.keep("lacking", rules.lacking_sql(SUMS, good), self._advance(3))
        wrong = (
            rules.bad_firms_sql(scheme, firms, REGISTER, "repeated"),
            rules.bad_rows_sql(customs, EXPORTS, "lacking"),
        )
        engine.write(" UNION ALL ".join(wrong), bad, self._advance(3))
        return self._counted(out, bad)

    def _advance(self, stage: int) -> Callable[[int], None]:
        self.progress(stage, 0)
        return lambda per_cent: self.progress(stage, per_cent)

    def _firms(self) -> rules.Firms:
        """The register's columns: those that are facts of the scheme are read, the others are left alone."""
        held = self.engine.open(REGISTER, self.order.register)
        path, facts = self.order.register, {fact.id: fact for fact in self.terms.scheme.facts}
        _need(path, held, ("code", *(["area"] if "area" in facts else [])))
        _texts(path, held, ("code",))
        if computed := sorted(set(held) & rules.BY_CUSTOMS):
            raise Refusal("computed_column", f"{path}：“{computed[0]}”由出口记录算出，请从企业名册中去掉这一列。")
        amounts = {}
        for id in held.keys() & facts.keys():
            if facts[id].type is Kind.NUMBER:
                amounts[id] = _amounts(path, id, held[id])
            elif (wanted := {Kind.BOOL: "BOOLEAN", Kind.TEXT: "VARCHAR"}[facts[id].type]) != held[id]:
                raise Refusal("wrong_type", f"{path}：“{id}”列应为 {wanted}，现在是 {held[id]}。")
        absent = [id for id in facts if id not in held and id not in rules.BY_CUSTOMS]
        if absent:
            self.remarks.append(f"企业名册没有这些列，按未知处理：{'、'.join(absent)}。")
        return rules.Firms(tuple(id for id in held if id in facts), amounts)

    def _customs(self) -> rules.Customs:
        """How the rows are to be read: types, destinations, and the last month that has figures."""
        path, scheme = self.order.exports, self.terms.scheme
        held = self.engine.open(EXPORTS, path)
        _need(path, held, rules.CUSTOMS_COLUMNS)
        _texts(path, held, ("code", "country"))
        for column in ("year", "month"):
            if held[column] not in WHOLE:
                raise Refusal("wrong_type", f"{path}：“{column}”列应为整数，现在是 {held[column]}。")
        closed = registry.closed_month(self.order.as_of)
        customs = rules.Customs(
            base_year=scheme.base_year,
            latest=closed,
            complete_years=frozenset(self.order.complete_years),
            last_year=max(self.order.today.year, self.order.as_of.year),
            amounts=_amounts(path, "usd", held["usd"]),
            classes=self._classes(scheme),
        )
        return customs.until(self._latest(customs))

    def _classes(self, scheme: Scheme) -> dict[str, int]:
        """What each way of writing a country in the file means to the facts."""
        found = self.engine.rows(f"SELECT DISTINCT country FROM {EXPORTS} LIMIT {SPELLINGS + 1}")
        if len(found) > SPELLINGS:
            raise Refusal(
                "not_countries", f"{self.order.exports}：“country”列有一万种以上的写法，请核对是不是放错了列。"
            )
        emerging = registry.emerging(registry.known_regions(scheme.emerging_regions))
        spellings = {row["country"]: registry.country(row["country"]) for row in found if row["country"] is not None}
        if strange := sorted(spelling for spelling, code in spellings.items() if code is None):
            named = "、".join(f"“{spelling}”" for spelling in strange[:10])
            self.remarks.append(f"不认识 {len(strange)} 种国别写法（{named}），计入出口总额，不计入任何市场。")
        return {spelling: rules.class_of(code, emerging) for spelling, code in sorted(spellings.items()) if code}

    def _latest(self, customs: rules.Customs) -> tuple[int, int]:
        """The last month up to the closed one with a good figure of a firm of the register; else the closed one."""
        until = customs
        while (month := self.engine.rows(rules.latest_sql(until, EXPORTS))[0]["latest"]) is not None:
            found = (int(month) // 100, int(month) % 100)
            asked = (rules.any_firm_sql(until, EXPORTS, REGISTER, found, among) for among in ("LIMIT 1000", ""))
            if any(self.engine.rows(sql)[0]["firms"] for sql in asked):
                return found
            until = until.until(registry.closed_month(date(*found, 1)))
        return customs.latest

    def _counted(self, out: Path, bad: Path) -> Screened:
        """Counts from what was written; then the files take their places."""
        self.progress(4, 0)
        for name, path in (("decided", out), ("rejected", bad)):
            self.engine.open(name, path)
        funnel = rules.read_funnel(self.terms, self.engine.rows(rules.funnel_sql(self.terms, "decided"))[0])
        reasons = self.engine.rows("SELECT file, reason, count(*) AS n FROM rejected GROUP BY file, reason")
        rejected: dict[str, dict[str, int]] = {"register": {}, "exports": {}}
        for row in sorted(reasons, key=lambda row: (row["file"], row["reason"])):
            rejected[row["file"]][row["reason"]] = row["n"]
        screened = Screened(
            funnel=funnel,
            export_rows=self._rows(EXPORTS),
            register_rows=self._rows(REGISTER),
            rejected=rejected,
            files=(self.order.out, *beside(self.order.out)),
            remarks=self.remarks,
        )
        self._place(out, bad, screened)
        return screened

    def _rows(self, relation: str) -> int:
        return int(self.engine.rows(f"SELECT count(*) AS n FROM {relation}")[0]["n"])

    def _place(self, out: Path, bad: Path, screened: Screened) -> None:
        """Each file is complete before it takes the name that was asked for."""
        report = self.room / "funnel.json"
        said: Mapping[str, Any] = {
            **screened.funnel,
            "rows": {"register": screened.register_rows, "exports": screened.export_rows},
            "rejected": screened.rejected,
            "remarks": screened.remarks,
        }
        report.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        for made, place in zip((out, bad, report), screened.files, strict=True):
            if made.is_dir() or place.is_dir():
                discard(place)
            made.replace(place)


def _check_paths(order: Order) -> None:
    for path in (order.register, order.exports):
        if order.engine == "duckdb" and not path.is_file():
            raise Refusal("no_file", f"{path}：读不到这个文件，请检查路径。")
    if not order.out.parent.is_dir():
        raise Refusal("no_folder", f"{order.out.parent}：没有这个文件夹，请先建立。")
    if order.out in (order.register, order.exports):
        raise Refusal("same_file", f"{order.out}：结果不能写到被读取的文件上，请换一个名字。")


def _need(path: Path, held: Mapping[str, str], columns: Collection[str]) -> None:
    if missing := [column for column in columns if column not in held]:
        raise Refusal("no_column", f"{path}：缺少这些列：{'、'.join(missing)}。现有的列：{'、'.join(held) or '无'}。")


def _texts(path: Path, held: Mapping[str, str], columns: Collection[str]) -> None:
    for column in columns:
        if held[column] != "VARCHAR":
            raise Refusal("wrong_type", f"{path}：“{column}”列应为文字，现在是 {held[column]}。")


def _amounts(path: Path, column: str, type_: str) -> rules.Amounts:
    if type_ in WHOLE:
        return rules.Amounts.WHOLE
    if type_ in ("DOUBLE", "VARCHAR"):
        return rules.Amounts.DOUBLE if type_ == "DOUBLE" else rules.Amounts.TEXT
    if type_.startswith("DECIMAL("):
        places = int(type_.removesuffix(")").split(",")[1])
        return rules.Amounts.DECIMAL if places <= 2 else rules.Amounts.FINE
    raise Refusal("wrong_type", f"{path}：“{column}”列应为 DECIMAL、整数、DOUBLE 或文字，现在是 {type_}。")
