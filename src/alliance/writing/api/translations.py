"""Addresses of translations in the API. People alone translate: a token stands for nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from alliance.cases.selectors.access import get_case_for, get_method_for, get_solution_for
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.network.api.authentication import PersonOnly
from alliance.network.api.common import LanguageCode
from alliance.network.api.writing import IF_MATCH, actor_in, expected_revision, set_etag
from alliance.writing.api.schemas import translations as schemas
from alliance.writing.selectors.translations import translation_page
from alliance.writing.services import translations as services
from alliance.writing.translation_fields import Translatable, kind_of

router = Router(tags=["translations"], auth=PersonOnly())
_GETTERS: dict[str, Callable[..., Translatable]] = {
    "cases": get_case_for,
    "solutions": get_solution_for,
    "methods": get_method_for,
}


def _translation_payload(
    actor: Actor, record: Translatable, to: LanguageCode, response: HttpResponse
) -> dict[str, Any]:
    """The record beside its translation, to those who write or review it."""
    # Read anew: a service has written since it came through the door.
    record = type(record).objects.prefetch_related("texts").get(pk=record.pk)
    page = translation_page(actor, record, to)
    if not (page.may_write or page.may_review):
        raise NotAllowed(page.refusal)
    set_etag(response, page.revision)
    same = (
        "language", "revision", "is_reviewed", "behind", "may_write", "may_review",
    )  # fmt: skip
    return {name: getattr(page, name) for name in same} | {
        "id": record.public_id,
        "kind": page.kind.name,
        "original_language": page.original.language,
        "original_revision": page.original.revision,
        "original": page.kind.words(page.original),
        "texts": {} if page.row is None else page.kind.words(page.row),
    }


def _revision(record: Translatable, to: str) -> int:
    """The revision of the translation as it stands, 0 where there is none."""
    row = record.texts.filter(language=to).first()
    return row.revision if row is not None else 0


def _add_kind(plural: str, singular: str) -> None:
    """Give the translations of one kind of record their addresses."""
    get_record, name = _GETTERS[plural], singular.capitalize()
    path = f"/{plural}/{{id}}/translations/{{language}}"

    def get(
        request: HttpRequest, id: str, language: LanguageCode, response: HttpResponse
    ) -> dict[str, Any]:
        actor = actor_in(request)
        return _translation_payload(actor, get_record(actor, id), language, response)

    def save(
        request: HttpRequest,
        id: str,
        language: LanguageCode,
        body: schemas.SaveTranslation,
        response: HttpResponse,
    ) -> dict[str, Any]:
        actor = actor_in(request)
        record = get_record(actor, id)
        unknown = set(body.texts) - {field.name for field in kind_of(record).fields}
        if unknown:
            raise InvalidData(Fault(f"texts.{key}", "unknown-field") for key in sorted(unknown))
        services.save_translation(
            record,
            language=language,
            texts=body.texts,
            expected_revision=expected_revision(request, _revision(record, language)),
            source_revision=body.source_revision,
            actor=actor,
            at=clock.now(),
        )
        return _translation_payload(actor, record, language, response)

    def confirm(
        request: HttpRequest,
        id: str,
        language: LanguageCode,
        body: schemas.ConfirmTranslation,
        response: HttpResponse,
    ) -> dict[str, Any]:
        actor = actor_in(request)
        record = get_record(actor, id)
        services.confirm_translation(
            record,
            language=language,
            expected_revision=expected_revision(request, _revision(record, language)),
            source_revision=body.source_revision,
            actor=actor,
            at=clock.now(),
        )
        return _translation_payload(actor, record, language, response)

    def review(
        request: HttpRequest, id: str, language: LanguageCode, response: HttpResponse
    ) -> dict[str, Any]:
        actor = actor_in(request)
        record = get_record(actor, id)
        services.review_translation(
            record,
            language=language,
            expected_revision=expected_revision(request, _revision(record, language)),
            actor=actor,
            at=clock.now(),
        )
        return _translation_payload(actor, record, language, response)

    for function, act in ((get, "get"), (save, "save"), (confirm, "confirm"), (review, "review")):
        # Addresses are told apart by the names of their functions.
        function.__name__ = f"{act}_{singular}_translation"
    router.get(
        path,
        response=schemas.Translation,
        operation_id=f"get{name}Translation",
        summary=f"A {singular} and its translation",
        description="The words of the original and of the translation, field by field. The ETag "
        "names the state of the translation, 0 where there is none yet.",
    )(get)
    router.put(
        path,
        response=schemas.Translation,
        operation_id=f"save{name}Translation",
        summary=f"Translate a {singular}",
        description="Write the translation, whole; what was reviewed is to be reviewed again. "
        "Where the original was edited meanwhile, the translation is saved and shows as behind.",
        openapi_extra=IF_MATCH,
    )(save)
    router.post(
        f"{path}/confirm",
        response=schemas.Translation,
        operation_id=f"confirm{name}Translation",
        summary="Say that a translation still matches",
        description="Say that no word of the translation need be changed for the edits of the "
        "original up to `source_revision`.",
        openapi_extra=IF_MATCH,
    )(confirm)
    router.post(
        f"{path}/review",
        response=schemas.Translation,
        operation_id=f"review{name}Translation",
        summary="Say that a translation is right",
        description="Mark a translation as reviewed, as somebody who did not write it.",
        openapi_extra=IF_MATCH,
    )(review)


for plural, singular in (("cases", "case"), ("solutions", "solution"), ("methods", "method")):
    _add_kind(plural, singular)
