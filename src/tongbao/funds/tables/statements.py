"""Trial balances, statements and locked months: their cells on the screen and their sheets in a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from tongbao import money
from tongbao.accounts.models import User
from tongbao.funds import queries, rules
from tongbao.funds.permissions import WHOLE_FUND
from tongbao.funds.queries import FIGURES, Line, Statement
from tongbao.funds.rules import AccountKind, Book, Flow, ReservationState, TransferKind
from tongbao.ui import exports

TABS = {"trial": "试算平衡", "statements": "分类报表", "months": "月结"}
ACCOUNT_HEADS = ("期初", "增加", "减少", "期末")
COMPARED_HEADS = (*ACCOUNT_HEADS, "期末较上月", "增加较上月", "减少较上月")
_PARTS = {"pool": "资金池", "plan": "方案", "month": "月份"}
_BOTH_BOOKS = frozenset({TransferKind.CHARGE, TransferKind.REVERSE, TransferKind.REFUND})
_NET = "净列支"


@dataclass(frozen=True)
class Cell:
    """A figure, and where the entries are that make it."""

    label: str
    text: str
    url: str = ""


# ── statements ──────────────────────────────────────────────────────────────────────────────────────────────────────


def heads(statement: Statement) -> list[str]:
    """The headings of the figures of a statement."""
    return ["企业", *(kind.label for kind in FIGURES), _NET, "候补", "候补金额"]


def names(statement: Statement, line: Line) -> list[tuple[str, str]]:
    """What a line is about: heading and name of each part."""
    said = {
        "pool": str(line.pool),
        "plan": line.plan or "（未写明）",
        "month": f"{line.month:%Y-%m}" if line.month else "",
    }
    return [(_PARTS[part], said[part]) for part in statement.view.parts]


def rows(user: User, statement: Statement) -> list[tuple[list[tuple[str, str]], list[Cell]]]:
    """The lines of a statement as they are shown: what each is about, and its figures with their links."""
    return [(names(statement, line), cells(user, statement, line)) for line in statement.lines]


def cells(user: User, statement: Statement, line: Line) -> list[Cell]:
    """The figures of a line; each amount links to the entries that make it, where this person may read them."""
    firms, *labels, net, waiting, waiting_fen = heads(statement)
    amounts = [
        Cell(label, _shown(line.figures[kind], there=_is_there(line, kind)), _entries(user, statement, line, kind))
        for label, kind in zip(labels, FIGURES, strict=True)
    ]
    return [
        Cell(firms, f"{line.firms:,}"),
        *amounts,
        Cell(net, _shown(line.net_fen)),
        Cell(waiting, f"{line.waiting:,}" if line.waiting else "—", _line_of(user, statement, line)),
        Cell(waiting_fen, _shown(line.waiting_fen)),
    ]


def _entries(user: User, statement: Statement, line: Line, kind: TransferKind) -> str:
    """The journal of just the entries of a figure; an insurer reads those of what was charged only."""
    if not _is_there(line, kind) or (user.role not in WHOLE_FUND and kind not in _BOTH_BOOKS):
        return ""
    asked: dict[str, Any] = {"edition": statement.edition.pk, "pool": line.pool and line.pool.pk, "plan": line.plan}
    asked |= {"month": line.month and f"{line.month:%Y-%m}", "kind": kind.value}
    if kind in _BOTH_BOOKS:
        asked["book"] = Book.QUOTA.value
    return f"{reverse('funds:ledger')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _is_there(line: Line, kind: TransferKind) -> bool:
    """Whether there are entries of this kind; adjustments may come to nothing and be there all the same."""
    return bool(line.adjustments if kind is TransferKind.ADJUST else line.figures[kind])


def _line_of(user: User, statement: Statement, line: Line) -> str:
    """The queue of those who wait: it can be asked by pool only."""
    if not line.waiting or statement.view is not queries.View.POOL or line.pool is None or user.role not in WHOLE_FUND:
        return ""
    return f"{reverse('funds:queue')}?{urlencode({'pool': line.pool.pk, 'state': ReservationState.WAITING.value})}"


def flow_cells(flow: Flow) -> list[str]:
    """Opening, added, taken and closing of an account, in yuan."""
    return [_shown(fen) for fen in (flow.opening, flow.added, flow.taken)] + [money.text(flow.closing)]


def compared_cells(one: queries.Compared) -> list[str]:
    """The same in a locked month, then how each differs from the month before."""
    return [*flow_cells(one.flow), *(_shown(fen) for fen in (one.change, one.more_added, one.more_taken))]


def _shown(fen: int, *, there: bool = False) -> str:
    """Yuan; a dash for nothing, so that what moved stands out."""
    return money.text(fen) if fen or there else "—"


# ── workbooks: figures are numbers in yuan ──────────────────────────────────────────────────────────────────────────


def yuan(fen: int) -> Decimal:
    """Fen as yuan, exact."""
    return Decimal(fen) / 100


def statement_sheet(statement: Statement) -> Iterator[Sequence[Any]]:
    """A statement as a sheet, the sum last."""
    parts = [_PARTS[part] for part in statement.view.parts]
    firms, *amounts, waiting, waiting_fen = heads(statement)
    yield [
        *parts,
        f"{firms}（家）",
        *(f"{label}（元）" for label in amounts),
        f"{waiting}（家）",
        f"{waiting_fen}（元）",
    ]
    for line in statement.lines:
        yield [*(name for _, name in names(statement, line)), *_figures(line)]
    yield ["合计", *[""] * (len(parts) - 1), *_figures(statement.total)]


def _figures(line: Line) -> list[Any]:
    amounts = [yuan(line.figures[kind]) for kind in FIGURES]
    return [line.firms, *amounts, yuan(line.net_fen), line.waiting, yuan(line.waiting_fen)]


def trial_sheet(trial: queries.Trial) -> Iterator[Sequence[Any]]:
    """A trial balance as a sheet; each pool, then all together, then what must be equal."""
    yield ["资金池", "账簿", "账户", *(f"{label}（元）" for label in ACCOUNT_HEADS)]
    for table in trial.tables:
        for book, accounts in table.books:
            for kind, flow in accounts:
                yield [str(table.pool or "合计"), book.label, kind.label, *_flow(flow)]
    for table in trial.tables:
        for one in table.identities:
            where, verdict = str(table.pool or "合计"), "平" if one.holds else "不平"
            yield [where, "核对", one.says, yuan(one.left), yuan(one.right), None, verdict]
    yield from (["不符", "", said] for said in trial.faults)


def _flow(flow: Flow) -> list[Decimal]:
    return [yuan(flow.opening), yuan(flow.added), yuan(flow.taken), yuan(flow.closing)]


def month_sheets(close: Any, pools: Sequence[tuple[Any, Sequence[queries.Compared]]]) -> dict[str, exports.Rows]:
    """A locked month as a workbook: what was locked when and by whom, and the balances beside the month before."""
    facts = [
        ["项目", "内容"],
        ["年度方案", str(close.edition)],
        ["月份", f"{close.month:%Y-%m}"],
        ["月结人", str(close.closed_by)],
        ["月结时间", close.closed_at],
        ["当月分录数", close.entries],
        ["审计链序号", close.log_number],
        ["审计链摘要", close.log_hash],
        ["内容摘要", close.content_hash],
    ]
    lines: list[Sequence[Any]] = [["资金池", "账户", *(f"{label}（元）" for label in COMPARED_HEADS)]]
    for pool, accounts in pools:
        for one in accounts:
            more = [yuan(one.more_added), yuan(one.more_taken), yuan(one.change)]
            lines.append([str(pool), one.kind.label, *_flow(one.flow), *more])
    return {"余额": lines, "月结": facts}


# ── accounts as rows ────────────────────────────────────────────────────────────────────────────────────────────────


def trial_rows(table: queries.PoolTrial) -> list[tuple[Book, list[tuple[str, list[str]]]]]:
    """The accounts of a trial balance under their books: name and figures."""
    return [(book, [(kind.label, flow_cells(flow)) for kind, flow in accounts]) for book, accounts in table.books]


def month_rows(accounts: Sequence[queries.Compared]) -> list[tuple[Book, list[tuple[str, list[str]]]]]:
    """The accounts of a pool in a locked month under their books: name and figures."""
    of_kind: dict[AccountKind, queries.Compared] = {one.kind: one for one in accounts}
    return [
        (book, [(kind.label, compared_cells(of_kind[kind])) for kind in rules.accounts_of(book) if kind in of_kind])
        for book in rules.BOOKS
    ]
