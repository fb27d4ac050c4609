from __future__ import annotations

from bot.slack.checklist import checklist


def test_a_sentence_longer_than_a_line_goes_on_below_its_box() -> None:
    sentence = "A sentence of which Slack would show no more than a part, but for the line below it"
    [block] = checklist(["Short", sentence])
    short, long = block["accessory"]["options"]
    assert short == {"text": {"type": "plain_text", "text": "Short", "emoji": False}, "value": "0"}
    assert f"{long['text']['text']} {long['description']['text']}" == sentence
    assert len(long["text"]["text"]) <= 75
