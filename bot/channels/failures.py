"""What may become of a call to a platform's server, as every caller has to know it. No error repeats what was sent."""

from __future__ import annotations


class NotSentError(Exception):
    """The call certainly had no effect: no connection came about, or the server said that it failed."""


class PacedError(NotSentError):
    """The server wants fewer calls: wait ``seconds``."""

    def __init__(self, seconds: float) -> None:
        """Keep how long."""
        super().__init__(f"too many calls: wait {seconds:g} s")
        self.seconds = seconds


class LostError(Exception):
    """Nobody knows whether the call had its effect: the answer did not come."""


class RefusedError(Exception):
    """The platform said no, by a code. Its own words are not repeated: they may hold addresses."""

    def __init__(self, code: int) -> None:
        """Keep the code."""
        super().__init__(f"refused: errcode {code}")
        self.code = code
