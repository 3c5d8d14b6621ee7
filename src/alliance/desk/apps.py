from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "alliance.desk"
    label = "desk"
