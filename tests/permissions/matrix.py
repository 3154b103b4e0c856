"""The permission matrix: what each of PEOPLE gets from each address, reading and writing (letters of OUTCOMES).

The case is a policy in force of 中国信保 for a firm of 崇川 (world.py). Writing sends an empty form: `o` says that the
person is let in, not that something is done. A new address needs a row here, or the test fails.
"""

from typing import Any

from tests.permissions.rows import Row
from tests.permissions.world import World

Names = dict[str, Any]


def on_person(world: World) -> Names:
    return {"pk": world.person.pk}


def on_message(world: World) -> Names:
    return {"pk": world.message.pk}


def on_terms(world: World) -> Names:
    return {"code": world.application.edition.code, "number": 1}


def on_edition(world: World) -> Names:
    return {"code": world.application.edition.code}


def on_exporter(world: World) -> Names:
    return {"pk": world.application.exporter_id}


def on_fact(world: World) -> Names:
    return {"fact": "exports_usd"}


def on_exporters_fact(world: World) -> Names:
    return on_exporter(world) | on_fact(world)


def on_check(world: World) -> Names:
    return {"check": "unknown"}


def on_firm(world: World) -> Names:
    return {"code": world.application.exporter.code}


def on_firm_tab(world: World) -> Names:
    return {"code": world.application.exporter.code, "tab": "exports"}


def on_import(world: World) -> Names:
    return {"pk": world.upload.pk}


def on_kind(world: World) -> Names:
    return {"kind": "customs_exports"}


def on_identity(world: World) -> Names:
    return on_exporter(world) | {"kind": "renamed"}


def on_correction(world: World) -> Names:
    return {"pk": world.correction.pk}


def on_dispute(world: World) -> Names:
    return {"pk": world.dispute.pk}


def on_former(world: World) -> Names:
    return {"pk": world.former.pk}


def on_code_exception(world: World) -> Names:
    return {"pk": world.accepted.pk}


def on_designation(world: World) -> Names:
    return {"pk": world.designation.pk}


def on_inquiry(world: World) -> Names:
    return {"pk": world.inquiry.pk}


def on_transfer(world: World) -> Names:
    return {"pk": world.transfer.pk}


def on_month(world: World) -> Names:
    return {"pk": world.month.pk}


def on_place(world: World) -> Names:
    return {"pk": world.application.reservation_id}


def on_booking(world: World) -> Names:
    return {"pk": world.booking.pk}


def on_rate(world: World) -> Names:
    return {"pk": world.rate.pk}


def on_corrected_rate(world: World) -> Names:
    return {"pk": world.repricing.new_rate_id}


def on_parity(world: World) -> Names:
    return {"pk": world.parity.pk}


def on_repricing(world: World) -> Names:
    return {"pk": world.policy.pk, "repricing": world.repricing.pk}


def on_voucher(world: World) -> Names:
    return {"pk": world.voucher.pk}


def on_statement(world: World) -> Names:
    return {"pk": world.statement.pk}


def on_paper(world: World) -> Names:
    return {"reference": world.application.reference, "pk": world.paper.pk}


def on_cancellation(world: World) -> Names:
    return {"pk": world.cancellation.pk}


def on_policy(world: World) -> Names:
    return {"pk": world.policy.pk}


def on_code(world: World) -> Names:
    return {"code": world.policy.verification_code}


def on_record(world: World) -> Names:
    return {"number": world.record.number}


def on_verification(world: World) -> Names:
    return {"pk": world.verification.pk}


def on_case(world: World) -> Names:
    return {"reference": world.application.reference}


def on_decision(world: World) -> Names:
    return {"reference": world.application.reference, "decision_id": world.application.decision_id}


def on_draft(world: World) -> Names:
    return {"code": world.draft.code}


def on_revision(world: World) -> Names:
    return {"code": world.draft.code, "number": 1}


def on_trial(world: World) -> Names:
    return {"ref": f"terms-{world.application.edition.versions.get().pk}"}


def on_forecast(world: World) -> Names:
    return {"pk": world.forecast.pk}


def on_trace(world: World) -> Names:
    return {"reference": world.application.reference, "transfer_id": world.transfer.pk}


# anonymous · exporter, another · district, another · city · insurer, another · finance, auditor, administrator
MATRIX: dict[str, Row] = {
    # signing in (everybody signed in looks after their own; deactivating what is not there is not found)
    "account_login": Row("o", "o"),
    "account_logout": Row("o", "o"),
    "account_inactive": Row("o", "m"),
    "account_reauthenticate": Row("s oo oo o oo ooo", "s oo oo o oo ooo"),
    "account_change_password": Row("s oo oo o oo ooo", "s oo oo o oo ooo"),
    "mfa_index": Row("s oo oo o oo ooo", "s mm mm m mm mmm"),
    "mfa_authenticate": Row("s oo oo o oo ooo", "s oo oo o oo ooo"),
    "mfa_reauthenticate": Row("s oo oo o oo ooo", "s oo oo o oo ooo"),
    "mfa_activate_totp": Row("s oo oo o oo ooo", "s oo oo o oo ooo"),
    "mfa_deactivate_totp": Row("s nn nn n nn nnn", "s nn nn n nn nnn"),
    "mfa_view_recovery_codes": Row("s nn nn n nn nnn", "s mm mm m mm mmm"),
    "mfa_generate_recovery_codes": Row("s oo oo o oo ooo", "s oo oo o oo ooo"),
    "mfa_download_recovery_codes": Row("s nn nn n nn nnn", "s nn nn n nn nnn"),
    # people and organisations
    "accounts:people": Row("s ff oo o ff ffo", "m"),
    "accounts:me": Row("s oo oo o oo ooo", "m"),
    "accounts:add_person": Row("s ff ff f ff ffo", "s ff ff f ff ffo"),
    "accounts:open_exporter": Row("s ff oo o ff ffo", "s ff oo o ff ffo"),
    "accounts:organisations": Row("s ff ff f ff ffo", "m"),
    "accounts:add_organisation": Row("s ff ff f ff ffo", "s ff ff f ff ffo"),
    "accounts:person": Row("s ff on o ff ffo", "m", on_person),
    "accounts:set_active": Row("s ff mm m ff ffm", "s ff on o ff ffo", on_person),
    "accounts:reset_password": Row("s ff mm m ff ffm", "s ff on o ff ffo", on_person),
    # messages
    "notify:messages": Row("s oo oo o oo ooo", "m"),
    "notify:read_all": Row("m", "s oo oo o oo ooo"),
    "notify:open": Row("m", "s on nn n nn nnn", on_message),
    # the scheme is public
    "scheme:check": Row("o", "o"),
    "scheme:terms": Row("o", "m"),
    "scheme:version_terms": Row("o", "m", on_terms),
    "scheme:editions": Row("s ff ff o ff foo", "m"),
    "scheme:version": Row("s ff ff o ff foo", "m", on_terms),
    "scheme:source": Row("s ff ff o ff foo", "m", on_terms),
    "scheme:load": Row("s ff ff o ff ffo", "s ff ff o ff ffo"),
    # register
    "registry:exporters": Row("s ff oo o ff ooo", "m"),
    "registry:register": Row("s ff ff o ff fff", "s ff ff o ff fff"),
    "registry:mine": Row("s oo ff f ff fff", "m"),
    "registry:exporter": Row("s ff on o ff ooo", "m", on_exporter),
    "registry:designate": Row("s ff ff o ff fff", "s ff ff o ff fff", on_exporter),
    "registry:origin": Row("s ff on o ff ooo", "m", on_exporters_fact),
    "registry:my_origin": Row("s oo ff f ff fff", "m", on_fact),
    "registry:quality": Row("s ff oo o ff foo", "m"),
    "registry:quality_rows": Row("s ff oo o ff foo", "m", on_check),
    "registry:record_cover": Row("s ff ff o ff fff", "s ff ff o ff fff", on_exporter),
    "registry:imports": Row("s ff ff o ff foo", "m"),
    "registry:new_import": Row("s ff ff o ff fff", "m"),
    "registry:upload": Row("s ff ff o ff fff", "s ff ff o ff fff", on_kind),
    "registry:template": Row("s ff ff o ff fff", "m", on_kind),
    "registry:columns": Row("s ff ff o ff fff", "s ff ff o ff fff", on_import),
    "registry:look_again": Row("m", "s ff ff o ff fff", on_import),
    "registry:progress": Row("s ff ff o ff foo", "m", on_import),
    "registry:original": Row("s ff ff o ff foo", "m", on_import),
    "registry:undo": Row("s ff ff o ff fff", "s ff ff o ff fff", on_import),
    "registry:confirm_list": Row("m", "s ff ff o ff fff", on_import),
    "registry:import": Row("s ff ff o ff foo", "s ff ff o ff foo", on_import),
    "registry:errors": Row("s ff ff o ff foo", "m", on_import),
    "registry:discard": Row("m", "s ff ff o ff fff", on_import),
    "registry:correct_figure": Row("s ff ff o ff fff", "s ff ff o ff fff", on_exporter),
    "registry:correct_particulars": Row("s ff ff o ff fff", "s ff ff o ff fff", on_exporter),
    "registry:change_identity": Row("s ff ff o ff fff", "s ff ff o ff fff", on_identity),
    "registry:identity_evidence": Row("s ff on o ff fof", "m", on_former),
    "registry:accept_code": Row("s ff ff o ff fff", "s ff ff o ff fff"),
    "registry:code_evidence": Row("s ff ff o ff fof", "m", on_code_exception),
    "registry:corrections": Row("s ff oo o ff fof", "m"),
    "registry:correction": Row("s ff on o ff fof", "m", on_correction),
    "registry:approve": Row("m", "s ff ff o ff fff", on_correction),
    "registry:reject": Row("m", "s ff ff o ff fff", on_correction),
    "registry:correction_evidence": Row("s ff on o ff fof", "m", on_correction),
    "registry:disputes": Row("s ff oo o ff fof", "m"),
    "registry:dispute": Row("s ff on o ff fof", "s ff on o ff fof", on_dispute),
    "registry:dispute_evidence": Row("s on on o ff fof", "m", on_dispute),
    "registry:raise_dispute": Row("s oo ff f ff fff", "s oo ff f ff fff", on_fact),
    "registry:my_disputes": Row("s oo ff f ff fff", "m"),
    "registry:designations": Row("s ff oo o ff ooo", "m"),
    "registry:confirm_designation": Row("m", "s ff ff o ff fff", on_designation),
    "registry:inquiries": Row("s ff ff f oo fff", "m"),
    "registry:answer": Row("s ff ff f on fff", "s ff ff f on fff", on_inquiry),
    # fund
    "funds:overview": Row("s ff ff o oo oof", "m"),
    "funds:open_pools": Row("m", "s ff ff o ff off"),
    "funds:ledger": Row("s ff ff o oo oof", "m"),
    "funds:entry": Row("s ff ff o on oof", "m", on_transfer),
    "funds:trial": Row("s ff ff o oo oof", "m"),
    "funds:statements": Row("s ff ff o oo oof", "m"),
    "funds:months": Row("s ff ff o oo oof", "m"),
    "funds:lock_month": Row("m", "s ff ff f ff off"),
    "funds:month": Row("s ff ff o oo oof", "m", on_month),
    "funds:queue": Row("s ff ff o ff oof", "m"),
    "funds:place": Row("s ff ff o on oof", "m", on_place),
    "funds:bookings": Row("s ff ff o oo oof", "m"),
    "funds:booking": Row("s ff ff o on oof", "m", on_booking),
    "funds:confirm_booking": Row("m", "s ff ff f on off", on_booking),
    "funds:send_back": Row("m", "s ff ff f on off", on_booking),
    "funds:take_back": Row("m", "s ff ff f ff fff", on_booking),
    "funds:booking_seen": Row("m", "s ff ff o ff off", on_booking),
    "funds:move": Row("s ff ff o ff off", "s ff ff o ff off"),
    "funds:return_money": Row("s ff ff f ff off", "s ff ff f ff off"),
    "funds:close_year": Row("s ff ff o ff off", "s ff ff o ff off"),
    "funds:allot": Row("s ff ff f ff off", "s ff ff f ff off"),
    "funds:prepay": Row("s ff ff f ff off", "s ff ff f ff off"),
    "funds:rates": Row("s ff ff o oo oof", "m"),
    "funds:enter_rate": Row("s ff ff f oo fff", "s ff ff f oo fff"),
    "funds:confirm_rate": Row("m", "s ff ff o on off", on_rate),
    "funds:rate": Row("s ff ff o on oof", "m", on_rate),
    "funds:correct_rate": Row("s ff ff f on fff", "s ff ff f on fff", on_rate),
    "funds:withdraw_rate": Row("m", "s ff ff f on fff", on_rate),
    "funds:rate_paper": Row("s ff ff o on oof", "m", on_corrected_rate),
    "funds:parities": Row("s ff ff o oo oof", "m"),
    "funds:enter_parities": Row("s ff ff o ff off", "s ff ff o ff off"),
    "funds:correct_parity": Row("s ff ff o ff off", "s ff ff o ff off", on_parity),
    "funds:reconciliation": Row("s ff ff o oo oof", "m"),
    "funds:statement_template": Row("s ff ff f oo off", "m"),
    "funds:statement_upload": Row("s ff ff f oo off", "s ff ff f oo off"),
    "funds:insurer_statement": Row("s ff ff o on oof", "m", on_statement),
    "funds:statement_keep": Row("m", "s ff ff f on off", on_statement),
    "funds:statement_discard": Row("m", "s ff ff f on off", on_statement),
    "funds:statement_errors": Row("s ff ff o on oof", "m", on_statement),
    "funds:statement_original": Row("s ff ff o on oof", "m", on_statement),
    "funds:statement_resolve": Row("m", "s ff ff f ff off", on_statement),
    "funds:statement_sign": Row("m", "s ff ff f on off", on_statement),
    "funds:statement_paper": Row("s ff ff o on oof", "m", on_statement),
    "funds:statement_sheet": Row("s ff ff o on oof", "m", on_statement),
    "funds:voucher": Row("s ff ff o on oof", "m", on_voucher),
    # applications
    "intake:list": Row("s ff oo o oo oof", "m"),
    "intake:start": Row("s oo ff f ff fff", "s oo ff f ff fff"),
    "intake:mine": Row("s oo ff f ff fff", "m"),
    "intake:application": Row("s on ff f ff fff", "m", on_case),
    "intake:tasks": Row("s on ff f ff fff", "m", on_case),
    "intake:plan": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:insurer": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:data": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:declaration": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:papers": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:paper": Row("s on on o on fon", "m", on_paper),
    "intake:form": Row("s on ff f ff fff", "m", on_case),
    "intake:check": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:receipt": Row("s on ff f ff fff", "m", on_case),
    "intake:answer": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:switch": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:withdraw": Row("s on ff f ff fff", "s on ff f ff fff", on_case),
    "intake:review": Row("s ff on o ff fff", "s ff on o ff fff", on_case),
    # policies
    "policies:list": Row("s ff oo o oo oof", "m"),
    "policies:mine": Row("s oo ff f ff fff", "m"),
    "policies:policy": Row("s on on o on oof", "m", on_policy),
    "policies:correct": Row("s ff ff f on fff", "s ff ff f on fff", on_policy),
    "policies:payment": Row("m", "s ff ff f on fff", on_policy),
    "policies:issue": Row("m", "s ff ff f on fff", on_policy),
    "policies:certificate": Row("s on on o on oof", "m", on_policy),
    "policies:cancel": Row("s on ff f on fff", "s on ff f on fff", on_policy),
    "policies:cancellations": Row("s ff oo o oo oof", "m"),
    "policies:cancellation": Row("s on on o on oof", "m", on_cancellation),
    "policies:consent": Row("m", "s on ff f on fff", on_cancellation),
    "policies:approve": Row("m", "s ff ff o ff fff", on_cancellation),
    "policies:refuse": Row("m", "s on ff o on fff", on_cancellation),
    "policies:withdraw": Row("m", "s on ff f fn fff", on_cancellation),
    "policies:repricing": Row("s ff ff o oo oof", "m"),
    "policies:reprice_all": Row("m", "s ff ff f oo fff"),
    "policies:reprice": Row("s ff ff o on oof", "s ff ff f on fff", on_policy),
    "policies:earlier_certificate": Row("s on on o on oof", "m", on_repricing),
    "policies:underwriting": Row("s ff ff f oo fff", "m"),
    "policies:quote": Row("s ff ff f on fff", "s ff ff f on fff", on_case),
    "policies:decline": Row("s ff ff f on fff", "s ff ff f on fff", on_case),
    "policies:excluded": Row("s ff ff o oo oof", "m"),
    "policies:list_excluded": Row("s ff ff f oo fff", "s ff ff f oo fff"),
    "policies:verify": Row("o", "m"),
    "policies:verified": Row("o", "m", on_code),
    # the studio
    "studio:drafts": Row("s ff ff o ff fof", "m"),
    "studio:start": Row("s ff ff o ff fff", "s ff ff o ff fff"),
    "studio:compare": Row("s ff ff o ff fof", "m"),
    "studio:firms": Row("s ff ff o ff fof", "m"),
    "studio:draft": Row("s ff ff o ff fof", "m", on_draft),
    "studio:edit": Row("s ff ff o ff fff", "s ff ff o ff fff", on_draft),
    "studio:effect": Row("s ff ff o ff fof", "m", on_draft),
    "studio:source": Row("s ff ff o ff fof", "m", on_draft),
    "studio:revision": Row("s ff ff o ff fof", "m", on_revision),
    "studio:submit": Row("m", "s ff ff o ff fff", on_draft),
    "studio:recall": Row("m", "s ff ff o ff fff", on_draft),
    "studio:send_back": Row("s ff ff o ff fff", "s ff ff o ff fff", on_draft),
    "studio:publish": Row("m", "s ff ff o ff fff", on_draft),
    "studio:withdraw": Row("m", "s ff ff o ff fff", on_draft),
    "studio:forecasts": Row("s ff ff o ff fof", "m"),
    "studio:forecast_ask": Row("s ff ff o ff fff", "s ff ff o ff fff", on_trial),
    "studio:forecast": Row("s ff ff o ff fof", "m", on_forecast),
    # the roof
    "desk:home": Row("o", "m"),
    "desk:search": Row("s ff oo o oo oof", "s ff mm m mm mmf"),
    "desk:log": Row("s ff ff f ff foo", "s ff ff f ff fmm"),
    "desk:verify": Row("s ff ff f ff foo", "s ff ff f ff foo"),
    "desk:verification": Row("s ff ff f ff foo", "s ff ff f ff fmm", on_verification),
    "desk:verification_progress": Row("s ff ff f ff foo", "s ff ff f ff fmm", on_verification),
    "desk:verification_report": Row("s ff ff f ff foo", "s ff ff f ff fmm", on_verification),
    "desk:record": Row("s ff ff f ff foo", "s ff ff f ff fmm", on_record),
    "desk:coverage": Row("o", "m"),
    "desk:queue_log": Row("o", "m"),
    "desk:queue_log_of": Row("o", "m", on_edition),
    "desk:queue_csv": Row("o", "m", on_edition),
    "desk:queue_check": Row("o", "m"),
    "desk:help": Row("o", "m"),
    "desk:privacy": Row("o", "m"),
    "desk:accessibility": Row("o", "m"),
    "case": Row("s on on o on oof", "s mm mm m mm mmf", on_case),
    "replay": Row("s on on o on oof", "s mm mm m mm mmf", on_decision),
    "firm": Row("s ff on o ff ooo", "m", on_firm),
    "firm_tab": Row("s ff on o ff ooo", "m", on_firm_tab),
    "trace": Row("s ff ff o ff oof", "s ff ff m ff mmf", on_trace),
}
