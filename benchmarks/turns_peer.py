"""The peer: python-telegram-bot as its manual has it: webhook, ConversationHandler, state in memory, no database.

``python -m benchmarks.turns_peer PORT API_URL``
"""

from __future__ import annotations

import sys

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
)

from benchmarks.turns_load import SECRET

TOKEN = "1:INVENTED"  # noqa: S105 - invented
ASKED = 0
PROMPT = "11月24日 周二 日报 · 17:00 截止\n您负责 3 处：虚构一期、虚构花园、虚构六期"
RECEIPT = "✅ 14:58 已报，3 处正常\n虚构一期 连续无疫 37 天 · 虚构花园 12 天 · 虚构六期 105 天"


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    """One row of buttons."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label) for label in labels]])


async def ask(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    """The prompt."""
    assert update.message is not None
    await update.message.reply_text(PROMPT, reply_markup=keyboard("全部正常", "有异常", "请假"))
    return ASKED


async def receive(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """The tap, and the receipt in place of the prompt."""
    query = update.callback_query
    assert query is not None
    assert context.user_data is not None
    context.user_data["report"] = query.data
    await query.answer()
    await query.edit_message_text(RECEIPT, reply_markup=keyboard("更正", "补充"))
    return ConversationHandler.END


def main() -> None:
    """Listen until interrupted."""
    port, url = int(sys.argv[1]), sys.argv[2]
    application = Application.builder().token(TOKEN).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    talk: ConversationHandler[ContextTypes.DEFAULT_TYPE] = ConversationHandler(
        [CommandHandler("report", ask)], {ASKED: [CallbackQueryHandler(receive)]}, []
    )
    application.add_handler(talk)
    application.run_webhook(
        "127.0.0.1", port, "telegram", webhook_url=f"http://127.0.0.1:{port}/telegram", secret_token=SECRET
    )


if __name__ == "__main__":
    main()
