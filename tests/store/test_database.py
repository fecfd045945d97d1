"""The writing thread: waiting jobs share a commit, and one job's misfortune is nobody else's."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import IntegrityError

from bot.store.database import BATCH, Database
from bot.store.tables import Setting

KEYS = Setting.__table__  # type: ignore[attr-defined]  # SQLModel adds it without saying so


def put(key: str, value: str = "") -> Callable[[Connection], str]:
    """A job that writes one row and gives its key back."""

    def job(connection: Connection) -> str:
        connection.execute(insert(KEYS).values(key=key, value=value))
        return key

    return job


def stored(database: Database) -> set[str]:
    """The keys that a reader sees."""
    with database.read() as connection:
        return set(connection.scalars(select(KEYS.c.key)))


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Keep the writing thread busy, so that the jobs of the block wait together."""
    begun, go = threading.Event(), threading.Event()

    def job(_: Connection) -> None:
        begun.set()
        go.wait(30)

    first = database.submit(job)
    begun.wait(30)
    try:
        yield
    finally:
        go.set()
        first.result(30)


@contextmanager
def watched(database: Database, moment: str, act: Callable[[], None]) -> Iterator[None]:
    """Do ``act`` at every ``begin`` or ``commit`` of the block."""

    def listen(_: Connection) -> None:
        act()

    event.listen(database.engine, moment, listen)
    try:
        yield
    finally:
        event.remove(database.engine, moment, listen)


def outcomes(futures: list[Future[str]]) -> list[str | type[BaseException]]:
    """What came of each: its value, or the kind of its error."""
    errors = [future.exception(30) for future in futures]
    return [future.result() if error is None else type(error) for future, error in zip(futures, errors, strict=True)]


def test_a_write_is_seen_after_it_returns(database: Database) -> None:
    """``write`` gives the job's value, and every reader sees the row from then on."""
    assert database.write(put("a")) == "a"
    assert stored(database) == {"a"}


def test_waiting_jobs_share_a_commit(database: Database) -> None:
    """As many jobs as fit a batch arrive while one commit runs: one more commit serves all of them."""
    commits: list[None] = []
    with watched(database, "commit", lambda: commits.append(None)):
        with held(database):
            futures = [database.submit(put(str(number))) for number in range(BATCH)]
        assert [future.result(30) for future in futures] == [str(number) for number in range(BATCH)]
    assert len(commits) == 2
    assert len(stored(database)) == BATCH


def test_more_than_a_batch_takes_two_commits(database: Database) -> None:
    """The first of many waiting jobs does not wait for all of them."""
    commits: list[None] = []
    with watched(database, "commit", lambda: commits.append(None)):
        with held(database):
            futures = [database.submit(put(str(number))) for number in range(BATCH + 1)]
        assert len(outcomes(futures)) == BATCH + 1
    assert len(commits) == 3


def test_a_failing_job_leaves_nothing_and_harms_nobody(database: Database) -> None:
    """Its own rows are gone, its caller has its error, and its neighbours in the commit are stored."""

    def fail(connection: Connection) -> str:
        put("half")(connection)
        raise LookupError

    with held(database):
        futures = [database.submit(put("before")), database.submit(fail), database.submit(put("after"))]
    assert outcomes(futures) == ["before", LookupError, "after"]
    assert stored(database) == {"before", "after"}


def test_a_refused_statement_harms_nobody(database: Database) -> None:
    """PostgreSQL refuses all further statements after an error; the savepoint lets the neighbours go on."""
    database.write(put("taken"))
    with held(database):
        futures = [database.submit(put("before")), database.submit(put("taken")), database.submit(put("after"))]
    assert outcomes(futures) == ["before", IntegrityError, "after"]
    assert stored(database) == {"taken", "before", "after"}


@pytest.mark.parametrize("moment", ["begin", "commit"])
def test_a_failing_commit_fails_all_that_wait(database: Database, moment: str) -> None:
    """Nobody is told that a row is stored when it is not; and the thread lives to serve the next."""
    calls = itertools.count()

    def fail() -> None:
        if next(calls):  # the first is of the job that holds the thread
            raise OSError(moment)

    with watched(database, moment, fail):
        with held(database):
            futures = [database.submit(put("a")), database.submit(put("b"))]
        assert outcomes(futures) == [OSError, OSError]
    assert stored(database) == set()
    assert database.write(put("next")) == "next"


def test_a_caller_that_gave_up_in_time_is_left_out(database: Database) -> None:
    """A future that was cancelled while it waited is never begun; the others are."""
    with held(database):
        given_up, other = database.submit(put("given up")), database.submit(put("other"))
        assert given_up.cancel()
    assert other.result(30) == "other"
    assert stored(database) == {"other"}


def test_a_batch_of_nothing_but_given_up_callers_commits_nothing(database: Database) -> None:
    """No work, no flush."""
    with held(database):
        assert database.submit(put("given up")).cancel()
    assert database.write(put("next")) == "next"
    assert stored(database) == {"next"}


def test_closing_finishes_what_waits(database: Database) -> None:
    """Jobs that were handed in before the end are stored before it."""
    futures = [database.submit(put(str(number))) for number in range(3 * BATCH)]
    database.close()
    assert all(future.done() for future in futures)
    assert len(stored(database)) == 3 * BATCH


def test_a_closed_database_opens_again(database: Database) -> None:
    """Closing twice is fine, and a later write starts a new thread."""
    database.close()
    database.close()
    assert database.write(put("late")) == "late"


def test_a_file_that_was_put_in_its_place_is_written(migrated_file: Path, tmp_path: Path) -> None:
    """Whoever disposes of the engine has let go of the old file, the thread that writes too."""
    where = tmp_path / "wuyi.db"
    shutil.copy(migrated_file, where)
    with closing(Database(f"sqlite:///{where}")) as database:
        database.write(put("old"))
        database.engine.dispose()
        for path in tmp_path.glob("wuyi.db*"):
            path.unlink()
        shutil.copy(migrated_file, where)
        database.write(put("new"))
        assert stored(database) == {"new"}


def test_after_a_failure_another_connection_writes(database: Database) -> None:
    """What the failed job left half read holds no lock, and nothing of it is seen."""

    def fail(connection: Connection) -> str:
        put("half")(connection)
        connection.execute(select(KEYS.c.key))
        raise LookupError

    database.write(put("before"))
    with pytest.raises(LookupError):
        database.write(fail)
    assert database.write(put("after")) == "after"
    assert stored(database) == {"before", "after"}


def test_a_reader_sees_one_state(database: Database) -> None:
    """What is written while somebody reads does not change what that reader sees."""
    database.write(put("before"))
    with database.read() as connection:
        assert connection.scalars(select(KEYS.c.key)).all() == ["before"]
        database.write(put("meanwhile"))
        assert connection.scalars(select(KEYS.c.key)).all() == ["before"]
    assert stored(database) == {"before", "meanwhile"}


def test_nobody_waits_for_a_reader(database: Database) -> None:
    """An open reader holds up no writer, and a busy writer no reader."""
    with database.read() as connection:
        connection.scalars(select(KEYS.c.key)).all()
        with held(database):
            assert stored(database) == set()


def test_the_embedded_database_flushes_at_every_commit(migrated_file: Path) -> None:
    """WAL, synchronous=FULL, foreign keys: without the second an acknowledged message could be lost with the power."""
    with closing(Database(f"sqlite:///{migrated_file}")) as database, database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
