"""The terminology tables and the store built from them.

The ONE rule: this package says what the catalogues say and nothing else; it never guesses a code, a set or a word.
"""
