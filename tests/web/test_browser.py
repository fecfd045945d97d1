"""The chat in a real browser: with canned answers what the page does by itself, with the real bot a whole day."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect
from starlette.applications import Starlette

from bot.store.database import Database
from tests.web.conftest import served
from tests.web.town import LI, Town


@dataclass
class Site:
    """A served town."""

    town: Town
    url: str


def leave(towns: list[Town]) -> None:
    """End the open streams."""
    for town in towns:
        town.leave()


@pytest.fixture
def site(file: Database) -> Iterator[Site]:
    """The web channel with canned answers, over real HTTP."""
    towns: list[Town] = []

    def make(url: str) -> Starlette:
        towns.append(Town(file, base_url=url))
        return towns[0].app()

    with served(make, lambda: leave(towns)) as url:
        yield Site(towns[0], url)


@pytest.fixture
def closed(file: Database) -> Iterator[Site]:
    """The same with a real roster."""
    towns: list[Town] = []

    def make(url: str) -> Starlette:
        towns.append(Town(file, base_url=url, sample=False))
        return towns[0].app()

    with served(make, lambda: leave(towns)) as url:
        yield Site(towns[0], url)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo as large as a telephone makes it."""
    path = tmp_path / "photo.png"
    Image.effect_noise((3000, 1500), 80).save(path)
    return path


def come(page: Page, site: Site, name: str = "李芳") -> None:
    """Open the page and be somebody."""
    page.goto(f"{site.url}/chat")
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("log")).to_contain_text("17:00 截止")


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_normal_day_costs_one_tap(page: Page, site: Site) -> None:
    """Choose a person, find the prompt, tap once, and the prompt becomes the receipt; a reload changes nothing."""
    come(page, site)
    assert fits(page)
    page.get_by_role("button", name="全部正常").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("已连续 21 天按时上报")
    expect(log).not_to_contain_text("17:00 截止")
    expect(page.get_by_role("button", name="更正")).to_be_enabled()
    page.reload()
    expect(log).to_contain_text("已连续 21 天按时上报")
    expect(log.locator(".row")).to_have_count(1)


def test_every_target_is_large_enough(page: Page, site: Site) -> None:
    """What a thumb has to hit is at least 40 pixels high."""
    come(page, site)
    for target in page.locator("button:visible, a:visible, label.round:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 40, target.inner_text()


def test_text_is_sent_by_enter_and_shown_as_text(page: Page, site: Site) -> None:
    """Enter sends, Shift+Enter breaks the line, and markup stays what it is."""
    come(page, site)
    box = page.get_by_label("输入消息")
    box.fill("<img src=x onerror=alert(1)>")
    box.press("Shift+Enter")
    box.type("第二行")
    box.press("Enter")
    log = page.get_by_role("log")
    expect(log.locator(".row.me .prose")).to_have_text("<img src=x onerror=alert(1)>\n第二行")
    expect(log.locator(".row.bot").last).to_contain_text("收到：<img src=x onerror=alert(1)>")
    expect(log.locator(".pending")).to_have_count(0)
    expect(box).to_have_value("")
    expect(box).to_be_focused()


def test_a_long_text_is_counted_while_it_is_typed(page: Page, site: Site) -> None:
    """Where a question takes so many characters, the page shows how many there are; elsewhere it shows none."""
    come(page, site)
    box, count = page.get_by_label("输入消息"), page.locator("#count")
    box.fill("申报")
    expect(count).to_be_hidden()
    box.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("600 字以内")
    expect(count).to_be_hidden()
    box.fill(" 做法𠮷 ")
    expect(count).to_have_text("3/600")
    assert fits(page)
    box.fill("做" * 601)
    expect(count).to_have_text("601/600")
    expect(count).to_have_class("count over")
    box.fill("好")
    box.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("收到：好")
    box.fill("还有")
    expect(count).to_be_hidden()


def test_what_cannot_be_sent_is_kept_and_sent_later(phone: BrowserContext, site: Site) -> None:
    """Without network the bubble stays, over a reload, too; when it is back the message arrives once."""
    page = phone.new_page()  # the failures are errors in the browser's own log
    come(page, site)
    lost: list[str] = []

    def drop(route: Route) -> None:
        lost.append(route.request.post_data or "")
        route.fulfill(status=503)

    page.route("**/chat/messages", lambda route: drop(route) if route.request.method == "POST" else route.continue_())
    page.get_by_label("输入消息").fill("断网时写的")
    page.keyboard.press("Enter")
    expect(page.locator(".pending")).to_contain_text("断网时写的")
    page.reload()
    expect(page.locator(".pending")).to_contain_text("断网时写的")
    page.unroute("**/chat/messages")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("log")).to_contain_text("收到：断网时写的")
    expect(page.locator(".pending")).to_have_count(0)
    assert len(lost) >= 1
    assert [inbound.text for inbound in site.town.heard].count("断网时写的") == 1


def test_a_photo_is_made_small_and_shown(page: Page, site: Site, picture: Path) -> None:
    """The photo travels as a JPEG of at most 2048 pixels, and is seen in the chat."""
    come(page, site)
    page.get_by_label("发送照片").set_input_files(picture)
    image = page.get_by_role("log").locator("img")
    expect(image).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("照片收到")
    (data,) = site.town.pictures.values()
    with Image.open(io.BytesIO(data)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (2048, 1024))
    assert page.evaluate("document.querySelector('#log img').naturalWidth") == 2048
    expect(page.locator(".row.bot").last).to_be_in_viewport()
    assert fits(page)


def test_another_person_has_another_chat(page: Page, site: Site) -> None:
    """Switching shows the other person's chat, with a prompt of their own."""
    come(page, site)
    page.get_by_role("button", name="全部正常").click()
    expect(page.get_by_role("log")).to_contain_text("已连续 21 天")
    page.get_by_role("link", name="换人").click()
    page.get_by_role("button", name="王强").click()
    expect(page.locator("#state")).to_contain_text("王强 · 社区负责人")
    expect(page.get_by_role("log")).to_contain_text("17:00 截止")
    assert [inbound.sender for inbound in site.town.heard if inbound.kind == "open"] == [str(LI), "2"]


def test_the_group_is_shared(page: Page, phone: BrowserContext, site: Site) -> None:
    """Two people of a community see each other in the group, as it happens, and the bot's totals."""
    come(page, site)
    page.get_by_role("link", name="群").click()
    expect(page.get_by_role("heading")).to_contain_text("君安社区工作群")
    page.get_by_label("在群里说点什么").fill("汇总")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("应报 12 处")
    assert phone.browser is not None
    other = phone.browser.new_page(locale="zh-CN")
    come(other, site, "王强")
    other.get_by_role("link", name="群").click()
    expect(other.get_by_role("log")).to_contain_text("李芳")
    other.get_by_label("在群里说点什么").fill("收到")
    other.keyboard.press("Enter")
    expect(page.get_by_role("log").locator(".row.other")).to_contain_text("王强")
    other.close()


def test_two_windows_of_one_person_agree(page: Page, phone: BrowserContext, site: Site) -> None:
    """What is tapped in one window changes in the other without a reload."""
    come(page, site)
    other = phone.new_page()
    other.goto(f"{site.url}/chat")
    other.get_by_role("button", name="全部正常").click()
    expect(page.get_by_role("log")).to_contain_text("已连续 21 天按时上报")


def test_older_messages_are_a_tap_away(page: Page, site: Site) -> None:
    """The newest sixty are there at once, the rest on request, and the view stays where it was."""
    come(page, site)
    box = page.get_by_label("输入消息")
    for n in range(31):
        site.town.seconds += 10
        box.fill(f"第 {n} 条")
        box.press("Enter")
        expect(page.locator(".row.bot").last).to_contain_text(f"收到：第 {n} 条")
    page.reload()
    expect(page.locator(".row").last).to_contain_text("收到：第 30 条")
    expect(page.get_by_text("17:00 截止")).to_have_count(0)
    page.get_by_role("button", name="更早的消息").click()
    expect(page.get_by_text("17:00 截止")).to_have_count(1)
    expect(page.get_by_role("button", name="更早的消息")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read(page: Page, site: Site, scheme: str) -> None:
    """Text stands out from its ground by 4.5 to 1 at least, light and dark."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    come(page, site)
    page.get_by_label("输入消息").fill("好")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("收到：好")
    parts = [".title p", ".me .prose", ".bot .prose", ".bot .time", ".choice", ".actions a", ".day time"]
    assert {part: ratio for part in parts if (ratio := contrast(page, part)) < 4.5} == {}


def contrast(page: Page, selector: str) -> float:
    """The ratio of luminances of the first such text and what lies behind it."""
    return float(
        page.evaluate(
            """selector => {
              const rgb = text => text.match(/[\\d.]+/g).map(Number);
              const light = ([r, g, b]) => [r, g, b]
                .map(v => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
              let node = document.querySelector(selector);
              const ink = light(rgb(getComputedStyle(node).color));
              let ground = [0, 0, 0, 0];
              for (; node && !(ground[3] === undefined || ground[3] > 0.5); node = node.parentElement)
                ground = rgb(getComputedStyle(node).backgroundColor);
              const [low, high] = [ink, light(ground)].sort((a, b) => a - b);
              return (high + 0.05) / (low + 0.05);
            }""",
            selector,
        )
    )


def test_a_picture_of_the_board_is_seen_in_the_chat(page: Page, site: Site) -> None:
    """As wide as its bubble, with its name for who cannot see it; a tap opens it in full size."""
    come(page, site)
    box = page.get_by_label("输入消息")
    box.fill("日历图")
    box.press("Enter")
    link = page.get_by_role("log").locator("a.chart")
    picture = link.get_by_role("img", name="日历图-星悦城一期-2026-11-24.png")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1080)
    shown = picture.bounding_box()
    assert shown is not None
    assert shown["width"] > 250
    assert fits(page)
    assert link.get_attribute("target") == "_blank"


def test_a_login_link_opens_the_chat(page: Page, closed: Site) -> None:
    """The link's token leaves the address bar, the button logs in, and leaving ends it."""
    page.goto(f"{closed.url}/login#{closed.town.link(LI)}")
    assert "#" not in page.url
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#state")).to_contain_text("李芳")
    expect(page.get_by_role("log")).to_contain_text("17:00 截止")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading")).to_have_text("从聊天里进来")


def test_a_link_that_was_used_says_so(phone: BrowserContext, closed: Site) -> None:
    """The page says what to do next, in the visitor's words."""
    page = phone.new_page()  # the refusal is an error in the browser's own log
    page.goto(f"{closed.url}/login#nonsense")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("status")).to_contain_text("已用过或已过期")


def test_a_code_opens_the_enrolment(page: Page, closed: Site) -> None:
    """A code typed on the login page leads into the bot's own conversation."""
    page.goto(f"{closed.url}/login#code=ABCD2345")
    expect(page.get_by_label("邀请码")).to_have_value("ABCD2345")
    page.get_by_role("button", name="使用邀请码").click()
    expect(page.locator("#state")).to_contain_text("未登记")
    assert closed.town.heard[0].text == "ABCD2345"


def test_the_desk_has_room_for_both(page: Page, site: Site) -> None:
    """On a large screen the people stand beside the telephone, and one tap switches."""
    page.set_viewport_size({"width": 1280, "height": 860})
    come(page, site)
    box = page.locator(".phone").bounding_box()
    assert box is not None
    assert box["width"] == 430
    page.get_by_role("complementary").get_by_role("button", name="王强").click()
    expect(page.locator("#state")).to_contain_text("王强")
