"""A town in which somebody reported persons with all that can be told of them, each value unmistakable."""

from __future__ import annotations

from typing import Protocol

from bot.model import Field

PLANTED = {
    Field.DOOR: "8栋7单元606",
    Field.TEMPERATURE: "39.7",
    Field.SYMPTOMS: "隐症状",
    Field.CONTACT: "隐同事",
    Field.AREA: "隐城区",
    Field.NAME: "隐姓名",
    Field.PHONE: "13911112222",
    Field.NOTE: "隐备注",
}
FEVER, CONTACT, RETURNEE = "F1124-01", "M1124-01", "K1124-01"
PLACE = "24"
"""Two workers have it: one who reported, one who did not."""


class Speaks(Protocol):
    """Where people write and send pictures: at the desk itself, or over a channel."""

    async def write(self, who: str, said: str, /) -> object:
        """Write a line."""
        ...

    async def photo(self, who: str, name: str, /) -> object:
        """Send a picture."""
        ...


async def plant(talk: Speaks) -> None:
    """A fever, a contact and a returnee at one place, with all that may be added."""
    for said in (
        "有异常", "汉口花园六期", "发热", PLANTED[Field.DOOR], PLANTED[Field.TEMPERATURE],
        "补充", "姓名", PLANTED[Field.NAME], "补充", "电话", PLANTED[Field.PHONE],
        "补充", "症状", PLANTED[Field.SYMPTOMS], "补充", "备注或照片", PLANTED[Field.NOTE],
    ):  # fmt: skip
        await talk.write("zhang", said)
    await talk.photo("zhang", "0" * 32)
    for said in (
        "完成", "再报一个", "汉口花园六期", "密接", "不知道", PLANTED[Field.CONTACT],
        "再报一个", "汉口花园六期", "风险地区返回", "不知道", PLANTED[Field.AREA], "提交",
    ):  # fmt: skip
        await talk.write("zhang", said)
