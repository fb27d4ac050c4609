"""Which subscriptions want an event, against an oracle that looks at each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.notices.events import Event, Happening, Kind, Subject
from bot.notices.filters import holds, parse
from bot.notices.rules import Rule, Rules
from bot.notices.wanted import ScopeKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ABOVE = {"branch": "ministry", "unit": "branch", "other": "elsewhere"}
ORGANIZATIONS = ["ministry", "branch", "unit", "other", "elsewhere"]
WORDS = ["air", "quality", "of water"]

abouts = st.one_of(
    st.tuples(st.just(ScopeKind.ORGANIZATION), st.sampled_from(ORGANIZATIONS)),
    st.tuples(st.just(ScopeKind.PACKAGE), st.sampled_from(["p1", "p2"])),
    st.tuples(st.just(ScopeKind.SEARCH), st.sampled_from([*WORDS, "qual", "Air quality"])),
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    scope, about = draw(abouts)
    return Rule(
        id=draw(st.uuids()).hex,
        tenant="T1",
        channel="C1",
        catalogue=draw(st.sampled_from(["production", "test"])),
        scope=scope,
        about=about,
        branches=draw(st.booleans()),
        wants=draw(st.sampled_from(["", "event:published", "NOT format:csv", "format:csv"])),
        automated=draw(st.booleans()),
        restricted=draw(st.booleans()),
        digest=False,
        since=NOW + draw(st.sampled_from([timedelta(-1), timedelta(0), timedelta(1)])),
    )


@st.composite
def happened(draw: st.DrawFn) -> Event:
    words = " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=3)))
    subject = Subject(
        package_id=draw(st.sampled_from(["p1", "p2", "p3"])),
        title="Air",
        owner_org=draw(st.sampled_from(ORGANIZATIONS)),
        organization="Branch",
        traits={"format": frozenset(draw(st.sets(st.sampled_from(["csv", "pdf"]))))},
        words=f" {words}",
    )
    kind = draw(st.sampled_from([Kind.PUBLISHED, Kind.CHANGED]))
    return Event(
        catalogue="test",
        subject=subject,
        happening=Happening(kind, automated=draw(st.booleans())),
        at=NOW,
        public=draw(st.booleans()),
    )


def wants(rule: Rule, event: Event) -> bool:
    """The same once more, one rule at a time."""
    subject = event.subject
    chain = {
        "ministry": ["ministry"],
        "branch": ["branch", "ministry"],
        "unit": ["unit", "branch", "ministry"],
        "other": ["other", "elsewhere"],
        "elsewhere": ["elsewhere"],
    }[subject.owner_org]
    match rule.scope:
        case ScopeKind.PACKAGE:
            about = rule.about == subject.package_id
        case ScopeKind.ORGANIZATION:
            about = rule.about in (chain if rule.branches else chain[:1])
        case ScopeKind.SEARCH:
            there = subject.words.split()
            wanted = rule.about.lower().split()
            about = all(any(word.startswith(one) for word in there) for one in wanted)
    return (
        about
        and rule.catalogue == event.catalogue
        and event.at >= rule.since
        and (rule.restricted or event.public)
        and (rule.automated or not event.happening.automated)
        and holds(parse(rule.wants), event.traits)
    )


@given(st.lists(rules(), max_size=12), happened())
def test_exactly_those_are_found_that_want_the_event(some: list[Rule], event: Event) -> None:
    found = [rule.id for rule in Rules(some).wanting(event, ABOVE)]
    assert sorted(found) == sorted(rule.id for rule in some if wants(rule, event))


def test_organizations_that_are_each_other_s_branches_end_too() -> None:
    rule = Rule(
        "r", "T1", "C1", "test", ScopeKind.ORGANIZATION, "a", True, "", True, True, False, NOW
    )
    subject = Subject("p1", "Air", "b", "B", {}, " air")
    event = Event(
        catalogue="test", subject=subject, happening=Happening(Kind.CHANGED), at=NOW, public=True
    )
    assert Rules([rule]).wanting(event, {"a": "b", "b": "a"}) == [rule]
