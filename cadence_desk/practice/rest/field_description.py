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
_BYTES_PER_CHARACTER: Final = 3
_INT_DIGITS: Final = 8
_DECIMALS: Final = {"double": (18, 2), "percent": (5, 2), "currency": (18, 2)}


def describe_field(
    definition: ObjectDef, field_and_values: tuple[FieldDef, Sequence[PicklistValue]]
) -> dict[str, Any]:
    """All keys that a describe of API 60 and later has for a field."""
    field, values = field_and_values
    textual = field.type in _TEXT_TYPES
    length = field.length if textual else 0
    precision, scale = _DECIMALS.get(field.type, (0, 0))
    return {
        "aggregatable": field.filterable,
        "aiPredictionField": False,
        "autoNumber": False,
        "byteLength": length if field.type in {"id", "reference"} else length * _BYTES_PER_CHARACTER,
        "calculated": field.calculated,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": _compound_of(definition, field),
        "controllerName": None,
        "createable": field.createable,
        "custom": field.name.endswith("__c"),
        "defaultValue": field.default if field.type == "boolean" else None,
        "defaultValueFormula": None,
        "defaultedOnCreate": _defaulted(field),
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": _INT_DIGITS if field.type == "int" else 0,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.external_id,
        "extraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.groupable,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.id_lookup,
        "inlineHelpText": None,
        "label": field.label,
        "length": length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": field.type == "reference" and len(field.reference_to) > 1,
        "nillable": field.nillable,
        "permissionable": field.nillable and (field.createable or field.updateable),
        "picklistValues": [_picklist_value(one) for one in values],
        "polymorphicForeignKey": field.type == "reference" and len(field.reference_to) > 1,
        "precision": precision,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": field.restricted,
        "scale": scale,
        "searchPrefilterable": field.type in {"id", "reference"},
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
        "writeRequiresMasterRead": False,
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
