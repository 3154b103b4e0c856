"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.http import HttpRequest

from tongbao.accounts import actions, queries
from tongbao.accounts.models import User

TRY_LATER = "短时间内尝试的次数过多，请等 1 分钟后再试。"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by officers and administrators, never by strangers; errors are plain sentences."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "登录名或密码不正确。请检查大小写后再试；忘记密码请联系为您开通账号的单位重置。",
        "too_many_login_attempts": "连续输错次数过多，账号已暂时锁定。请 5 分钟后再试。",
        "account_inactive": "这个账号已停用，请联系系统管理员。",
        "incorrect_password": "密码不正确，请重新输入。",
        "enter_current_password": "当前密码不正确，请重新输入。",
        "rate_limited": TRY_LATER,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: nobody opens an account for themselves."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only our own pages follow a sign-in."""
        return bool(url) and super().is_safe_url(url)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On to the work, not back to the form."""
        return "/"

    def set_password(self, user: User, password: str) -> None:
        """A password of one's own ends the one-time password; the change is on record."""
        actions.change_password(by=user, password=password)

    def clean_password(self, password: str, user: User | None = None) -> str:
        """The house's password rules, and never the same again."""
        cleaned: str = super().clean_password(password, user=user)
        if user is not None and user.pk and user.check_password(cleaned):
            raise forms.ValidationError("新密码不能与现在的密码相同，请换一个。")
        return cleaned


class Backend(AuthenticationBackend):
    """Reads the person of a session together with their organisation, which every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        """The person, unless deactivated."""
        return next((user for user in queries.person_signed_in(user_id) if self.user_can_authenticate(user)), None)


class MfaAdapter(DefaultMFAAdapter):
    """The second factor, in plain sentences."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不正确或已失效，请输入验证器上最新的 6 位数字。",
        "rate_limited": TRY_LATER,
    }
