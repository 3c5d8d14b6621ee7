"""Page addresses of the knowledge base, below the language prefix."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from alliance.knowledge.views import cases, evidence_map, methods, panels, places, solutions
from alliance.knowledge.views import solutions as grade
from alliance.knowledge.views import solutions as topics
from alliance.writing.views import (
    fact_checks,
    files,
    freshness,
    imports,
    questions,
    reviewing,
    translations,
    withdrawing,
)
from alliance.writing.views.writing import conflict, overview, start, steps

urlpatterns = [
    # People shorten addresses; the list of all cases is the finder.
    path("cases/", cases.all_cases, name="cases"),
    path("cases/<str:public_id>/", cases.case, name="case"),
    path("cases/<str:public_id>/sources/<int:position>/", cases.stored_copy, name="kept-copy"),
    path("cases/<str:public_id>/versions/", cases.case_versions, name="case-versions"),
    path("cases/<str:public_id>/versions/<int:number>/", cases.case_version, name="case-version"),
    path(
        "cases/<str:public_id>/versions/diff",
        cases.case_version_diff,
        name="case-version-diff",
    ),
    path("cases/<str:public_id>/confirm", freshness.Confirm.as_view(), name="case-confirm"),
    path("cases/<str:public_id>/facts", fact_checks.CheckFacts.as_view(), name="case-facts"),
    path("team/<str:public_id>/facts", fact_checks.team_facts, name="team-facts"),
    path("cases/<str:public_id>/withdraw", withdrawing.Withdraw.as_view(), name="case-withdraw"),
    path("cases/<str:public_id>/restore", withdrawing.Restore.as_view(), name="case-restore"),
    path(
        "cases/<str:public_id>/files/<str:published_id>/remove",
        files.RemovePublished.as_view(),
        name="case-file-remove",
    ),
    path("cases/<str:public_id>/ask", questions.Ask.as_view(), name="case-ask"),
    path("questions/", questions.question_index, name="questions"),
    path("questions/<str:public_id>/", questions.question, name="question"),
    path("questions/<str:public_id>/answer", questions.Answer.as_view(), name="question-answer"),
    path("review/", reviewing.queue, name="review-queue"),
    path("review/<str:public_id>/", reviewing.review, name="review"),
    path("review/<str:public_id>/changes", reviewing.changes, name="review-changes"),
    path("review/<str:public_id>/name", reviewing.NameReviewer.as_view(), name="review-name"),
    path("confirm/<str:secret>/", freshness.confirm_by_link, name="confirm-by-link"),
    path("write/import/table.csv", imports.empty, name="import-table"),
    path("write/import/", imports.import_cases, name="import-cases"),
    path("write/import/<str:public_id>/", imports.import_file, name="import-file"),
    path("write/import/<str:public_id>/drop", imports.drop, name="import-drop"),
    path("write/<str:public_id>/files/", files.DraftFiles.as_view(), name="draft-files"),
    path(
        "write/<str:public_id>/files/<str:file_id>/remove",
        files.RemoveFile.as_view(),
        name="draft-file-remove",
    ),
    path("files/<str:file_id>", files.file, name="file"),
    path("write/", start.drafts, name="write"),
    path("write/new", start.new, name="write-new"),
    path("write/<str:public_id>/", overview.overview, name="draft"),
    path("write/<str:public_id>/history/", overview.history, name="draft-history"),
    path("write/<str:public_id>/preview/", overview.preview, name="draft-preview"),
    path("write/<str:public_id>/submit", overview.submit, name="draft-submit"),
    path("write/<str:public_id>/take-back", overview.take_back, name="draft-take-back"),
    path("write/<str:public_id>/drop", overview.drop, name="draft-drop"),
    path("write/<str:public_id>/reopen", overview.reopen, name="draft-reopen"),
    path("write/<str:public_id>/rebase", conflict.rebase, name="draft-rebase"),
    path("write/<str:public_id>/merge", conflict.merge, name="draft-merge"),
    path(
        "write/<str:public_id>/remarks/<int:remark>/resolve",
        overview.resolve,
        name="draft-remark-resolve",
    ),
    path("write/<str:public_id>/<str:step>/", steps.step, name="draft-step"),
    path("cases/<str:public_id>/change", start.change_case, name="case-change"),
    path(
        "cases/<str:public_id>/translate/<str:to>",
        translations.translate,
        {"kind": "case"},
        name="case-translate",
    ),
    path(
        "solutions/<str:public_id>/translate/<str:to>",
        translations.translate,
        {"kind": "solution"},
        name="solution-translate",
    ),
    path(
        "methods/<str:public_id>/translate/<str:to>",
        translations.translate,
        {"kind": "method"},
        name="method-translate",
    ),
    path("translations/", translations.translations, name="translations"),
    path("compare", cases.compare, name="compare"),
    # People add a slash, as most other pages have one.
    path(
        "compare/",
        RedirectView.as_view(pattern_name="knowledge:compare", permanent=True, query_string=True),
    ),
    path("solutions/", solutions.solution_list, name="solutions"),
    path("solutions/<str:public_id>/panel", panels.SetPanel.as_view(), name="solution-panel"),
    path("solutions/<str:public_id>/facts", panels.SetFacts.as_view(), name="solution-facts"),
    path(
        "solutions/<str:public_id>/editorial",
        panels.SetEditorial.as_view(),
        name="solution-editorial",
    ),
    path("solutions/<str:public_id>/panel/end", panels.EndPanel.as_view(), name="panel-end"),
    path("solutions/<str:public_id>/", solutions.solution, name="solution"),
    path(
        "solutions/<str:public_id>/costs/<int:position>/source/",
        solutions.cost_copy,
        name="cost-copy",
    ),
    path("topics/", topics.topic_list, name="topics"),
    path("topics/<str:code>/", topics.topic, name="topic"),
    path("cities/", places.city_list, name="city-list"),
    path("cities/<str:public_id>/", places.city, name="city"),
    path("organisations/", places.organisation_list, name="organisations"),
    path("organisations/<str:public_id>/", places.organisation, name="organisation"),
    path("methods/", methods.method_list, name="methods"),
    path("methods/<str:public_id>/", methods.method, name="method"),
    path("evidence/map", evidence_map.page, name="evidence-map"),
    path("evidence/map.<str:form>", evidence_map.download, name="evidence-map-file"),
    path("evidence-grade/", grade.evidence_grade, name="evidence-grade"),
]
