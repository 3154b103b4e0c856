"""Places kept before there were lines and a public chain get both: sealed in their order, standing where they wait."""

from django.db import migrations

from tongbao.funds.rules import HELD_BACK, PUBLIC_GENESIS, WAITS, public_link


def entered_at(records, place):
    """Since when a place is in its state, as the log tells it."""
    at, state = place.received_at, None
    acts = records.filter(subject_type="funds.reservation", subject_id=str(place.pk)).order_by("number")
    for record in acts:
        said = record.detail.get("state", state)
        if said != state:
            at, state = (record.at if state else place.received_at), said
    return at


def seal_and_stand(apps, schema_editor):
    """Seal every receipt of each edition in order, and put those who wait into their pool's line."""
    queues, places, standings = (apps.get_model("funds", name).objects for name in ("Queue", "Reservation", "Standing"))
    records = apps.get_model("audit", "Record").objects
    for queue in queues.order_by("pk"):
        head = PUBLIC_GENESIS
        for place in places.filter(edition_id=queue.edition_id).order_by("queue_number"):
            head = place.public_link = public_link(head, place.queue_number, place.received_at)
            place.state_at = entered_at(records, place)
            place.save(update_fields=["public_link", "state_at"])
            if place.state in ("waiting", "held"):
                standings.create(
                    pool_id=place.pool_id,
                    reservation=place,
                    rank=HELD_BACK if place.state == "held" else WAITS,
                    priority_class=place.priority_class,
                    queue_number=place.queue_number,
                    place=0,
                )
        queue.public_head = head
        queue.save(update_fields=["public_head"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("funds", "0002_bookings_lines_public_chain")]

    operations = [migrations.RunPython(seal_and_stand, migrations.RunPython.noop)]
