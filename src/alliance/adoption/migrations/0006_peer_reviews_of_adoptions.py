from django.db import migrations, models


def stated(apps, schema_editor):
    """Peer reviews that a team said looked at an adoption are of it, where one of its two teams
    asked for them."""
    Adoption = apps.get_model("adoption", "Adoption")
    PeerReview = apps.get_model("network", "PeerReview")
    links = apps.get_model("adoption", "Link").objects.filter(
        first_kind="peer-review", second_kind="agreement"
    )
    for review_id, adoption_id in links.values_list("first_id", "second_id"):
        review = PeerReview.objects.filter(public_id=review_id).first()
        adoption = Adoption.objects.filter(public_id=adoption_id).first()
        if review and adoption and review.host_id in (adoption.adopter_id, adoption.source_id):
            adoption.reviews.add(review)


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0005_things_at_ends_of_ties'),
        ('network', '0017_adoptions_are_discussed'),
    ]

    operations = [
        migrations.AddField(
            model_name='adoption',
            name='reviews',
            field=models.ManyToManyField(blank=True, related_name='adoptions', to='network.peerreview'),
        ),
        migrations.RunPython(stated, migrations.RunPython.noop),
    ]
