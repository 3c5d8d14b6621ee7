"""The tables and formats there are. Needs no Django, so that the command line answers at once."""

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
#: Formats of a reference by the end of the file name: the name, and the media type.
CITATION_FORMATS = {
    "bib": ("BibTeX", "application/x-bibtex; charset=utf-8"),
    "ris": ("RIS", "application/x-research-info-systems; charset=utf-8"),
    "json": ("CSL-JSON", "application/vnd.citationstyles.csl+json; charset=utf-8"),
}
