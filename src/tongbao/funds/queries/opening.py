"""What must still be opened: insurers of the current edition that have no pool."""

from dataclasses import dataclass

from tongbao.accounts.models import Organisation
from tongbao.accounts.rules import OrganisationKind
from tongbao.funds.models import Pool
from tongbao.scheme import queries as scheme
from tongbao.scheme.models import Edition


@dataclass(frozen=True)
class Unopened:
    """An insurer of the edition without a pool; `known` when it has an organisation here. The fund is in fen."""

    code: str
    title: str
    fund_fen: int
    known: bool


@dataclass(frozen=True)
class Opening:
    """The current edition's pools that are not open yet."""

    edition: Edition
    insurers: tuple[Unopened, ...]

    @property
    def unknown(self) -> list[Unopened]:
        """Those that the administrator registers first."""
        return [insurer for insurer in self.insurers if not insurer.known]


def opening() -> Opening | None:
    """Which pools the current edition still lacks (五(一)); None without an edition or when all are open."""
    edition = scheme.editions().first()
    if edition is None or not edition.versions.exists():
        return None
    opened = set(Pool.objects.filter(edition=edition).values_list("insurer__code", flat=True))
    known = set(Organisation.objects.filter(kind=OrganisationKind.INSURER).values_list("code", flat=True))
    insurers = scheme.scheme_of(scheme.terms_of(edition)).insurers
    missing = tuple(Unopened(i.id, i.title, i.fund_fen, i.id in known) for i in insurers if i.id not in opened)
    return Opening(edition, missing) if missing else None
