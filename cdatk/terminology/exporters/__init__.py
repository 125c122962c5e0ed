"""Catalogues out of a store: CSV, FHIR, workbook.

The ONE rule: what is exported and imported again gives the same content; the same store gives the same bytes.
"""
