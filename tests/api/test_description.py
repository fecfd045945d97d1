"""What the API says of itself: complete in both languages, without a script and without another host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from bot import words
from bot.board.api import asked
from bot.model import Locale
from tests.api.asking import ALL, caller


def described(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every name that has words, and the words."""
    for methods in document["paths"].values():
        operation = methods["get"]
        yield operation["operationId"], operation["summary"]
        for each in operation["parameters"]:
            yield each["name"], each["description"]
        for status, each in operation["responses"].items():
            yield status, each["description"]
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            yield name, field["description"]


@pytest.mark.parametrize("locale", list(Locale))
async def test_everything_has_words(app: Starlette, locale: Locale) -> None:
    """Each resource, parameter, field and answer; nothing is told by its bare name."""
    async with caller(app, None, **{"accept-language": locale.value}) as http:
        said = await http.get("/api/openapi.json")
    document = said.json()
    assert said.headers["content-language"] == locale
    found = list(described(document))
    assert len(found) > 150
    bare = {name for name, text in found if text in {"", name}}
    same = {
        "name", "level", "case", "kind", "event", "state", "day", "rule", "step", "phone", "door", "note", "contact",
        "symptoms", "temperature", "building", "standard", "score", "points", "due",
    }  # fmt: skip
    assert bare <= (same if locale is Locale.EN else set())
    assert [path.removeprefix("/v1/") for path in document["paths"]] == [
        *ALL[:-1],
        "places/{code}/history",
    ]


@pytest.mark.parametrize("locale", list(Locale))
def test_every_parameter_says_what_to_write(locale: Locale) -> None:
    """So that no refusal ends in a bare name."""
    kinds = [each for each in vars(asked).values() if isinstance(each, type) and issubclass(each, asked.Paged)]
    names = {name for each in kinds for name in each.model_fields} | {"code"}
    assert {name for name in names if words.label("api/expected", locale, name) == name} == set()


async def test_the_page_needs_nobody_else(app: Starlette) -> None:
    """No script, no other host; both languages; every resource with its fields, those of details among them."""
    async with caller(app, None) as http:
        zh, en = (await http.get("/api/docs")), (await http.get("/api/docs?lang=en"))
    assert "script" not in zh.text
    assert re.findall(r"https?://", zh.text) == []
    assert "default-src 'none'" in zh.headers["content-security-policy"]
    assert "连续无疫天数" in zh.text
    assert "epidemic-free days" in en.text
    for path in ("/api/v1/streaks", "/api/v1/places/{code}/history"):
        assert f"GET {path}" in en.text
    assert "<code>details.building</code>" in en.text
    assert "<code>steps.score</code>" in en.text
