import alliance.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("knowledge", "0001_initial"),
        ("knowledge", "0002_drafts_and_review"),
        ("knowledge", "0003_reviews_outlive_accounts"),
        ("knowledge", "0004_submissions_kept"),
        ("knowledge", "0005_words_that_people_edit"),
        ("knowledge", "0006_tables_of_cases"),
        ("knowledge", "0007_methods_of_all_topics"),
        ("knowledge", "0008_merged_cases"),
        ("knowledge", "0009_words_of_effects_translated"),
        ("knowledge", "0010_whether_it_still_runs"),
        ("knowledge", "0011_main_results_and_ranges"),
        ("knowledge", "0012_plans_after_the_data"),
        ("knowledge", "0013_questions_are_posts"),
        ("knowledge", "0014_reported_as_working"),
        ("knowledge", "0015_keys_of_effects"),
        ("knowledge", "0016_studies_and_samples"),
        ("knowledge", "0017_baselines_and_errors"),
        ("knowledge", "0018_kinds_of_cost"),
        ("knowledge", "0019_verdicts_of_solutions"),
        ("knowledge", "0020_prerequisites_by_kind"),
        ("knowledge", "0021_costs_of_solutions"),
        ("knowledge", "0022_results_without_a_number"),
        ("knowledge", "0023_outcomes_of_solutions"),
        ("knowledge", "0024_sources_of_methods"),
        ("knowledge", "0025_effects_to_check_again"),
        ("knowledge", "0026_further_amounts"),
        ("knowledge", "0027_verdicts_of_panels"),
        ("knowledge", "0028_minor_changes"),
        ("knowledge", "0029_sources_that_are_not_online"),
        ("knowledge", "0030_names_of_merged_words"),
        ("knowledge", "0031_pictures_of_cases"),
        ("knowledge", "0032_tallies_by_an_index"),
        ("knowledge", "0033_kinds_of_sources_and_words_apart"),
        ("knowledge", "0034_marks_of_pilots"),
        ("knowledge", "0035_method_results"),
        ("knowledge", "0036_who_gained_and_who_paid"),
        ("knowledge", "0037_sides_of_justice"),
        ("knowledge", "0038_results_of_checks"),
        ("knowledge", "0039_results_of_areas"),
        ("knowledge", "0040_unknown_in_one_word"),
        ("knowledge", "0041_kept_copies"),
        ("knowledge", "0042_cases_of_other_networks"),
        ("knowledge", "0043_why_files_were_taken_away"),
        ("knowledge", "0044_case_adapted"),
        ("knowledge", "0045_solutions_of_other_networks"),
        ("knowledge", "0046_withdrawals_as_codes"),
        ("knowledge", "0047_scales_as_codes"),
        ("knowledge", "0048_words"),
        ("knowledge", "0049_clearer_words"),
        ("knowledge", "0050_stored_copies"),
        ("knowledge", "0051_choices_of_editors"),
        ("knowledge", "0052_leads_of_cases"),
        ("knowledge", "0053_measures_on_request"),
    ]

    initial = True

    dependencies = [
        ("cases", "0001_version_0_9"),
        ("network", "0001_version_0_9"),
    ]

    operations = [
        migrations.CreateModel(
            name='SolutionVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(blank=True, choices=[('lower-is-better', 'lower is better'), ('higher-is-better', 'higher is better')], default='', max_length=20)),
                ('is_main', models.BooleanField(default=False)),
                ('verdict', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('details', models.JSONField(default=dict)),
                ('cases', models.JSONField(default=dict)),
                ('rule_version', models.CharField(max_length=20)),
                ('since', models.DateTimeField()),
                ('measure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.measure')),
                ('solution', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to='cases.solution')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.unit')),
            ],
            options={
                'ordering': ['solution', '-is_main', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PanelVerdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('by_rule', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('members', models.JSONField(default=list)),
                ('reason', models.TextField()),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('cases', models.JSONField(default=dict)),
                ('given_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='panels', to='evidence.solutionverdict')),
            ],
            options={
                'ordering': ['verdict', '-given_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='VerdictChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('before', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('after', models.CharField(choices=[('works', 'Works'), ('probably-works', 'Probably works'), ('mixed', 'Mixed'), ('not-enough-evidence', 'Not enough evidence'), ('probably-does-not-work', 'Probably does not work'), ('does-harm', 'Does harm')], max_length=24)),
                ('line', models.PositiveSmallIntegerField()),
                ('rule_version', models.CharField(max_length=20)),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='evidence.solutionverdict')),
            ],
            options={
                'ordering': ['verdict', '-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='MethodResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=alliance.core.ids.new_public_id, editable=False, max_length=80, unique=True)),
                ('source', models.CharField(choices=[('process', 'process'), ('record', 'record'), ('check', 'check'), ('areas', 'areas')], max_length=10)),
                ('source_id', models.CharField(max_length=80)),
                ('title', models.CharField(max_length=160)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('sv', 'Svenska')], max_length=2)),
                ('ended_on', models.DateField()),
                ('is_synthetic', models.BooleanField(default=False)),
                ('measures', models.JSONField(default=list)),
                ('changed_at', models.DateTimeField()),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.city')),
                ('method', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='cases.method')),
            ],
            options={
                'ordering': ['-ended_on', '-id'],
                'constraints': [models.UniqueConstraint(fields=('source', 'source_id'), name='method_result_once'), models.CheckConstraint(condition=models.Q(('source_id', ''), _negated=True), name='method_result_of_something')],
            },
        ),
        migrations.AddConstraint(
            model_name='solutionverdict',
            constraint=models.UniqueConstraint(fields=('solution', 'measure', 'unit'), name='solution_verdict_once'),
        ),
        migrations.AddConstraint(
            model_name='solutionverdict',
            constraint=models.UniqueConstraint(condition=models.Q(('is_main', True)), fields=('solution',), name='solution_verdict_one_main'),
        ),
        migrations.AddConstraint(
            model_name='panelverdict',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('verdict',), name='panel_verdict_one_at_a_time'),
        ),
    ]
