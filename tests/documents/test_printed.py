"""Every document in LibreOffice: it opens, prints on the pages that it should, and nothing of it is cut off."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image

from bot.documents.assessment import assessment_docx, assessment_xlsx
from bot.documents.daily_table import daily_table
from bot.documents.ledger import ledger
from bot.documents.prose import application
from bot.documents.written import written
from bot.model.documents import Period
from tests.documents.samples import CHECKLIST, COMPOUNDS, DAILY, EXAMPLES, FULL_APPLICATION, LEDGER

MEND = "this test needs LibreOffice: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils"
LONG: Mapping[str, tuple[Callable[..., bytes], object]] = {
    "一份写满的申报表.docx": (application, FULL_APPLICATION),
    "清单.docx": (assessment_docx, CHECKLIST),
    "清单.xlsx": (assessment_xlsx, CHECKLIST),
    "很长的台账.xlsx": (ledger, replace(LEDGER, rows=LEDGER.rows * 30)),
}
PAGES = {
    "日报表.xlsx": 2,
    "测评表.docx": 1,
    "测评表.xlsx": 1,
    "申报表.docx": 1,
    "月报.docx": 3,
    "季报.docx": 3,
    "问题台账.xlsx": 1,
    "一份写满的申报表.docx": 1,
    "清单.docx": 1,
    "清单.xlsx": 1,
}
FOOT = 780.0
"""Where the lower margin of A4 begins, in points from the top."""
UNSAID = {"level", "state", "until", "compiled_at"}
"""Fields that stand in a document in other words, or not in every one."""


def told(value: object, name: str = "") -> Iterator[tuple[str, ...]]:
    """The text, the numbers and the days of a value, whatever it is made of; each as it may be written."""
    if name in UNSAID or value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        yield from ((line,) for line in value.split("\n") if line)
    elif isinstance(value, Period):
        yield (value.title,)
    elif isinstance(value, date):
        yield (written(value), value.isoformat())
    elif isinstance(value, tuple):
        for each in value:
            yield from told(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from told(getattr(value, each.name), each.name)
    else:
        yield (written(value),)


def squeezed(text: str) -> str:
    """Without the breaks that printing puts in, and without the numbers of pages."""
    return re.sub(r"\s", "", re.sub(r"—\s*\d+\s*—", "", text))


def office(folder: Path, to: str, *paths: Path) -> None:
    """One run of LibreOffice for all of them, under a profile of its own."""
    profile = (folder.parent / "profile").as_uri()
    program = shutil.which("soffice")
    assert program, MEND
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", to, "--outdir", str(folder)]
    run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False, timeout=150)
    assert run.returncode == 0, run.stderr


def printed(path: Path) -> list[str]:
    """The text of each page, in the order in which it is drawn: a cell's lines one after another."""
    program = shutil.which("pdftotext")
    assert program, MEND
    text = subprocess.run([program, "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return text.split("\f")[:-1]


def places(path: Path) -> list[dict[str, tuple[float, float]]]:
    """Of each page its words, with their upper and lower edge in points."""
    program = shutil.which("pdftotext")
    assert program, MEND
    text = subprocess.run([program, "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
    word = re.compile(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)<')
    return [
        {said: (float(top), float(low)) for top, low, said in word.findall(page)} for page in text.split("<page")[1:]
    ]


def ink(path: Path) -> tuple[int, int, int, int]:
    """The part of the first page on which anything is drawn, in percent of the page."""
    program = shutil.which("pdftoppm")
    assert program, MEND
    command = [program, "-r", "40", "-gray", "-png", "-singlefile", str(path), str(path.with_suffix(""))]
    subprocess.run(command, check=True)
    with Image.open(path.with_suffix(".png")) as page:
        box = page.point(lambda light: 255 if light < 200 else 0).getbbox()
        assert box is not None, f"{path.name} is a blank page"
        left, top, right, bottom = box
        return (
            100 * left // page.width,
            100 * top // page.height,
            100 * right // page.width,
            100 * bottom // page.height,
        )


def test_every_document_opens_and_prints(tmp_path: Path) -> None:
    """All fields are on the paper, on as many pages as they should take, within its margins."""
    made = tmp_path / "made"
    made.mkdir()
    papers = {**EXAMPLES, **LONG}
    for number, (name, (make, value)) in enumerate(papers.items()):
        (made / f"{number}{Path(name).suffix}").write_bytes(make(value))
    office(tmp_path / "pdf", "pdf", *sorted(made.iterdir()))
    for number, (name, (_, value)) in enumerate(papers.items()):
        path = tmp_path / "pdf" / f"{number}.pdf"
        pages = printed(path)
        assert PAGES.get(name, len(pages)) == len(pages), name
        if name == "很长的台账.xlsx":
            assert len(pages) > 1
            assert all("责任人" in page for page in pages), "the header is on each page"
        text = squeezed("".join(pages))
        missing = [each for each in told(value) if not any(squeezed(form) in text for form in each)]
        assert missing == [], name
        left, top, right, bottom = ink(path)
        assert left >= 5, name
        assert top >= 5, name
        assert right <= 95, name
        assert bottom <= 97, name


def test_no_name_is_cut_where_a_page_ends(tmp_path: Path) -> None:
    """Wherever a page ends, the name of a community stands whole between its header and its foot."""
    made = tmp_path / "made"
    made.mkdir()
    for number in range(10):
        value = replace(DAILY, rows=(*DAILY.rows[:number], *DAILY.rows))
        (made / f"{number}.xlsx").write_bytes(daily_table(value))
    office(tmp_path / "pdf", "pdf", *sorted(made.iterdir()))
    for path in sorted((tmp_path / "pdf").glob("*.pdf")):
        pages = places(path)
        assert len(pages) == 2
        for name in COMPOUNDS:
            assert any(
                page["备注"][1] <= top and bottom <= FOOT
                for page in pages
                for top, bottom in [page.get(name, (0.0, 0.0))]
            ), (path.name, name)


def test_no_row_of_a_sheet_is_too_low(tmp_path: Path) -> None:
    """LibreOffice, asked how high each row has to be, never wants more than the file says."""
    made = tmp_path / "made"
    made.mkdir()
    sheets = [(make, value) for name, (make, value) in {**EXAMPLES, **LONG}.items() if name.endswith(".xlsx")]
    for number, (make, value) in enumerate(sheets):
        path = made / f"{number}.xlsx"
        path.write_bytes(make(value))
        shutil.copy(path, tmp_path / path.name)
        book = load_workbook(path)
        for row in book.worksheets[0].row_dimensions.values():
            row.height = None
        book.save(path)
    office(tmp_path / "opened", "xlsx", *sorted(made.iterdir()))
    for path in sorted(made.iterdir()):
        ours = load_workbook(tmp_path / path.name).worksheets[0].row_dimensions
        theirs = load_workbook(tmp_path / "opened" / path.name).worksheets[0].row_dimensions
        assert len(theirs) > 3
        low = {
            number: (row.height, theirs[number].height)
            for number, row in ours.items()
            if row.height < theirs[number].height
        }
        assert low == {}
