"""Global describe, object describe, and the compact layouts nobody needs but many clients ask for.

Renders the org's catalog. Source: REST API guide, Describe Global and sObject Describe (all keys of a v60+ answer).
"""

from collections.abc import Sequence
from typing import Any

from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef, PicklistValue
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.field_description import describe_field
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

_MAX_BATCH = 200


def describe_global(call: ApiCall, service: RestService) -> ApiReply:
    """Every object with its access flags and addresses."""
    return service.freshness.reply(
        call,
        lambda: {
            "encoding": "UTF-8",
            "maxBatchSize": _MAX_BATCH,
            "sobjects": [
                object_summary(service.object(one.name), call)
                for one in service.org.catalog.objects
                if not service.org.settings.hides_object(one.name)
            ],
        },
    )


def describe_object(call: ApiCall, service: RestService) -> ApiReply:
    """One object with fields and relationships."""
    definition = service.object(call.arguments["sobject"])
    return service.freshness.reply(call, lambda: _object_value(definition, call, service))


def object_summary(definition: ObjectDef, call: ApiCall) -> dict[str, Any]:
    """The part of a describe that the global describe and the basic information share."""
    base = call.address(f"/sobjects/{definition.name}")
    urls = {"rowTemplate": f"{base}/{{ID}}", "describe": f"{base}/describe", "sobject": base}
    if definition.searchable:
        urls["listviews"] = f"{base}/listviews"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": definition.createable,
        "custom": False,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": definition.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": definition.name == "Account",
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": definition.key_prefix,
        "label": definition.label,
        "labelPlural": definition.label_plural,
        "layoutable": definition.createable,
        "mergeable": definition.name in {"Account", "Contact", "Lead"},
        "mruEnabled": definition.searchable,
        "name": definition.name,
        "queryable": definition.queryable,
        "replicateable": True,
        "retrieveable": True,
        "searchable": definition.searchable,
        "triggerable": definition.createable,
        "undeletable": definition.deletable,
        "updateable": definition.updateable,
        "urls": urls,
    }


def _object_value(definition: ObjectDef, call: ApiCall, service: RestService) -> dict[str, Any]:
    extra = service.org.settings.unknown_picklists
    fields = [
        describe_field(definition, _widened(definition, one, extra)) for one in service.visible(definition)
    ]
    return {
        **object_summary(definition, call),
        "actionOverrides": [],
        "childRelationships": [
            {
                "cascadeDelete": False,
                "childSObject": one.child,
                "deprecatedAndHidden": False,
                "field": one.field,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": one.name,
                "restrictedDelete": False,
            }
            for one in definition.child_relationships
        ],
        "compactLayoutable": definition.createable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": fields,
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master_record_type(definition, call)],
        "searchLayoutable": definition.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [
            {"label": f"All {definition.label_plural.lower()}", "name": "everything"},
            {"label": f"My {definition.label_plural.lower()}", "name": "mine"},
        ],
    }


def _master_record_type(definition: ObjectDef, call: ApiCall) -> dict[str, Any]:
    record_type = "012000000000000AAA"  # the id every org gives to "no record type"
    layout = call.address(f"/sobjects/{definition.name}/describe/layouts/{record_type}")
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": record_type,
        "urls": {"layout": layout},
    }


def _widened(
    definition: ObjectDef, field: FieldDef, extra: dict[str, list[str]]
) -> tuple[FieldDef, Sequence[PicklistValue]]:
    added = extra.get(f"{definition.name}.{field.name}", [])
    return field, (*field.picklist, *(PicklistValue(value, value) for value in added))


ROUTES = (
    Route("GET", "/sobjects", describe_global),
    Route("GET", "/sobjects/{sobject}/describe", describe_object),
)
