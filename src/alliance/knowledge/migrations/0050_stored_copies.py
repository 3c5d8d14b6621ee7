from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0049_clearer_words")]

    operations = [
        migrations.AlterModelTable("KeptCopy", "knowledge_keptcopy"),
        migrations.RenameModel("KeptCopy", "StoredCopy"),
    ]
