import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tongbao.audit.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_area_merged_into"),
        ("documents", "0001_initial"),
        ("funds", "0005_locked_months"),
    ]

    operations = [
        migrations.CreateModel(
            name="InsurerStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="月份")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "待确认"),
                            ("kept", "核对中"),
                            ("signed", "双方已签字"),
                            ("replaced", "已被替换"),
                            ("discarded", "已放弃"),
                        ],
                        max_length=20,
                        verbose_name="状态",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="上传时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("replaced_at", models.DateTimeField(null=True, verbose_name="替换时间")),
                ("tolerance_fen", models.BigIntegerField(default=0, verbose_name="容差（分）")),
                ("lines_hash", models.CharField(blank=True, max_length=64, verbose_name="明细摘要")),
                ("content_hash", models.CharField(blank=True, max_length=64, verbose_name="签字内容摘要")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="双方签字时间")),
                ("last_transfer_id", models.BigIntegerField(null=True, verbose_name="截止分录号")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="funds.pool",
                        verbose_name="资金池",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "ordering": ["-month", "pool", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="InsurerLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField(verbose_name="行")),
                ("number", models.CharField(max_length=60, verbose_name="保单号")),
                ("name", models.CharField(max_length=120, verbose_name="被保险人")),
                ("code", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                ("entry_date", models.DateField(verbose_name="录入日期")),
                ("subsidy_fen", models.BigIntegerField(verbose_name="财政扶持（分）")),
                ("premium_fen", models.BigIntegerField(null=True, verbose_name="保费（分）")),
                ("refund_fen", models.BigIntegerField(default=0, verbose_name="退保退回（分）")),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="funds.insurerstatement"
                    ),
                ),
            ],
            options={
                "ordering": ["statement", "row"],
            },
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64, verbose_name="差异摘要")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="保单号")),
                ("difference_fen", models.BigIntegerField(verbose_name="差额（分）")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("insurer_next_month", "保险人次月更正"),
                            ("platform_correction", "平台更正列支"),
                            ("cross_month", "跨月"),
                            ("earlier", "更正以前月份的差异"),
                            ("rounding", "尾差"),
                            ("double_entry", "重复登记"),
                            ("other", "其他（须写明）"),
                        ],
                        max_length=20,
                        verbose_name="原因",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="处理时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="处理人",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolutions",
                        to="funds.insurerstatement",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("insurer", "保险人"), ("finance", "财政")], max_length=20, verbose_name="签字方"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="签字时间")),
                ("content_hash", models.CharField(max_length=64, verbose_name="签字内容摘要")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签字人",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="funds.insurerstatement",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="insurerstatement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["kept", "signed"])),
                fields=("pool", "month"),
                name="one_statement_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="insurerstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "signed"), _negated=True),
                    models.Q(
                        ("last_transfer_id__isnull", False),
                        ("signed_at__isnull", False),
                        models.Q(("content_hash", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="statement_signed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="insurerstatement",
            constraint=tongbao.audit.models.AppendOnly(
                name="funds_insurerstatement_append_only", once="state IN ('signed', 'replaced', 'discarded')"
            ),
        ),
        migrations.AddConstraint(
            model_name="insurerline",
            constraint=models.UniqueConstraint(fields=("statement", "row"), name="one_line_a_row"),
        ),
        migrations.AddConstraint(
            model_name="insurerline",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund_fen__gte", 0)), name="line_refund_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="insurerline",
            constraint=tongbao.audit.models.AppendOnly(name="funds_insurerline_append_only"),
        ),
        migrations.AddIndex(
            model_name="resolution",
            index=models.Index(fields=["statement", "mark"], name="funds_resolution_mark"),
        ),
        migrations.AddConstraint(
            model_name="resolution",
            constraint=tongbao.audit.models.AppendOnly(name="funds_resolution_append_only"),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.UniqueConstraint(
                fields=("statement", "side", "content_hash"), name="one_signature_a_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=tongbao.audit.models.AppendOnly(name="funds_signoff_append_only"),
        ),
    ]
