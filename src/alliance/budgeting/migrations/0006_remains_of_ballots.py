from django.db import DatabaseError, migrations

from alliance.budgeting.services.cutting import rewrite_files


def erase(apps, schema_editor):
    """Where the disk is full or somebody reads, the daily job of the room does it later."""
    budgets = apps.get_model("budgeting", "Budget").objects.filter(has_remains=True)
    if budgets.exists():
        try:
            rewrite_files()
        except DatabaseError:
            return
        budgets.update(has_remains=False)


class Migration(migrations.Migration):

    # No database rewrites its files within a transaction.
    atomic = False

    dependencies = [("budgeting", "0005_counted_ballots")]

    operations = [migrations.RunPython(erase, migrations.RunPython.noop)]
