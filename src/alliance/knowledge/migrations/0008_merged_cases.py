import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0007_methods_of_all_topics'),
    ]

    operations = [
        migrations.CreateModel(
            name='MergedCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=80, unique=True)),
                ('into', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged', to='knowledge.casestudy')),
            ],
            options={
                'ordering': ['public_id'],
            },
        ),
    ]
