"""The API's own description, tried by schemathesis: nothing breaks, and every answer is as described."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for parts of other libraries that have moved
    import schemathesis
    from schemathesis import Case, GenerationMode, checks
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        negative_data_rejection,
        response_schema_conformance,
        status_code_conformance,
    )

from bot.model import Role
from bot.store.database import Database
from tests.api.asking import ALL, token
from tests.api.test_privacy import NEVER
from tests.privacy.planted import PLANTED

EXAMPLES = settings(
    max_examples=12, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
CHECKS = [
    checks.not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
KNOWN = {"place": "JA", "code": "24", "pack": "default"}
"""What a stranger could only guess."""
TRACES = (*PLANTED.values(), *NEVER)


@pytest.mark.parametrize("resource", ALL)
def test_it_is_as_it_says(app: Starlette, filled: Database, resource: str) -> None:
    """Sense and nonsense for every parameter, as an office: no 5xx, answers as described, nonsense refused."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    path = "/v1/places/{code}/history" if "/" in resource else f"/v1/{resource}"
    operation = schema[path]["GET"]
    headers = {"Authorization": f"Bearer {token(filled, Role.OFFICE)}"}

    seen = set()

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def nonsense(case: Case[Any]) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=[*CHECKS, negative_data_rejection])
        assert not [trace for trace in TRACES if trace in answer.text]

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def sense(case: Case[Any]) -> None:
        for given_here in (case.query, case.path_parameters):
            given_here.update({name: value for name, value in KNOWN.items() if name in given_here})
        case.query.pop("next", None)
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        assert not [trace for trace in TRACES if trace in answer.text]
        seen.add(answer.status_code)

    nonsense()
    sense()
    assert 200 in seen
