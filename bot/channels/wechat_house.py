"""What the channel asks of the house, asked of the desk: what a message came to, and what may still be said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.wechat_callback import Answer, House
from bot.channels.wechat_send import Budget, Budgets, said, spent
from bot.channels.wechat_wire import DID, NAME, WROTE

if TYPE_CHECKING:
    from bot.channels.port import KeepPhoto
    from bot.desk import Desk

ALLOWED = ((WROTE, timedelta(hours=48), 5), (DID, timedelta(minutes=1), 3))
"""How many customer-service messages go within how long of what somebody wrote, or did (followed, scanned, chose)."""
MOST = 24
"""So many of the newest letters are looked at: each that counts is one of them."""


def house(desk: Desk, keep_photo: KeepPhoto, clock: Callable[[], datetime], base_url: str) -> tuple[House, Budgets]:
    """The callback's questions, and what may be said to somebody now."""
    hooks = House(
        keep_photo=keep_photo,
        refused=partial(desk.keep, NAME),
        seen=partial(desk.seen, NAME),
        answer=partial(_answer, desk, base_url),
        settled=desk.settled,
        left=partial(desk.left, NAME),
        clock=clock,
    )
    return hooks, partial(_budget, desk, clock)


async def _answer(desk: Desk, base_url: str, dedupe: str) -> Answer:
    """What a message came to: the letters still on their way, and what of the others went in the response."""
    told = await desk.answers(NAME, dedupe)
    passive = (said(each.outbound, each.ref, base_url) for each in told if not each.waiting)
    return Answer(tuple(each.outbound.id for each in told if each.waiting), tuple(text for text in passive if text))


async def _budget(desk: Desk, clock: Callable[[], datetime], user: str) -> Budget:
    """What customer service lets through: the database knows, whatever process asks, and after a restart."""
    now, left, silent = clock(), 0, True
    for mark, within, most in ALLOWED:
        heard = await desk.heard(NAME, user, mark)
        if heard is not None and now - heard < within:
            used = sum(spent(ref) for ref in await desk.said(NAME, user, heard, MOST))
            left, silent = max(left, most - used), False
    return Budget(left, silent=silent)
