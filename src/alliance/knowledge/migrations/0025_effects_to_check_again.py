from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0024_sources_of_methods"),
    ]

    operations = [
        migrations.AddField(
            model_name="effect",
            name="check_again",
            field=models.CharField(
                blank=True,
                choices=[
                    ("copy", "a source is a copy of the first publication"),
                    ("newer-study", "a newer or better study is known"),
                    ("second-hand", "a figure comes from the press or from those who ran it"),
                    ("unclear", "the source leaves open what exactly was measured"),
                    ("missing-figure", "a published figure is not recorded yet"),
                ],
                default="",
                max_length=20,
            ),
        ),
    ]
