import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('equity', '0001_areas'),
        ('network', '0021_posts_on_checks'),
        ('participation', '0004_numbers_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DistributionCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('summary', models.TextField()),
                ('action', models.CharField(choices=[('congestion-charge', 'congestion or parking charge'), ('low-emission-zone', 'low-emission zone'), ('retrofit', 'renovation of homes'), ('green-space', 'parks and greening'), ('heat-plan', 'heat plan'), ('other', 'something else')], max_length=20)),
                ('subject_kind', models.CharField(blank=True, choices=[('case', 'case'), ('solution', 'solution')], default='', max_length=10)),
                ('subject_id', models.CharField(blank=True, default='', max_length=80)),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('no_figures', models.TextField(blank=True, default='')),
                ('waived_role', models.CharField(blank=True, default='', max_length=120)),
                ('waived_because', models.TextField(blank=True, default='')),
                ('waived_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('ready_at', models.DateTimeField(blank=True, null=True)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('area_set', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='checks', to='equity.areaset')),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='distribution_checks', to='network.city')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
                ('process', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='checks', to='participation.process')),
                ('waived_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-changed_at', '-id'],
                'indexes': [models.Index(fields=['subject_kind', 'subject_id'], name='check_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('waived_at', None), ('waived_because', ''), ('waived_role', '')), models.Q(('waived_at__isnull', False), models.Q(('waived_role', ''), _negated=True), models.Q(('waived_because', ''), _negated=True)), _connector='OR'), name='check_waived_by_a_role_with_reason'), models.CheckConstraint(condition=models.Q(('ready_at', None), ('opened_at__isnull', False), _connector='OR'), name='check_ready_in_public')],
            },
        ),
        migrations.CreateModel(
            name='CheckLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('side', models.CharField(choices=[('gain', 'gains'), ('cost', 'pays')], max_length=4)),
                ('by', models.CharField(choices=[('group', 'a group'), ('area', 'an area')], max_length=5)),
                ('who', models.CharField(max_length=120)),
                ('what', models.CharField(max_length=300)),
                ('value', models.FloatField(blank=True, null=True)),
                ('low', models.FloatField(blank=True, null=True)),
                ('high', models.FloatField(blank=True, null=True)),
                ('unit', models.CharField(blank=True, default='', max_length=40)),
                ('doubt', models.CharField(blank=True, default='', max_length=300)),
                ('source', models.CharField(blank=True, default='', max_length=200)),
                ('check_of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='equity.distributioncheck')),
            ],
            options={
                'ordering': ['check_of', 'side', 'number'],
                'constraints': [models.UniqueConstraint(fields=('check_of', 'number'), name='check_line_once'), models.CheckConstraint(condition=models.Q(('low', None), ('high', None), ('high__gte', models.F('low')), _connector='OR'), name='check_line_range')],
            },
        ),
        migrations.CreateModel(
            name='Mitigation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=500)),
                ('owner', models.CharField(blank=True, default='', max_length=120)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('check_of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mitigations', to='equity.distributioncheck')),
            ],
            options={
                'ordering': ['check_of', 'number'],
                'constraints': [models.UniqueConstraint(fields=('check_of', 'number'), name='mitigation_once')],
            },
        ),
        migrations.CreateModel(
            name='Testimony',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('interview', 'interview'), ('walk', 'walk together'), ('photo-diary', 'photo diary'), ('letter', 'written account')], max_length=11)),
                ('who', models.CharField(blank=True, default='', max_length=120)),
                ('place', models.CharField(blank=True, default='', max_length=120)),
                ('theme', models.CharField(blank=True, default='', max_length=80)),
                ('text', models.TextField(blank=True, default='')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('heard_on', models.DateField()),
                ('consented_on', models.DateField()),
                ('keep_until', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('forgotten_at', models.DateTimeField(blank=True, null=True)),
                ('check_of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='heard', to='equity.distributioncheck')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'testimonies',
                'ordering': ['check_of', 'heard_on', 'id'],
                'indexes': [models.Index(fields=['forgotten_at', 'keep_until'], name='testimony_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('forgotten_at', None), models.Q(('text', ''), _negated=True)), models.Q(('forgotten_at__isnull', False), ('place', ''), ('text', ''), ('who', '')), _connector='OR'), name='testimony_or_forgotten')],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(blank=True, default='', max_length=600)),
                ('result', models.CharField(blank=True, choices=[('changed', 'the city changes it'), ('partly', 'the city changes part of it'), ('kept', 'the city keeps it')], default='', max_length=8)),
                ('answer', models.TextField(blank=True, default='')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('check_of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='equity.distributioncheck')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='claims', to='equity.checkline')),
                ('post', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='claim', to='network.post')),
            ],
            options={
                'ordering': ['check_of', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('result', '')), models.Q(('answered_at__isnull', False), models.Q(('result', ''), _negated=True), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='claim_answered_with_reason')],
            },
        ),
    ]
