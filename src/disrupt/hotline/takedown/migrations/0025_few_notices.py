"""Indexes of what is few among millions of notices, and what hosts do, as the worker counted it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('takedown', '0024_looks_and_origins'),
    ]

    operations = [
        migrations.CreateModel(
            name='HostFigures',
            fields=[
                ('name', models.CharField(help_text='as in its notices', max_length=120, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField(help_text='it is counted anew then')),
                ('counted_at', models.DateTimeField(blank=True, null=True)),
                ('sent', models.PositiveIntegerField(default=0)),
                ('receipts', models.PositiveIntegerField(default=0)),
                ('removed', models.PositiveIntegerField(default=0)),
                ('open', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('not_theirs', models.PositiveIntegerField(default=0)),
                ('bounced', models.PositiveIntegerField(default=0)),
                ('reminders', models.PositiveIntegerField(default=0)),
                ('came_back', models.PositiveIntegerField(default=0)),
                ('median', models.FloatField(blank=True, null=True)),
                ('p90', models.FloatField(blank=True, null=True)),
            ],
        ),
        migrations.AlterField(
            model_name='notice',
            name='within',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='takedown.notice'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('within__isnull', False)), fields=['within'], name='notice_within'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['-created_at', 'due_at'], name='notice_newest'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['state', '-created_at', 'due_at'], name='notice_newest_state'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['recipient', '-created_at', 'due_at'], name='notice_newest_to'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['recipient', 'state', '-created_at', 'due_at'], name='notice_newest_to_state'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['host', '-created_at', 'due_at'], name='notice_newest_host'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['step', 'name', '-sent_at'], name='notice_told'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('decision', 'declined')), fields=['name', '-sent_at'], name='notice_declined'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('decision', ''), ('state', 'sent'), models.Q(('step', 'police'), _negated=True), models.Q(('action', 'removed'), _negated=True)), fields=['step', 'name', '-sent_at'], name='notice_open'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('state', 'sent'), ('stays_told_at', None), ('step', 'host'), models.Q(('action', 'removed'), _negated=True)), fields=['sent_at'], name='notice_stays'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('decision', 'other'), ('state', 'sent'), ('step', 'host')), fields=['decision', 'target'], name='notice_asked'),
        ),
        migrations.AddIndex(
            model_name='target',
            index=models.Index(condition=models.Q(('failing_since__isnull', False)), fields=['failing_since'], name='target_failing'),
        ),
        migrations.AddIndex(
            model_name='hostfigures',
            index=models.Index(fields=['due_at'], name='host_figures_due'),
        ),
    ]
