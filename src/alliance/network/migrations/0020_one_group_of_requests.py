from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0019_moderation'),
    ]

    operations = [
        migrations.AddField(
            model_name='joinrequest',
            name='name_key',
            field=models.CharField(blank=True, default='', editable=False, max_length=160),
        ),
        migrations.AddField(
            model_name='joinrequest',
            name='reference_key',
            field=models.CharField(blank=True, default='', editable=False, max_length=200),
        ),
        migrations.AddConstraint(
            model_name='joinrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at', None), models.Q(('name_key', ''), _negated=True)), fields=('country', 'name_key'), name='join_request_one_open_name'),
        ),
        migrations.AddConstraint(
            model_name='joinrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at', None), models.Q(('reference_key', ''), _negated=True)), fields=('country', 'reference_key'), name='join_request_one_open_reference'),
        ),
    ]
