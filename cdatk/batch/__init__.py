"""Many documents: a pool of processes, a journal that is always true, and a run that can be taken up again.

The rule: every input has exactly one outcome, written to the journal after its outputs are on disk.
"""
