from django.apps import AppConfig


class ThreadConfig(AppConfig):
    name = "alliance.thread"
    label = "thread"
