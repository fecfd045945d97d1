"""A small town from morning to night for two weeks, with everything going wrong: what is promised holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import app
from bot.commands import simulate as command
from bot.model import Locale
from bot.simulation import play as playing
from bot.simulation.judge import judge
from bot.simulation.log import Log, Told
from bot.simulation.play import Wanted, play
from bot.simulation.verdict import DEFECTS, Verdict
from bot.simulation.workdays import working
from tests.simulation.reminding import jobs


def run(folder: Path, wanted: Wanted) -> tuple[Log, Verdict]:
    """The log, and the judge's word on it."""
    log = play(wanted, folder)
    return log, judge(log, working)


@pytest.mark.parametrize("seed", [1, 2])
def test_two_weeks_with_faults(tmp_path: Path, seed: int) -> None:
    """Nothing that was acknowledged is lost, nothing comes twice or at night, whatever dies and fails."""
    log, verdict = run(tmp_path, Wanted(workers=8, days=14, seed=seed))
    assert (verdict.acknowledged_lost, verdict.quarantined) == (0, 0)
    assert (verdict.lost, verdict.dated_missing, verdict.dated_stray) == (0, 0, 0)
    assert (verdict.doubled, verdict.quiet, verdict.over_three, verdict.after_reported) == (0, 0, 0, 0)
    assert log.kills >= 2
    assert {Told.SENT, Told.RETRY} <= {each.told for each in log.attempts}
    assert verdict.owed > 8 * 12
    assert verdict.messages > 50


def test_a_planner_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two reminders a day nobody is missed, most report, and a normal day costs about a tap."""
    monkeypatch.setattr(app, "House", jobs())
    _, verdict = run(tmp_path, Wanted(workers=8, days=7))
    assert (verdict.lost, verdict.doubled, verdict.quiet, verdict.over_three) == (0, 0, 0, 0)
    assert verdict.reminders > 25
    assert verdict.reported > 0.9 * verdict.owed
    assert 1 <= verdict.reminders_most <= 2
    assert verdict.reminder_p50 < 1
    assert 3 < verdict.taps_a_week + verdict.typed_a_week < 12


@pytest.mark.parametrize(("slip", "defect"), [("forgets", "lost"), ("nags", "after_reported"), ("repeats", "doubled")])
def test_a_bad_planner_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slip: str, defect: str) -> None:
    """Each slip of the planner is a defect of the run, and no other kind of it."""
    monkeypatch.setattr(app, "House", jobs(frozenset({slip})))
    _, verdict = run(tmp_path, Wanted(workers=6, days=3, seed=4, faults=slip == "repeats"))
    assert defect in verdict.defects
    assert set(verdict.defects) <= {defect, "over_three"}


def test_a_run_repeats(tmp_path: Path) -> None:
    """The same seed: the same deeds, the same fates, the same word of the judge."""
    runs = [run(tmp_path / name, Wanted(workers=4, days=3, seed=7)) for name in ("one", "two")]
    (first, one), (second, two) = runs
    assert first.acts == second.acts
    assert first.attempts == second.attempts
    assert one == two


def test_without_faults_all_arrives_at_once(tmp_path: Path) -> None:
    """No kill, no failure: every message is sent."""
    log, verdict = run(tmp_path, Wanted(workers=3, days=3, faults=False, rate=None))
    assert log.kills == 0
    assert {each.told for each in log.attempts} <= {Told.SENT, Told.UNDELIVERABLE}
    assert verdict.reply_p99 < 1


def test_a_platform_with_a_pace(tmp_path: Path) -> None:
    """What it refuses for its pace comes a little later."""
    log, _ = run(tmp_path, Wanted(workers=10, days=7, seed=2, faults=False, rate=1))
    assert any(each.told is Told.RETRY for each in log.attempts)


def played(monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> CliRunner:
    """The command over a town that need not be played."""
    monkeypatch.setattr(command, "play", lambda _wanted, _folder: None)
    monkeypatch.setattr(command, "judge", lambda _log, _working: verdict)
    return CliRunner()


def test_the_command_prints_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row a figure, in either language; exit status 0 where nothing is wrong."""
    runner = played(monkeypatch, Verdict(workers=50, days=30, owed=1500, reminders_a_day=0.75))
    result = runner.invoke(command.simulate, ["--lang", "en"])
    assert result.exit_code == 0
    assert result.output.startswith("30 days, 50 workers, seed 1, in ")
    assert "Reminders a person and day" in result.output
    assert len(result.output.splitlines()) == len(command.SHOWN) + 2
    assert "应报人天" in runner.invoke(command.simulate, []).output
    assert len({len(line) for line in command.table(Verdict(), Locale.EN).splitlines()}) == 1


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_command_fails_for_each_defect(monkeypatch: pytest.MonkeyPatch, defect: str) -> None:
    """Exit status 1, with the reason on stderr; ``--json`` prints the same as one object and nothing else."""
    verdict = Verdict()
    verdict.find(defect, "7 2026-11-24 15:00")
    result = played(monkeypatch, verdict).invoke(command.simulate, ["--json", "--lang", "en"])
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told[defect], told["defects"], told["seed"]) == (1, [defect], 1)
    assert "7 2026-11-24 15:00" in result.stderr


def test_the_command_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One day of three people, from the command line on."""
    monkeypatch.setattr(command, "MEMORY", tmp_path)
    result = CliRunner().invoke(command.simulate, ["--workers", "3", "--days", "1", "--json"])
    told = json.loads(result.stdout)
    assert (told["workers"], told["days"], told["owed"]) == (3, 1, 3)
    assert list(tmp_path.iterdir()) == []
    assert playing.FIRST.day == 1
