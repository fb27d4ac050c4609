"""The modals (Slack's views): one builder a page of the flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from bot.answer import Answer
from bot.change import LIVE
from bot.flow.deciding.cards import CardPage
from bot.flow.pages import AnswerPage, FormPage, OutcomePage, PickPage, PreviewPage, QuestionPage
from bot.slack.asked import page_content
from bot.slack.blocks import (
    TITLE,
    VIEW_BLOCKS,
    Block,
    actions,
    button,
    context,
    fit_view,
    header,
    plain,
    section,
)
from bot.slack.card import card_content
from bot.slack.form_view import TURN, form_blocks
from bot.slack.pick_blocks import pick_blocks
from bot.slack.render import Content, answer_content, outcome_content, preview_content
from bot.text import _

View: TypeAlias = dict[str, Any]

# In people's words and not in CKAN's, with room for languages that need more letters.
_TITLES: Final = {
    "answer": _("Answer"),
    "connect": _("Connect"),
    "create-package": _("Create record"),
    "create-resource": _("Add resource"),
    "decide": _("Decide"),
    "delete-package": _("Delete record"),
    "delete-resource": _("Delete resource"),
    "patch-package": _("Edit record"),
    "patch-resource": _("Edit resource"),
    "pending": _("What is waiting"),
    "policy": _("Approvals"),
    "preview": _("Preview"),
    "reorder-resources": _("Reorder"),
    "set-state": _("Change state"),
    "show-package": _("Show record"),
    "subscribe": _("Subscribe"),
    "undo": _("Undo"),
    "update-resource": _("Update resource"),
}


def titled(verb: str) -> str:
    """The title of a verb's views: what its form does, else the verb as it is typed."""
    return _TITLES.get(verb) or f"/bcdc {verb}"


def loading_view(verb: str, sentence: str = "") -> View:
    """Shown at once, before anything is asked of the catalogue."""
    waits = sentence or _("One moment…")
    return _view(verb, titled(verb), Content([section("⏳ " + waits)]))


def sentence_view(verb: str, sentence: str) -> View:
    """One sentence, such as why something was not done."""
    return _view(verb, titled(verb), Content([section(sentence)]))


def answer_view(verb: str, answer: Answer) -> View:
    """An answer, where the question was asked in a view."""
    return _view(verb, titled(verb), answer_content(answer), close=_("Done"))


def page_view(verb: str, page: AnswerPage) -> View:
    """An answer that can be asked for again, in a view."""
    return _view(verb, titled(verb), page_content(page), close=_("Done"))


def form_view(page: FormPage) -> View:
    """The form over a draft, or one of its pages."""
    several = len(page.titles) > 1
    about = " · ".join(filter(None, (page.form.title, page.banner)))
    top: list[Block] = [{**context(about or titled(page.verb)), "block_id": f"{TURN}{page.turn}"}]
    if several:
        top += _progress(page)
    bottom = _turning(page) if several else []
    blocks = top + form_blocks(page.form, limit=VIEW_BLOCKS - len(top) - len(bottom))
    close = _("Close") if several else _("Cancel")
    view = _view(page.verb, titled(page.verb), Content(blocks, end=bottom), close=close)
    return view | {
        "submit": plain(_("Preview") if page.last else _("Next"), TITLE),
        "private_metadata": page.change_id,
    }


def _progress(page: FormPage) -> list[Block]:
    """Where the page stands among the others, and the ways to these."""
    told = _("{number} of {all}: {title}").format(
        number=page.page + 1, all=len(page.titles), title=page.titles[page.page]
    )
    others = [
        button(f"{number + 1}. {title}", f"bcdc:form:page:{number}")
        for number, title in enumerate(page.titles)
        if number != page.page
    ]
    return [header(told), *actions(others, block_id="#pages")]


def _turning(page: FormPage) -> list[Block]:
    """Back, on to the preview without the pages between, and keep for later."""
    buttons = [button(_("Back"), "bcdc:form:back")] if page.page else []
    if not page.last:
        buttons.append(button(_("Preview now"), "bcdc:form:preview"))
    buttons.append(button(_("Save draft"), "bcdc:form:save"))
    if page.saved:
        # Beside the button that was pressed: the top of a long page is out of sight.
        kept = section(_("✅ Saved. You can close this and go on later: /bcdc pending."))
    else:
        kept = context(
            _(
                "Every page you leave is kept, and what you type on this one by any button but "
                "Close. Go on later with /bcdc pending."
            )
        )
    return [*actions(buttons, block_id="#turning"), kept]


def pick_view(page: PickPage, channel: str | None) -> View:
    """The question what a verb is to work on."""
    view = _view(page.verb, titled(page.verb), Content(pick_blocks(page)), close=_("Cancel"))
    return view | {"submit": plain(_("Next"), TITLE), "private_metadata": channel or ""}


def question_view(page: QuestionPage) -> View:
    """The form of a setting."""
    question = page.question
    blocks: list[Block] = [section(question.intro)] if question.intro else []
    blocks += [context(page.banner)] if page.banner else []
    if question.link:
        label, url = question.link
        blocks += actions([button(label, "bcdc:link", url=url)])
    blocks += form_blocks(page.form, limit=VIEW_BLOCKS - len(blocks))
    view = _view(page.verb, question.title, Content(blocks), close=_("Cancel"))
    return view | {"submit": plain(question.submit, TITLE), "private_metadata": page.asked_id}


def preview_view(page: PreviewPage, verb: str) -> View:
    """A preview with the buttons that decide."""
    return _view(verb, _("Check the change"), preview_content(page), close=_("Later"))


def card_view(page: CardPage, verb: str) -> View:
    """What waits for a decision, with the buttons that decide."""
    return _view(verb, _("Decide"), card_content(page), close=_("Close"))


def outcome_view(page: OutcomePage, verb: str) -> View:
    """How a change stands."""
    over = page.state not in LIVE
    return _view(verb, _("Your change"), outcome_content(page), close=_("Done") if over else "")


def _view(verb: str, title: str, content: Content, *, close: str = "") -> View:
    return {
        "type": "modal",
        "callback_id": f"bcdc:{verb}",
        "title": plain(title, TITLE),
        "close": plain(close or _("Close"), TITLE),
        "blocks": fit_view(content.blocks, end=content.end),
    }


def verb_of(view: Mapping[str, Any]) -> str:
    """The verb a view belongs to."""
    return str(view.get("callback_id", "")).removeprefix("bcdc:")
