"""The pictures on the page of a place: for whoever may see the page's own figures; the public's without counts."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image

from bot.documents.pictures.canvas import Canvas
from bot.store.database import Database
from tests.board.offices import SUN, WANG, ZHANG, ZHAO, Office, at_work
from tests.talking import Talk

KINDS = ("board-picture", "calendar-picture", "overview-picture")
SEEN = [
    (None, "T", {"board"}), (None, "JA", {"board"}), (None, "23", set()), (ZHANG, "23", {"calendar"}),
    (ZHANG, "JA", {"board"}), (WANG, "JA", {"board", "calendar"}), (WANG, "XM", {"board"}), (WANG, "T", {"board"}),
    (ZHAO, "T", {"board", "calendar", "overview"}), (ZHAO, "JA", {"board", "calendar", "overview"}),
    (ZHAO, "61", {"calendar"}), (SUN, "X", {"board", "calendar", "overview"}),
]  # fmt: skip


BY_ADDRESS = {(ZHANG, "23", KINDS[0]), (ZHAO, "61", KINDS[0]), (ZHAO, "61", KINDS[2])}
"""What the chat would give them, too, though one bar is nothing for a page."""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every word that is drawn."""
    heard: list[str] = []
    draw = Canvas.text

    def text(self: Canvas, x: float, y: float, words: str, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as it is
        heard.append(words)
        return draw(self, x, y, words, *rest, **more)

    monkeypatch.setattr(Canvas, "text", text)
    return heard


@pytest.mark.parametrize(("person", "place", "kinds"), SEEN)
async def test_each_sees_what_the_page_shows_them(
    town: Database, person: int | None, place: str, kinds: set[str]
) -> None:
    """What is on the page can be had, with words for who cannot see it; what is not on it is not there."""
    async with at_work(town, person) as http:
        page = (await http.get(f"/board/{place}?lang=zh")).text
        for kind in KINDS:
            shown = kind.removesuffix("-picture") in kinds
            address = f"/board/{place}/{kind}"
            assert (f'<img src="{address}?lang=zh" alt="' in page) == shown, kind
            answer = await http.get(address)
            if not shown and (person, place, kind) not in BY_ADDRESS:
                assert answer.status_code == 404, kind
        for kind in kinds:
            answer = await http.get(f"/board/{place}/{kind}-picture?lang=zh")
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert unquote(answer.headers["content-disposition"]).startswith("inline; ")
            assert Image.open(BytesIO(answer.content)).width > 1000


async def test_the_public_reads_no_counts_from_a_picture(town: Database, said: list[str]) -> None:
    """How many reported is for those who answer for the place; names and days are everybody's."""
    async with at_work(town, None) as http:
        assert (await http.get("/board/JA/board-picture?lang=zh")).status_code == 200
    assert "星悦城一期" in said
    assert not [each for each in said if "应报" in each]
    said.clear()
    async with at_work(town, WANG) as http:
        assert (await http.get("/board/JA/board-picture?lang=zh")).status_code == 200
        assert [each for each in said if "应报 3" in each]
        said.clear()
        assert (await http.get("/board/XM/board-picture?lang=en")).status_code == 200
    assert not [each for each in said if "Due" in each], "of another's community a lead is the public"


async def test_the_public_is_shown_this_day_only(town: Database) -> None:
    """Whoever answers for the place looks back; nobody looks ahead."""
    past = "/board/JA/board-picture?period=2026-11-20"
    async with at_work(town, None) as http:
        assert (await http.get(past)).status_code == 404
    async with at_work(town, WANG) as http:
        assert (await http.get(past)).status_code == 200
        for wrong in ("2026-11-25", "2026-11", "x"):
            assert (await http.get(f"/board/JA/board-picture?period={wrong}")).status_code == 404
        assert (await http.get("/board/nowhere/board-picture")).status_code == 404


async def test_it_is_drawn_once_for_all_who_look(town: Database, said: list[str], tmp_path: Path) -> None:
    """And anew when somebody reports; nothing of it comes to a disk."""
    office = Office(town, folder=tmp_path / "data")
    async with office.browser(None) as http:
        first = (await http.get("/board/JA/board-picture")).content
        before = sorted(tmp_path.rglob("*"))
        drawn = len(said)
        assert drawn
        assert (await http.get("/board/JA/board-picture")).content == first
        assert len(said) == drawn
        await Talk(town).write("zhang", "全部正常")
        assert (await http.get("/board/JA/board-picture")).content != first
    assert [path for path in sorted(tmp_path.rglob("*")) if path.suffix == ".png"] == []
    assert {path.name for path in tmp_path.rglob("*")} <= {path.name for path in before}
