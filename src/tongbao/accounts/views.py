"""Pages about people, organisations and one's own account."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongbao.accounts import actions, forms, permissions, queries, rules, tables
from tongbao.accounts.decorators import SignedIn, page, public
from tongbao.accounts.rules import Role
from tongbao.refusal import Refusal
from tongbao.ui.views import list_response

KEEPERS = (Role.ADMINISTRATOR, Role.CITY_OFFICER, Role.DISTRICT_OFFICER)


class _SignIn(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """In demo mode the page lists who can be tried, and the password they share."""
        shown: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.DEMO:
            shown.update(demo_people=queries.demo_people(), demo_password=rules.DEMO_PASSWORD)
        return shown


sign_in = public(_SignIn.as_view())


@require_safe
@page()
def me(request: SignedIn) -> HttpResponse:
    """One's own account."""
    return render(request, "accounts/me.html", {"title": "我的账户", "person": request.user})


@require_safe
@page(*KEEPERS)
def people(request: SignedIn) -> HttpResponse:
    """The people whose accounts one looks after."""
    return list_response(
        request,
        title="人员" if permissions.can_administer(request.user) else "企业账号",
        table_class=tables.PeopleTable,
        queryset=queries.people_visible_to(request.user),
        filterset_class=tables.PeopleFilter,
        template="accounts/people.html",
        export_name="人员名单",
        administers=permissions.can_administer(request.user),
    )


@require_safe
@page(*KEEPERS)
def person(request: SignedIn, pk: int) -> HttpResponse:
    """One person's account."""
    someone = get_object_or_404(queries.people_visible_to(request.user), pk=pk)
    keeps = permissions.can_look_after(request.user, someone)
    return render(request, "accounts/person.html", {"title": someone.name, "person": someone, "keeps": keeps})


@require_safe
@page(Role.ADMINISTRATOR)
def organisations(request: SignedIn) -> HttpResponse:
    """Every organisation."""
    return list_response(
        request,
        title="单位",
        table_class=tables.OrganisationTable,
        queryset=queries.organisations_visible_to(request.user),
        filterset_class=tables.OrganisationFilter,
        template="accounts/organisations.html",
        export_name="单位名单",
    )


@page(Role.ADMINISTRATOR)
def add_organisation(request: SignedIn) -> HttpResponse:
    """A new organisation."""
    form = forms.OrganisationForm(request.POST or None, areas=queries.areas())
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_organisation(**form.cleaned_data, by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已登记{made.name}。现在可以为它开通人员账号。")
            return redirect("accounts:organisations")
    return render(request, "accounts/form.html", {"title": "登记单位", "form": form, "button": "登记"})


@page(Role.ADMINISTRATOR)
@never_cache
def add_person(request: SignedIn) -> HttpResponse:
    """A new person; the one-time password is on the answer, once."""
    form = forms.PersonForm(request.POST or None, organisations=queries.organisations_visible_to(request.user))
    if request.method == "POST" and form.is_valid():
        role = rules.ROLE_OF_KIND[rules.OrganisationKind(form.cleaned_data["organisation"].kind)]
        try:
            made, password = actions.create_person(**form.cleaned_data, role=role, by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            return _password_page(request, made, password, "账号已开通")
    return render(request, "accounts/form.html", {"title": "开通人员账号", "form": form, "button": "开通"})


@page(*KEEPERS)
@never_cache
def open_exporter(request: SignedIn) -> HttpResponse:
    """An enterprise's account; the one-time password is on the answer, once."""
    form = forms.ExporterAccountForm(request.POST or None, areas=queries.areas_opened_by(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            made, password = actions.open_exporter_account(**form.cleaned_data, by=request.user)
        except Refusal as no:
            form.refuse(no)
        else:
            return _password_page(request, made, password, "企业账号已开通")
    return render(request, "accounts/form.html", {"title": "开通企业账号", "form": form, "button": "开通"})


@page(*KEEPERS)
@require_POST
def set_active(request: SignedIn, pk: int) -> HttpResponse:
    """Stop or resume somebody's access."""
    someone = get_object_or_404(queries.people_visible_to(request.user), pk=pk)
    active = request.POST.get("active") == "yes"
    actions.set_active(person_id=someone.pk, active=active, by=request.user)
    messages.success(request, f"已{'恢复启用' if active else '停用'}{someone.name}的账号。")
    return redirect("accounts:person", pk=pk)


@page(*KEEPERS)
@require_POST
@never_cache
def reset_password(request: SignedIn, pk: int) -> HttpResponse:
    """A new one-time password for somebody."""
    someone = get_object_or_404(queries.people_visible_to(request.user), pk=pk)
    someone, password = actions.reset_password(person_id=someone.pk, by=request.user)
    return _password_page(request, someone, password, "密码已重置")


def _password_page(request: SignedIn, someone: Any, password: str, title: str) -> HttpResponse:
    return render(request, "accounts/password.html", {"title": title, "person": someone, "password": password})
