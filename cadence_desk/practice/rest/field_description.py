"""One field of an object describe.

Pure rendering of a field definition. Source: describe keys as typed by jsforce (types/common.ts).
"""

from collections.abc import Sequence
from typing import Any, Final

from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef, PicklistValue

_SOAP_TYPES: Final = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "percent": "xsd:double",
    "currency": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
_TEXT_TYPES: Final = frozenset(
    {"id", "reference", "string", "textarea", "picklist", "combobox", "phone", "email", "url"}
)
_UNUSED: Final[dict[str, Any]] = {  # keys of every field that no field of this org makes use of
    "aiPredictionField": False,
    "autoNumber": False,
    "calculatedFormula": None,
    "cascadeDelete": False,
    "caseSensitive": False,
    "controllerName": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "queryByDistance": False,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "restrictedDelete": False,
    "writeRequiresMasterRead": False,
}
_BYTES_PER_CHARACTER: Final = 3
_INT_DIGITS: Final = 8
_DECIMALS: Final = {"double": (18, 2), "percent": (5, 2), "currency": (18, 2)}


def describe_field(
    definition: ObjectDef, field_and_values: tuple[FieldDef, Sequence[PicklistValue]]
) -> dict[str, Any]:
    """All keys that a describe of API 60 and later has for a field."""
    field, values = field_and_values
    described: dict[str, Any] = {
        **_UNUSED,
        **_shape(field),
        **_flags(field),
        "compoundFieldName": _compound_of(definition, field),
        "label": field.label,
        "name": field.name,
        "picklistValues": [_picklist_value(one) for one in values],
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "type": field.type,
    }
    return dict(sorted(described.items()))


def _shape(field: FieldDef) -> dict[str, Any]:
    length = field.length if field.type in _TEXT_TYPES else 0
    precision, scale = _DECIMALS.get(field.type, (0, 0))
    return {
        "byteLength": length if field.type in {"id", "reference"} else length * _BYTES_PER_CHARACTER,
        "defaultValue": field.default if field.type == "boolean" else None,
        "digits": _INT_DIGITS if field.type == "int" else 0,
        "extraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "length": length,
        "precision": precision,
        "scale": scale,
    }


def _flags(field: FieldDef) -> dict[str, Any]:
    polymorphic = field.type == "reference" and len(field.reference_to) > 1
    return {
        "aggregatable": field.filterable,
        "calculated": field.calculated,
        "createable": field.createable,
        "custom": field.name.endswith("__c"),
        "defaultedOnCreate": _defaulted(field),
        "externalId": field.external_id,
        "filterable": field.filterable,
        "groupable": field.groupable,
        "idLookup": field.id_lookup,
        "nameField": field.name_field,
        "namePointing": polymorphic,
        "nillable": field.nillable,
        "permissionable": field.nillable and (field.createable or field.updateable),
        "polymorphicForeignKey": polymorphic,
        "restrictedPicklist": field.restricted,
        "searchPrefilterable": field.type in {"id", "reference"},
        "sortable": field.sortable,
        "unique": field.unique,
        "updateable": field.updateable,
    }


def _picklist_value(one: PicklistValue) -> dict[str, Any]:
    return {
        "active": one.active,
        "defaultValue": one.default,
        "label": one.label,
        "validFor": None,
        "value": one.value,
    }


def _defaulted(field: FieldDef) -> bool:
    filled_by_org = {"Id", "OwnerId", "IsDeleted", "CreatedDate", "CreatedById"}
    filled_by_org |= {"LastModifiedDate", "LastModifiedById", "SystemModstamp"}
    return field.name in filled_by_org or field.default is not None


def _compound_of(definition: ObjectDef, field: FieldDef) -> str | None:
    for one in definition.fields.values():
        if field.name in one.compound_of:
            return one.name
    if definition.has_person_name and field.name in {"Salutation", "FirstName", "LastName"}:
        return "Name"
    return None
