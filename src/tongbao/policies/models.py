"""What is kept of a policy: parties, plan, premium and its split, period, certificate."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import Organisation, User
from tongbao.audit.models import AppendOnly
from tongbao.audit.rules import content_hash, digest
from tongbao.documents.models import Document
from tongbao.funds.models import ExchangeRate, Reservation
from tongbao.intake.models import Application
from tongbao.policies import rules
from tongbao.registry.models import Exporter
from tongbao.scheme.models import Edition, Terms


class ExcludedCountries(models.Model):
    """An insurer's dated list of countries it does not cover; printed in every schedule (clause 四(二) note)."""

    insurer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    valid_from = models.DateField("生效日期")
    countries = models.JSONField("不予承保国别")  # ISO 3166 alpha-2, sorted
    document_number = models.CharField("依据", max_length=120)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-valid_from", "-pk"]  # the list of a day is the first that counts on it
        constraints: ClassVar = [AppendOnly(name="policies_excluded_append_only")]


class Policy(models.Model):
    """One firm's policy in one edition (clause 三, 四, 五(二)); sums as fixed on the insurer's entry date."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    application = models.OneToOneField(Application, models.PROTECT, related_name="policy")
    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="policy")
    insured = models.ForeignKey(Exporter, models.PROTECT, related_name="policies")  # and actual policyholder (三)
    insurer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    nominal_policyholder = models.CharField("名义投保人", max_length=120)
    number = models.CharField("保单号", max_length=60)  # the insurer's own
    state = models.CharField("状态", max_length=30, choices=rules.State.choices(), db_index=True)
    plan = models.CharField("方案", max_length=4)
    maximum_liability_cents = models.BigIntegerField("最高赔偿限额（美分）")
    insured_percentage = models.DecimalField("赔偿比例", max_digits=5, decimal_places=4)  # e.g. 0.8
    cover_from = models.DateField("保障起始")
    cover_to = models.DateField("保障截止")
    entry_date = models.DateField("保险人录入日期")
    exchange_rate = models.ForeignKey(ExchangeRate, models.PROTECT, related_name="+")
    base_exports_cents = models.BigIntegerField("上年出口额（美分）")
    premium_cents = models.BigIntegerField("保费（美分）")
    premium_fen = models.BigIntegerField("保费（分）")
    subsidy_fen = models.BigIntegerField("财政扶持（分）")
    exporter_share_fen = models.BigIntegerField("企业承担保费（分）")
    excluded = models.ForeignKey(ExcludedCountries, models.PROTECT, null=True, related_name="+")
    exporter_share_due = models.DateField("企业缴费期限", null=True)
    exporter_share_paid_on = models.DateField("企业缴费日期", null=True)
    exporter_share_voucher = models.CharField("缴费凭证号", max_length=60, blank=True)
    quoted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    quoted_at = models.DateTimeField("报价时间")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("出单时间", null=True)
    verification_code = models.CharField("查验码", max_length=40, unique=True)  # unguessable; in the QR code
    certificate = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-quoted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "insured"],
                condition=~Q(state="cancelled"),
                name="one_policy",
            ),
            models.UniqueConstraint(fields=["insurer", "number"], name="one_policy_number"),
            models.CheckConstraint(
                condition=Q(premium_fen=F("subsidy_fen") + F("exporter_share_fen")), name="premium_is_split_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def figures(self) -> dict[str, Any]:
        """What a record of an act on a policy holds: number, plan, rate, ratio, sums in cents and fen."""
        return {
            "number": self.number,
            "plan": self.plan,
            "entry_date": str(self.entry_date),
            "cny_per_usd": str(self.exchange_rate.cny_per_usd),
            "insured_percentage": str(self.insured_percentage),
            "premium_cents": self.premium_cents,
            "premium_fen": self.premium_fen,
            "subsidy_fen": self.subsidy_fen,
            "exporter_share_fen": self.exporter_share_fen,
        }

    def sealed(self) -> str:
        """The hash of what a quote fixes besides its figures: the parties, the terms, the cover, the days to pay."""
        return content_hash(
            {
                "case": [self.edition_id, self.application_id, self.reservation_id, self.terms_id],
                "parties": [self.insured_id, self.insurer_id, self.nominal_policyholder],
                "cover": [str(self.cover_from), str(self.cover_to), self.excluded_id, self.maximum_liability_cents],
                "share_due": str(self.exporter_share_due or ""),
                "verification_code": digest(self.verification_code),
            }
        )


class Repricing(models.Model):
    """What changed on an issued policy when the rate it was priced at was corrected (clause 五(二)); rows stay."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="repricings")
    old_rate = models.ForeignKey(ExchangeRate, models.PROTECT, related_name="+")
    new_rate = models.ForeignKey(ExchangeRate, models.PROTECT, related_name="+")
    old_premium_fen = models.BigIntegerField("原保费（分）")
    new_premium_fen = models.BigIntegerField("新保费（分）")
    old_subsidy_fen = models.BigIntegerField("原财政扶持（分）")
    new_subsidy_fen = models.BigIntegerField("新财政扶持（分）")
    old_share_fen = models.BigIntegerField("原企业承担（分）")
    new_share_fen = models.BigIntegerField("新企业承担（分）")
    certificate = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")  # the paper as it was
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("更正时间")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "new_rate"], name="repriced_once_at_a_rate"),
            models.CheckConstraint(condition=~Q(old_rate=F("new_rate")), name="repriced_at_another_rate"),
            models.CheckConstraint(
                condition=Q(old_premium_fen=F("old_subsidy_fen") + F("old_share_fen"))
                & Q(new_premium_fen=F("new_subsidy_fen") + F("new_share_fen")),
                name="repriced_premium_is_split_whole",
            ),
            AppendOnly(name="policies_repricing_append_only"),
        ]

    @property
    def subsidy_more_fen(self) -> int:
        """What more was charged to the fund; negative when some went back."""
        return self.new_subsidy_fen - self.old_subsidy_fen

    @property
    def share_more_fen(self) -> int:
        """What the firm pays the insurer in addition (应补缴); negative when the insurer pays it back (应退)."""
        return self.new_share_fen - self.old_share_fen


class Cancellation(models.Model):
    """One attempt to end an issued policy before its time: asked, consented to, decided (clause 三); rows stay.

    The sums are those of the decision; until then they are computed and shown, nothing has moved.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="cancellations")
    state = models.CharField("状态", max_length=20, choices=rules.CancellationState.choices(), db_index=True)
    side = models.CharField("申请方", max_length=10, choices=rules.Side.choices())
    reason = models.CharField("原因", max_length=30, choices=rules.CancellationReason.choices())
    text = models.TextField("说明", max_length=rules.LONGEST_TEXT)
    last_day = models.DateField("最后保障日")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    consented_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    consented_at = models.DateTimeField("同意时间", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # or who refused or took it back
    decided_at = models.DateTimeField("结束时间", null=True)
    answer = models.TextField("不同意的原因", max_length=rules.LONGEST_TEXT, blank=True)
    fund_fen = models.BigIntegerField("退回资金池（分）", default=0)
    firm_fen = models.BigIntegerField("应退企业（分）", default=0)  # owed by the insurer, which was paid it
    issued_certificate = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")  # until then

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(state__in=[state.value for state in rules.UNDER_WAY]),
                name="one_cancellation_under_way",
            ),
            models.UniqueConstraint(fields=["policy"], condition=Q(state="approved"), name="cancelled_once"),
            models.CheckConstraint(condition=Q(fund_fen__gte=0, firm_fen__gte=0), name="refund_not_negative"),
            models.CheckConstraint(
                condition=Q(state="approved") | Q(fund_fen=0, firm_fen=0), name="refund_once_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {rules.CancellationState(self.state).label}"
