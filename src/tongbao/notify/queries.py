"""What can be asked about notices; everyone sees their own and their organisation's."""

from django.db.models import Q, QuerySet

from tongbao.accounts.models import User
from tongbao.notify.models import Message


def visible_to(user: User) -> QuerySet[Message]:
    """The notices of a person and of their organisation, newest first."""
    return Message.objects.filter(Q(user=user) | Q(organisation=user.organisation_id))


def unread(user: User) -> QuerySet[Message]:
    """Those not read yet."""
    return visible_to(user).filter(read_at=None)


def unread_count(user: User) -> int:
    """How many are not read yet; shown beside the bell on every page."""
    return unread(user).count()


def lock(message: Message, user: User) -> Message:
    """The row of a notice, locked for a change; `Message.DoesNotExist` when it is not this person's."""
    return visible_to(user).select_for_update().get(pk=message.pk)
