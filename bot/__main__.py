"""The command line, and nothing but: each command lives in ``bot.commands`` and is loaded when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import ClassVar

import click


class Commands(click.Group):
    """A group that knows its commands by name and one line, so that ``--help`` loads none of them."""

    known: ClassVar[dict[str, tuple[str, str]]] = {
        "run": ("run", "The bot with every configured channel, its pages and its post."),
        "chat": ("chat", "Talk to the bot in this terminal as a person of the roster."),
        "init": ("database", "Create the database, or bring it up to date."),
        "migrate": ("database", "Bring the database up to date."),
        "import": ("roster", "Read a roster workbook (.xlsx) or a folder of .csv; all or nothing."),
        "invite": ("invite", "Make a one-time code and link for a person."),
        "streaks": ("figures", "The epidemic-free days of every place."),
        "explain": ("figures", "Why a place's figure is what it is."),
        "history": ("history", "What was published of a place's days, and what is known now."),
        "standards": ("standards", "The standards of creation and their items."),
        "qualify": ("qualify", "Whether a place qualifies, and what is missing."),
        "calendar": ("calendar", "Every deadline and every reminder, without sending any."),
        "workdays": ("calendar", "Which days are worked: list them, or put one right."),
        "export": ("export", "Write a table, a form or a report as .docx or .xlsx, or a picture."),
        "outbox": ("outbox", "What did not arrive or waits; send it again, or give it up."),
        "token": ("token", "Let another program read through the API; list its tokens, or end one."),
        "webhook": ("webhook", "Tell another program of cases and awards, signed; list such programs, or stop."),
        "simulate": ("simulate", "A virtual town on a virtual clock, with faults, and what came of it."),
        "backup": ("backup", "Everything as of one moment in one file, while the bot runs."),
        "restore": ("backup", "A backup into an empty database, SQLite or PostgreSQL."),
        "purge": ("privacy", "Delete what is past its term."),
        "end-of-event": ("privacy", "Delete all personal data for good, and write a certificate."),
        "rotate-key": ("privacy", "Seal everything with a new secret key."),
        "doctor": ("doctor", "Check settings, database, clock and channels; name each mend."),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a new operator needs them."""
        del ctx
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command's module; ``import`` becomes ``import_``."""
        del ctx
        if cmd_name not in self.known:
            return None
        module = importlib.import_module(f"bot.commands.{self.known[cmd_name][0]}")
        name = cmd_name.replace("-", "_")
        command = getattr(module, f"{name}_" if name == "import" else name)
        assert isinstance(command, click.Command)  # noqa: S101 - a mistake of ours, not of the caller's
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, from the table above."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.known.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wuyi", prog_name="wuyi")
def wuyi() -> None:
    """无疫社区创建助手: the daily-report bot, and the figures that follow from it."""


def main() -> None:
    """Exit 0 when done, 1 when refused or failed with the reason on stderr, 2 on wrong usage."""
    try:
        wuyi(prog_name="wuyi")
    except KeyboardInterrupt:
        sys.exit(1)


if __name__ == "__main__":
    main()
