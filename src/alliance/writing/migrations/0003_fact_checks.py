import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_checked_by_the_city'),
        ('network', '0001_version_0_9'),
        ('writing', '0002_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FactCheckRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='FactCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.CharField(max_length=100)),
                ('state', models.CharField(max_length=64)),
                ('answer', models.CharField(choices=[('right', 'Right'), ('wrong', 'Not right'), ('unknown', 'We do not know')], max_length=8)),
                ('note', models.TextField(blank=True, default='')),
                ('checked_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fact_checks', to='cases.casestudy')),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.organisation')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('case', 'team', 'fact'), name='fact_check_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'wrong'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='fact_check_wrong_says_what_is_right')],
            },
        ),
    ]
