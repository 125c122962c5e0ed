"""Words of ``cdatk validate``.

The rule: as in ``cdatk.cli.messages``, which takes these in.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

VALIDATE: Final = MappingProxyType({
    "validate": (
        "Vérifier des documents ; aucun résultat n'est produit.",
        "Check documents; no output is made.",
    ),
    "validate-more": (
        "Une ENTRÉE est un fichier, un dossier (tous ses fichiers .xml), ou - pour l'entrée standard. Le rapport va "
        "vers la sortie standard.",
        "An INPUT is a file, a folder (all its .xml files), or - for standard input. The report goes to standard "
        "output.",
    ),
    "validate-format-option": (
        "Forme du rapport : text, json (un rapport par document), junit, outcome (OperationOutcome de FHIR R4) ou "
        "html (une page pour tous les documents).",
        "Form of the report: text, json (one report a document), junit, outcome (OperationOutcome of FHIR R4) or "
        "html (one page for all documents).",
    ),
    "fail-on-option": (
        "Gravité à partir de laquelle un constat fait échouer (code de sortie 1) : fatal, error (par défaut), "
        "warning ou info.",
        "Severity from which a finding fails the run (exit code 1): fatal, error (default), warning or info.",
    ),
    "baseline-option": (
        "Fichier des constats connus et acceptés (par document, code et emplacement) ; le rapport les montre comme "
        "acceptés.",
        "File of known and accepted findings (by document, code and place); the report shows them as accepted.",
    ),
    "write-baseline-option": (
        "Écrire les constats de ce passage comme référence ; les constats fatals n'y entrent pas.",
        "Write the findings of this run as a baseline; fatal findings are left out.",
    ),
    "schema-option": (
        "Dossier d'un schéma XML officiel (CDA.xsd et ses parties) à employer au lieu du nôtre.",
        "Folder of an official XML schema (CDA.xsd and its parts) to use in place of ours.",
    ),
    "bad-schema-folder": ("schéma : {path} n'est pas un dossier.", "schema: {path} is no folder."),
    "bad-schema-document": (
        "schéma : aucun fichier .xsd du dossier {path} ne déclare ClinicalDocument.",
        "schema: no .xsd file of the folder {path} declares ClinicalDocument.",
    ),
    "bad-schema-file": (
        "schéma : le fichier {name} du dossier {path} est inutilisable ({detail}).",
        "schema: the file {name} of the folder {path} cannot be used ({detail}).",
    ),
    "diagnose-option": (
        "Énumérer toutes les erreurs de schéma avec ce qui était attendu.",
        "List every schema error with what was expected.",
    ),
    "bad-baseline": (
        "{path} n'est pas une référence de constats ({reason}).",
        "{path} is not a baseline of findings ({reason}).",
    ),
    "no-documents": ("{path} ne contient aucun fichier .xml.", "{path} holds no .xml file."),
})  # fmt: skip
