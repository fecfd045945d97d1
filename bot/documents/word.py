"""Word documents: a template that an office can edit (``templates/documents/*.docx``, Jinja2 in it) → a file."""

from __future__ import annotations

from io import BytesIO

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot import words
from bot.documents.written import day, moment, points, share, written

FOLDER = words.ROOT / "documents"
PARAGRAPH = "\a"
"""What docxtpl makes a new paragraph of, with the look of the one that it stands in."""


def fill(template: str, **values: object) -> bytes:
    """The template with these values in it; what they say is text, whatever signs it has.

    Raises:
        ValueError: the template was edited so that it cannot be filled.
    """
    file = DocxTemplate(FOLDER / f"{template}.docx")
    try:
        file.render(values, _environment(), autoescape=True)
    except TemplateError as why:
        message = f"templates/documents/{template}.docx: {why}"
        raise ValueError(message) from why
    buffer = BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _environment() -> ImmutableSandboxedEnvironment:
    """A template only writes down what it is given: a misspelt name is an error, and nothing of ours can be called."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_paragraphs)
    environment.filters.update(day=day, moment=moment, points=points, share=share)
    return environment


def _paragraphs(value: object) -> object:
    """Every value as text, its lines as paragraphs; an undefined one is left for Jinja to complain of."""
    if isinstance(value, StrictUndefined):
        return value
    lines = written(value).split("\n")
    return PARAGRAPH.join(line for line in lines if line.strip()) if len(lines) > 1 else lines[0]
