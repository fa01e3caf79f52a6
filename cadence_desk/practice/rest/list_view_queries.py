"""What each list view of the practice org selects: columns, scope, condition, order.

Pure. A view is known by object and developer name; an unknown name shows everything. Used by list_views.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cadence_desk.practice.org.catalog.model import ObjectDef

_COLUMNS: Final = {
    "Lead": ("Name", "Title", "Company", "Phone", "Email", "Status", "Owner.Name"),
    "Contact": ("Name", "Title", "Account.Name", "Phone", "Email", "Owner.Name"),
    "Account": ("Name", "Phone", "Industry", "Owner.Name"),
    "Opportunity": ("Name", "StageName", "Amount", "CloseDate", "Owner.Name"),
    "Task": ("Subject", "Status", "Priority", "ActivityDate", "Owner.Name"),
}
_HIDDEN: Final = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")
_RULES: Final = (  # what a developer name contains, and the condition it stands for
    ("InCadence", "ActionCadenceState IN ('Running', 'Paused', 'Processing', 'Initializing')"),
    ("NotInCadence", "ActionCadenceId = NULL"),
    ("Today", "CreatedDate = TODAY"),
    ("ThisWeek", "CreatedDate = THIS_WEEK"),
    ("Unread", "IsUnreadByOwner = TRUE"),
    ("Open", "IsClosed = FALSE"),
    ("PersonAccounts", "IsPersonAccount = TRUE"),
)


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """The query behind a list view."""

    object_name: str
    columns: tuple[str, ...]
    scope: str
    rule: str
    fixed: str
    order: str

    def selected(self) -> tuple[str, ...]:
        """Shown columns and the hidden ones that a list view always carries."""
        return (*self.columns, *_HIDDEN)

    def soql(self) -> str:
        """The query, without limit and offset."""
        scope = " USING SCOPE mine" if self.scope == "mine" else ""
        conditions = " AND ".join(one for one in (self.fixed, self.rule) if one)
        where = f" WHERE {conditions}" if conditions else ""
        return (
            f"SELECT {', '.join(self.selected())} FROM {self.object_name}{scope}{where} "
            f"ORDER BY {self.order} ASC NULLS FIRST, Id ASC NULLS FIRST"
        )

    def condition(self) -> dict[str, object] | None:
        """The condition as the describe of a list view tells it."""
        conditions = [one for one in (self.fixed, self.rule) if one]
        if not conditions:
            return None
        return {"conditions": [{"soql": one} for one in conditions], "conjunction": "and"}


def view_query(definition: ObjectDef, developer_name: str, visible: Sequence[str]) -> ViewQuery:
    """The query of a view, with only the columns that exist and are visible."""
    name_field = definition.name_field()
    order = name_field.name if name_field else "Id"
    columns = tuple(
        path
        for path in _COLUMNS.get(definition.name, (order,))
        if path.partition(".")[0] in visible or "." in path
    )
    name = developer_name.replace("_", "")
    rule = next((rule for mark, rule in reversed(_RULES) if mark.lower() in name.lower()), "")
    fixed = "IsConverted = FALSE" if definition.name == "Lead" else ""
    return ViewQuery(
        object_name=definition.name,
        columns=columns,
        scope="mine" if name.lower().startswith("my") else "everything",
        rule=_visible_rule(rule, visible),
        fixed=fixed,
        order=order,
    )


def _visible_rule(rule: str, visible: Sequence[str]) -> str:
    return rule if rule.partition(" ")[0] in visible else ""
