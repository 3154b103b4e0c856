"""What a verification replays: one list for the auditor's page and for `tongbao verify`."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import DatabaseError, transaction

from tongbao import busy, clock
from tongbao.audit import queries as audit
from tongbao.audit.rules import SHOWN, Line, read_head
from tongbao.documents import queries as documents
from tongbao.funds import queries as funds
from tongbao.intake import queries as intake
from tongbao.policies import queries as policies
from tongbao.registry import queries as registry
from tongbao.scheme import queries as scheme
from tongbao.studio import queries as studio


@dataclass(frozen=True)
class Check:
    """Something that must hold. `faults` gives a sentence for each thing that does not fit; when it is a generator, it
    returns how much it looked at, counted in `unit`.
    """

    title: str
    holds: str
    unit: str
    faults: Callable[[], Iterator[str]]


def checks(published: str = "") -> list[Check]:
    """What is replayed, in order; with a head of the chain that was `published`, whether the chain goes through it."""
    found = [
        Check("审计链", "每条记录与前一条相连，内容与摘要一致", "条记录", audit.faults),
        Check("条款与判定", "条款与摘要一致，每次判定可以重放出同样的结果", "次判定", scheme.faults),
        Check("名册", "每批数据与读取时一致，有效的数据与各批次一致，年度合计无误", "家企业", registry.faults),
        Check("排队与资金", "从日志按规则重放：次序、递补、预占、列支和余额与每笔流水一致", "笔", funds.replay_faults),
        Check("资金业务与汇率", "额度、拨付、调剂、退回、结清和汇率与登记一致，经两人办理", "项", funds.unrecorded),
        Check("月结", "已月结的月份由流水重新算出，与月结时留存的一致", "个月", funds.month_faults),
        Check("对账", "对账单与收到时一致，签字后没有改动", "份对账单", funds.reconciliation_faults),
        Check("申请", "状态与资金一致，没有遗留的预占", "份申请", intake.faults),
        Check("保单", "保费按条款重新计算一致，财政扶持等于列支", "份保单", policies.faults),
        Check("政策研究", "草案的每次修改与记录一致，发布的条款就是第二人批准的文本", "次修改", studio.faults),
        Check("校验结果", "以前每次校验的结果与记录一致", "次校验", audit.changed_verifications),
        Check("文件", "每份材料都在，内容与摘要一致", "份文件", documents.faults),
    ]
    if published:
        found.insert(1, Check("公布的链尾", "审计链经过公布的链尾", "个链尾", partial(_not_through, published)))
    return found


def _not_through(published: str) -> Generator[str, None, int]:
    number, hash = read_head(published)
    if not audit.passes_through(number, hash):
        end = audit.head().number
        beyond = f"链上现在只到第 {end} 条" if number > end else "链上这一条的摘要与公布的不同"
        yield f"审计链不经过公布的链尾（第 {number} 条，摘要 {hash}）：{beyond}，公布之后有人改写过日志"
    return 1


def look(check: Check, *, only_first: bool = False) -> Line:
    """Make one check, at one moment of the database, and say what it found; `only_first`: stop at the first fault."""
    began = clock.now()
    looked_at: int | None = None

    def sentences() -> Generator[str, None, None]:
        nonlocal looked_at
        found: Any = check.faults()
        try:
            looked_at = yield from found
        except Exception as error:  # whatever somebody made of the rows, it is found, not stumbled over
            if isinstance(error, DatabaseError) and busy.is_busy(error):
                raise
            yield f"数据读不下去（{type(error).__name__}：{error}），可能被人改动过"

    with _one_moment(), closing(sentences()) as found:
        faults = tuple(islice(found, 1 if only_first else SHOWN))
        count = len(faults) if only_first else len(faults) + sum(1 for _ in found)
    milliseconds = (clock.now() - began) // timedelta(milliseconds=1)
    return Line(check.title, check.holds, check.unit, looked_at, count, faults, milliseconds)


@contextmanager
def _one_moment() -> Iterator[None]:
    """See the whole database as it is at one moment, and hold nobody up: what is written meanwhile is not seen."""
    database: Any = transaction.get_connection()
    if database.in_atomic_block:  # of a test
        yield
        return
    database.ensure_connection()
    usual = getattr(database, "transaction_mode", None)  # SQLite's: it would keep every writer out
    database.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            if database.vendor == "postgresql":
                with database.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
    finally:
        database.transaction_mode = usual
