"""What each context offers to the shell: entries of the menu and counts for the worklist."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu, shown to people whose role is in `roles` (none named: every signed-in person)."""

    label: str
    url_name: str
    icon: str
    roles: tuple[str, ...] = ()

    def is_for(self, role: str) -> bool:
        """Whether a person with this role sees the entry."""
        return not self.roles or role in self.roles


@dataclass(frozen=True)
class Todo:
    """One line of somebody's worklist: what waits, how many, where; urgent ones come first."""

    label: str
    count: int
    url: str
    urgent: bool = False
