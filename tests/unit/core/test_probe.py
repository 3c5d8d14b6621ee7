import pytest
@pytest.mark.django_db
def test_a(settings):
    from django.db import connection
    with connection.cursor() as c: c.execute("select 1")
    print(connection.settings_dict["NAME"], settings.HOME)
def test_b(): pass
