"""What may be typed about organisations, people and passwords."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.db.models import QuerySet

from tongbao.accounts.models import Area, Organisation
from tongbao.accounts.rules import OrganisationKind
from tongbao.ui.forms import HouseForm, UsccField, dress

USERNAME = {
    "regex": r"^[A-Za-z0-9][A-Za-z0-9._-]{2,59}$",
    "error_messages": {"invalid": "登录名由 3 至 60 个字母、数字、点、横线组成，请修改"},
}


class OrganisationForm(HouseForm):
    """A new body."""

    kind = forms.ChoiceField(label="单位类型", choices=OrganisationKind.choices())
    code = forms.CharField(
        label="单位编号", max_length=20, help_text="企业填统一社会信用代码；保险人填方案文件中的编号，例如 sinosure。"
    )
    name = forms.CharField(label="单位名称", max_length=120)
    areas = forms.ModelMultipleChoiceField(
        label="管辖或所在区域",
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="区商务部门选管辖的区域；企业选所在区域。",
    )

    def __init__(self, *args: Any, areas: QuerySet[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].queryset = areas  # type: ignore[attr-defined]


class PersonForm(HouseForm):
    """A new person; the role follows from the organisation's kind."""

    organisation = forms.ModelChoiceField(label="所属单位", queryset=Organisation.objects.none())
    name = forms.CharField(label="姓名", max_length=60)
    username = forms.RegexField(label="登录名", help_text="字母或数字，登录时使用。", **USERNAME)  # type: ignore[arg-type]
    phone = forms.CharField(label="手机", max_length=20, required=False)
    email = forms.EmailField(label="电子邮箱", required=False)

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class ExporterAccountForm(HouseForm):
    """An enterprise and its first person."""

    code = UsccField(help_text="照营业执照填写，18 位。它也是企业的登录名。")
    name = forms.CharField(label="企业名称", max_length=120)
    area = forms.ModelChoiceField(label="所在区域", queryset=Area.objects.none())
    contact = forms.CharField(label="经办人姓名", max_length=60)
    phone = forms.CharField(label="经办人手机", max_length=20, required=False)
    email = forms.EmailField(label="经办人电子邮箱", required=False)

    def __init__(self, *args: Any, areas: QuerySet[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]


def _dressed(form: type[forms.Form], hints: dict[str, str] | None = None, **labels: str) -> type[forms.Form]:
    """One of allauth's forms in the house's clothes."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        form.__init__(self, *args, **kwargs)
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].help_text = (hints or {}).get(name, "")
            self.fields[name].widget.attrs.pop("placeholder", None)
        dress(self)

    return type(f"House{form.__name__}", (form,), {"__init__": __init__, "__module__": __name__})


_CODE_HINT = {"code": "打开手机上的验证器应用，输入“统保”一栏显示的 6 位数字；手机不在身边时，可输入一个备用码。"}
_NEW_HINT = {"password1": "至少 10 个字符，不要与登录名相近，也不要用常见密码。"}

SignInForm = _dressed(account.LoginForm, login="登录名", password="密码")  # noqa: S106  labels
ConfirmPasswordForm = _dressed(account.ReauthenticateForm, password="密码")  # noqa: S106
ChangePasswordForm = _dressed(
    account.ChangePasswordForm, _NEW_HINT, oldpassword="当前密码", password1="新密码", password2="再输入一次新密码"
)
SecondFactorForm = _dressed(mfa.AuthenticateForm, _CODE_HINT, code="验证码")
ConfirmCodeForm = _dressed(mfa.ReauthenticateForm, _CODE_HINT, code="验证码")
ActivateTotpForm = _dressed(totp.ActivateTOTPForm, {"code": "6 位数字，每 30 秒变化一次。"}, code="验证器显示的验证码")
