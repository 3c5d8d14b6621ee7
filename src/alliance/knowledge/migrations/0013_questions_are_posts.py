from django.db import migrations


def move(apps, schema_editor):
    """Every question becomes a post on its case, of the same id; its answer the post to it."""
    Post = apps.get_model("network", "Post")
    questions = apps.get_model("knowledge", "Question").objects.select_related("case")
    for old in questions.order_by("asked_at", "id").iterator(chunk_size=500):
        about = {"kind": "case", "record_id": old.case.public_id}
        question = Post.objects.create(
            **about,
            public_id=old.public_id,
            text=old.text,
            language=old.language,
            author_id=old.asked_by_id,
            author_name=old.asked_by_name,
            at=old.asked_at,
            hidden_at=old.hidden_at,
            hidden_because=old.hidden_because,
        )
        if old.answered_at is not None:
            Post.objects.create(
                **about,
                answers=question,
                text=old.answer,
                language=old.answer_language,
                author_id=old.answered_by_id,
                author_name=old.answered_by_name,
                at=old.answered_at,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0012_plans_after_the_data"),
        ("network", "0012_answers_to_posts"),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        # All that was in the table stands in the posts; left there, it would outlive its people.
        migrations.DeleteModel(name="Question"),
        migrations.CreateModel(
            name="Question",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("network.post",),
        ),
    ]
