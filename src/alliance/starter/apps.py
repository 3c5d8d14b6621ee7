from django.apps import AppConfig


class StarterConfig(AppConfig):
    name = "alliance.starter"
    label = "starter"
