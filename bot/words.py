"""(key, values, locale) → text, through templates: one file a key and locale, with all that a person reads of it.

A file has a text and, after lines of the form ``--- NAME``, further parts: ``choices`` (``value: label | synonym,
synonym``), ``help`` (shown when somebody asks what is meant), ``again`` (shown when an answer was not readable).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from bot.model import Locale

if TYPE_CHECKING:
    from jinja2 import Template

ROOT = Path(__file__).parent / "templates"
_PART = re.compile(r"^--- (\w+)$", re.MULTILINE)
_WEEKDAYS = {
    Locale.ZH: ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    Locale.EN: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Choice(NamedTuple):
    """A choice as it is read: its label, and the other words that mean it."""

    label: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One template file: its parts, compiled when first asked for."""

    locale: Locale
    parts: Mapping[str, str]

    @cached_property
    def templates(self) -> dict[str, Template]:
        """The parts that are prose."""
        return {
            name: _environment(self.locale).from_string(source)
            for name, source in self.parts.items()
            if name != "choices"
        }

    @cached_property
    def choices(self) -> dict[str, Choice]:
        """The labels, by option value."""
        found = {}
        for row in self.parts.get("choices", "").splitlines():
            value, colon, rest = row.partition(":")
            if colon:
                bar = rest.find("|", rest.rfind("}}") + 1)  # a bar inside braces is a filter's
                label, synonyms = (rest, "") if bar < 0 else (rest[:bar], rest[bar + 1 :])
                words = tuple(word.strip() for word in synonyms.split(",") if word.strip())
                found[value.strip()] = Choice(label.strip(), words)
        return found


def text(key: str, locale: Locale, values: Mapping[str, object] | None = None, part: str = "text") -> str:
    """The words of ``key``, or an empty string where it has no such part.

    Raises:
        KeyError: no template of that key.
        jinja2.UndefinedError: the template needs a value that was not given.
    """
    template = entry(key, locale).templates.get(part)
    return "" if template is None else template.render(values or {}).strip()


def label(key: str, locale: Locale, value: str, values: Mapping[str, object] | None = None) -> str:
    """What the button for ``value`` says; the value itself where the file names no label."""
    choice = entry(key, locale).choices.get(value)
    if choice is None:
        return value
    if "{{" not in choice.label:
        return choice.label
    return _label(locale, choice.label).render(values or {})


@cache
def _label(locale: Locale, source: str) -> Template:
    return _environment(locale).from_string(source)


def matches(key: str, locale: Locale, said: str, among: Iterable[str]) -> str | None:
    """The option that ``said`` names by its label or a synonym, whatever its signs, case and width; None if none."""
    wanted = plain(said)
    choices = entry(key, locale).choices
    for value in among:
        choice = choices.get(value)
        if choice and (wanted in _spoken(choice) or wanted == plain(value)):
            return value
    return None


@cache
def _spoken(choice: Choice) -> frozenset[str]:
    """What a person may type for a choice, as it is compared."""
    return frozenset({plain(choice.label), *map(plain, choice.synonyms)})


def plain(said: str) -> str:
    """``said`` without signs, spaces, case and width: what is compared when a person types a label."""
    if said.isascii() and said.isalnum():
        return said.lower()
    import unicodedata  # noqa: PLC0415 - a rarely needed import kept off the start-up path

    folded = unicodedata.normalize("NFKC", said).casefold()
    return "".join(character for character in folded if character.isalnum())


@cache
def entry(key: str, locale: Locale) -> Entry:
    """The file of ``key``, read once.

    Raises:
        KeyError: there is none.
    """
    path = ROOT / locale.value / f"{key}.j2"
    if not path.is_file():
        raise KeyError(key)
    pieces = _PART.split(path.read_text(encoding="utf-8"))
    return Entry(locale, {"text": pieces[0], **dict(zip(pieces[1::2], pieces[2::2], strict=True))})


def keys(locale: Locale) -> frozenset[str]:
    """Every key that has a template."""
    root = ROOT / locale.value
    return frozenset(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.j2"))


@cache
def _environment(locale: Locale) -> Environment:
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - plain text; each channel escapes for itself
    environment.filters.update(
        day=lambda value: day(value, locale),
        weekday=lambda value: weekday(value, locale),
        clock=clock,
        names=("、" if locale is Locale.ZH else ", ").join,
        kind=_kind_in(locale),
        symptom=lambda value: label("case_notice/symptoms", locale, value),
        role=lambda value: label("roles", locale, value),
        level=lambda value: label("levels", locale, value),
        command=lambda value: label("commands", locale, value),
        counted=counted,
    )
    return environment


def _kind_in(locale: Locale) -> Callable[[Context, str], str]:
    """What a kind is called: the pack's own word, which the brief, or the message itself, brings; else the bot's."""

    @pass_context
    def kind(context: Context, value: str) -> str:
        brief, labels = context.get("brief"), context.get("labels")
        mine = brief.labels.get(value) if brief is not None else None
        theirs = labels.get(value, {}).get(locale.value) if labels is not None else None
        return mine or theirs or label("kinds", locale, value)

    return kind


def counted(number: object, one: str, many: str = "") -> str:
    """So many of something, as English says it: ``1 place``, ``2 places``, ``1 person``, ``0 people``."""
    return f"{number} {one if str(number) == '1' else many or f'{one}s'}"


def day(value: date, locale: Locale) -> str:
    """A day as people write it: ``11月24日``, ``24 Nov``."""
    if locale is Locale.ZH:
        return f"{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]}"


def weekday(value: date, locale: Locale) -> str:
    """A day of the week: ``周二``, ``Tue``."""
    return _WEEKDAYS[locale][value.weekday()]


def clock(value: datetime) -> str:
    """A time of day: ``14:58``."""
    return f"{value:%H:%M}"


def masked_name(name: str) -> str:
    """A name as it may be shown: the first character and a star (``张*``), the first word of a foreign one."""
    parts = name.split()
    if not parts:
        return "*"
    return f"{parts[0]}*" if len(parts) > 1 else f"{parts[0][:1]}*"


def masked_phone(phone: str) -> str:
    """A phone as it may be shown: ``138****1234``; of a short one the last two digits."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 8 else f"****{digits[-2:]}"  # noqa: PLR2004 - 3 and 4 digits shown, and at least 2 hidden


_BUILDING = re.compile(r"^\s*(\d+|[零〇一二三四五六七八九十百]+|[A-Za-z]\d*)\s*(?:栋|幢|座|号楼|号|#|-|－|—|/|$)")


def building(door: str) -> str | None:
    """The building of a door (``3栋2单元501``, ``3-2-501`` → ``3栋``); None where it begins with none."""
    match = _BUILDING.match(unicodedata.normalize("NFKC", door))
    return f"{match[1]}栋" if match else None
