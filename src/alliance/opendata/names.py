"""The names of tables and formats, without Django so that the command line starts fast."""

TABLES = (
    "cases",
    "effects",
    "nulls",
    "amounts",
    "sources",
    "solutions",
    "costs",
    "national_schemes",
    "disputes",
    "methods",
    "cities",
    "organisations",
    "measures",
    "units",
    "codebook",
)
FORMATS = ("csv", "json", "xlsx")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
#: Formats of a citation by file extension: name and media type.
CITATION_FORMATS = {
    "bib": ("BibTeX", "application/x-bibtex; charset=utf-8"),
    "ris": ("RIS", "application/x-research-info-systems; charset=utf-8"),
    "json": ("CSL-JSON", "application/vnd.citationstyles.csl+json; charset=utf-8"),
}
