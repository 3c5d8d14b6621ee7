from django.apps import AppConfig


class AdoptionConfig(AppConfig):
    name = "alliance.adoption"
    label = "adoption"
