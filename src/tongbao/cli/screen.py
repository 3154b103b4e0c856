"""`tongbao screen SCHEME REGISTER EXPORTS OUT`: a whole register judged at once, without a server or a database."""

import argparse
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tongbao import clock, money
from tongbao.cli.scheme_verbs import compiled
from tongbao.refusal import Refusal
from tongbao.scheme.rules import Faults

if TYPE_CHECKING:
    from tongbao.screening.queries import Screened

BAR = 30  # characters


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare the verb."""
    verb = verbs.add_parser(
        "screen",
        help="按方案筛查整个企业名册",
        description=(
            "按方案逐家判定整个企业名册。读企业名册和海关出口记录（Parquet），写出逐家结论（结果.parquet）、"
            "有问题的行及原因（结果.bad.parquet）和各条件的筛查漏斗（结果.funnel.json）。"
        ),
    )
    verb.add_argument("scheme", metavar="方案.yaml", help="方案文件，如 schemes/nantong-2019.yaml")
    verb.add_argument("register", metavar="名册.parquet", help="列：code、area，以及方案中不由出口记录算出的事实")
    verb.add_argument("exports", metavar="出口.parquet", help="列：code、year、month（0 为全年数）、country、usd")
    verb.add_argument("out", metavar="结果.parquet", help="写到哪里；已有的文件会被替换")
    verb.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="用哪个引擎，默认 duckdb")
    verb.add_argument(
        "--complete", metavar="年", type=int, action="append", default=[],
        help="这一年的出口记录是完整的：没有记录的企业按 0 计；可写多次",
    )  # fmt: skip
    verb.add_argument("--as-of", metavar="日期", help="同比算到这一天之前最近一个已结账的月份，默认今天，如 2019-09-01")
    verb.add_argument("--rate", metavar="汇率", help="1 美元兑人民币元，默认用方案的测算汇率")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Screen and print what came out; 1, with the reasons, when the scheme cannot be read."""
    from tongbao.screening import queries  # DuckDB takes a moment to import: only this verb waits for it

    today = clock.today()
    order = queries.Order(
        register=Path(arguments.register),
        exports=Path(arguments.exports),
        out=Path(arguments.out),
        as_of=_day(arguments.as_of) if arguments.as_of else today,
        today=today,
        complete_years=arguments.complete,
        cny_per_usd=_rate(arguments.rate) if arguments.rate else None,
        engine=arguments.engine,
    )
    bar = Bar(queries.STAGES)
    try:
        screened = queries.screen(lambda: compiled(arguments.scheme), order, bar.show)
    except Faults as faults:
        bar.clear()
        print(faults, file=sys.stderr)
        return 1
    finally:
        bar.clear()
    print("\n".join(_said(screened)))
    return 0


class Bar:
    """One line that shows the stage and how far it is; nothing when nobody watches."""

    def __init__(self, stages: tuple[str, ...]) -> None:
        self.stages = stages
        self.watched = sys.stderr.isatty()

    def show(self, stage: int, per_cent: int) -> None:
        """Draw the line anew."""
        if self.watched:
            done = BAR * min(per_cent, 100) // 100
            line = (
                f"[{stage + 1}/{len(self.stages)}] {'█' * done}{'░' * (BAR - done)} {per_cent:3d}% {self.stages[stage]}"
            )
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leave an empty line to what follows."""
        if self.watched:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _said(screened: "Screened") -> list[str]:
    from tongbao.screening.rules import SENTENCES

    funnel, eligible = screened.funnel, screened.funnel["eligible"]
    names = {"register": "企业名册", "exports": "出口记录"}
    return [
        f"企业名册 {screened.register_rows:,} 行，出口记录 {screened.export_rows:,} 行。",
        f"判定 {funnel['firms']:,} 家企业：",
        f"  符合 {eligible['yes']:,} 家，不符合 {eligible['no']:,} 家，待核实 {eligible['unknown']:,} 家。",
        "逐条筛查（依次）：",
        *map(_criterion, funnel["criteria"]),
        "方案：",
        *map(_plan, funnel["plans"]),
        *(
            f"{names[file]} {rows:,} 行不计：{SENTENCES[reason]}"
            for file, reasons in screened.rejected.items()
            for reason, rows in reasons.items()
        ),
        *screened.remarks,
        f"已写出 {'、'.join(str(path) for path in screened.files)}",
    ]


def _criterion(one: dict[str, Any]) -> str:
    return (
        f"  {one['title']}：不符合 {one['no']:,} 家，待核实 {one['unknown']:,} 家；"
        f"到这一条减少 {one['dropped']:,} 家，余 {one['remaining']:,} 家。"
    )


def _plan(one: dict[str, Any]) -> str:
    premium, subsidy = money.text_wan(one["premium_cents"]), money.text_wan(one["subsidy_fen"])
    return (
        f"  {one['title']}：可选 {one['yes']:,} 家，待核实 {one['unknown']:,} 家；"
        f"全部选用则保费 {premium} 万美元，财政扶持 {subsidy} 万元。"
    )


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refusal("bad_date", f"--as-of {typed}：应为日期，例如 2019-09-01。") from None


def _rate(typed: str) -> Decimal:
    try:
        rate = Decimal(typed)
    except ArithmeticError:
        rate = Decimal(0)
    if not (rate.is_finite() and 0 < rate < 1000 and rate == round(rate, 6)):
        raise Refusal("bad_rate", f"--rate {typed}：应为大于 0 的汇率，最多六位小数，例如 7.0729。")
    return rate
