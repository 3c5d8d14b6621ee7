import alliance.core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("equity", "0001_areas"),
        ("equity", "0002_checks"),
        ("equity", "0003_challenges_to_areas"),
        ("equity", "0004_past_releases"),
        ("equity", "0005_quantities"),
        ("equity", "0006_doubts_as_codes"),
        ("equity", "0007_words"),
        ("equity", "0008_clearer_words"),
        ("equity", "0009_answers_to_claims"),
    ]

    initial = True

    dependencies = [
        ("network", "0001_version_0_9"),
        ("participation", "0001_version_0_9"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('side', models.CharField(choices=[('gain', 'who gains'), ('cost', 'who pays')], max_length=4)),
                ('by', models.CharField(choices=[('group', 'a group'), ('area', 'an area')], max_length=5)),
                ('who', models.CharField(max_length=120)),
                ('what', models.CharField(max_length=300)),
                ('value', models.FloatField(blank=True, null=True)),
                ('low', models.FloatField(blank=True, null=True)),
                ('high', models.FloatField(blank=True, null=True)),
                ('unit', models.CharField(blank=True, default='', max_length=40)),
                ('doubt', models.CharField(blank=True, default='', max_length=300)),
                ('source', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'ordering': ['check_of', 'side', 'number'],
            },
        ),
        migrations.CreateModel(
            name='AreaSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('source', models.CharField(max_length=200)),
                ('url', models.CharField(blank=True, default='', max_length=500)),
                ('licence', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('deso', 'DeSO, demographic statistical areas of Sweden'), ('iris', 'IRIS, statistical areas of France'), ('ward', 'wards or electoral districts'), ('own', 'the city’s own boundaries')], max_length=6)),
                ('name', models.CharField(max_length=120)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('crs', models.PositiveIntegerField(blank=True, null=True)),
                ('width', models.PositiveSmallIntegerField(default=0)),
                ('height', models.PositiveSmallIntegerField(default=0)),
                ('remarks', models.JSONField(blank=True, default=list)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('measured', models.JSONField(blank=True, default=dict)),
                ('measured_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='area_sets', to='network.city')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.organisation')),
            ],
            options={
                'ordering': ['-year', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(blank=True, default='', max_length=120)),
                ('shape', models.TextField(blank=True, default='')),
                ('outline', models.TextField(blank=True, default='')),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('area_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='equity.areaset')),
            ],
            options={
                'ordering': ['area_set', 'number'],
            },
        ),
        migrations.CreateModel(
            name='DistributionCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('summary', models.TextField()),
                ('action', models.CharField(choices=[('congestion-charge', 'congestion or parking charge'), ('low-emission-zone', 'low-emission zone'), ('retrofit', 'home renovation'), ('green-space', 'parks and greening'), ('heat-plan', 'heat action plan'), ('other', 'something else')], max_length=20)),
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
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(blank=True, default='', max_length=600)),
                ('result', models.CharField(blank=True, choices=[('changed', 'the city will make a change'), ('partly', 'the city makes a partial change'), ('kept', 'the city makes no change')], default='', max_length=8)),
                ('answer', models.TextField(blank=True, default='')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('area_set', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='equity.areaset')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='claims', to='equity.checkline')),
                ('post', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='claim', to='network.post')),
                ('check_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='equity.distributioncheck')),
            ],
            options={
                'ordering': ['check_of', 'id'],
            },
        ),
        migrations.AddField(
            model_name='checkline',
            name='check_of',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='equity.distributioncheck'),
        ),
        migrations.CreateModel(
            name='Exposure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('source', models.CharField(max_length=200)),
                ('url', models.CharField(blank=True, default='', max_length=500)),
                ('licence', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('code', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=120)),
                ('values', models.JSONField()),
                ('margins', models.JSONField(blank=True, default=list)),
                ('kind', models.CharField(choices=[('burden', 'burden: less is better'), ('benefit', 'benefit: more is better'), ('means', 'resources, such as income')], max_length=8)),
                ('quantity', models.CharField(choices=[('level', 'current situation'), ('change', 'expected change'), ('cost', 'expected cost')], default='level', max_length=6)),
                ('unit', models.CharField(blank=True, default='', max_length=40)),
                ('area_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exposures', to='equity.areaset')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['area_set', 'kind', 'code', '-year'],
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
            },
        ),
        migrations.CreateModel(
            name='PastRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('groups', models.JSONField()),
                ('replaced_at', models.DateTimeField()),
                ('area_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past', to='equity.areaset')),
            ],
            options={
                'ordering': ['area_set', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PopulationGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('source', models.CharField(max_length=200)),
                ('url', models.CharField(blank=True, default='', max_length=500)),
                ('licence', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('code', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=120)),
                ('values', models.JSONField()),
                ('margins', models.JSONField(blank=True, default=list)),
                ('is_everyone', models.BooleanField(default=False)),
                ('trait', models.CharField(blank=True, default='', max_length=80)),
                ('hidden', models.JSONField(blank=True, null=True)),
                ('area_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='equity.areaset')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['area_set', '-is_everyone', 'trait', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Testimony',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('interview', 'interview'), ('walk', 'walking interview'), ('photo-diary', 'photo diary'), ('letter', 'written account')], max_length=11)),
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
            },
        ),
        migrations.AddConstraint(
            model_name='areaset',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('city', 'name', 'year'), name='area_set_once'),
        ),
        migrations.AddConstraint(
            model_name='areaset',
            constraint=models.CheckConstraint(condition=models.Q(('year__range', (1900, 2100))), name='area_set_year'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(fields=('area_set', 'number'), name='area_number_once'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(fields=('area_set', 'code'), name='area_code_once'),
        ),
        migrations.AddIndex(
            model_name='distributioncheck',
            index=models.Index(fields=['subject_kind', 'subject_id'], name='check_subject'),
        ),
        migrations.AddConstraint(
            model_name='distributioncheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waived_at', None), ('waived_because', ''), ('waived_role', '')), models.Q(('waived_at__isnull', False), models.Q(('waived_role', ''), _negated=True), models.Q(('waived_because', ''), _negated=True)), _connector='OR'), name='check_waived_by_a_role_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='distributioncheck',
            constraint=models.CheckConstraint(condition=models.Q(('ready_at', None), ('opened_at__isnull', False), _connector='OR'), name='check_ready_in_public'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('result', '')), models.Q(('answered_at__isnull', False), models.Q(('result', ''), _negated=True), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='claim_answered_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area_set', None), ('check_of__isnull', False)), models.Q(('area_set__isnull', False), ('check_of', None), ('line', None), models.Q(('about', ''), _negated=True)), _connector='OR'), name='claim_of_a_check_or_of_areas'),
        ),
        migrations.AddConstraint(
            model_name='checkline',
            constraint=models.UniqueConstraint(fields=('check_of', 'number'), name='check_line_once'),
        ),
        migrations.AddConstraint(
            model_name='checkline',
            constraint=models.CheckConstraint(condition=models.Q(('low', None), ('high', None), ('high__gte', models.F('low')), _connector='OR'), name='check_line_range'),
        ),
        migrations.AddConstraint(
            model_name='exposure',
            constraint=models.UniqueConstraint(fields=('area_set', 'code', 'year', 'quantity'), name='exposure_of_a_kind_once'),
        ),
        migrations.AddConstraint(
            model_name='exposure',
            constraint=models.CheckConstraint(condition=models.Q(('year__range', (1900, 2100))), name='exposure_year'),
        ),
        migrations.AddConstraint(
            model_name='mitigation',
            constraint=models.UniqueConstraint(fields=('check_of', 'number'), name='mitigation_once'),
        ),
        migrations.AddIndex(
            model_name='pastrelease',
            index=models.Index(fields=['area_set', 'year'], name='past_release_year'),
        ),
        migrations.AddConstraint(
            model_name='populationgroup',
            constraint=models.UniqueConstraint(fields=('area_set', 'trait', 'code', 'year'), name='group_of_a_trait_once'),
        ),
        migrations.AddConstraint(
            model_name='populationgroup',
            constraint=models.CheckConstraint(condition=models.Q(('year__range', (1900, 2100))), name='group_year'),
        ),
        migrations.AddIndex(
            model_name='testimony',
            index=models.Index(fields=['forgotten_at', 'keep_until'], name='testimony_due'),
        ),
        migrations.AddConstraint(
            model_name='testimony',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('forgotten_at', None), models.Q(('text', ''), _negated=True)), models.Q(('forgotten_at__isnull', False), ('place', ''), ('text', ''), ('who', '')), _connector='OR'), name='testimony_or_forgotten'),
        ),
    ]
