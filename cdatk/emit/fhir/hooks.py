"""Emitters of the caller's own: what an integrator may use to turn an entry of a national template into resources.

The rule: a hook writes what it knows and claims it; everything it leaves is carried on as for any other entry, so a
hook can add or change but never lose.

    def blood_donor_card(ctx: Context, statement: Statement) -> list[Resource]:
        made = start(ctx, "Observation", statement)
        made.node["status"] = "final"
        made.node["code"] = concept(ctx, statement.code)
        made.node["subject"] = ctx.subject
        return [made]

    Toolkit(settings, hooks={"2.999.7.1": blood_donor_card})
"""

from __future__ import annotations

from collections.abc import Callable

from cdatk.emit.fhir.common import link, start, status
from cdatk.emit.fhir.concepts import concept, says_something
from cdatk.emit.fhir.context import Context, Resource
from cdatk.emit.fhir.datatypes import identifiers, period, put_moment, put_time, quantity
from cdatk.model import Statement

__all__ = [
    "Context", "Hook", "Resource", "Statement", "concept", "identifiers", "link", "period", "put_moment", "put_time",
    "quantity", "says_something", "start", "status",
]  # fmt: skip

Hook = Callable[[Context, Statement], list[Resource]]


def run_hook(ctx: Context) -> list[Resource]:
    """The resources of the hook for the first template id of the entry at hand that has one; [] without a hook.

    Raises TypeError when a hook gives back anything but resources.
    """
    for root in ctx.roots:
        for template in root.template_ids:
            hook = ctx.run.hooks.get(template)
            if hook is not None:
                return _checked(hook(ctx, root), template)
    return []


def _checked(made: object, template: str) -> list[Resource]:
    if not isinstance(made, list) or not all(isinstance(one, Resource) for one in made):
        raise TypeError(f"the hook for {template} has to return a list of resources")
    return made
