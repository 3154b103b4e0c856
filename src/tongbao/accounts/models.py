"""Who there is: areas, organisations, people."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import UserManager
from django.db import models
from django.db.models import F, Q

from tongbao.accounts import rules


class Area(models.Model):
    """A district, county or functional zone, with the days on which it existed and the area that took it in.

    Areas are never deleted or renumbered: a report on 2019 still speaks of 港闸, which is part of 崇川 since 2020-07.
    """

    code = models.SlugField("编号", max_length=20, unique=True)  # internal: functional zones have no national code
    name = models.CharField("名称", max_length=40)
    national_code = models.CharField("行政区划代码", max_length=12, blank=True)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)  # the last day, included
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name="并入", related_name="absorbed", null=True, blank=True
    )
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(valid_to__isnull=False) & ~Q(merged_into=F("pk")),
                name="area_merged_has_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A bureau, insurer, finance office, audit office or enterprise whose people sign in."""

    kind = models.CharField("类型", max_length=20, choices=rules.OrganisationKind.choices())
    code = models.CharField("编号", max_length=20, unique=True)  # an enterprise's unified social credit code
    name = models.CharField("名称", max_length=120)
    areas = models.ManyToManyField(Area, verbose_name="管辖区域", blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A person with one role in one organisation; never deleted, only deactivated."""

    username = models.CharField("登录名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    email = models.EmailField("电子邮箱", blank=True)
    phone = models.CharField("手机", max_length=20, blank=True)
    role = models.CharField("角色", max_length=20, choices=rules.Role.choices())
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="所属单位", related_name="people")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须先修改密码", default=False)  # signed in with a one-time password
    date_joined = models.DateTimeField("开通时间")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]
    objects = UserManager()

    class Meta:
        ordering: ClassVar = ["organisation__kind", "username"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name shown on screens and in records."""
        return self.name
