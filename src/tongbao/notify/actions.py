"""What can happen to a notice: it is sent, it is read."""

from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.notify import queries
from tongbao.notify.models import Message


@audit.action
def send(
    *, to: Organisation | User, title: str, body: str = "", url: str = "", by: User | None, key: str | None = None
) -> Message:
    """Put a notice into the inbox of a person, or of everyone in an organisation; joins the action under way.

    `url` is a path on this site. With a `key`, sending again gives back the first notice.
    """
    recipient = {"user": to} if isinstance(to, User) else {"organisation": to}
    if key and (sent := Message.objects.filter(key=key).first()):
        audit.record("notify.send_again", sent, by=by)
        return sent
    message = Message.objects.create(title=title, body=body, url=url, key=key, created_at=clock.now(), **recipient)
    audit.record("notify.send", message, by=by, to=f"{to._meta.model_name}:{to.pk}", title=title)
    return message


@audit.action
def mark_read(*, message: Message, by: User) -> Message:
    """Note that a notice was read, by the first of its readers; a second time changes nothing."""
    locked = queries.lock(message, by)
    if locked.read_at is None:
        locked.read_at = clock.now()
        locked.save(update_fields=["read_at"])
    audit.record("notify.read", locked, by=by)
    return locked


@audit.action
def mark_all_read(*, by: User) -> int:
    """Note that all of a person's notices were read; gives how many were new."""
    count = queries.unread(by).update(read_at=clock.now())
    audit.record("notify.read_all", by, by=by, count=count)
    return count
