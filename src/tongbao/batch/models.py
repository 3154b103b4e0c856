"""One table brought in from a workbook: uploaded, previewed, confirmed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongbao.accounts.models import User
from tongbao.batch import rules


class Import(models.Model):
    """A workbook on its way into the register; its rows wait in chunks until someone confirms them."""

    kind = models.CharField("内容", max_length=40)
    file_name = models.CharField("文件名", max_length=200)
    file_hash = models.CharField("文件摘要", max_length=64)
    state = models.CharField("状态", max_length=20, choices=rules.ImportState.choices())
    row_count = models.PositiveIntegerField("行数", default=0)
    faulty_row_count = models.PositiveIntegerField("有误的行数", default=0)
    fault_count = models.PositiveIntegerField("错误数", default=0)
    faults = models.JSONField("错误", default=list)  # the first of them: {"row", "column", "title", "value", "reason"}
    rejected = models.JSONField("有误的行", default=list)  # the first of them, as typed: [row number, [cells]]
    notices = models.JSONField("提示", default=list)
    summary = models.JSONField("预览", default=dict)  # shown before confirming; its keys belong to the kind
    result = models.JSONField("结果", default=dict)  # shown afterwards
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name="处理人", null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        ordering: ClassVar = ["-uploaded_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=rules.ImportState.PREVIEWED.value, decided_by=None, decided_at=None)
                | (~Q(state=rules.ImportState.PREVIEWED.value) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="import_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.row_count} 行）"


class Chunk(models.Model):
    """Some of the good rows of an import that waits; gone once it is confirmed or discarded."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    rows = models.JSONField()  # lists of plain values in the order of the kind's columns, the row number first

    class Meta:
        ordering: ClassVar = ["source", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "number"], name="one_chunk")]
