"""The harness for sample files: expectations beside documents, differences a tester understands, new samples.

The rule: importing this package loads nothing; the pytest plugin is loaded by every pytest run of its owner.
"""
