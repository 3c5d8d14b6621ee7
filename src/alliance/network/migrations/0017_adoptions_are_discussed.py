from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0016_posts_in_processes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="post",
            name="kind",
            field=models.CharField(
                choices=[
                    ("need", "need"),
                    ("offer", "offer"),
                    ("case", "case"),
                    ("process", "process with residents"),
                    ("adoption", "adoption"),
                ],
                max_length=20,
            ),
        ),
    ]
