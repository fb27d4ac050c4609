"""Charts as PNG pictures, with all they say as text beside them."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.answer import Bar, Chart
from bot.context import Person
from bot.slack.blocks import escape
from bot.slack.surface import conversation
from bot.text import _, clean, shorten

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

COLOURS: Final = ("#1a5a96", "#fcba19", "#9e2c1f", "#5c5c5c")
"""By the place in a legend, the blue and gold of British Columbia first. Each part bears its number
as well, so that nobody has to tell colours apart."""
INK: Final = ("#ffffff", "#1f1f1f", "#ffffff", "#ffffff")
WIDTH: Final = 1200
MARGIN: Final = 40
ROW: Final = 64
BAR: Final = 40
LETTERS: Final = 34
"""Characters of a label."""
ALT: Final = 1000
"""Characters of a picture's alternative text that Slack takes."""


async def send_chart(client: AsyncWebClient, chart: Chart, person: Person) -> str:
    """Send the picture to the person's direct messages; answers the sentence that says so.

    Raises SlackApiError.
    """
    if not chart.bars:
        return _("There is nothing to draw: no update is promised there by any date.")
    # Drawn beside the loop: everybody else goes on meanwhile.
    picture = await asyncio.to_thread(draw, chart)
    await client.files_upload_v2(
        channel=await conversation(client, person.user_id),
        content=picture,
        filename="freshness.png",
        title=chart.title,
        alt_txt=shorten(f"{chart.title}. {chart.text}", ALT),
        initial_comment=escape(f"{chart.title}\n{chart.text}"),
    )
    return _("The picture is in your direct messages with the bot.")


def draw(chart: Chart) -> bytes:
    """The chart as a PNG, a bar in each row."""
    # Takes memory that a bot which draws nothing does without.
    from font_source_sans_pro import (  # noqa: PLC0415
        SourceSansPro,
        SourceSansProSemibold,
    )
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415

    text = ImageFont.truetype(SourceSansPro, 26)
    height = MARGIN * 2 + 110 + ROW * len(chart.bars)
    image = Image.new("RGB", (WIDTH, height), "#ffffff")
    pen = ImageDraw.Draw(image)
    title = ImageFont.truetype(SourceSansProSemibold, 32)
    pen.text((MARGIN, MARGIN - 8), _line(chart.title, 80), font=title, fill="#1f1f1f")
    _legend(pen, chart, text)
    labels = [_line(bar.label, LETTERS) for bar in chart.bars]
    left = MARGIN + max(pen.textlength(label, font=text) for label in labels) + 24
    unit = (WIDTH - MARGIN - left) / (max(sum(bar.parts) for bar in chart.bars) or 1)
    for row, (label, bar) in enumerate(zip(labels, chart.bars, strict=True)):
        top = MARGIN + 110 + ROW * row
        pen.text((MARGIN, top + 2), label, font=text, fill="#1f1f1f")
        _bar(pen, bar, (left, top), unit, text)
    content = BytesIO()
    image.quantize(64).save(content, "PNG", optimize=True)
    return content.getvalue()


def _line(text: str, limit: int) -> str:
    return shorten(" ".join(clean(text).split()), limit)


def _legend(pen: ImageDraw, chart: Chart, font: FreeTypeFont) -> None:
    left, top = float(MARGIN), MARGIN + 50
    for name, colour in zip(chart.legend, COLOURS, strict=True):
        pen.rectangle((left, top + 6, left + 24, top + 30), fill=colour)
        pen.text((left + 34, top), name, font=font, fill="#1f1f1f")
        left += 34 + pen.textlength(name, font=font) + 36


def _bar(
    pen: ImageDraw, bar: Bar, corner: tuple[float, int], unit: float, font: FreeTypeFont
) -> None:
    left, top = corner
    for number, colour, ink in zip(bar.parts, COLOURS, INK, strict=True):
        if not number:
            continue
        width = number * unit
        pen.rectangle((left, top, max(left, left + width - 2), top + BAR), fill=colour)
        told = f"{number:,}"
        if pen.textlength(told, font=font) + 8 <= width:
            middle = (left + width / 2 - 1, top + BAR / 2)
            pen.text(middle, told, font=font, fill=ink, anchor="mm")
        left += width
