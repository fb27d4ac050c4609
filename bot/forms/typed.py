"""What was typed, as CKAN's value."""

from __future__ import annotations

import json
import math
import mimetypes
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from rapidfuzz import fuzz, utils

from bot.change import Json
from bot.ckan import keywords
from bot.ckan.schema import Field
from bot.forms import traits
from bot.forms.look import Look
from bot.forms.model import FormValue
from bot.text import _, clean, shorten

_BOUNDS: Final = (("latitude", 90), ("longitude", 180))
_DASHES = re.compile("[‐‑‒–—−]")
_NEAR: Final = 70
_FURTHER: Final = 12
"""How much less like the best name another may be, to be named as well."""
_EXAMPLE: Final = '{"fields": []}'
_DIGITS: Final = 300
"""Of a whole number in JSON; no more fit what most programs read numbers into."""


class ValueRefusedError(Exception):
    """A typed value that cannot be sent; `str(error)` is the sentence."""


def value_of(
    field: Field,
    typed: FormValue,
    *,
    required: bool,
    before: Look | None = None,
) -> Json:
    """CKAN's value for what was typed: "" or an empty list for nothing.

    Choices that are stored already (`before`) pass though they are no choices any more.
    Raises `ValueRefusedError`.
    """
    many = traits.takes_many(field)
    if not (typed.strip() if isinstance(typed, str) else typed):
        if required:
            raise ValueRefusedError(
                _("“{field}” is mandatory; it cannot be empty.").format(field=field.label)
            )
        return [] if many else ""
    if traits.takes_files(field):
        # Its id in Slack; the rest is what people are shown.
        return typed[0] if isinstance(typed, tuple) else None
    if field.choices:
        stored = before.choices if before else ()
        known = {choice.value: None for choice in (*field.choices, *stored)}
        picked = (typed,) if isinstance(typed, str) else typed or ()
        for one in picked:
            if one not in known:
                raise ValueRefusedError(not_a_choice(field, one))
        if traits.takes_yes_or_no(field):
            return json.loads(picked[0]) is True
        return [one for one in known if one in picked] if many else picked[0]
    text = typed if isinstance(typed, str) else ", ".join(typed or ())
    return _parsed(field, text)


def not_a_choice(field: Field, given: str) -> str:
    """The sentence for a value that is no choice, with the nearest ones."""
    said = _("“{given}” is not a choice of “{field}”.").format(
        given=shorten(clean(given), 80), field=field.label
    )
    near = suggest(given, {choice.value: choice.label for choice in field.choices})
    if near:
        labels = [choice.label for name in near for choice in field.choices if choice.value == name]
        return said + " " + _("Did you mean {near}?").format(near=_(" or ").join(labels))
    names = ", ".join(choice.label for choice in field.choices)
    return said + " " + _("Choices: {names}").format(names=shorten(names, 600))


def suggest(given: str, names: Mapping[str, str]) -> list[str]:
    """The names most like what was given, by themselves or by their labels, best first."""
    scores = {name: max(_alike(given, name), _alike(given, label)) for name, label in names.items()}
    least = max(_NEAR, max(scores.values(), default=0) - _FURTHER)
    near = [name for name, score in scores.items() if score >= least]
    return sorted(near, key=lambda name: -scores[name])[:3]


def folded(text: str) -> str:
    """Text without letter case, blanks, dashes and underscores, which people mix up."""
    return re.sub(r"[\s_-]+", "", _DASHES.sub("-", text).casefold())


def _alike(one: str, other: str) -> float:
    return fuzz.WRatio(one, other, processor=utils.default_process)


def _parsed(field: Field, text: str) -> Json:
    if traits.takes_json(field):
        return _json_object(field, text)
    if traits.takes_keywords(field):
        return _keywords(field, text)
    if traits.takes_dates(field):
        return _day(field, text.strip())
    if traits.takes_numbers(field):
        return _number(field, text.strip())
    if traits.takes_formats(field):
        # CKAN would make its own name of the format of a media type.
        return (mimetypes.guess_extension(text.strip()) or text.strip()).removeprefix(".")
    if traits.takes_urls(field) and not traits.valid_url(text.strip()):
        raise ValueRefusedError(
            _("“{field}” must be a web address that starts with https:// or http://.").format(
                field=field.label
            )
        )
    if traits.takes_emails(field) and not traits.valid_email(text.strip()):
        raise ValueRefusedError(_("“{field}” must be an e-mail address.").format(field=field.label))
    # Blanks around a line are slips, and one after an object name breaks the warehouse's refresh.
    text = text if traits.takes_paragraphs(field) else text.strip()
    least, most = traits.lengths(field) or (0, len(text))
    if not least <= len(text) <= most:
        raise ValueRefusedError(
            _("“{field}” must have {least} to {most} characters; it has {number}.").format(
                field=field.label, least=least, most=most, number=len(text)
            )
        )
    return text


def _keywords(field: Field, text: str) -> str:
    words = keywords.split(text)
    strange = next((word for word in words if not keywords.is_keyword(word)), None)
    if strange is not None:
        raise ValueRefusedError(
            _(
                "“{word}” cannot be one of the “{field}”: a keyword has 2 to 100 letters, digits, "
                "spaces, hyphens, _ or dots. Put a comma between keywords."
            ).format(word=shorten(clean(strange), 60), field=field.label)
        )
    return keywords.joined(words)


def _json_object(field: Field, text: str) -> Json:
    try:
        parsed: Json = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int
        )
        json.dumps(parsed, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueRefusedError(
            _("“{field}” holds a broken character: type its text again.").format(field=field.label)
        ) from None
    except json.JSONDecodeError as error:
        raise ValueRefusedError(_not_json(field, error)) from None
    except ValueError as error:
        raise ValueRefusedError(
            _("“{field}” is not JSON: {name} is no number or word that JSON knows.").format(
                field=field.label, name=error
            )
        ) from None
    except RecursionError:
        raise ValueRefusedError(
            _("“{field}” has too many brackets within each other.").format(field=field.label)
        ) from None
    if not isinstance(parsed, dict):
        raise ValueRefusedError(
            _("“{field}” must be JSON in braces, such as {example}").format(
                field=field.label, example=_EXAMPLE
            )
        )
    return parsed


def _not_json(field: Field, error: json.JSONDecodeError) -> str:
    """Where the text stops being JSON, for people who did not write it themselves."""
    near = error.doc[error.pos :].partition("\n")[0].strip()
    said = (
        _("“{field}” is not JSON: look at line {line}, near “{near}”. JSON looks like {example}")
        if near
        else _("“{field}” is not JSON: line {line} lacks its end. JSON looks like {example}")
    )
    return said.format(
        field=field.label, line=error.lineno, near=shorten(clean(near), 40), example=_EXAMPLE
    )


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        _refuse_constant(digits)
    return number


def _int(digits: str) -> int:
    if len(digits) > _DIGITS:
        _refuse_constant(digits)
    return int(digits)


def _refuse_constant(name: str) -> float:
    raise ValueError(shorten(clean(name), 40))


def _day(field: Field, text: str) -> str:
    text = _DASHES.sub("-", text)
    if not traits.valid_date(text):
        raise ValueRefusedError(
            _("“{field}” must be a day of the calendar, written as 2020-01-31.").format(
                field=field.label
            )
        )
    return text


def _number(field: Field, text: str) -> str:
    text = _DASHES.sub("-", text)
    if not traits.valid_number(text):
        raise ValueRefusedError(
            _("“{field}” must be a number, such as -123.5.").format(field=field.label)
        )
    most = next((most for name, most in _BOUNDS if field.name.endswith(name)), None)
    if most is not None and abs(Decimal(text)) > most:
        raise ValueRefusedError(
            _("“{field}” must be between -{most} and {most}.").format(field=field.label, most=most)
        )
    return text
