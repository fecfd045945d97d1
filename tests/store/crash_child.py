"""The process that ``test_crash`` kills: writes numbered rows for ever, and prints each number once it is stored."""

from __future__ import annotations

import itertools
import os
import sys
import threading
from concurrent.futures import Future

from sqlalchemy import Connection, text

from bot.store.database import Database

IN_FLIGHT = 100
INSERT = text("INSERT INTO setting (key, value) VALUES (:key, 'x')")


def write(url: str, first: int) -> None:
    """Keep ``IN_FLIGHT`` writes waiting."""
    database = Database(url)
    room = threading.Semaphore(IN_FLIGHT)

    def submit(number: int) -> None:
        def job(connection: Connection) -> None:
            connection.execute(INSERT, {"key": str(number)})

        def acknowledge(future: Future[None]) -> None:
            future.result()
            os.write(sys.stdout.fileno(), f"{number}\n".encode())
            room.release()

        room.acquire()
        database.submit(job).add_done_callback(acknowledge)

    for number in itertools.count(first):
        submit(number)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
