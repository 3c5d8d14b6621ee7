from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "alliance.knowledge"
    label = "knowledge"
