"""What brings rows into a register: a workbook on its way in, or a correction; and how columns were matched before."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongbao.accounts.models import Organisation, User
from tongbao.batch import rules
from tongbao.documents.models import Document

_UNDECIDED = [
    state.value
    for state in (
        rules.ImportState.UPLOADED,
        rules.ImportState.READING,
        rules.ImportState.FAILED,
        rules.ImportState.PREVIEWED,
    )
]


class Import(models.Model):
    """Rows with one origin. They are loaded in chunks under this import's id and count once it is confirmed.

    Confirming and undoing change the state and leave `work` to do; the worker then settles the register firm by firm.
    """

    kind = models.CharField("内容", max_length=40)
    file_name = models.CharField("文件名", max_length=200)
    file_hash = models.CharField("文件摘要", max_length=64)
    document = models.ForeignKey(Document, models.PROTECT, verbose_name="原文件", null=True, related_name="+")
    layout = models.JSONField("列的对应", default=dict)  # rules.Layout; empty for a correction
    guess = models.JSONField("识别", default=dict)  # rules.Guess: what the columns seem to be
    state = models.CharField("状态", max_length=20, choices=rules.ImportState.choices())
    work = models.CharField("进行中的工作", max_length=10, choices=rules.Work.choices(), default="", blank=True)
    done = models.PositiveIntegerField("已完成", default=0)  # of `total`, in rows (reading) or firms (settling)
    total = models.PositiveIntegerField("共", default=0)
    attempt = models.PositiveIntegerField(
        "读取次数", default=0
    )  # a worker that was overtaken by another writes no more
    cursor = models.BigIntegerField("进行到", default=0)  # settling: the last exporter whose facts are up to date
    touched_at = models.DateTimeField("最近进展", null=True)  # a worker that says nothing for long has died
    failure = models.CharField("没有读完的原因", max_length=500, blank=True)
    row_count = models.PositiveIntegerField("行数", default=0)
    faulty_row_count = models.PositiveIntegerField("有误的行数", default=0)
    fault_count = models.PositiveIntegerField("错误数", default=0)
    notices = models.JSONField("提示", default=list)
    doubts = models.JSONField("须核对", default=list)  # sentences that the person must tick before confirming
    summary = models.JSONField("预览", default=dict)  # shown before confirming; its keys belong to the kind
    result = models.JSONField("结果", default=dict)  # what was chosen on confirming
    two_persons = models.BooleanField("须两人", default=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name="处理人", null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, verbose_name="撤销人", null=True, related_name="+")
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_reason = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-uploaded_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=_UNDECIDED, decided_by=None, decided_at=None)
                | (~Q(state__in=_UNDECIDED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="import_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None) & ~Q(state=rules.ImportState.UNDONE.value)
                | Q(state=rules.ImportState.UNDONE.value, undone_by__isnull=False, undone_at__isnull=False),
                name="import_undone_whole",
            ),
            models.CheckConstraint(
                condition=Q(two_persons=False)
                | ~Q(state=rules.ImportState.CONFIRMED.value)
                | ~Q(decided_by=F("uploaded_by")),
                name="import_two_persons",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["work"], condition=~Q(work=""), name="import_work")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def percent(self) -> int:
        """How far the work under way is, 0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class Rejected(models.Model):
    """A row that cannot come in: its cells as typed, and everything that is wrong with it."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="rejected")
    row = models.PositiveIntegerField("行")  # as Excel counts
    cells = models.JSONField("原值")  # texts in the order of the kind's columns
    faults = models.JSONField("错误")  # rules.Fault.to_json()

    class Meta:
        ordering: ClassVar = ["source", "row"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "row"], name="one_rejected")]


class RememberedLayout(models.Model):
    """How a body matched the columns of a table with these headings the last time: used again, and said so."""

    kind = models.CharField("内容", max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    signature = models.CharField("表头摘要", max_length=64)
    layout = models.JSONField("列的对应")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        ordering: ClassVar = ["-saved_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "organisation", "signature"], name="one_remembered_layout")
        ]
