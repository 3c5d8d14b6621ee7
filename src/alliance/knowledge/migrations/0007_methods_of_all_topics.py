import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

TOPICS = [
    ("innovation-gateways", "Innovation gateways"),
    ("equity", "Equity and environmental justice"),
    ("indicators", "Indicators"),
    ("engaging-citizens", "Engaging citizens"),
]
COSTS = [("low", "low"), ("medium", "medium"), ("high", "high")]
LEVELS = [
    ("inform", "inform"),
    ("consult", "consult"),
    ("involve", "involve"),
    ("collaborate", "collaborate"),
    ("empower", "empower"),
]
MODES = [
    ("in-person", "in person"),
    ("online", "online"),
    ("both", "in person and online"),
]


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0006_tables_of_cases")]

    operations = [
        # The tables stay, with all that is in them; only the models have other names.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("EngagementMethod", "Method"),
                migrations.RenameModel("EngagementMethodText", "MethodText"),
                migrations.AlterModelTable("method", "knowledge_engagementmethod"),
                migrations.AlterModelTable("methodtext", "knowledge_engagementmethodtext"),
                migrations.CreateModel(
                    name="MethodCase",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "method",
                            models.ForeignKey(
                                db_column="engagementmethod_id",
                                on_delete=django.db.models.deletion.CASCADE,
                                to="knowledge.method",
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                db_column="casestudy_id",
                                on_delete=django.db.models.deletion.CASCADE,
                                to="knowledge.casestudy",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "knowledge_engagementmethod_evidence_cases",
                        "unique_together": {("method", "case")},
                    },
                ),
                migrations.AlterField(
                    model_name="method",
                    name="evidence_cases",
                    field=models.ManyToManyField(
                        blank=True,
                        related_name="methods",
                        through="knowledge.MethodCase",
                        to="knowledge.casestudy",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="method",
            name="topic",
            field=models.CharField(choices=TOPICS, default="engaging-citizens", max_length=24),
        ),
        migrations.AlterField(
            model_name="method",
            name="cost_level",
            field=models.CharField(blank=True, choices=COSTS, default="", max_length=8),
        ),
        migrations.AlterField(
            model_name="method",
            name="iap2_level",
            field=models.CharField(blank=True, choices=LEVELS, default="", max_length=12),
        ),
        migrations.AlterField(
            model_name="method",
            name="mode",
            field=models.CharField(blank=True, choices=MODES, default="", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="method",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(
                        ("topic", "engaging-citizens"),
                        Q(("cost_level", ""), _negated=True),
                        Q(("iap2_level", ""), _negated=True),
                        Q(("mode", ""), _negated=True),
                    ),
                    Q(
                        Q(("topic", "engaging-citizens"), _negated=True),
                        ("group_size_max", None),
                        ("group_size_min", None),
                        ("iap2_level", ""),
                        ("mode", ""),
                    ),
                    _connector="OR",
                ),
                name="method_fields_of_its_topic",
            ),
        ),
    ]
