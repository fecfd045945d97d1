"""Pictures that look alike are found, with where they were used; different ones, and plain ones, are not."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from sqlalchemy import Connection, insert, select

from bot.model import (
    AssessmentMarked,
    CreationStepped,
    DutiesTicked,
    How,
    Mark,
    ProblemFound,
    ProblemStep,
    ProblemStepped,
    ReportFiled,
    Status,
    Step,
)
from bot.model import Line as Said
from bot.scoring import criteria
from bot.store import assessments, creation, duties, filings, ledger, looks, ticks
from bot.store.acts import Act
from bot.store.asking import House
from bot.store.database import Database
from bot.store.media import MediaStore, remade
from bot.store.tables import named
from tests.town import KEYRING, NOW, RULES, TODAY, ZONE

HOUSE = House(KEYRING, RULES, ZONE)
TEN = Decimal(10)
WANG, ZHANG, SUN = Act(3, None, NOW), Act(1, None, NOW), Act(9, None, NOW)


def scene(seed: int) -> Image.Image:
    """A staircase as a phone sees it, more or less: shapes of chance, softened."""
    chance = random.Random(seed)
    image = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randrange(800), chance.randrange(600)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + chance.randrange(20, 300), y + chance.randrange(20, 200)), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(2))


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """As a file."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def apart(one: Image.Image, other: Image.Image) -> int:
    """By how many bits two pictures differ."""
    first, second = (looks.look(remade(jpeg(each)).data) for each in (one, other))
    assert first is not None
    assert second is not None
    return (int(first, 16) ^ int(second, 16)).bit_count()


@pytest.mark.parametrize("seed", range(5))
def test_the_same_picture_again(seed: int) -> None:
    """Saved again, made smaller, a little brighter: still within three bits of itself; another scene is far off."""
    original = scene(seed)
    assert apart(original, Image.open(io.BytesIO(jpeg(original, 40)))) <= looks.APART
    assert apart(original, original.resize((400, 300))) <= looks.APART
    assert apart(original, ImageEnhance.Brightness(original).enhance(1.1)) <= looks.APART
    assert apart(original, scene(seed + 100)) > looks.APART


def test_a_plain_picture_looks_like_nothing() -> None:
    """A black one would be like every black one."""
    assert looks.look(jpeg(Image.new("RGB", (300, 200), "black"))) is None


async def kept(store: MediaStore, *images: Image.Image) -> list[str]:
    """The names under which pictures are kept."""
    return [await store.keep(jpeg(image)) for image in images]


async def test_where_it_was_used(town: Database, tmp_path: Path) -> None:
    """A report's photo shown again as evidence, smaller: the hint names place and day; a new picture has none."""
    store = MediaStore(tmp_path / "media", KEYRING, town, lambda: NOW)
    old, again, new, plain = await kept(
        store, scene(1), scene(1).resize((640, 480)), scene(2), Image.new("RGB", (99, 99))
    )
    report = ReportFiled(TODAY - timedelta(days=2), (Said("23", Status.NORMAL),), photos=(old,))
    town.write(lambda c: filings.file_report(c, HOUSE, ZHANG, report, duties.duties(c, 1)))
    mark = Mark("6", TEN, evidence=(again, new, plain))
    version = criteria.load("assessment-form").version
    fact = AssessmentMarked("JA", "assessment-form", version, (mark,))
    town.write(lambda c: assessments.mark(c, HOUSE, WANG, fact))
    with town.read() as connection:
        found = looks.alike(connection, [again, new, plain])
        first = looks.alike(connection, [old])
    assert {name: [(use.name, use.day) for use in uses] for name, uses in found.items()} == {
        again: [("星悦城一期", TODAY - timedelta(days=2))]
    }
    assert first == {}


async def test_every_kind_of_use(town: Database, tmp_path: Path) -> None:
    """Ticks, problems, what was done about them, inspections: one picture used everywhere is found everywhere."""
    store = MediaStore(tmp_path / "media", KEYRING, town, lambda: NOW)
    (name,) = await kept(store, scene(3))

    def use(connection: Connection) -> None:
        ticks.tick(connection, HOUSE, ZHANG, DutiesTicked(TODAY, (("23", "cleaning"),), (name,)))
        found = ProblemFound("24", How.LISTED, "纸箱", TODAY, TODAY + timedelta(days=3), photos=(name,))
        code = ledger.enter(connection, HOUSE, WANG, found)
        ledger.step(connection, HOUSE, ZHANG, ProblemStepped(code, ProblemStep.RECTIFIED, TODAY, photos=(name,)))
        place_step = {"place": "JA", "step": "passed", "on": TODAY, "recorded_at": NOW, "period": "", "case": ""}
        connection.execute(insert(named("creation_event")), place_step)
        inspected = CreationStepped("JA", Step.INSPECTED_OPEN, TODAY, TEN, photos=(name,))
        creation.step(connection, HOUSE, SUN, inspected)

    town.write(use)
    with town.read() as connection:
        uses = looks.used(connection, [name])[name]
        again = looks.alike(connection, [name])[name]
    assert sorted(use.name for use in uses) == ["君安社区", "星悦城一期", "汉口花园六期"]
    assert len(again) == len(uses) - 1


async def test_a_look_goes_with_its_picture(town: Database, tmp_path: Path) -> None:
    """What is forgotten is found no more."""
    store = MediaStore(tmp_path / "media", KEYRING, town, lambda: NOW)
    names = await kept(store, scene(4), scene(5))
    town.write(lambda c: looks.forget(c, names[:1]))
    with town.read() as connection:
        left = connection.execute(select(looks.LOOK.c.media)).scalars().all()
    assert left == names[1:]
