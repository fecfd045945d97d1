"""The board in a real browser: on a narrow phone, on paper, light and dark, and without any script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from bot.model import Details
from bot.store import cases
from bot.store.acts import Act
from bot.store.database import Database
from bot.store.tables import named
from tests.board.offices import LI, SUN, WANG, ZHANG, ZHAO, Office
from tests.board.test_doing import applied
from tests.board.test_past import publish, record
from tests.town import KEYRING, NOW, RULES, TODAY


@pytest.fixture
def bare(chromium: Browser) -> Iterator[Page]:
    """A telephone whose browser runs no scripts."""
    size = {"width": 360, "height": 740}
    context: BrowserContext = chromium.new_context(viewport=size, locale="zh-CN", java_script_enabled=False)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def lively(town: Database) -> None:
    """Something on every page: a case that came late, one with details, an application, published days."""
    applied(town)
    publish(town, NOW - timedelta(days=3))
    record(town, "found", TODAY - timedelta(days=5), NOW - timedelta(days=2), "suspected")
    told = [cases.Opened("24", "fever", TODAY, Details(door="3-2-501", phone="13911112222", name="陈某某"))]
    town.write(lambda connection: cases.enter(connection, KEYRING, RULES, Act(ZHANG, None, NOW), told))


def come(page: Page, site: Office, person: int, to: str = "/board") -> None:
    """By a login link, through its page."""
    page.goto(f"{site.url}/login?to={to}#{site.link(person)}")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{site.url}{to}")


def paste(page: Page, site: Office, person: int, to: str = "/board") -> None:
    """The same without a script: the link is pasted."""
    page.goto(f"{site.url}/login")
    page.get_by_label("把聊天里收到的整条登录链接").fill(f"{site.url}/login?to={to}#{site.link(person)}")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{site.url}{to}")


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side: a telephone would zoom out, so its screen is the measure."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= screen.width"))


def test_from_the_link_to_the_compound_and_why(page: Page, site: Office, town: Database) -> None:
    """Log in, walk down from the town, read the calendar, ask why: each a tap, on a phone."""
    lively(town)
    come(page, site, ZHAO, "/board/T")
    assert "#" not in page.url
    page.get_by_role("link", name="君安社区").click()
    page.get_by_role("link", name="汉口花园六期").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("汉口花园六期")
    expect(page.get_by_role("table", name="最近六周")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="为什么是这个天数").click()
    expect(page.get_by_role("status")).to_contain_text("105 天")
    page.get_by_role("link", name="回到原来的页面").click()
    expect(page).to_have_url(f"{site.url}/board/24?lang=zh")


def test_an_application_is_passed_without_a_script(bare: Page, site: Office, town: Database) -> None:
    """Pasted link, list, card, decision: forms are enough."""
    applied(town)
    paste(bare, site, ZHAO, "/board/my/applications")
    bare.get_by_role("row", name="君安社区").get_by_role("button", name="审核").click()
    expect(bare.get_by_role("status")).to_contain_text("已申报，待乡镇审核")
    bare.get_by_role("button", name="通过", exact=True).click()
    bare.locator(".answers button").first.click()
    bare.get_by_role("link", name="回到原来的页面").click()
    expect(bare.get_by_role("row", name="君安社区")).to_contain_text("待明查暗访")


def test_those_who_owe_are_nudged_without_a_script(bare: Page, site: Office, town: Database) -> None:
    """It asks once, with the counts; whoever owes gets the one-tap form, and nobody twice."""
    site.clock.now = NOW.replace(hour=11)  # the clock's own reminder is hours away
    paste(bare, site, WANG)
    bare.get_by_role("link", name="办理").click()
    bare.get_by_role("button", name="催报").click()
    expect(bare.get_by_role("status")).to_contain_text("未报 3 处")
    bare.get_by_role("button", name="发提醒").click()
    expect(bare.get_by_role("status")).to_contain_text("2 人")
    outbox = named("outbox")
    asked = select(outbox.c.person).where(outbox.c.kind == "reminder").order_by(outbox.c.person)
    with town.read() as connection:
        assert connection.execute(asked).scalars().all() == [ZHANG, LI]


def test_a_day_is_reported_without_a_script(bare: Page, site: Office) -> None:
    """One tap for the report, one for all is normal."""
    paste(bare, site, ZHANG)
    bare.get_by_role("link", name="办理").click()
    bare.get_by_role("button", name="今天的日报").click()
    bare.get_by_role("button", name="全部正常").click()
    expect(bare.get_by_role("status")).to_contain_text("3 处正常")


def test_a_workbook_is_refused_row_by_row_and_then_taken(bare: Page, site: Office, tmp_path: Path) -> None:
    """Each bad row with its sheet, number, column and reason; the mended one is checked, then imported."""
    site.assign(SUN, "admin", "X")
    bad, good = tmp_path / "名册.xlsx", tmp_path / "好名册.xlsx"
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "人员"
    for row in (["手机号", "姓名"], ["13800000031", "甲样例"], ["12345", "乙样例"]):
        sheet.append(row)
    book.save(bad)
    paste(bare, site, SUN, "/board/admin/import")
    bare.get_by_label("名册文件").set_input_files(bad)
    with bare.expect_response(lambda answer: answer.request.method == "POST") as said:
        bare.get_by_role("button", name="导入", exact=True).click()
    assert said.value.status == 422
    alert = bare.get_by_role("alert")
    expect(alert).to_contain_text("没有导入")
    expect(alert.get_by_role("row").last).to_contain_text("不是手机号")
    expect(alert.get_by_role("row").last.get_by_role("cell").first).to_have_text("3")
    mended = load_workbook(bad)
    mended.worksheets[0]["A3"] = "13800000032"
    mended.save(good)
    for button, outcome in (("先检查", "检查过了"), ("导入", "已导入")):
        bare.get_by_label("名册文件").set_input_files(good)
        bare.get_by_role("button", name=button, exact=True).click()
        expect(bare.get_by_role("status")).to_contain_text(outcome)
        expect(bare.get_by_role("row", name="人员")).to_contain_text("2")


def test_a_page_is_printed_without_what_only_a_screen_needs(page: Page, site: Office, town: Database) -> None:
    """The calendar and the figures are on paper; sections, buttons and the way out are not."""
    lively(town)
    come(page, site, WANG, "/board/23")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="栏目")).to_be_hidden()
    expect(page.get_by_role("button").first).to_be_hidden()
    expect(page.get_by_role("table", name="最近六周")).to_be_visible()
    assert page.pdf(format="A4")[:5] == b"%PDF-"


def test_news_appear_without_a_reload(page: Page, site: Office, town: Database) -> None:
    """A case found meanwhile changes the figure that is looked at."""
    come(page, site, WANG, "/board/23")
    expect(page.locator(".great")).to_contain_text("37")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    record(town, "found", TODAY, NOW, "suspected")
    with page.expect_response(lambda answer: answer.url.endswith("/board/my-mark") and answer.status == 200):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".one .state")).to_have_text("中断")


def test_the_keyboard_reaches_the_content_first(page: Page, site: Office) -> None:
    """The first Tab offers to skip the sections; what has the focus is seen."""
    come(page, site, WANG, "/board")
    page.goto(f"{site.url}/board")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
