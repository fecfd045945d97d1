"""Briefs of those who tick duties off, post on the board and keep the work log."""

from __future__ import annotations

from dataclasses import replace

from bot.model import BoardEntry, Brief, Check, Colour, Counter, Near, Owed
from tests.town import NOW

TODAY = NOW.date()
CLEAN = Check("23", "星悦城一期", "cleaning", "清扫", "day", 1, 0)
WASH = Check("23", "星悦城一期", "disinfection", "消毒", "week", 2, 1)
CHECKS = (
    CLEAN,
    WASH,
    replace(CLEAN, place="24", name="汉口花园六期"),
    replace(WASH, place="24", name="汉口花园六期", done=2),
)
MANY = tuple(replace(WASH, place=f"P{n}", name=f"第{n}小区", done=0) for n in range(12))
ENTRY = BoardEntry(3, TODAY, Colour.RED, "君安社区", "日报全部按时", own=True)
THEIRS = replace(ENTRY, number=4, colour=Colour.BLACK, own=False)
JA, XM = Near("JA", "君安社区"), Near("XM", "新苗社区")
WORK = tuple((counter, n) for n, counter in enumerate(Counter))
WORKED = (("23", Counter.PUBLICITY, 3), ("22", Counter.SCREENED, 9))
PLACES = (Owed("23", "星悦城一期"), Owed("22", "君安花园小区"))


def days(plain: Brief) -> dict[str, Brief]:
    """By what sort of day it is."""
    posts = replace(plain, posts=True, entries=(ENTRY, THEIRS), desks=(JA, XM))
    work = replace(plain, work=WORK, worked=WORKED, owed=PLACES)
    return {
        "duties due": replace(plain, checks=CHECKS),
        "one duty due": replace(plain, checks=(CLEAN,)),
        "a weekly duty": replace(plain, checks=(WASH, replace(CLEAN, done=1, today=True))),
        "duties at many places": replace(plain, checks=MANY),
        "duties done": replace(plain, checks=(replace(CLEAN, done=1, today=True), replace(WASH, today=True))),
        "duties watched": replace(plain, watched=CHECKS),
        "the board": posts,
        "the board, nothing own": replace(posts, entries=(THEIRS,)),
        "the board, read only": replace(plain, entries=(THEIRS,)),
        "to commend": replace(posts, subject="red"),
        "to criticise one place": replace(posts, subject="black JA", desks=(JA,)),
        "to commend nowhere": replace(posts, subject="red 火星", desks=()),
        "an entry to take back": replace(posts, subject="back 3"),
        "another's entry": replace(posts, subject="back 4"),
        "work at places": work,
        "work in one line": replace(work, subject="宣传3 摸排9000"),
        "work that is none": replace(work, subject="今天很忙"),
        "work of a community": replace(plain, work=WORK, desks=(JA,)),
    }
