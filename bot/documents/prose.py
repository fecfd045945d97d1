"""The documents that are prose or a form: 申报表 (篇二), monthly and quarterly report in the manner of 篇三."""

from __future__ import annotations

from bot.documents.word import fill
from bot.model.documents import ApplicationForm
from bot.model.reports import WorkReport


def application(value: ApplicationForm) -> bytes:
    """申报表 as .docx."""
    return fill("application", f=value)


def monthly(value: WorkReport) -> bytes:
    """The work report of a month as .docx."""
    return fill("monthly", r=value)


def quarterly(value: WorkReport) -> bytes:
    """The work report of a quarter as .docx, with its months and the awards that were reviewed."""
    return fill("quarterly", r=value)
