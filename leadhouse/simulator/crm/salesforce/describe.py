"""What the org's objects look like, in the words of ``describe()``."""

from dataclasses import replace
from typing import Any

from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.org import Field, SObject
from leadhouse.simulator.draws import Draws

_NEVER_HIDDEN = frozenset({"id", "boolean", "reference", "datetime", "address"})
_WITHOUT_AGGREGATES = frozenset({"boolean", "address", "textarea"})


class Catalogue:
    """The objects, as far as the user may see them.

    Args:
        objects: what there is.
        faults: ``hidden_field`` takes one field of each object out of sight.
    """

    def __init__(self, objects: dict[str, SObject], faults: Faults) -> None:
        self._objects = {name.lower(): sobject for name, sobject in objects.items()}
        self._faults = faults

    def find(self, name: str) -> SObject | None:
        """The object of this name, in any capitals, with the fields that may be seen now."""
        sobject = self._objects.get(name.lower())
        hidden = sobject and self.hidden_field(sobject.name)
        if sobject is None or hidden is None:
            return sobject
        return replace(sobject, fields=tuple(field for field in sobject.fields if field.name != hidden))

    def all(self) -> list[SObject]:
        """All objects, with the fields that may be seen now."""
        return [found for name in self._objects if (found := self.find(name))]

    def hidden_field(self, object_name: str) -> str | None:
        """The field of an object that the fault hides, as long as it is on; ``None`` where it hides none."""
        if not self._faults.is_on("hidden_field"):
            return None
        sobject = self._objects[object_name.lower()]
        names = [
            field.name
            for field in sobject.fields
            if field.nillable and field.type not in _NEVER_HIDDEN and field.compound is None
        ]
        return Draws(self._faults.seed, "hidden", sobject.name).pick(names) if names else None


def describe_global(objects: list[SObject], base: str) -> dict[str, Any]:
    """``/sobjects``.

    Args:
        objects: all of them.
        base: path of the API's version, ``/services/data/v61.0``.
    """
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [summary(sobject, base) for sobject in objects],
    }


def summary(sobject: SObject, base: str) -> dict[str, Any]:
    """What is said of an object without its fields."""
    writable, bin_ = sobject.is_writable, sobject.is_undeletable
    path = f"{base}/sobjects/{sobject.name}"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": writable,
        "custom": sobject.name.endswith("__c"),
        "customSetting": False,
        "deepCloneable": False,
        "deletable": writable,
        "deprecatedAndHidden": False,
        "feedEnabled": writable,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.key_prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "layoutable": writable,
        "mergeable": sobject.name in ("Account", "Contact", "Lead"),
        "mruEnabled": writable,
        "name": sobject.name,
        "queryable": True,
        "replicateable": is_replicateable(sobject),
        "retrieveable": True,
        "searchable": writable,
        "triggerable": writable,
        "undeletable": bin_ and writable,
        "updateable": writable,
        "urls": {
            "rowTemplate": f"{path}/{{ID}}",
            "describe": f"{path}/describe",
            "sobject": path,
        },
    }


def is_replicateable(sobject: SObject) -> bool:
    """Whether getDeleted and getUpdated can be asked for it."""
    return any(field.name == "SystemModstamp" for field in sobject.fields)


def describe(sobject: SObject, base: str) -> dict[str, Any]:
    """``/sobjects/<name>/describe``."""
    return {
        "actionOverrides": [],
        "childRelationships": [],
        "compactLayoutable": True,
        **summary(sobject, base),
        "fields": [_field(field) for field in sobject.fields],
        "namedLayoutInfos": [],
        "recordTypeInfos": [],
        "supportedScopes": [{"label": f"All {sobject.plural}", "name": "everything"}],
    }


def _field(field: Field) -> dict[str, Any]:
    writable = field.is_writable and field.type != "address"
    flag = field.type == "boolean"
    return {
        "aggregatable": field.is_filterable and field.type not in _WITHOUT_AGGREGATES,
        "aiPredictionField": False,
        "autoNumber": False,
        "byteLength": field.length * 3 if field.soap_type == "xsd:string" else field.length,
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": field.compound,
        "controllerName": None,
        "createable": writable,
        "custom": field.custom,
        "defaultValue": False if flag else None,
        "defaultValueFormula": None,
        "defaultedOnCreate": flag or (field.name == "OwnerId"),
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": field.digits,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.is_external_id,
        "extraTypeInfo": None,
        "filterable": field.is_filterable and field.type != "address",
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.is_filterable and field.type not in ("address", "datetime", "textarea", "double"),
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.type == "id" or field.is_external_id,
        "inlineHelpText": None,
        "label": field.label,
        "length": field.length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name == "Name",
        "namePointing": len(field.reference_to) > 1,
        "nillable": field.nillable,
        "permissionable": field.nillable and field.custom,
        "picklistValues": [
            {"active": True, "defaultValue": False, "label": value, "validFor": None, "value": value}
            for value in field.picklist
        ],
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "precision": field.precision,
        "queryByDistance": field.type == "address",
        "referenceTargetField": None,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": False,
        "scale": field.scale,
        "searchPrefilterable": False,
        "soapType": field.soap_type,
        "sortable": field.is_filterable and field.type != "address",
        "type": field.type,
        "unique": field.is_external_id,
        "updateable": writable and field.type != "id",
        "writeRequiresMasterRead": False,
    }
