"""What is kept of a notice: who was told what, and whether they have read it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from tongbao.accounts.models import Organisation


class Message(models.Model):
    """A notice in the inbox of one person, or of everyone in one organisation."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="收件单位", null=True, blank=True, related_name="messages"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="收件人", null=True, blank=True, related_name="messages"
    )
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    url = models.CharField("相关页面", max_length=200, blank=True)
    key = models.CharField("防重复编号", max_length=120, null=True, blank=True, unique=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="notify_message_one_recipient",
                condition=models.Q(organisation__isnull=False, user__isnull=True)
                | models.Q(organisation__isnull=True, user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title
