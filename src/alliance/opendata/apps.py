from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    name = "alliance.opendata"
    label = "opendata"
