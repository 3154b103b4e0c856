"""Everyone who takes part in the demonstration's stories, and the time that passes for them."""

from contextlib import AbstractContextManager
from datetime import date, timedelta

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind

FIRST_DAY = date(2019, 9, 18)
AGENTS = {"sinosure": ("xinbao-1", "xinbao-2"), "picc": ("renbao-1", "renbao-2")}


class Stage:
    """Staff by sign-in name, insurers by code, districts' officers by area, and working hours that pass."""

    def __init__(self, staff: dict[str, User]) -> None:
        self.staff = staff
        self.moment = clock.local(FIRST_DAY, 9, 12)
        self.insurers = {body.code: body for body in Organisation.objects.filter(kind=OrganisationKind.INSURER)}
        self.districts = {area.code: user for user in staff.values() for area in user.organisation.areas.all()}

    def agents(self, insurer: str) -> tuple[User, User]:
        """The two agents of an insurer."""
        first, second = AGENTS[insurer]
        return self.staff[first], self.staff[second]

    def later(self, hours: int = 1) -> AbstractContextManager[None]:
        """The clock some hours on, pushed into office hours of a working day; for one step of a story."""
        self.moment += timedelta(hours=hours, minutes=17)
        local = self.moment.astimezone(clock.SHANGHAI)
        if not 9 <= local.hour < 17:
            day, _ = clock.add_working_days(local.date() - timedelta(days=local.hour < 9), 1)
            self.moment = clock.local(day, 9, 20)
        return clock.at(self.moment)

    def on(self, day: date, hour: int = 10) -> AbstractContextManager[None]:
        """The clock on a given day, and from there on."""
        self.moment = clock.local(day, hour)
        return clock.at(self.moment)
