"""Exchange rates of the insurers, and the parity they are held against."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import Organisation, User
from tongbao.audit.models import AppendOnly
from tongbao.documents.models import Document
from tongbao.funds import rules


class ExchangeRate(models.Model):
    """An insurer's system rate for a month, RMB per USD; counts once a second person confirmed it (clause 五(二)).

    From then on it is never changed: a correcting rate takes its place when that is confirmed. The chain has one root
    an insurer and month and never forks, so that one rate at most stands.
    """

    insurer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    month = models.DateField("月份")  # the first day of the month
    cny_per_usd = models.DecimalField("汇率", max_digits=10, decimal_places=6)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="correction")
    reason = models.CharField("更正原因", max_length=200, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")  # what a correction rests on
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        ordering: ClassVar = ["-month", "insurer", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["insurer", "month"], condition=Q(corrects=None), name="one_rate_a_month"),
            models.CheckConstraint(condition=Q(cny_per_usd__gt=0), name="rate_positive"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("entered_by"))),
                name="rate_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, document=None, reason="")
                | (Q(corrects__isnull=False, document__isnull=False) & ~Q(reason="")),
                name="correction_says_why",
            ),
            AppendOnly(name="funds_exchangerate_append_only", once="confirmed_at IS NOT NULL"),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The figure without needless zeros."""
        return rules.rate_text(self.cny_per_usd)

    @property
    def next(self) -> "ExchangeRate | None":
        """The rate that was entered to correct this one, confirmed or not."""
        return getattr(self, "correction", None)

    @property
    def state(self) -> rules.RateState:
        """Where it stands."""
        if self.confirmed_at is None:
            return rules.RateState.OPEN
        after = self.next
        standing = after is None or after.confirmed_at is None
        return rules.RateState.STANDING if standing else rules.RateState.CORRECTED


class Parity(models.Model):
    """中间价 of a day, RMB per USD, as an officer found it somewhere: it warns of slips and proves nothing."""

    day = models.DateField("日期", unique=True)
    cny_per_usd = models.DecimalField("中间价", max_digits=10, decimal_places=6)
    source = models.CharField("来源", max_length=200)
    checked = models.BooleanField("已与官方公布核对", default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("录入时间")  # of the figure as it stands; earlier ones are in the log

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cny_per_usd__gt=0), name="parity_positive"),
            models.CheckConstraint(condition=~Q(source=""), name="parity_has_source"),
        ]

    @property
    def shown(self) -> str:
        """The figure without needless zeros."""
        return rules.rate_text(self.cny_per_usd)
