"""Money coming in: pools are opened, allotments and prepayments booked."""

from datetime import date

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash
from tongbao.documents.models import Document
from tongbao.funds import permissions, queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.actions._ledger import Stamp
from tongbao.funds.models import Account, Allotment, Pool, Prepayment, Queue, Transfer
from tongbao.funds.queries import Books
from tongbao.funds.rules import AccountKind
from tongbao.refusal import Refusal
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Edition


@audit.action
def open_pools(*, edition: Edition, by: User | None) -> list[Pool]:
    """Open the queue and one empty pool for each insurer the edition names (五(一)); those that exist stay as they are.

    Refusal `no_insurer` when an insurer of the edition has no organisation here, `not_operable` when the edition asks
    for what the platform cannot run.
    """
    permissions.check_open(by)
    if reasons := scheme_rules.not_operable(schemes.scheme_of(schemes.terms_of(edition))):
        raise Refusal("not_operable", f"还不能为这个年度方案开设资金池：{''.join(reasons)}")
    Queue.objects.get_or_create(edition=edition)
    pools = []
    for insurer_code in queries.insurer_codes(edition):
        insurer = Organisation.objects.filter(code=insurer_code, kind=OrganisationKind.INSURER).first()
        if insurer is None:
            raise Refusal("no_insurer", f"年度方案中的保险人“{insurer_code}”还没有登记单位，请系统管理员先登记。")
        pool, made = Pool.objects.get_or_create(edition=edition, insurer=insurer)
        if made:
            Account.objects.bulk_create(Account(pool=pool, kind=kind) for kind in AccountKind)
        pools.append(pool)
    audit.record("funds.open_pools", edition, by=by, pools=[pool.pk for pool in pools])
    return pools


@audit.action
def allot(
    *,
    pool_id: int,
    amount_fen: int,
    document_number: str,
    allotted_on: date,
    voucher: Document | None,
    key: str,
    by: User,
) -> Allotment:
    """Book a 资金额度 (五(一)): allotted → available; then those in line are served.

    The same key again gives the first allotment. Refusals: `amount`, `future_day`, `document_number_needed`,
    `document_known`, `over_fund`, `key_reused`; Forbidden unless a finance officer.
    """
    _check_booking(amount_fen, allotted_on, "allotted_on", key, by)
    document_number = _needed(document_number, "document_number", "请填写下达额度的文号。")
    said = {"pool": pool_id, "amount_fen": amount_fen, "document": document_number, "on": allotted_on.isoformat()}
    stamp = Stamp(f"allot:{key}", content_hash(said), clock.now(), by)
    books = queries.lock_books([pool_id])[pool_id]
    if (again := _again(stamp)) is not None and again.allotment is not None:
        audit.record("funds.repeat", again.allotment, by=by)
        return again.allotment
    _check_allotment(books, amount_fen, document_number)
    allotment = Allotment.objects.create(
        pool=books.pool,
        amount_fen=amount_fen,
        document_number=document_number,
        allotted_on=allotted_on,
        voucher=voucher,
        entered_by=by,
        entered_at=stamp.at,
    )
    _ledger.post(books, rules.allotting(amount_fen), stamp, allotment=allotment)
    audit.record("funds.allot", allotment, by=by, pool=pool_id, amount_fen=amount_fen, document=document_number)
    _ledger.promote(books, at=stamp.at)
    return allotment


def _check_allotment(books: Books, amount_fen: int, document_number: str) -> None:
    if Allotment.objects.filter(pool=books.pool, document_number=document_number).exists():
        raise Refusal(
            "document_known", f"文号“{document_number}”已在这个资金池登记过，请核对，不要重复登记。", "document_number"
        )
    ceiling_fen = queries.ceiling_fen(books.pool)
    if ceiling_fen is not None:
        rules.check_ceiling(books.balance(AccountKind.ALLOTTED), amount_fen, ceiling_fen)


@audit.action
def prepay(
    *,
    pool_id: int,
    amount_fen: int,
    payer: str,
    voucher_number: str,
    receipt_number: str,
    paid_on: date,
    document_number: str = "",
    voucher: Document | None,
    key: str,
    by: User,
) -> Prepayment:
    """Book a 预付拨付 (五(二)): treasury → received. Paid in one sum; a second payment needs a document number.

    The same key again gives the first prepayment. Refusals: `amount`, `future_day`, `payer_needed`,
    `voucher_number_needed`, `receipt_number_needed`, `document_number_needed`, `voucher_known`, `over_allotted`,
    `key_reused`; Forbidden unless a finance officer.
    """
    _check_booking(amount_fen, paid_on, "paid_on", key, by)
    said = {
        "payer": _needed(payer, "payer", "请填写付款单位（财政局或商务局）。"),
        "voucher_number": _needed(voucher_number, "voucher_number", "请填写拨付凭证号。"),
        "receipt_number": _needed(receipt_number, "receipt_number", "请填写保险人出具的收据号。"),
        "document_number": document_number.strip(),
    }
    request_hash = content_hash({"pool": pool_id, "amount_fen": amount_fen, "on": paid_on.isoformat(), **said})
    stamp = Stamp(f"prepay:{key}", request_hash, clock.now(), by)
    books = queries.lock_books([pool_id])[pool_id]
    if (again := _again(stamp)) is not None and again.prepayment is not None:
        audit.record("funds.repeat", again.prepayment, by=by)
        return again.prepayment
    _check_prepayment(books, amount_fen, said)
    known = {"amount_fen": amount_fen, "paid_on": paid_on, "voucher": voucher, "entered_by": by, **said}
    prepayment = Prepayment.objects.create(pool=books.pool, entered_at=stamp.at, **known)
    _ledger.post(books, rules.prepaying(amount_fen), stamp, prepayment=prepayment)
    audit.record("funds.prepay", prepayment, by=by, pool=pool_id, amount_fen=amount_fen, voucher=said["voucher_number"])
    return prepayment


def _check_prepayment(books: Books, amount_fen: int, said: dict[str, str]) -> None:
    earlier = Prepayment.objects.filter(pool=books.pool)
    if earlier.filter(voucher_number=said["voucher_number"]).exists():
        raise Refusal(
            "voucher_known", f"凭证号“{said['voucher_number']}”已登记过，请核对，不要重复登记。", "voucher_number"
        )
    if not said["document_number"] and earlier.exists():
        raise Refusal(
            "document_number_needed",
            "扶持资金一次性预付（五(二)），这个资金池已有一笔拨付。确需追加的，请填写追加拨付的文号。",
            "document_number",
        )
    rules.check_cash(books.balance(AccountKind.TREASURY), amount_fen, books.balance(AccountKind.ALLOTTED))


def _check_booking(amount_fen: int, day: date, day_field: str, key: str, by: User) -> None:
    permissions.check_book(by)
    rules.check_amount(amount_fen)
    rules.check_day(day, clock.today(), day_field)
    rules.check_key(key)


def _again(stamp: Stamp) -> Transfer | None:
    """The transfer that this key made before; refused when it was for something else."""
    earlier = Transfer.objects.filter(key=f"{stamp.key}:0").select_related("allotment", "prepayment").first()
    if earlier is not None:
        rules.check_same_request(earlier.request_hash, stamp.request_hash)
    return earlier


def _needed(text: str, field: str, sentence: str) -> str:
    if not (text := text.strip()):
        raise Refusal(f"{field}_needed", sentence, field)
    return text
