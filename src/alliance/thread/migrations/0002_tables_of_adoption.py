from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("thread", "0001_steps_and_links")]

    operations = [
        # The tables stay, with all that is in them; the room `adoption` owns them from now on.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("Link"),
                migrations.DeleteModel("Step"),
            ],
        ),
    ]
