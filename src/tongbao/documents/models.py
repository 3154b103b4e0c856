"""What is kept of a file: its content once, under the name of its own hash."""

from typing import ClassVar

from django.db import models

from tongbao.audit.models import AppendOnly


class Document(models.Model):
    """An uploaded or generated file; never changed: a corrected paper is another document."""

    kind = models.CharField("材料类别", max_length=40)  # named by the context that owns the file
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    file = models.CharField("存放位置", max_length=100)  # below MEDIA_ROOT; made from the hash
    uploaded_by_id = models.BigIntegerField("上传人编号", null=True)  # no foreign key: the file outlives people
    uploaded_by_name = models.CharField("上传人", max_length=120)
    created_at = models.DateTimeField("时间")

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [AppendOnly(name="documents_document_append_only")]

    def __str__(self) -> str:
        return self.name
