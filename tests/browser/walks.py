"""All walks through the product, in the order people meet what is in them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.browser.approving import approve
from tests.browser.bad_days import have_bad_days
from tests.browser.creating import create
from tests.browser.files import give_files
from tests.browser.journey import SandboxHouse, walk
from tests.browser.keeping_up import keep_up
from tests.browser.looking_up import look_up
from tests.browser.page import SlackPage
from tests.browser.publishing import publish
from tests.browser.teams import hear
from tests.browser.walker import Look

WALKS: Final[Mapping[str, Callable[[SandboxHouse, SlackPage, Look], Awaitable[None]]]] = {
    "newcomer": walk,
    "looking up": look_up,
    "creating": create,
    "files": give_files,
    "publishing": publish,
    "approving": approve,
    "keeping up": keep_up,
    "teams": hear,
    "bad days": have_bad_days,
}
"""Each begins in a house of its own."""
