from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funds", "0003_lines_of_those_in_line")]

    operations = [
        migrations.AlterField("reservation", "public_link", models.CharField("收件校验码", max_length=64)),
        migrations.AlterField("reservation", "state_at", models.DateTimeField("状态时间")),
    ]
