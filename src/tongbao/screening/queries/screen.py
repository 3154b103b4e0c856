"""A whole register screened: from raw customs rows to findings and offers of every firm, funnel and bad rows."""

import json
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tongbao.refusal import Refusal
from tongbao.registry import rules as registry
from tongbao.scheme.rules import CompiledTerms
from tongbao.scheme.rules.shapes import Kind
from tongbao.screening import rules
from tongbao.screening.queries.engines import ENGINES, Engine, discard
from tongbao.screening.queries.files import (
    EXPORTS,
    REGISTER,
    REPEATED,
    Files,
    Order,
    amounts,
    beside,
    check_paths,
    need,
    read,
)

STAGES = ("核对两个文件", "汇总出口记录", "逐家判定并写出结果", "写出有问题的行", "统计")
SUMS, CLASSES = "sums", "classes"
Progress = Callable[[int, int], None]  # stage (0 …), per cent of it


@dataclass(slots=True)
class Screened:
    """What came out: the funnel (`rules.read_funnel`), rows read and rejected, and remarks in Chinese."""

    funnel: rules.Funnel
    export_rows: int
    register_rows: int
    rejected: dict[str, dict[str, int]]  # file → reason → rows
    files: tuple[Path, ...]
    remarks: list[str] = field(default_factory=list)


def screen(
    terms: CompiledTerms | Callable[[], CompiledTerms],
    order: Order,
    progress: Progress = lambda stage, per_cent: None,
) -> Screened:
    """Screen a register: OUT.parquet has one row for each firm (`rules.columns`, facts included), OUT.bad.parquet every
    row that does not count with the reason, OUT.funnel.json the counts. All three appear together or not at all.

    `terms` may be how to get them: the files are then looked at meanwhile, and what it raises comes first. Raises
    Refusal with a sentence for files that cannot be read or written, or columns that are missing or of a wrong type.
    """
    check_paths(order)
    try:
        with tempfile.TemporaryDirectory(prefix=".screen-", dir=order.out.parent) as room:
            engine = ENGINES[order.engine](Path(room))
            try:
                progress(0, 0)
                with ThreadPoolExecutor(1) as aside:
                    reading = aside.submit(read, order, engine, lambda per_cent: progress(0, per_cent))
                    known = terms() if callable(terms) else terms
                    files = reading.result()
                return _Run(known, order, engine, Path(room), files, progress).all()
            finally:
                engine.close()
    except OSError as error:
        raise Refusal("cannot_write", f"{order.out.parent}：不能写入（{error.strerror}），请检查磁盘和权限。") from None


class _Run:
    """One screening while it runs."""

    def __init__(
        self, terms: CompiledTerms, order: Order, engine: Engine, room: Path, files: Files, progress: Progress
    ) -> None:
        self.terms, self.order, self.engine, self.room, self.files = terms, order, engine, room, files
        self.progress = progress
        self.remarks: list[str] = []

    def all(self) -> Screened:
        """Every stage in turn."""
        firms = self._firms()
        customs = self._customs()
        engine, scheme = self.engine, self.terms.scheme
        engine.keep(CLASSES, rules.classes_sql(customs), self._advance(1))
        engine.keep(SUMS, rules.sums_sql(customs, EXPORTS, CLASSES), self._advance(1))
        good = f"({rules.good_firms_sql(scheme, firms, REGISTER, REPEATED)})"
        facts = f"({rules.facts_sql(scheme, customs, firms, good, SUMS)}) AS f"
        decision = rules.decision_sql(self.terms, facts, self.order.cny_per_usd, with_facts=True)
        out, bad = self.room / "out.parquet", self.room / "bad.parquet"
        engine.write(decision, out, self._advance(2))
        advance = self._advance(3)
        engine.keep("lacking", rules.lacking_sql(SUMS, good), lambda per_cent: None)  # short beside what follows
        wrong = (
            rules.bad_firms_sql(scheme, firms, REGISTER, REPEATED),
            rules.bad_rows_sql(customs, EXPORTS, "lacking"),
        )
        engine.write(" UNION ALL ".join(wrong), bad, advance)
        return self._counted(out, bad)

    def _advance(self, stage: int) -> Callable[[int], None]:
        self.progress(stage, 0)
        return lambda per_cent: self.progress(stage, per_cent)

    def _firms(self) -> rules.Firms:
        """The register's columns: those that are facts of the scheme are read, the others are left alone."""
        path, facts = self.order.register, {fact.id: fact for fact in self.terms.scheme.facts}
        held = self.files.register
        need(path, held, ("code", *(["area"] if "area" in facts else [])))
        if computed := sorted(set(held) & rules.BY_CUSTOMS):
            raise Refusal("computed_column", f"{path}：“{computed[0]}”由出口记录算出，请从企业名册中去掉这一列。")
        numbers = {}
        for id in held.keys() & facts.keys():
            if facts[id].type is Kind.NUMBER:
                numbers[id] = amounts(path, id, held[id])
            elif (wanted := {Kind.BOOL: "BOOLEAN", Kind.TEXT: "VARCHAR"}[facts[id].type]) != held[id]:
                raise Refusal("wrong_type", f"{path}：“{id}”列应为 {wanted}，现在是 {held[id]}。")
        absent = [id for id in facts if id not in held and id not in rules.BY_CUSTOMS]
        if absent:
            self.remarks.append(f"企业名册没有这些列，按未知处理：{'、'.join(absent)}。")
        return rules.Firms(tuple(id for id in held if id in facts), numbers)

    def _customs(self) -> rules.Customs:
        """How the rows are to be read, and what each way of writing a country means to the facts."""
        scheme, spellings = self.terms.scheme, self.files.spellings
        emerging = registry.emerging_of(scheme.emerging_regions, scheme.emerging_extra, scheme.emerging_left_out)
        self._no_totals(spellings)
        if strange := sorted(spelling for spelling, code in spellings.items() if code is None):
            named = "、".join(f"“{spelling}”" for spelling in strange[:10])
            self.remarks.append(f"不认识 {len(strange)} 种国别写法（{named}），计入出口总额，不计入任何市场。")
        classes = {spelling: rules.class_of(code, emerging) for spelling, code in sorted(spellings.items()) if code}
        return replace(self.files.customs, base_year=scheme.base_year, classes=classes)

    def _no_totals(self, spellings: Mapping[str, str | None]) -> None:
        """Rows of totals and of groups of countries would count other rows again: such a file is not decided on."""
        if groups := sorted(spelling for spelling in spellings if registry.not_a_country(spelling)):
            named = "、".join(f"“{spelling}”" for spelling in groups[:10])
            sentence = f"国别列里有合计数或一组国家（地区）：{named}。请先去掉这些行，以免重复计算。"
            raise Refusal("not_countries", f"{self.order.exports}：{sentence}")

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
