import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import tongbao.audit.models
import tongbao.funds.models.triggers

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("funds", "0004_every_place_is_sealed"),
        ("scheme", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("queue", "locked_until", models.DateTimeField("月结至", null=True)),
        migrations.CreateModel(
            "MonthClose",
            fields=[
                ("id", KEY),
                ("month", models.DateField("月份")),
                ("ends_at", models.DateTimeField("截止时间")),
                ("closed_at", models.DateTimeField("月结时间")),
                ("log_number", models.PositiveBigIntegerField("审计链序号")),
                ("log_hash", models.CharField("审计链摘要", max_length=64)),
                ("entries", models.PositiveBigIntegerField("分录数")),
                ("content_hash", models.CharField("内容摘要", max_length=64)),
                ("edition", models.ForeignKey("scheme.Edition", PROTECT, related_name="+")),
                (
                    "closed_by",
                    models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, related_name="+", verbose_name="月结人"),
                ),
            ],
            options={
                "ordering": ["edition", "-month"],
                "constraints": [
                    models.UniqueConstraint(fields=["edition", "month"], name="one_month_close"),
                    tongbao.audit.models.AppendOnly(name="funds_monthclose_append_only"),
                    tongbao.funds.models.triggers.ReadByTriggers(name="funds_monthclose_read"),
                ],
            },
        ),
        migrations.CreateModel(
            "MonthBalance",
            fields=[
                ("id", KEY),
                ("opening_fen", models.BigIntegerField("期初（分）")),
                ("added_fen", models.BigIntegerField("增加（分）")),
                ("taken_fen", models.BigIntegerField("减少（分）")),
                ("closing_fen", models.BigIntegerField("期末（分）")),
                ("account", models.ForeignKey("funds.Account", PROTECT, related_name="+")),
                ("close", models.ForeignKey("funds.MonthClose", PROTECT, related_name="balances")),
            ],
            options={
                "ordering": ["close", "account"],
                "constraints": [
                    models.UniqueConstraint(fields=["close", "account"], name="one_month_balance"),
                    models.CheckConstraint(
                        condition=Q(closing_fen=F("opening_fen") + F("added_fen") - F("taken_fen")),
                        name="month_adds_up",
                    ),
                    models.CheckConstraint(condition=Q(closing_fen__gte=0), name="month_not_negative"),
                    tongbao.audit.models.AppendOnly(name="funds_monthbalance_append_only"),
                ],
            },
        ),
        migrations.AddConstraint("pool", tongbao.funds.models.triggers.ReadByTriggers(name="funds_pool_read")),
        migrations.AddConstraint(
            "transfer", tongbao.funds.models.triggers.InOpenMonth(name="funds_transfer_open_month")
        ),
    ]
