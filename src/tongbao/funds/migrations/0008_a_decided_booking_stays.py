from django.db import migrations

import tongbao.audit.models


class Migration(migrations.Migration):
    dependencies = [("funds", "0007_public_check_codes")]

    operations = [
        migrations.AddConstraint(
            "booking",
            tongbao.audit.models.AppendOnly(name="funds_booking_once_decided", once="state <> 'prepared'"),
        ),
    ]
