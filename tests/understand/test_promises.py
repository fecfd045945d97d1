"""What holds of any words: no negation is a finding, nothing breaks, nothing is invented."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Kind
from bot.understand.drafts import understand
from bot.understand.lexicon import KINDS
from tests.understand.lines import ALL, PLACES, TODAY, lines

NEGATIONS = (
    "无", "没有", "没", "未发现", "没有发现", "没发现", "未见", "没人", "没有人", "并无", "暂无", "均无", "不是",
    "未出现", "没有任何", "无一例", "没有一个", "不存在", "非",
)  # fmt: skip
WORDS = {
    Kind.FEVER: ("发热", "发烧", "高烧"), Kind.CLOSE_CONTACT: ("密接", "密切接触者"),
    Kind.SUSPECTED: ("疑似", "疑似病例"), Kind.CONFIRMED: ("确诊", "阳性"),
    Kind.ASYMPTOMATIC: ("无症状", "无症状感染者"), Kind.SECONDARY_CONTACT: ("次密接",),
    Kind.KEY_PERSON: ("返乡人员", "重点人员", "从上海回来"),
}  # fmt: skip
BEFORE = st.sampled_from(["", "", "1人", "有2个", "3栋", "3-2-501", "又", "今天", "一名老人"])
BEHIND = st.sampled_from(
    ["", "", "1人", "2例", "38.5", "38度5", "，体温39", " 3栋", "的", "者1名", "：1", "2", "咳嗽", "1人38.5"]
)
BETWEEN = st.sampled_from(["，", "、", " ", "", "和", "。", "；", "但", "，其中", "\n"])


@st.composite
def reports(draw: st.DrawFn) -> tuple[str, Kind]:
    """A report in which one of the kinds is denied, right before its word."""
    kinds = draw(st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=4, unique=True))
    denied = draw(st.sampled_from(kinds))
    parts = [draw(st.sampled_from(["", "星悦城一期", "君安花园：", "星悦城一期、金潭村", "1. 馨竹苑 "]))]
    for kind in kinds:
        word = draw(st.sampled_from(WORDS[kind]))
        negation = draw(st.sampled_from(NEGATIONS)) if kind is denied else ""
        parts += [draw(BEFORE), negation, word, draw(BEHIND), draw(BETWEEN)]
    parts.append(draw(st.sampled_from(["", "其他都正常", "都正常", "，已上报"])))
    return "".join(parts), denied


@given(reports())
@example(("星悦城一期没有发热38.5", Kind.FEVER))
@example(("密接2人没有发热38.5", Kind.FEVER))
@example(("没有无症状1人", Kind.ASYMPTOMATIC))
def test_a_negation_is_never_a_finding(report: tuple[str, Kind]) -> None:
    """Whatever stands around it: what is denied right before its word is not in the draft."""
    said, denied = report
    draft = understand(said, ALL, TODAY)
    assert denied not in {each.kind for line in draft.lines for each in line.findings}, said


def test_no_line_of_the_corpus_keeps_what_is_denied_in_it() -> None:
    """Each finding of the corpus is gone once it is denied, word by word."""
    for line in (*lines("shown"), *lines("held"), *lines("later")):
        for kind, words in KINDS.items():
            places = [match.start() for match in re.finditer(words, line.said)]
            if len(places) != 1 or (kind == Kind.FEVER and "F?" in line.expected):
                continue  # what a temperature says, elsewhere in the line, is not denied
            for negation in NEGATIONS:
                said = line.said[: places[0]] + negation + line.said[places[0] :]
                found = {each.kind for one in understand(said, line.gazetteer, TODAY).lines for each in one.findings}
                assert kind not in found, said


SIGNS = st.text(
    st.one_of(
        st.sampled_from(
            "发热密接疑似无没有不都正常异常星悦城一二期3栋2单元501人个名1，,。;；、:：\n #（）()?？吗昨天38.5度℃"
            "除了其他外但就各两仨百十零〇①½\u200b😀-/.xyc了的"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)


@given(SIGNS)
def test_nothing_breaks_it_and_nothing_is_invented(said: str) -> None:
    """Any signs: the places are known ones, the numbers are those of people, the day is past, the rest is named."""
    draft = understand(said, ALL, TODAY)
    codes = {place.code for place in PLACES}
    assert draft == understand(said, ALL, TODAY)
    assert draft.day <= TODAY
    assert all(part in said for part in draft.lost)
    for line in draft.lines:
        assert line.place in codes or (not line.place and set(line.near) <= codes)
        assert all(1 <= each.count <= 200 for each in line.findings)
        assert all(each.temperature is None or 34 <= each.temperature < 44 for each in line.findings)


def test_what_is_too_long_is_named() -> None:
    """Nobody reports a book; what was not read is told."""
    draft = understand("星悦城一期发热1人。" + "呜" * 5000 + "密接2人", ALL, TODAY)
    assert [each.kind for line in draft.lines for each in line.findings] == [Kind.FEVER]
    assert draft.lost[-1].endswith("密接2人")
