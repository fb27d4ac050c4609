"""The parts that answer people, put together for the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import SecretStr

from bot.changing import Changing
from bot.ckan.transport import Site
from bot.context import Reader
from bot.flow.accounts import Accounts
from bot.flow.applying.outcome import Outcomes
from bot.flow.commands.asking import Asking
from bot.flow.commands.keeping import Keeping, keepers
from bot.flow.commands.picking import Picking
from bot.flow.commands.recall import Recall
from bot.flow.commands.run import Spine
from bot.flow.deciding.cards import Cards
from bot.flow.deciding.consent import Consents
from bot.flow.deciding.policing import Policing
from bot.flow.editing.edit import Editing
from bot.flow.editing.files import Files
from bot.flow.editing.preview import Previews
from bot.flow.index.own_part import OwnParts
from bot.flow.index.type_ahead import TypeAhead
from bot.flow.leaks import Leaks
from bot.flow.operating import Operating
from bot.flow.people import People
from bot.flow.teams.links import Links
from bot.registry import Registry
from bot.slack.desk import Desk
from bot.store.asked import Asked
from bot.store.changes import Changes
from bot.store.index import Index
from bot.store.keys import Keys
from bot.store.policies import Policies
from bot.teams import Teams


def put_together(
    *,
    registry: Registry,
    people: People,
    keys: Keys,
    changes: Changes,
    policies: Policies,
    consents: Consents,
    asked: Asked,
    index: Index,
    own_parts: OwnParts,
    operating: Operating,
    changing: Changing,
    teams: Teams,
    cards: Cards,
    outcomes: Outcomes,
    files: Files,
    sites: Callable[[str, SecretStr | None], Site],
    anyone: Callable[[str], Reader],
    catalogues: Mapping[str, str],
    clock: Callable[[], datetime],
) -> Desk:
    """The desk over these; `anyone` reads a catalogue without a key."""
    leaks = Leaks(keys)
    editing = Editing(people, changes, registry, files, Previews(files, consents), leaks)
    asking = Asking(
        registry=registry,
        people=people,
        asked=asked,
        recall=Recall(index=index, own_parts=own_parts),
    )
    keeping = Keeping(
        people=people,
        asking=asking,
        keepers=keepers(
            accounts=Accounts(
                people=people, keys=keys, sites=sites, forget=own_parts.forget, leaks=leaks
            ),
            people=people,
            operating=operating,
            policing=Policing(policies),
            subscribing=teams.subscribing,
        ),
        leaks=leaks,
    )
    return Desk(
        spine=Spine(
            registry=registry, people=people, asking=asking, editing=editing, keeping=keeping
        ),
        editing=editing,
        deciding=changing.deciding,
        approving=changing.approving,
        cards=cards,
        outcomes=outcomes,
        people=people,
        type_ahead=TypeAhead(index=index, people=people, own_parts=own_parts),
        picking=Picking(index=index, people=people, own_parts=own_parts, about=editing.about_file),
        links=Links(anyone=anyone, catalogues=catalogues, clock=clock),
        told=teams.told,
        leaks=leaks,
    )
