"""Tasks that an agreement begins with become codes; what people wrote stays as it is."""

from typing import Any

from django.db import migrations

#: What each task has been called so far, in three languages.
_TITLES = {
    "talk": (
        "Talk: what the record does not tell",
        "Parler de ce que la fiche ne dit pas",
        "Tala om det som inte står i fallet",
        "Talk about what the case does not cover",
        "Échanger sur les points absents du cas",
        "Prata om det som inte framgår av fallet",
    ),
    "share": (
        "Hand over documents, contracts and data",
        "Transmettre documents, contrats et données",
        "Lämna över dokument, avtal och data",
        "Share documents, contracts and data",
        "Transmettre les documents, les contrats et les données",
        "Dela dokument, avtal och data",
    ),
    "conditions": (
        "Check which conditions are met at home",
        "Vérifier quelles conditions sont réunies chez soi",
        "Pröva vilka villkor som är uppfyllda hemma",
        "Check which conditions your city meets",
        "Vérifier quelles conditions votre ville remplit",
        "Kontrollera vilka villkor er stad uppfyller",
    ),
    "decide": (
        "Decide, with budget and who answers for it",
        "Décider, avec le budget et la personne responsable",
        "Besluta, med budget och vem som ansvarar",
        "Decide, with a budget and a person responsible",
        "Décider, avec un budget et un responsable",
        "Fatta beslut, med budget och ansvarig",
    ),
    "start": (
        "Start, with a baseline measured before",
        "Commencer, après avoir mesuré la situation de départ",
        "Börja, med utgångsläget mätt före",
        "Start, once the baseline has been measured",
        "Démarrer, une fois la situation de départ mesurée",
        "Starta när utgångsläget är mätt",
    ),
    "measure": (
        "Measure as the first city did",
        "Mesurer comme l’a fait la première ville",
        "Mäta som den första staden gjorde",
        "Measure in the same way as the first city",
        "Mesurer de la même façon que la première ville",
        "Mät på samma sätt som den första staden",
    ),
    "publish": (
        "Publish the result, even if it failed",
        "Publier le résultat, même en cas d’échec",
        "Publicera resultatet, också om det misslyckades",
        "Publicera resultatet, även om det misslyckades",
    ),
}


def to_codes(apps: Any, schema_editor: Any) -> None:
    steps = apps.get_model("adoption", "AdoptionStep").objects
    for code, titles in _TITLES.items():
        steps.filter(title__in=titles).update(title=code)


class Migration(migrations.Migration):

    dependencies = [
        ('adoption', '0012_kinds_of_things'),
    ]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
    ]
