"""What the API says of itself: the OpenAPI document, and a page made from it, in both languages, without a script."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot import words
from bot.board.api.refusals import language
from bot.board.frame import CARRIED, PUBLIC
from bot.model import Locale

VERSION = "1"
ROOT = "/api"


class Description:
    """The document, made once a language."""

    def __init__(self, app: FastAPI) -> None:
        """Of this application, whose resources may still be added."""
        self._app = app
        self._made: dict[Locale, dict[str, Any]] = {}

    def document(self, locale: Locale) -> dict[str, Any]:
        """The OpenAPI document with the words of this language."""
        if locale not in self._made:
            self._made[locale] = worded(self._plain(), locale)
        return self._made[locale]

    def _plain(self) -> dict[str, Any]:
        made = get_openapi(title="wuyi", version=VERSION, routes=self._app.routes, servers=[{"url": ROOT}])
        return copy.deepcopy(made)

    async def json(self, request: Request) -> Response:
        """The document itself; it holds nothing that is not in the documentation."""
        locale = language(request)
        headers = {"cache-control": "no-cache", "content-language": locale.value, "vary": "Accept-Language"}
        return Response(orjson.dumps(self.document(locale)), media_type="application/json", headers=headers)

    async def page(self, request: Request) -> Response:
        """The document for people."""
        locale = language(request)
        resources = list(read(self.document(locale)))
        other = Locale.EN if locale is Locale.ZH else Locale.ZH
        shown = (
            _environment(locale)
            .get_template("api.html")
            .render(locale=locale.value, resources=resources, seat=None, here="/api/docs", swap=f"?lang={other.value}")
        )
        return HTMLResponse(shown, headers={**CARRIED, "content-security-policy": PUBLIC})


def worded(document: dict[str, Any], locale: Locale) -> dict[str, Any]:
    """The document with what each operation, parameter, field and answer is, in words."""
    document["info"]["description"] = words.text("api/about", locale)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            operation["summary"] = words.label("api/resources", locale, operation["operationId"])
            for parameter in operation.get("parameters", ()):
                parameter["description"] = words.label("api/asked", locale, parameter["name"])
            for status, response in operation["responses"].items():
                response["description"] = words.label("api/statuses", locale, status)
        del path
    for schema in document["components"]["schemas"].values():
        schema.pop("description", None)
        for name, field in schema.get("properties", {}).items():
            field["description"] = words.label("api/fields", locale, name)
    document["components"]["securitySchemes"]["token"]["description"] = words.label("api/statuses", locale, "401")
    return document


def read(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Each resource as the page shows it: its path, what may be asked, and the fields of an item."""
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        operation = methods["get"]
        page = operation["responses"]["200"]["content"]["application/json"]["schema"]
        item = schemas[_name(page)]["properties"]["items"]["items"]
        yield {
            "path": ROOT + path,
            "summary": operation["summary"],
            "parameters": operation.get("parameters", []),
            "fields": list(_fields(schemas, _name(item))),
        }


def _fields(schemas: Mapping[str, Any], name: str, before: str = "") -> Iterator[Mapping[str, str]]:
    for field, schema in schemas[name].get("properties", {}).items():
        yield {"name": before + field, "kind": kind(schemas, schema), "what": schema["description"]}
        for inner in _inner(schemas, schema):
            yield from _fields(schemas, inner, f"{before}{field}.")


def _inner(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """The objects that a field is made of."""
    for each in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if "$ref" in each and "properties" in schemas[_name(each)]:
            yield _name(each)


def kind(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value is: its type, its format, or the words that it may be."""
    if "anyOf" in schema:
        return " | ".join(kind(schemas, each) for each in schema["anyOf"])
    if "$ref" in schema:
        return kind(schemas, schemas[_name(schema)])
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"[{kind(schemas, schema['items'])}]"
    return str(schema.get("format") or schema.get("type", ""))


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


@cache
def _environment(locale: Locale) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(words.ROOT / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["say"] = lambda key: words.label("api/docs", locale, key)
    return environment
