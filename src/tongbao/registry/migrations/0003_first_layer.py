from django.db import migrations


def into_layers(apps, editor):
    """Everything in the register counts already: it becomes the first layer, and its years are summed up."""
    model = lambda name: apps.get_model("registry", name)  # noqa: E731
    figures, particulars, totals = model("CustomsExport"), model("Particulars"), model("YearTotal")
    for name in ("CustomsExport", "Designation", "ExistingCover"):
        model(name).objects.update(live=True)
    said = {}
    pairs = figures.objects.order_by("exporter_id", "source_id").values_list("exporter_id", "source_id").distinct()
    for exporter_id, source_id in pairs:
        said.setdefault(exporter_id, []).append(source_id)
    for exporter in model("Exporter").objects.all().iterator(chunk_size=2000):
        origins = [one for one in {exporter.source_id: 0, **dict.fromkeys(said.get(exporter.pk, []))} if one]
        rows = [
            particulars(exporter=exporter, source_id=one, name=exporter.name, area_id=exporter.area_id, live=not place)
            for place, one in enumerate(origins)
        ]
        if not rows:
            rows = [
                particulars(
                    exporter=exporter, name=exporter.name, area_id=exporter.area_id, live=True,
                    entered_at=exporter.created_at,
                )
            ]  # fmt: skip
        particulars.objects.bulk_create(rows)
        _sum_up(figures, totals, exporter.pk)


def _sum_up(figures, totals, exporter_id):
    years = {}
    rows = figures.objects.filter(exporter_id=exporter_id).values_list("year", "month", "country", "amount_cents")
    for year, month, country, cents in rows:
        years.setdefault(year, []).append((month, country, cents))
    made = []
    for year, held in years.items():
        monthly = [one for one in held if one[0]]
        whole = [one for one in held if not one[0]]
        markets = {}
        for _, country, cents in monthly or whole:
            markets[country] = markets.get(country, 0) + cents
        made.append(
            totals(
                exporter_id=exporter_id, held=sum(1 << month for month in {one[0] for one in held}), year=year, months=len({one[0] for one in monthly}),
                total_cents=sum(markets.values()), unknown_cents=markets.get("ZZ", 0), markets=markets,
                annual_cents=sum(one[2] for one in whole) if whole else None,
                monthly_cents=sum(one[2] for one in monthly) if monthly else None,
            )
        )  # fmt: skip
    totals.objects.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_register_in_layers")]

    operations = [migrations.RunPython(into_layers, migrations.RunPython.noop)]
