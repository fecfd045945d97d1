"""Lines that become drafts in a second of one core: the corpus, read over and over, and a long list that was pasted.

The peer is bare work on the same text, done in the same run: folding it and segmenting it by one expression of ours.
"""

from __future__ import annotations

import json
import statistics
from time import process_time

import click

from bot.understand.drafts import understand
from bot.understand.gazetteer import build
from bot.understand.places import Candidate
from bot.understand.plain import plain
from tests.understand.lines import ALL, TODAY, Line, lines

PROMISED = 2_000
"""Lines a second that one core reads."""
ITEMS = 100
MANY = 200
"""So many places somebody may name (``store.places.NAMED``)."""
SIGNS = "东西南北中上下左右前后春夏秋冬金木水火土"


def measure(corpus: list[Line], rounds: int) -> dict[str, float]:
    """Lines a second of this process's own time, the median of the rounds: cold, warm, bare, of a pasted list."""
    pasted = "\n".join(f"{n}. 张三 {'星悦城一期' if n % 2 else '君安花园'} 正常" for n in range(1, ITEMS + 1))
    fresh = [build([*ALL.candidates, Candidate(f"X{n}", f"无此小区{n}")]) for n in range(rounds)]
    town = [
        Candidate(f"T{n}", f"{SIGNS[n % len(SIGNS)]}{SIGNS[n // len(SIGNS)]}花园{n % 9 + 1}期") for n in range(MANY)
    ]
    large = [build([*ALL.candidates, *town, Candidate(f"Y{n}", f"无此大区{n}")]) for n in range(rounds)]
    taken: dict[str, list[float]] = {"cold": [], "cold_among_200": [], "warm": [], "bare": [], "pasted": []}
    for n in range(rounds):
        begin = process_time()
        for line in corpus:
            understand(line.said, fresh[n], TODAY)
        taken["cold"].append(len(corpus) / (process_time() - begin))
        begin = process_time()
        for line in corpus:
            understand(line.said, large[n], TODAY)
        taken["cold_among_200"].append(len(corpus) / (process_time() - begin))
        begin = process_time()
        drafts = [line.read() for line in corpus]
        taken["warm"].append(len(corpus) / (process_time() - begin))
        begin = process_time()
        for line in corpus:
            text = plain(line.said).text
            sum(1 for _ in line.gazetteer.scanner.finditer(text))
        taken["bare"].append(len(corpus) / (process_time() - begin))
        begin = process_time()
        whole = understand(pasted, ALL, TODAY)
        taken["pasted"].append(ITEMS / (process_time() - begin))
        assert sum(not draft.empty for draft in drafts) > len(corpus) / 2
        assert len(whole.lines) == 2
    return {f"{name}_lines_per_second": round(statistics.median(rates)) for name, rates in taken.items()}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.option("--rounds", default=9, show_default=True)
def main(*, as_json: bool, rounds: int) -> None:
    """Read the whole corpus, both of its parts, and print how fast that was."""
    corpus = [*lines("shown"), *lines("held"), *lines("later")]
    found = {"lines": len(corpus), "promised_lines_per_second": PROMISED, **measure(corpus, rounds)}
    click.echo(json.dumps(found) if as_json else "\n".join(f"{key:>26}  {value}" for key, value in found.items()))


if __name__ == "__main__":
    main()
