"""Every word of the command line, in French and English.

The rule: a word that a person reads stands here in both languages with the same placeholders (a test holds it).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from cdatk.cli.messages_many import MANY
from cdatk.cli.messages_spark import SPARK
from cdatk.cli.terminology_messages import TERMINOLOGY
from cdatk.cli.validate_messages import VALIDATE

LANGUAGES: Final = ("fr", "en")

MESSAGES: Final = MappingProxyType({
    **MANY,
    **SPARK,
    "program": (
        "Convertit les résumés patients européens (CDA R2, MyHealth@EU) en HTML français, en FHIR ou "
        "en CDA traduit.",
        "Turn European patient summaries (CDA R2, MyHealth@EU) into French HTML, FHIR or translated "
        "CDA.",
    ),
    "exit-codes": (
        "Codes de sortie : 0 rien de grave, 1 constats de niveau erreur, 2 mauvais usage, 3 entrée "
        "illisible, 4 réglages, tables ou destination inutilisables, 5 erreur interne.",
        "Exit codes: 0 nothing grave, 1 findings at error level, 2 wrong usage, 3 input unreadable, "
        "4 settings, tables or destination unusable, 5 internal error.",
    ),
    "usage": ("Utilisation : ", "Usage: "),
    "options": ("Options ", "Options"),
    "commands": ("Commandes ", "Commands"),
    "options-metavar": ("[OPTIONS]", "[OPTIONS]"),
    "command-metavar": ("COMMANDE [ARGUMENTS]…", "COMMAND [ARGUMENTS]…"),
    "input": ("ENTRÉE", "INPUT"),
    "code": ("CODE", "CODE"),
    "file": ("FICHIER", "FILE"),
    "file-or-dir": ("FICHIER_OU_DOSSIER", "FILE_OR_FOLDER"),
    "help-option": ("Afficher cette aide.", "Show this help."),
    "version-option": ("Afficher la version.", "Show the version."),
    "lang-option": (
        "Langue des résultats et des messages. Par défaut : résultats en français, messages selon la "
        "langue du système.",
        "Language of outputs and messages. Default: outputs in French, messages in the language of "
        "the system.",
    ),
    "messages-lang-option": (
        "Langue des messages. Par défaut : celle du système.",
        "Language of the messages. Default: that of the system.",
    ),
    "debug-option": (
        "En cas d'erreur interne, montrer où elle s'est produite (ou CDATK_DEBUG=1).",
        "On an internal error show where it happened (or CDATK_DEBUG=1).",
    ),
    "verbose-option": ("Montrer tous les constats.", "Show every finding."),
    "convert": (
        "Convertir des documents en FHIR, en HTML ou en CDA traduit.",
        "Convert documents to FHIR, HTML or translated CDA.",
    ),
    "convert-more": (
        "Une ENTRÉE est un fichier, ou - pour l'entrée standard. Une seule entrée et un seul format "
        "vont vers la sortie standard, sauf avec -o. Avec plusieurs entrées ou plusieurs formats, -o "
        "désigne un dossier ; les fichiers s'y nomment <nom>.fhir.json, <nom>.fr.html, <nom>.fr.xml. "
        "Un résultat est écrit en entier ou pas du tout.",
        "An INPUT is a file, or - for standard input. A single input in a single format goes to "
        "standard output unless -o is given. With several inputs or several formats -o names a "
        "folder; its files are named <name>.fhir.json, <name>.fr.html, <name>.fr.xml. An output is "
        "written whole or not at all.",
    ),
    "to-option": (
        "Format du résultat ; peut être répété. Par défaut : fhir et html dans un dossier, sinon "
        "d'après le nom du fichier, sinon fhir.",
        "Output format; may be repeated. Default: fhir and html in a folder, otherwise by the name "
        "of the file, otherwise fhir.",
    ),
    "output-option": (
        "Fichier ou dossier du résultat ; - pour la sortie standard.",
        "File or folder of the output; - for standard output.",
    ),
    "report-option": (
        "Écrire le rapport en JSON (cdatk.report/1) ; un rapport par ligne s'il y en a plusieurs.",
        "Write the report as JSON (cdatk.report/1); one report a line when there are several.",
    ),
    "checks-option": (
        "Ce qui est vérifié avant de convertir : rien de plus que la lecture (none), les règles du profil et les jeux "
        "de valeurs (rules, par défaut), ou aussi le schéma XML (schema).",
        "What is checked before converting: nothing beyond reading (none), profile rules and value sets (rules, the "
        "default), or the XML schema as well (schema).",
    ),
    "strict-option": (
        "Traiter les avertissements comme des erreurs ; une erreur empêche le résultat.",
        "Treat warnings as errors; an error prevents the output.",
    ),
    "with-option": (
        "Document de niveau 1 (PDF) du même patient, à montrer dans la page à côté de la vue française.",
        "Level 1 document (PDF) of the same patient, to show in the page beside the French view.",
    ),
    "transcode-option": (
        "Pour cda : remplacer les codes nationaux par les codes européens, au lieu de traduire.",
        "For cda: replace national codes by European ones instead of translating.",
    ),
    "transcode-cda": ("--transcode ne vaut que pour le format cda.", "--transcode is for the format cda only."),
    "pretty-option": ("Indenter le JSON.", "Indent JSON."),
    "ndjson-option": (
        "FHIR : une ressource par ligne (style « bulk »), sans Bundle.",
        "FHIR: one resource a line (bulk style), no Bundle.",
    ),
    "check-option": (
        "FHIR : valider avec fhir.resources avant d'écrire (pip install 'cdatk[check]').",
        "FHIR: validate with fhir.resources before writing (pip install 'cdatk[check]').",
    ),
    "trace-option": (
        "FHIR : écrire pour chaque élément sa place dans le CDA et la règle suivie (JSON par lignes).",
        "FHIR: write for each element its place in the CDA and the rule (JSON lines).",
    ),
    "fhir-profile-option": (
        "FHIR : fichier TOML qui ajoute ou remplace des règles de conversion (docs/fhir.md).",
        "FHIR: TOML file that adds or replaces conversion rules (docs/fhir.md).",
    ),
    "format-option": (
        "Forme du rapport : texte, ou JSON pour les programmes.",
        "Form of the report: text, or JSON for programs.",
    ),
    "pack": ("JEU", "PACK"),
    "schematron-option": (
        "Juger aussi selon un jeu de règles Schematron : fichier .sch, dossier ou archive zip, ou un fichier dans "
        "une archive (JEU.zip/NOM.sch). Les règles compilées sont conservées dans le cache de l'utilisateur.",
        "Also judge by a pack of Schematron rules: a .sch file, a folder or a zip archive, or a file within an archive "
        "(PACK.zip/NAME.sch). Compiled rules are kept in the user's cache.",
    ),
    "phase-option": (
        "Phase des règles à appliquer ; #ALL pour toutes. Par défaut : celle que le jeu prévoit.",
        "Phase of the rules to apply; #ALL for all. Default: the one the pack provides for.",
    ),
    "compare": (
        "Comparer deux résultats d'un même document, côte à côte.",
        "Compare two outputs of one document, side by side.",
    ),
    "compare-more": (
        "Les deux fichiers sont de même sorte : html, FHIR ou CDA. Code de sortie : 0 sans différence, 1 sinon.",
        "Both files are of one kind: html, FHIR or CDA. Exit code: 0 without a difference, else 1.",
    ),
    "compare-before": ("AVANT", "BEFORE"),
    "compare-after": ("APRÈS", "AFTER"),
    "compare-output": (
        "Page à écrire (par défaut : sortie standard).",
        "Page to write (default: standard output).",
    ),
    "inspect": (
        "Décrire un document : type, rubriques, entrées, codes et leur couverture.",
        "Describe a document: type, sections, entries, codes and their coverage.",
    ),
    "inspect-more": (
        "ENTRÉE est un fichier, ou - pour l'entrée standard. La description ne contient aucune "
        "donnée du patient.",
        "INPUT is a file, or - for standard input. The description holds no patient data.",
    ),
    "explain": (
        "Expliquer un constat ; sans CODE, tous les énumérer.",
        "Explain a finding; without CODE list them all.",
    ),
    "explain-more": ("Exemple : cdatk explain XML-003", "Example: cdatk explain XML-003"),
    "error": ("cdatk : {message}", "cdatk: {message}"),
    "error-alone": ("{message}", "{message}"),
    "what-to-do": ("Que faire :", "What to do:"),
    "severity": ("Gravité :", "Severity:"),
    "exit-code": ("Code de sortie :", "Exit code:"),
    "reference": ("Référence :", "Reference:"),
    "try-help": ("Aide : {command} --help", "Help: {command} --help"),
    "missing-argument": ("il manque {name}.", "{name} is missing."),
    "no-such-option": ("l'option {name} n'existe pas.", "there is no option {name}."),
    "no-such-command": ("la commande {name} n'existe pas.", "there is no command {name}."),
    "perhaps": ("Peut-être {names} ?", "Perhaps {names}?"),
    "needs-value": ("l'option {name} attend une valeur.", "option {name} needs a value."),
    "bad-value": (
        "valeur incorrecte pour {name} ; valeurs possibles : {allowed}.",
        "wrong value for {name}; possible values: {allowed}.",
    ),
    "unexpected-argument": ("argument de trop : {names}.", "unexpected argument: {names}."),
    "no-such-code": ("aucun constat ne porte le code {code}.", "no finding has the code {code}."),
    "several-need-folder": (
        "plusieurs entrées ou plusieurs formats demandent un dossier : -o DOSSIER/",
        "several inputs or several formats need a folder: -o FOLDER/",
    ),
    "not-a-folder": (
        "{path} existe et n'est pas un dossier ; plusieurs résultats demandent un dossier.",
        "{path} exists and is not a folder; several outputs need a folder.",
    ),
    "stdin-once": (
        "l'entrée standard (-) ne peut être lue qu'une fois.",
        "standard input (-) can be read only once.",
    ),
    "same-output": (
        "{first} et {second} donneraient le même fichier {path}.",
        "{first} and {second} would give the same file {path}.",
    ),
    "output-is-input": (
        "{path} est une entrée : elle ne sera pas écrasée.",
        "{path} is an input: it will not be overwritten.",
    ),
    "two-on-stdout": (
        "le résultat et le rapport ne peuvent pas aller tous deux vers la sortie standard.",
        "the output and the report cannot both go to standard output.",
    ),
    "report-is-output": ("{path} est aussi le nom d'un résultat.", "{path} is also the name of an output."),
    "not-found": ("{path} : ce fichier n'existe pas.", "{path}: there is no such file."),
    "is-folder": (
        "{path} est un dossier : indiquez ses fichiers, par exemple {path}/*.xml",
        "{path} is a folder: name its files, for instance {path}/*.xml",
    ),
    "not-allowed": (
        "{path} : la lecture de ce fichier n'est pas permise. Vérifiez ses droits.",
        "{path}: this file may not be read. Check its permissions.",
    ),
    "not-readable": (
        "{path} : ce fichier ne peut pas être lu ({reason}).",
        "{path}: this file cannot be read ({reason}).",
    ),
    "written": ("{source} → {path}", "{source} → {path}"),
    "no-output": ("{source} : aucun résultat n'a été produit.", "{source}: no output was made."),
    "not-written": ("{path} ne peut pas être écrit ({reason}).", "{path} cannot be written ({reason})."),
    "finding": ("{text} [{code}]\n{hint}", "{text} [{code}]\n{hint}"),
    "unusable": (
        "les tables ou les réglages sont inutilisables : {reason}",
        "the tables or the settings are unusable: {reason}",
    ),
    "internal": (
        "{source} : erreur interne ({kind}). Ce n'est pas la faute du document ; signalez-la avec la "
        "sortie de --debug.",
        "{source}: internal error ({kind}). This is not the document's fault; report it with what "
        "--debug shows.",
    ),
    "internal-alone": (
        "erreur interne ({kind}). Signalez-la avec la sortie de --debug.",
        "internal error ({kind}). Report it with what --debug shows.",
    ),
    "interrupted": ("interrompu.", "interrupted."),
    "summary": (
        "{total} document(s) : {clean} sans erreur, {findings} avec des erreurs, {failed} en échec.",
        "{total} document(s): {clean} without errors, {findings} with errors, {failed} failed.",
    ),
    "progress": ("{done}/{total} {source}", "{done}/{total} {source}"),
    **TERMINOLOGY,
    **VALIDATE,
})  # fmt: skip


def say(language: str, key: str, /, **values: object) -> str:
    """A message in ``fr`` or ``en``. Raises KeyError for an unknown message or a placeholder without a value."""
    french, english = MESSAGES[key]
    return (french if language == "fr" else english).format(**values)
