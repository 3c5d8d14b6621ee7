"""The index as it is kept in the database; each process makes its arrays from these rows."""

from __future__ import annotations

from django.db import models


class IndexedDocument(models.Model):
    """One record in one language, analysed. All rows of a record have the same generation.

    `shown` holds what a list of hits needs, `terms` what finds it (see `search.stored`). The row
    of a record that is gone stays, marked and empty, so that processes learn of it.
    """

    kind = models.CharField(max_length=20)
    public_id = models.CharField(max_length=80)
    language = models.CharField(max_length=2)
    shown = models.JSONField(default=dict)
    terms = models.JSONField(default=dict)
    generation = models.PositiveIntegerField(db_index=True)
    deleted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "public_id", "language"], name="indexed_document_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id} ({self.language})"


class IndexState(models.Model):
    """How far the index has come: one row, with the primary key 1."""

    generation = models.PositiveIntegerField(default=0)
    # Random text of each of the last generations. A process or a file on disk whose generation
    # has another text comes from another history, such as one before a restored backup.
    stamps = models.JSONField(default=dict)
    # Acts of the audit trail up to this id are in the index, but for the missing ids in `gaps`:
    # their transactions had not ended (or had failed) when the index passed them.
    cursor = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=dict)
    # The analysis and the glossary that all rows were made by.
    version = models.CharField(max_length=40, blank=True, default="")
    refreshed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"generation {self.generation}"
