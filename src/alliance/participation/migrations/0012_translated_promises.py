from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

LANGUAGES = [("en", "English"), ("fr", "Français"), ("sv", "Svenska")]


def of_answers(apps, schema_editor):
    """What is to be built was promised in the language of its answer, all else in the process's."""
    promises = apps.get_model("participation", "Promise").objects
    answers = apps.get_model("participation", "Answer").objects.filter(promise=OuterRef("pk"))
    processes = apps.get_model("participation", "Process").objects.filter(pk=OuterRef("process"))
    promises.update(
        language=Coalesce(
            Subquery(answers.values("language")[:1]), Subquery(processes.values("language")[:1])
        )
    )


class Migration(migrations.Migration):

    dependencies = [("participation", "0011_own_measures")]

    operations = [
        migrations.AddField("background", "translations", models.JSONField(blank=True, default=dict)),
        migrations.AddField("promise", "translations", models.JSONField(blank=True, default=dict)),
        migrations.AddField(
            "promise",
            "language",
            models.CharField(choices=LANGUAGES, default="en", max_length=2),
            preserve_default=False,
        ),
        migrations.RunPython(of_answers, migrations.RunPython.noop),
    ]
