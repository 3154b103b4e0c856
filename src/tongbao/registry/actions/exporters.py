"""Firms enter the register."""

from tongbao import clock
from tongbao.accounts.models import Area, User
from tongbao.audit import actions as audit
from tongbao.refusal import Refusal
from tongbao.registry import permissions, rules
from tongbao.registry.models import Exporter


@audit.action
def register_exporter(*, code: str, name: str, area: Area, by: User | None) -> Exporter:
    """Enter one firm that no customs list has brought: it may have exported nothing (clause 二(一)).

    Refusals: `registry.keep` (403), `exporter.code` and `exporter.name` (what is wrong with them), `exporter.known`.
    """
    permissions.check_keep(by)
    for field, reader, value in (("code", rules.read_code, code), ("name", rules.read_name, name)):
        try:
            reader(value)
        except rules.Wrong as wrong:
            raise Refusal(f"exporter.{field}", f"{wrong}。", field) from None
    code, name = rules.read_code(code), rules.read_name(name)
    exporter, made = Exporter.objects.get_or_create(  # two who enter one firm at once: the second is told
        code=code,
        defaults={"name": name, "name_initials": rules.initials(name), "area": area, "created_at": clock.now()},
    )
    if not made:
        raise Refusal("exporter.known", f"这个代码已登记为“{exporter.name}”，无需重复登记。", "code")
    audit.record("registry.exporter", exporter, by=by, reference=code, name=name, area=area.code)
    return exporter
