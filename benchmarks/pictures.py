"""The picture of 60 compounds, from its values to the file, against Pillow writing the finished image anew.

``python -m benchmarks.pictures [--json] [--compounds N] [--rounds N]``
"""

from __future__ import annotations

import io
import json
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter

import click
from PIL import Image

from bot.documents import pictures
from bot.model import DayState
from bot.model.pictures import BoardLine, BoardPicture, DaysLine, DaysPicture, Head, Received
from bot.scoring.packs import load

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PROMISED_MS = 500
"""A picture takes less than this; beside the peer of the same run it is seen what the machine makes of it."""
STATES = (*(DayState.CLEAN,) * 8, DayState.UNVERIFIED, DayState.BROKEN)


def board(compounds: int) -> BoardPicture:
    """So many compounds, one in five of them in need."""
    states = (STATES[n % len(STATES)] for n in range(compounds))
    lines = (
        BoardLine(f"汉口花园{n}期", 0 if state is DayState.BROKEN else n * 5 + 1, state)
        for n, state in enumerate(states)
    )
    reported = Received(compounds, compounds - 2, compounds - 4)
    return BoardPicture(Head("样板街道", NOW.date(), NOW), tuple(lines), reported, load("default").milestones)


def calendar(compounds: int) -> DaysPicture:
    """The same compounds day by day."""
    lines = (DaysLine(f"汉口花园{n}期", n, DayState.CLEAN, (STATES * 4)[n % 10 :][:35]) for n in range(compounds))
    return DaysPicture(Head("样板街道", NOW.date() - timedelta(days=1), NOW), tuple(lines))


def written(image: Image.Image) -> bytes:
    """The finished picture as Pillow writes it, with nothing said of how."""
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _milliseconds(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return (perf_counter() - begin) * 1000


def measure(compounds: int, rounds: int) -> dict[str, float]:
    """The first picture of the process, then the medians of rounds in which each takes its turn."""
    value, days = board(compounds), calendar(compounds)
    first = _milliseconds(lambda: pictures.board(value))
    data = pictures.board(value)
    finished = Image.open(io.BytesIO(data)).convert("RGB")
    works: tuple[Callable[[], object], ...] = (
        lambda: written(finished),
        lambda: pictures.board(value),
        lambda: pictures.days(days),
    )
    taken = [[_milliseconds(work) for work in works] for _ in range(rounds)]
    peer, drawn, strips = (statistics.median(times) for times in zip(*taken, strict=True))
    assert pictures.board(value) == data, "the same figures are the same bytes"
    return {
        "promised_ms": PROMISED_MS,
        "first_ms": round(first, 1),
        "reencode_ms": round(peer, 1),
        "board_ms": round(drawn, 1),
        "calendar_ms": round(strips, 1),
        "ratio": round(statistics.median(row[1] / row[0] for row in taken), 2),
        "kilobytes": round(len(data) / 1000, 1),
        "reencoded_kilobytes": round(len(written(finished)) / 1000, 1),
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.option("--compounds", default=60, show_default=True)
@click.option("--rounds", default=9, show_default=True)
def main(*, as_json: bool, compounds: int, rounds: int) -> None:
    """Draw, measure, print."""
    found = {"compounds": compounds, **measure(compounds, rounds)}
    click.echo(json.dumps(found) if as_json else "\n".join(f"{key:>20}  {value}" for key, value in found.items()))


if __name__ == "__main__":
    main()
