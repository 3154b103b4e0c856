"""What is kept of a policy: parties, plan, premium and its split, period, certificate."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import Organisation, User
from tongbao.audit.models import AppendOnly
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
