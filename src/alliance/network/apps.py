from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "alliance.network"
    label = "network"
