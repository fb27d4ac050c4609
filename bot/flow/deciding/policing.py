"""Keeps what the admins of an organization ask of changes to its records."""

from __future__ import annotations

from bot.answer import Answer
from bot.context import Context
from bot.errors import NotAllowedError
from bot.setting import SetPolicy
from bot.store.policies import Policies
from bot.text import _


class Policing:
    """Stores policies, for those who may."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    async def put(self, ctx: Context, given: SetPolicy) -> Answer:
        """Keep the policy, and tell what it means.

        Raises NotAllowedError for one who is neither an admin there nor runs the bot.
        """
        rights = await ctx.ckan.rights()
        if not ctx.operator and not rights.may_approve(given.organization.id):
            raise NotAllowedError(
                _("Only an admin of {organization} may say which changes wait there.").format(
                    organization=given.organization.title
                )
            )
        await self._policies.put(
            ctx.ckan.catalogue,
            given.organization.id,
            given.policy,
            by=ctx.person,
            now=ctx.now,
            organization_name=given.organization.name,
        )
        return Answer(
            _("Kept for {organization}").format(organization=given.organization.title),
            entries=(given.told,),
            note=_("It holds from now on, for every change to its records that is applied here."),
        )
