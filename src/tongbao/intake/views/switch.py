"""The exporter changes its insurer after handing in; what it means is shown before the click."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.accounts.rules import Role
from tongbao.intake import actions, forms, permissions, queries
from tongbao.refusal import Refusal


@page(Role.EXPORTER)
def switch(request: SignedIn, reference: str) -> HttpResponse:
    """Choose another insurer, or whether the others are accepted; the number stays."""
    found = queries.by_reference(request.user, reference)
    if request.method != "POST":
        permissions.check_switch(request.user, found)
    choices = queries.choices(found) if found.reservation else []
    waits = any(choice.waits for choice in choices)
    initial = {"insurer": found.insurer_id, "accepts_other_insurer": found.accepts_other_insurer}
    form = forms.SwitchForm(request.POST or None, choices=choices, waits=waits, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.switch_insurer(
                application_id=found.pk,
                insurer_id=form.cleaned_data["insurer"],
                accepts_other_insurer=form.cleaned_data.get("accepts_other_insurer", found.accepts_other_insurer),
                by=request.user,
            )
        except Refusal as no:
            form.refuse(no)
        else:
            messages.success(request, f"已保存：保险公司为{made.insurer}，排队序号不变。")
            return redirect("intake:application", reference)
    shown = {"title": "更换保险公司", "application": found, "form": form, "choices": choices, "waits": waits}
    return render(request, "intake/switch.html", shown)
