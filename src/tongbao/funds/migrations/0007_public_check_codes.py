from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("funds", "0006_reconciliation")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="reservation", index=models.Index(fields=["public_link"], name="funds_check_code")
        ),
    ]
