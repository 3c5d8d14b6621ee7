import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("network", "0011_districts")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="answers",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="answer",
                to="network.post",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="author_name",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="post",
            name="kind",
            field=models.CharField(
                choices=[("need", "need"), ("offer", "offer"), ("case", "case")], max_length=20
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="post_in_words"
            ),
        ),
    ]
