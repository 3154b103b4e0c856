"""One search box over firms, applications and policies: each found only where the person may see it."""

from dataclasses import dataclass

from django.db.models import Q

from tongbao.accounts.models import User
from tongbao.intake import queries as intake
from tongbao.intake.models import Application
from tongbao.policies import queries as policies
from tongbao.policies.models import Policy
from tongbao.registry import queries as registry
from tongbao.registry.models import Exporter

SHOWN = 20  # of each kind; more than that and a better word is needed
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """What a word found, by kind; `more` names the kinds of which only the first SHOWN are there."""

    exporters: list[Exporter]
    applications: list[Application]
    policies: list[Policy]
    more: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many are shown."""
        return len(self.exporters) + len(self.applications) + len(self.policies)


def search(user: User, typed: str) -> Found:
    """Firms by code, name or the initials of its pinyin, former ones too; the rest by number or firm."""
    word = typed.strip()
    if len(word) < SHORTEST:
        return Found([], [], [])
    exporters = list(registry.matching(registry.visible_to(user), word)[: SHOWN + 1])
    applications = list(intake.visible_to(user).filter(_either(word, "reference", "exporter"))[: SHOWN + 1])
    found = list(policies.visible_to(user).filter(_either(word, "number", "insured"))[: SHOWN + 1])
    kinds = (("企业", exporters), ("申请", applications), ("保单", found))
    more = tuple(label for label, rows in kinds if len(rows) > SHOWN)
    return Found(exporters[:SHOWN], applications[:SHOWN], found[:SHOWN], more)


def _either(word: str, number: str, firm: str) -> Q:
    """By a number of its own, or by the firm it belongs to."""
    return (
        Q(**{f"{number}__icontains": word})
        | Q(**{f"{firm}__name__icontains": word})
        | Q(**{f"{firm}__code__istartswith": word})
    )
