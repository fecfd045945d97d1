"""The engine, and the one thread that writes: waiting jobs share a commit, so that a disk flush serves many."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.prepared import begun, plain

T = TypeVar("T")
Job = Callable[[Connection], T]

BATCH = 64
"""The most jobs in one commit: enough to make the flush cheap, few enough to keep the first one's wait short."""

STATEMENTS = 512
"""So many statements stay ready on each SQLite connection: more than there are, for the driver's 128 are too few."""
STOPPED = 30_000
"""After so many milliseconds within a transaction, and nothing asked, PostgreSQL ends it: the process has stopped."""


def connect(url: str) -> Engine:
    """An engine for SQLite (WAL, synchronous=FULL, foreign keys, BEGIN by us) or PostgreSQL (psycopg 3).

    Raises:
        OSError: the folder of a SQLite file cannot be made.
    """
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        # A process that is stopped in the middle of a transaction would keep its locks from all the others.
        patience = {} if "options" in where.query else {"options": f"-c idle_in_transaction_session_timeout={STOPPED}"}
        return create_engine(where, pool_pre_ping=True, connect_args=patience)
    if where.database:
        Path(where.database).parent.mkdir(parents=True, exist_ok=True)
    ours = {"timeout": 30, "check_same_thread": False, "cached_statements": STATEMENTS}
    # The connection that was used last knows the pages that it read as long as no other has written.
    engine = create_engine(where, connect_args=ours, pool_use_lifo=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-65536",
        "secure_delete=ON",  # what is deleted is overwritten, not merely forgotten
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a writer fails at once when another writes; an immediate one waits.
    reading = connection.get_execution_options().get("reading", False)
    begun(connection, "BEGIN" if reading else "BEGIN IMMEDIATE")


class Database:
    """One database: readers as many as ask, writers one after another through one thread."""

    def __init__(self, url: str) -> None:
        """Open the engine; the writing thread starts with the first job."""
        self.url = url
        self.engine = connect(url)
        self._jobs: queue.SimpleQueue[tuple[Job[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database and writes nothing."""
        # SQLite's WAL gives a snapshot by itself; PostgreSQL must be asked for one.
        level: dict[str, Any] = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(reading=True, **level) as connection:
            yield connection

    def submit(self, job: Job[T]) -> Future[T]:
        """Queue a write; the future is done after the commit, or has the job's error, and nothing of it stays."""
        future: Future[T] = Future()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="wuyi-writer", daemon=True)
                self._thread.start()
            self._jobs.put((job, future))
        return future

    def write(self, job: Job[T]) -> T:
        """Run one write and wait for its commit."""
        return self.submit(job).result()

    def close(self) -> None:
        """Finish what is queued, then let go of the database."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._jobs.put(None)
        if thread is not None:
            thread.join()
        self.engine.dispose()

    def _work(self) -> None:
        while True:
            batch, last = self._collect()
            # A caller that gave up before the work began is left out; after this nobody can cancel.
            batch = [item for item in batch if item[1].set_running_or_notify_cancel()]
            if batch:
                self._commit(batch)
            if last:
                return

    def _collect(self) -> tuple[list[tuple[Job[Any], Future[Any]]], bool]:
        first = self._jobs.get()
        if first is None:
            return [], True
        batch = [first]
        while len(batch) < BATCH:
            try:
                item = self._jobs.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _commit(self, batch: list[tuple[Job[Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self.engine.connect() as connection:
                with connection.begin() as transaction:
                    for job, future in batch:
                        done.append((future, *_run(connection, job, alone=len(batch) == 1)))
                    if len(batch) == 1 and done[0][2] is not None:
                        transaction.rollback()
                if any(error is not None for _, _, error in done):
                    # A statement that the failed job left half read would hold its lock on this connection.
                    connection.invalidate()
        except BaseException as why:  # noqa: BLE001 - the commit failed: every waiting caller must hear of it
            for _, future in batch:
                future.set_exception(why)
            return
        for future, value, error in done:
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)


def _run(connection: Connection, job: Job[Any], *, alone: bool) -> tuple[Any, BaseException | None]:
    """Run one job inside a savepoint of its own, so that its failure takes nobody else's work along.

    A job that is alone in its transaction needs none. The savepoint is plain SQL: SQLAlchemy has a costlier one.
    """
    if not alone:
        plain(connection, "SAVEPOINT job")
    try:
        value = job(connection)
    except Exception as why:  # noqa: BLE001 - handed to the caller through the future
        if not alone:
            plain(connection, "ROLLBACK TO SAVEPOINT job")
            plain(connection, "RELEASE SAVEPOINT job")
        return None, why
    if not alone:
        plain(connection, "RELEASE SAVEPOINT job")
    return value, None
