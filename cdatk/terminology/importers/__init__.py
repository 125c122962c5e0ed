"""Readers of catalogues, one file a format; `recognise` holds the table of all formats.

The ONE rule: an importer turns a file into records and findings; it knows nothing of the store.
"""
