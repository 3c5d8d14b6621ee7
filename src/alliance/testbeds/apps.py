from django.apps import AppConfig


class TestbedsConfig(AppConfig):
    name = "alliance.testbeds"
    label = "testbeds"
