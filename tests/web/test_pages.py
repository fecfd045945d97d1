"""The pages speak both languages, completely."""

from __future__ import annotations

import re

import pytest

from bot import words
from bot.channels.web.channel import STATIC
from tests.web.town import LI, Town, be

PAGES = words.ROOT / "pages"
SET = re.compile(r"{% (?:set|macro) (\w+)")


@pytest.mark.parametrize("kind", ["words", "words_office"])
def test_both_languages_have_the_same_words(kind: str) -> None:
    """A word that one language lacks would be found by a visitor otherwise."""
    chinese, english = (SET.findall((PAGES / f"{kind}_{locale}.html").read_text()) for locale in ("zh", "en"))
    assert chinese == english
    assert len(set(chinese)) == len(chinese)


@pytest.mark.parametrize(("kind", "letter"), [("words", "w"), ("words_office", "o")])
def test_every_word_is_used(kind: str, letter: str) -> None:
    """No word is left behind when a page changes."""
    pages = "".join(path.read_text() for path in PAGES.glob("*.html") if not path.name.startswith("words_"))
    states = {"clean", "unverified", "broken"}
    named = SET.findall((PAGES / f"{kind}_zh.html").read_text())
    assert [name for name in named if f"{letter}.{name}" not in pages and name not in states] == []


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.name)
def test_no_script_or_style_stands_in_a_page(path: object) -> None:
    """The policy forbids it, and the page would be silently broken."""
    text = getattr(path, "read_text")()  # noqa: B009 - as a template would call it
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! type=\"module\" src=)", text)
    assert not re.search(r"https?://", text.replace("http://www.w3.org/2000/svg", ""))


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Scripts and styles are ours, and name no other host."""
    for path in STATIC.iterdir():
        text = path.read_text().replace("http://www.w3.org/2000/svg", "").replace("/https?:\\/\\/", "")
        assert not re.search(r"https?://", text), path.name


@pytest.mark.parametrize(
    ("asked", "accepted", "lang"), [("", "en-US,en", "en"), ("zh", "en", "zh-CN"), ("", "fr", "zh-CN")]
)
async def test_the_language_is_asked_for_or_accepted(town: Town, asked: str, accepted: str, lang: str) -> None:
    """The query wins over the browser; what we do not speak becomes Chinese."""
    async with town.browser(**{"accept-language": accepted}) as http:
        for path in ("/chat", "/login"):
            answer = await http.get(path, params={"lang": asked})
            assert f'<html lang="{lang}">' in answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_page_renders(town: Town, lang: str) -> None:
    """No page misses a word or a value in either language."""
    async with town.browser() as http:
        for path in ("/chat", "/chat/people", "/login"):
            assert (await http.get(path, params={"lang": lang})).status_code == 200
        chosen = await http.post("/chat/person", data={"person": str(LI), "lang": lang})
        assert chosen.headers["location"] == f"/chat?lang={lang}"
        for query in ({}, {"group": "C1"}):
            assert (await http.get("/chat", params={"lang": lang, **query})).status_code == 200
        town.no_sample()
        assert (await http.get("/chat", params={"lang": lang})).status_code == 200


async def test_the_chat_speaks_the_persons_language(town: Town) -> None:
    """Without a query the person's own language counts, not the browser's."""
    async with town.browser(**{"accept-language": "en"}) as http:
        await be(http, LI)
        assert '<html lang="zh-CN">' in (await http.get("/chat")).text


@pytest.mark.parametrize("person", ["99", "", "x", "1" * 30, "-1"])
async def test_only_somebody_of_the_roster_can_be_chosen(town: Town, person: str) -> None:
    """A person who does not exist is not there to be."""
    async with town.browser() as http:
        assert (await http.post("/chat/person", data={"person": person})).status_code == 404
        http.cookies.set("wuyi_sample", person)
        assert (await http.get("/chat/messages")).status_code == 401
