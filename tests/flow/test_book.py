from __future__ import annotations

from datetime import UTC, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from bot.context import Person
from bot.flow.teams.book import words_of
from bot.notices.filters import NAMES, parse, spoken
from bot.notices.rhythm import Every, Rhythm
from bot.notices.wanted import ScopeKind, read
from bot.store.subscriptions import Subscription
from tests.notices.test_filters import expressions

# An event is one of a few words.
OF_EVENTS = ("event:published,archived", "event:a* OR tag:x", "NOT event:overdue")
filters = expressions(NAMES.keys() - {"event"}) | st.sampled_from(OF_EVENTS).map(parse)
named = st.sampled_from(["geobc", "air quality", "a (new) one", 'the "new" one'])


@given(
    subscription=st.builds(
        Subscription,
        id=st.just("s1"),
        person=st.just(Person("T1", "U1")),
        team=st.just("T1"),
        channel=st.just("C1"),
        catalogue=st.just("test"),
        scope=st.sampled_from(ScopeKind),
        about=named,
        title=st.just("Title"),
        branches=st.booleans(),
        wants=st.none().map(lambda _nothing: "") | filters.map(spoken),
        rhythm=st.one_of(
            st.just(Rhythm()),
            st.builds(Rhythm, st.just(Every.DAY), st.just(time(8, 30))),
            st.builds(Rhythm, st.just(Every.WEEK), st.just(time(23, 5)), st.integers(0, 6)),
        ),
        threads=st.booleans(),
        automated=st.booleans(),
        restricted=st.booleans(),
        created_at=st.just(datetime(2026, 1, 5, tzinfo=UTC)),
    )
)
def test_the_words_of_a_subscription_mean_the_same_again(subscription: Subscription) -> None:
    wanted = read(words_of(subscription, subscription.about))
    rhythm = subscription.rhythm
    assert (wanted.scope, wanted.named) == (subscription.scope, subscription.about)
    assert spoken(wanted.wants) == subscription.wants
    assert (wanted.every, wanted.at, wanted.weekday) == (rhythm.every, rhythm.at, rhythm.weekday)
    for name in ("branches", "threads", "automated", "restricted"):
        assert getattr(wanted, name) is getattr(subscription, name)
