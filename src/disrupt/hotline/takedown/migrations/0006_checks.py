"""Looks at addresses, and what they say of them; addresses whose host was told are looked at from now on."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('takedown', '0005_notices_of_targets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('seen', models.CharField(choices=[('live', 'still there'), ('gone', 'not there'), ('soft_404', 'a page that says it is not there'), ('redirected', 'sent to another site'), ('login', 'behind a sign-in'), ('captcha', 'behind a challenge'), ('geo', 'blocked for legal reasons, perhaps only here'), ('unreachable', 'the name does not exist'), ('person', 'a person must look'), ('unknown', 'could not be seen')], max_length=12)),
                ('sign', models.CharField(help_text='by what it was judged', max_length=40)),
                ('rules', models.CharField(help_text='version of the signs', max_length=16)),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('hops', models.PositiveSmallIntegerField(default=0, help_text='redirects that were followed')),
                ('landed', models.CharField(blank=True, default='', help_text='HMAC of the last address', max_length=64)),
                ('size', models.PositiveIntegerField(default=0, help_text='bytes that were read')),
                ('reached', models.CharField(blank=True, default='', help_text="the host's network address", max_length=45)),
                ('tls_leaf', models.CharField(blank=True, default='', max_length=64)),
            ],
            options={
                'ordering': ('target', 'at'),
            },
        ),
        migrations.CreateModel(
            name='Probe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='HMAC of host and kind of address', max_length=64, unique=True)),
                ('at', models.DateTimeField()),
                ('shape', models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name='target',
            name='anchor_at',
            field=models.DateTimeField(blank=True, help_text='looks are counted from here', null=True),
        ),
        migrations.AddField(
            model_name='target',
            name='failing_since',
            field=models.DateTimeField(blank=True, help_text='nothing could be seen since', null=True),
        ),
        migrations.AddField(
            model_name='target',
            name='leaning',
            field=models.CharField(choices=[('unknown', 'not known yet'), ('live', 'still there'), ('gone', 'gone, seen twice')], default='unknown', help_text='as the last look says', max_length=8),
        ),
        migrations.AddField(
            model_name='target',
            name='leaning_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='target',
            name='look_at',
            field=models.DateTimeField(blank=True, help_text='the next look is due', null=True),
        ),
        migrations.AddField(
            model_name='target',
            name='look_claim',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.AddField(
            model_name='target',
            name='presence',
            field=models.CharField(choices=[('unknown', 'not known yet'), ('live', 'still there'), ('gone', 'gone, seen twice')], default='unknown', help_text='as two looks agreed', max_length=8),
        ),
        migrations.AddIndex(
            model_name='target',
            index=models.Index(fields=['look_at'], name='target_look'),
        ),
        migrations.AddField(
            model_name='check',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='takedown.target'),
        ),
        migrations.AddIndex(
            model_name='check',
            index=models.Index(fields=['target', 'at'], name='check_target'),
        ),
    ]
