"""URLs of briefs and reports, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.reports.views import briefs, reports

app_name = "reports"

urlpatterns = [
    path("cases/<str:public_id>/brief.pdf", briefs.case_brief, name="case-brief"),
    path("solutions/<str:public_id>/brief.pdf", briefs.solution_brief, name="solution-brief"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/new", reports.New.as_view(), name="new"),
    path("reports/<str:public_id>/", reports.report, name="report"),
    path("reports/<str:public_id>/write", reports.write_page, name="write"),
    path("reports/<str:public_id>/build", reports.Build.as_view(), name="build"),
    path("reports/<str:public_id>/publish", reports.Publish.as_view(), name="publish"),
    path(
        "reports/<str:public_id>/chapters/<slug:chapter>",
        reports.WriteChapter.as_view(),
        name="chapter",
    ),
    path("reports/<str:public_id>/editions/<int:number>/", reports.report, name="edition"),
    path(
        "reports/<str:public_id>/editions/<int:number>/sources/<int:copy_number>/",
        reports.stored_copy,
        name="copy",
    ),
    path(
        "reports/<str:public_id>/editions/<int:number>/report.pdf",
        reports.report_pdf,
        name="pdf",
    ),
    path(
        "reports/<str:public_id>/editions/<int:number>/annex.zip",
        reports.report_annex,
        name="annex",
    ),
]
