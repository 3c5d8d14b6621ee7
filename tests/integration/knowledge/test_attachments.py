"""Files stay with their team until the case is published, and go when they are taken away."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from alliance.core.errors import InvalidData
from alliance.writing import file_checks
from alliance.writing.models import Attachment
from alliance.writing.services import attachments, drafts
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def editor():
    lay_ground()
    user = person("Elin Berg")
    join(user, team("umea"))
    return user


@pytest.fixture
def draft(editor):
    return drafts.start_draft(
        team("umea"), language="sv", actor=acting(editor), at=NOW, content=document()
    )


def add(draft, editor, content=b"ort;v\nA;1", name="../data.csv") -> Attachment:
    return attachments.attach(
        draft, title="Räkning", name=name, content=content, actor=acting(editor), at=NOW
    )


def test_only_the_team_reads_a_file_of_a_draft(draft, editor, client):
    file = add(draft, editor)
    assert file.file_name == "data.csv"
    assert attachments.FILES.path_of(file.sha256).stat().st_mode & 0o077 == 0
    path = f"/sv/files/{file.public_id}"
    assert client.get(path).status_code == 404
    client.force_login(person("Olle Ek"))
    assert client.get(path).status_code == 404
    client.force_login(editor)
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert b"".join(answer.streaming_content) == b"ort;v\nA;1"


def test_a_file_is_everybodys_once_its_case_is_published(draft, editor, client):
    file = add(draft, editor)
    drafts.publish_draft(draft, actor=acting(editor), at=NOW)
    assert client.get(f"/en/files/{file.public_id}").status_code == 200
    # Readers find it on the page of the case, and programs in the API.
    case = Attachment.objects.get().case
    page = client.get(f"/en/cases/{case.public_id}/").content.decode()
    assert f'href="/en/files/{file.public_id}"' in page
    assert "data.csv" in page
    assert "Remove" not in page
    told = client.get(f"/api/v1/cases/{case.public_id}").json()["files"]
    assert [(one["id"], one["sha256"]) for one in told] == [(file.public_id, file.sha256)]
    assert client.get(told[0]["links"]["content"]).status_code == 200


def test_the_preview_shows_the_files_and_not_those_of_a_hidden_city(draft, editor, client):
    add(draft, editor)
    client.force_login(editor)
    page = f"/en/write/{draft.public_id}/preview/"
    assert "data.csv" in client.get(page).content.decode()
    draft.content["is_masked"] = True
    draft.save()
    assert "data.csv" not in client.get(page).content.decode()


def test_the_team_takes_a_file_from_the_published_case(
    draft, editor, client, django_capture_on_commit_callbacks
):
    file = add(draft, editor)
    case = drafts.publish_draft(draft, actor=acting(editor), at=NOW)
    address = f"/en/cases/{case.public_id}/files/{file.public_id}/remove"
    client.force_login(person("Olle Ek"))
    assert client.post(address).status_code == 404
    client.force_login(editor)
    assert address in client.get(f"/en/cases/{case.public_id}/").content.decode()
    versions = f"/en/cases/{case.public_id}/versions/"
    # Without a reason nothing is done, and the page says so.
    assert "Removed files" not in page_text(client, versions)
    client.post(address, {"reason": " ", "sure": "1"})
    # A page asks once more, and takes along all that was typed.
    asked = client.post(address, {"reason": "Wrong year.", "ticked": ["a", "b"]}).content.decode()
    for name, value in (("reason", "Wrong year."), ("ticked", "a"), ("ticked", "b")):
        assert f'name="{name}" value="{value}"' in asked
    assert client.get(f"/en/files/{file.public_id}").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        yes = {"reason": "Wrong year.", "sure": "1"}
        assert client.post(address, yes).status_code == 302
    assert client.post(address, yes).status_code == 404
    # Its team can still open it; readers see that it was there, and why it is not.
    assert client.get(f"/en/files/{file.public_id}").status_code == 200
    client.logout()
    assert client.get(f"/en/files/{file.public_id}").status_code == 404
    assert "Wrong year." in page_text(client, versions)
    assert attachments.FILES.path_of(file.sha256).exists()
    assert client.get(f"/api/v1/cases/{case.public_id}").json()["files"] == []


def test_a_change_adds_to_the_files_of_the_case_up_to_twenty(draft, editor, client):
    for n in range(file_checks.MOST_FILES - 1):
        add(draft, editor, f"file {n}".encode())
    case = drafts.publish_draft(draft, actor=acting(editor), at=NOW)
    change = drafts.start_draft(
        team("umea"), language="sv", case=case, actor=acting(editor), at=NOW
    )
    client.force_login(editor)
    page = client.get(f"/en/write/{change.public_id}/files/").content.decode()
    assert (
        "These files have already been published with the case. You can remove "
        "them on the case page."
    ) in page
    add(change, editor, b"the twentieth")
    with pytest.raises(InvalidData):
        add(change, editor, b"one more")


def test_a_file_of_a_masked_case_is_never_published(draft, editor, client):
    draft.content["is_masked"] = True
    draft.save()
    file = add(draft, editor)
    drafts.publish_draft(draft, actor=acting(editor), at=NOW)
    assert client.get(f"/en/files/{file.public_id}").status_code == 404


def test_the_same_file_twice_is_one_and_its_content_goes_with_the_last(
    draft, editor, django_capture_on_commit_callbacks
):
    file = add(draft, editor)
    assert add(draft, editor) == file
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(file, actor=acting(editor), at=NOW)
    assert not attachments.FILES.path_of(file.sha256).exists()


def test_no_more_than_twenty_files(draft, editor):
    for n in range(file_checks.MOST_FILES):
        add(draft, editor, f"file {n}".encode())
    with pytest.raises(InvalidData) as caught:
        add(draft, editor, b"one more")
    assert "at most 20 files" in str(caught.value)


def test_adding_and_taking_away_on_the_page(draft, editor, client):
    page = f"/en/write/{draft.public_id}/files/"
    assert client.get(page).status_code == 302
    client.force_login(editor)
    script = SimpleUploadedFile("x.pdf", b"<script>alert(1)</script>")
    refused = client.post(page, {"file": script, "title": "My <title>"})
    assert refused.status_code == 422
    assert "The file is a page or a script" in refused.content.decode()
    assert "My &lt;title&gt;" in refused.content.decode(), "what was typed is kept"
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"file": SimpleUploadedFile("x.csv", b"a;1")}).status_code == 302
    file = Attachment.objects.get()
    asked = client.post(f"{page}{file.public_id}/remove").content.decode()
    assert "Delete this file?" in asked and f'href="{page}"' in asked, "and leads back"
    assert Attachment.objects.filter(removed_at=None).exists()
    assert client.post(f"{page}{file.public_id}/remove", {"sure": "1"}).status_code == 302
    assert client.post(f"{page}{file.public_id}/remove", {"sure": "1"}).status_code == 404


def test_an_upload_beyond_the_limit_is_ended_while_it_arrives(draft, editor, client, monkeypatch):
    from alliance.web import uploads

    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000)
    client.force_login(editor)
    page = f"/en/write/{draft.public_id}/files/"
    answer = client.post(page, {"file": SimpleUploadedFile("x.txt", b"a" * 2_000)})
    assert answer.status_code == 422
    assert not Attachment.objects.exists()


def photo(side: int = 2_000) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "The photographer's name"
    Image.new("RGB", (side, side // 2), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


SAID = {
    "alt_text": 'En tom "gata" med skylt',
    "credit": "Elin Berg, Umeå kommun",
    "licence": "CC-BY-4.0",
}


def test_a_described_picture_is_shown_on_the_page_of_the_case(draft, editor, client):
    client.force_login(editor)
    page = f"/en/write/{draft.public_id}/files/"
    sent = {"file": SimpleUploadedFile("gata.jpg", photo()), "title": "Gatan"}
    # All of it or nothing.
    for name in SAID:
        sent["file"].seek(0)
        assert client.post(page, {**sent, **SAID, name: ""}).status_code == 422
    sent["file"].seek(0)
    assert client.post(page, {**sent, **SAID}).status_code == 302
    row = Attachment.objects.get()
    with Image.open(attachments.FILES.path_of(row.sha256)) as kept:
        assert kept.size == (1_600, 800) and not kept.getexif()
    shown = f'<img src="/en/files/{row.public_id}" alt="En tom &quot;gata&quot; med skylt"'
    assert shown in client.get(f"/en/write/{draft.public_id}/preview/").text
    client.logout()
    case = drafts.publish_draft(draft, actor=acting(editor), at=NOW)
    html = client.get(f"/en/cases/{case.public_id}/").text
    assert shown in html and 'lang="sv"' in html[html.index("<figure") :].partition(">")[0]
    assert "Gatan. Elin Berg, Umeå kommun, CC BY 4.0" in html
    assert client.get(f"/en/files/{row.public_id}")["Content-Type"] == "image/jpeg"
    (told,) = client.get(f"/api/v1/cases/{case.public_id}").json()["files"]
    assert SAID.items() <= told.items()


def test_a_picture_without_a_description_is_a_file_and_no_other_file_has_one(draft, editor, client):
    row = add(draft, editor, photo(100), "gata.jpg")
    with Image.open(attachments.FILES.path_of(row.sha256)) as kept:
        assert kept.size == (100, 50)
    with pytest.raises(InvalidData) as caught:
        attachments.attach(
            draft, title="", name="x.csv", content=b"a;1", actor=acting(editor), at=NOW,
            description=attachments.Description(**SAID),
        )  # fmt: skip
    assert "Only pictures have alt text. Leave alt text, credit and licence blank." in str(
        caught.value
    )
    case = drafts.publish_draft(draft, actor=acting(editor), at=NOW)
    html = client.get(f"/en/cases/{case.public_id}/").text
    assert "<figure" not in html and f'href="/en/files/{row.public_id}"' in html
