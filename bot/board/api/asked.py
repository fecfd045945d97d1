"""What may be asked of each resource; whatever else stands in the address is refused by its name."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.model import Level

CODE = r"^[^\x00-\x1f\x7f]{1,64}$"
FIRST, LAST = 2000, 2099
"""The years of which anything can be asked: nobody's figures are older, and no calendar reaches further."""
LIMIT = 200
MOST = 1000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(said: object) -> object:
    """Only as it is written everywhere here: a number would be read as seconds since 1970."""
    if isinstance(said, str) and not _DAY.fullmatch(said):
        message = "not a day"
        raise ValueError(message)
    return said


def _moment(said: object) -> object:
    """A plus sign that nobody escaped arrives as a space."""
    if not isinstance(said, str) or not _DAY.match(said):
        message = "not a moment"
        raise ValueError(message)
    return datetime.fromisoformat(said.replace(" ", "+") if said[10:11] == "T" else said)


def _known(said: date) -> date:
    if not FIRST <= said.year <= LAST:
        message = "out of range"
        raise ValueError(message)
    return said


Code = Annotated[str, Field(pattern=CODE)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_known)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_known)]


class Paged(BaseModel):
    """What every list may be asked."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(LIMIT, ge=1, le=MOST)
    next: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,400}$")] | None = None
    format: Literal["json", "csv"] | None = None


class Asked(Paged):
    """A place within the token's, with all below it."""

    place: Code | None = None


class Leveled(Asked):
    """Places of one level, if wanted."""

    level: Level | None = None


class OfDay(Leveled):
    """A day; today where none is named."""

    day: Day | None = None


class Figures(Leveled):
    """The two axes of a figure, and the pack by which it is judged."""

    as_of: Day | None = None
    known_at: Moment | None = None
    pack: Code | None = None


class Span(Asked):
    """Some days."""

    first: Day | None = None
    last: Day | None = None


class Days(Paged):
    """Some days of a place that the path names."""

    first: Day | None = None
    last: Day | None = None


class Since(Asked):
    """What has changed on a day or later."""

    since: Day | None = None
