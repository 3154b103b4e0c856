from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_first_layer")]

    operations = [migrations.RemoveField(model_name="exporter", name="source")]
