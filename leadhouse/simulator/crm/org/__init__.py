"""The synthetic Salesforce org: what its objects look like, its records, and how they change as time goes on."""

from leadhouse.simulator.crm.org.metadata import OBJECTS, Field, SObject

__all__ = ["OBJECTS", "Field", "SObject"]
