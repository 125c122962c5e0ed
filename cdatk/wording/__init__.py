"""Words for values that are no codes: dates, numbers, units, doses, persons, countries and languages.

The rule: a value is said as the document gives it, in French or English; what is not understood is shown as
written, and nothing that the document leaves out is added.
"""
