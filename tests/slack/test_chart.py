from __future__ import annotations

from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.answer import Bar, Chart
from bot.slack.chart import draw

LEGEND = ("On time", "Due soon", "Late", "Never updated")
PARTS = st.tuples(*[st.integers(0, 10**6)] * 4)


@given(
    title=st.text(max_size=200),
    bars=st.lists(st.builds(Bar, st.text(max_size=200), PARTS), min_size=1, max_size=12),
)
@settings(max_examples=15, deadline=None)
def test_whatever_is_counted_is_drawn(title: str, bars: list[Bar]) -> None:
    picture = Image.open(BytesIO(draw(Chart(title, LEGEND, tuple(bars)))))
    picture.load()
    assert picture.format == "PNG"
    assert picture.height < 200 + 70 * len(bars)


def test_a_part_takes_its_share_of_the_width() -> None:
    chart = Chart("Updates", LEGEND, (Bar("2026-10", (3, 0, 1, 0)), Bar("2026-11", (1, 0, 1, 0))))
    picture = Image.open(BytesIO(draw(chart))).convert("RGB")
    colours = [
        {colour: count for count, colour in picture.crop((0, top, 1160, top + 1)).getcolors(99)}
        for top in (152, 216)
    ]
    blue, red = (26, 90, 150), (158, 44, 31)
    assert 2.9 < colours[0][blue] / colours[0][red] < 3.1
    assert 0.9 < colours[1][blue] / colours[1][red] < 1.1
    assert (
        1.9
        < (colours[0][blue] + colours[0][red]) / sum(colours[1][one] for one in (blue, red))
        < 2.1
    )


def test_the_text_says_all_that_the_picture_does() -> None:
    chart = Chart(
        "Updates", LEGEND, (Bar("2026-10", (1200, 0, 1, 0)), Bar("2026-11", (0, 2, 0, 3)))
    )
    assert chart.text.splitlines() == [
        "2026-10: 1,200 on time, 1 late",
        "2026-11: 2 due soon, 3 never updated",
    ]
