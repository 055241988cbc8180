"""Measurements: ``python -m bench`` runs them all, ``python -m bench build`` one of them."""
