"""Every word of ``cdatk terminology``, in French and English.

The rule: as in ``messages``, of which this table is a part.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

TERMINOLOGY: Final = MappingProxyType({
    "terminology": (
        "Gérer les catalogues : importer, énumérer, rechercher, comparer, mesurer, exporter.",
        "Manage the catalogues: import, list, look up, compare, measure, export.",
    ),
    "terminology-import": (
        "Importer des catalogues dans une base de l'utilisateur.",
        "Import catalogues into a store of your own.",
    ),
    "terminology-import-more": (
        "Un CATALOGUE est un fichier, un dossier ou une archive : classeur MVC/MTC, ART-DECOR, IHE SVS, paquet ou "
        "ressource FHIR, base LTRDB d'OpenNCP (SQL ou CSV), fichiers d'affichage d'OpenNCP, tableau CSV. Le format "
        "est reconnu au contenu. Tout est importé ou rien ; importer deux fois ne change rien.",
        "A CATALOGUE is a file, a folder or an archive: MVC/MTC workbook, ART-DECOR, IHE SVS, FHIR package or "
        "resource, OpenNCP LTRDB (SQL or CSV), OpenNCP display files, CSV table. The format is recognised from the "
        "content. All of it is imported or nothing; importing twice changes nothing.",
    ),
    "terminology-list": (
        "Énumérer les catalogues, leurs versions et leurs nombres.",
        "List the catalogues, their releases and counts.",
    ),
    "terminology-list-more": (
        "Avec --value-sets, énumère aussi les jeux de valeurs en vigueur.",
        "With --value-sets the current value sets are listed too.",
    ),
    "terminology-lookup": (
        "Chercher un code, ou des codes d'après leurs mots.",
        "Look up a code, or codes by their words.",
    ),
    "terminology-lookup-more": (
        "QUESTION est un code ou des mots, dans n'importe quelle langue. Un code absent est accompagné de ceux "
        "qui ont pu être voulus.",
        "QUESTION is a code or words, in any language. A code that is not held comes with those that may have been "
        "meant.",
    ),
    "terminology-diff": (
        "Comparer deux catalogues ou deux versions.",
        "Compare two catalogues or two releases.",
    ),
    "terminology-diff-more": (
        "AVANT et APRÈS sont chacun un catalogue (fichier ou dossier), une base, ou une version de la base. Avec "
        "--documents, nomme les documents dont des codes changent.",
        "BEFORE and AFTER are each a catalogue (file or folder), a store, or a release in the store. With "
        "--documents the documents whose codes change are named.",
    ),
    "terminology-coverage": (
        "Mesurer ce qui peut être dit dans une langue.",
        "Measure what can be said in a language.",
    ),
    "terminology-coverage-more": (
        "Sans document, mesure les jeux de valeurs du catalogue. Avec des documents ou des dossiers, compte leurs "
        "codes : traduits, non traduits, hors du jeu de valeurs, inconnus.",
        "Without a document the value sets of the catalogue are measured. With documents or folders their codes are "
        "counted: translated, untranslated, outside the value set, unknown.",
    ),
    "terminology-export": (
        "Exporter des catalogues en CSV, en FHIR ou en classeur.",
        "Export catalogues as CSV, FHIR or a workbook.",
    ),
    "terminology-export-more": (
        "Ce qui est exporté puis importé de nouveau redonne le même contenu.",
        "What is exported and imported again gives the same content.",
    ),
    "terminology-more": (
        "Sans --store, la base de l'utilisateur est celle du dossier de données du système ; sans elle, les tables "
        "intégrées sont lues.",
        "Without --store the store of your own is the one in the data folder of the system; where there is none the "
        "embedded tables are read.",
    ),
    "catalogue": ("CATALOGUE", "CATALOGUE"),
    "name": ("NOM", "NAME"),
    "day": ("JOUR", "DAY"),
    "tag": ("LANGUE", "LANGUAGE"),
    "terms": ("TEXTE", "TEXT"),
    "question": ("QUESTION", "QUESTION"),
    "before": ("AVANT", "BEFORE"),
    "after": ("APRÈS", "AFTER"),
    "document": ("DOCUMENT", "DOCUMENT"),
    "store-option": (
        "Base terminologique à utiliser, à la place de celle de l'utilisateur.",
        "Terminology store to use in place of the user's own.",
    ),
    "import-format-option": (
        "Format du catalogue, s'il ne doit pas être reconnu.",
        "Format of the catalogue where it is not to be recognised.",
    ),
    "language-option": (
        "Langue des libellés qui n'en indiquent pas (fr, fr-FR…).",
        "Language of names that state none (fr, fr-FR…).",
    ),
    "system-option": ("OID du système de codage.", "OID of the code system."),
    "into-set-option": (
        "OID du jeu de valeurs qu'un tableau CSV énumère.",
        "OID of the value set that a CSV table lists.",
    ),
    "column-option": (
        "Colonne d'un tableau CSV, par exemple code=CODE_CIM ou fr=LIBELLE ; peut être répétée.",
        "A column of a CSV table, for instance code=ICD_CODE or fr=LABEL; may be repeated.",
    ),
    "encoding-option": ("Encodage des fichiers texte.", "Encoding of text files."),
    "source-option": ("Nom du catalogue dans les rapports.", "Name of the catalogue in reports."),
    "release-option": ("Version du catalogue.", "Release of the catalogue."),
    "licence-option": ("Conditions d'utilisation, à conserver.", "Terms of use, to be kept."),
    "import-strict-option": (
        "Ne rien conserver s'il y a un avertissement.",
        "Keep nothing when there is a warning.",
    ),
    "fresh-option": (
        "Commencer une base nouvelle à la place de l'ancienne.",
        "Begin a new store in place of the old one.",
    ),
    "without-embedded-option": (
        "Une base nouvelle commence vide, sans les tables intégrées.",
        "A new store begins empty, without the embedded tables.",
    ),
    "form-option": ("Forme du résultat.", "Form of the output."),
    "value-sets-option": ("Énumérer aussi les jeux de valeurs.", "List the value sets too."),
    "value-set-option": (
        "Jeu de valeurs (OID ou nom) ; peut être répété.",
        "Value set (OID or name); may be repeated.",
    ),
    "on-option": ("Jour de validité (AAAA-MM-JJ).", "Day of validity (YYYY-MM-DD)."),
    "limit-option": ("Nombre de lignes au plus.", "Number of rows at most."),
    "which-release-option": (
        "Une version de la base (numéro, version ou nom du catalogue).",
        "A release in the store (number, release or name of the catalogue).",
    ),
    "in-language-option": ("Langue à mesurer (fr par défaut).", "Language to measure (default fr)."),
    "export-language-option": (
        "Langue à exporter ; peut être répétée. Par défaut : toutes.",
        "Language to export; may be repeated. Default: all.",
    ),
    "documents-option": (
        "Document ou dossier à examiner ; peut être répété.",
        "Document or folder to examine; may be repeated.",
    ),
    "to-file-option": (
        "Fichier du résultat ; - pour la sortie standard.",
        "File of the output; - for standard output.",
    ),
    "export-to-option": ("Format de l'export.", "Format of the export."),
    "kind-option": (
        "Ressources FHIR à exporter ; peut être répétée. Par défaut : toutes.",
        "FHIR resources to export; may be repeated. Default: all.",
    ),
    "no-such-path": ("{path} : aucun fichier ni dossier de ce nom.", "{path}: there is no such file or folder."),
    "outside-sets": (
        "{count} codes qu'aucun jeu de valeurs n'énumère sont laissés de côté : un classeur n'a que des "
        "jeux de valeurs.",
        "{count} codes that no value set lists are left out: a workbook has value sets only.",
    ),
    "no-such-value-set": (
        "la base n'a pas de jeu de valeurs {name}.",
        "the store has no value set {name}.",
    ),
    "binary": (
        "un classeur ne s'affiche pas" " : indiquez un fichier avec -o.",
        "a workbook cannot be shown: name a file with -o.",
    ),
    "no-such-release": (
        "la base n'a pas de catalogue ni de version {name}.",
        "the store has no catalogue or release {name}.",
    ),
    "bad-column": ("{column} : une colonne s'écrit nom=colonne.", "{column}: a column is written name=column."),
    "imported": (
        "{name} ({format}) : {counts} → {path}",
        "{name} ({format}): {counts} → {path}",
    ),
    "held-already": (
        "{source} : déjà dans la base, rien n'a changé.",
        "{source}: in the store already, nothing was changed.",
    ),
    "row-progress": ("{part} : {rows} lignes", "{part}: {rows} rows"),
    "not-held": (
        "Le code {code} n'est pas connu, et aucun mot ne correspond.",
        "The code {code} is not known, and no words match.",
    ),
    "bad-day": ("{day} n'est pas un jour (AAAA-MM-JJ).", "{day} is not a day (YYYY-MM-DD)."),
    "replaced-by": ("remplacé par {code}", "replaced by {code}"),
    "not-usable": ("non utilisable", "not usable"),
    "near-codes": ("Codes proches :", "Near codes:"),
    "in-sets": ("Jeux de valeurs :", "Value sets:"),
    "mapped-to": ("Correspondances :", "Mappings:"),
    "all-sets": ("Ensemble", "Total"),
    "coverage-title": ("Couverture terminologique", "Terminology coverage"),
    "documents-read": (
        "{documents} document(s), {unreadable} illisible(s), {occurrences} valeurs codées.",
        "{documents} document(s), {unreadable} unreadable, {occurrences} coded values.",
    ),
    "translated-of": (
        "{translated} sur {looked_up} traduites ({share}).",
        "{translated} of {looked_up} translated ({share}).",
    ),
    "documents-in": (
        "les documents se mesurent dans une langue des résultats ({languages}).",
        "documents are measured in a language of the outputs ({languages}).",
    ),
    "missing-codes": ("Codes sans traduction les plus fréquents :", "Codes without translation, most frequent first:"),
    "standing-null": ("absence de valeur (nullFlavor)", "absence of a value (nullFlavor)"),
    "standing-structural": ("codes de structure", "structural codes"),
    "diff-totals": (
        "{new} jeux nouveaux, {gone} disparus, {renamed_sets} renommés, {versions} d'une autre version ; {added} codes "
        "ajoutés, {removed} retirés, {renamed} renommés, {respaced} modifiés par des espaces seulement, {moved} "
        "déplacés ; {reworded} traductions modifiées.",
        "{new} new sets, {gone} gone, {renamed_sets} renamed, {versions} of another version; {added} codes added, "
        "{removed} removed, {renamed} renamed, {respaced} changed by blanks only, {moved} moved; {reworded} "
        "translations changed.",
    ),
    "diff-set": (
        "{name} {before} → {after} : +{added} -{removed}, {renamed} renommés, {respaced} par des espaces",
        "{name} {before} → {after}: +{added} -{removed}, {renamed} renamed, {respaced} by blanks",
    ),
    "new-set": ("nouveau : {name} ({oid})", "new: {name} ({oid})"),
    "gone-set": ("disparu : {name} ({oid})", "gone: {name} ({oid})"),
    "touched-document": ("{path} : {codes}", "{path}: {codes}"),
})  # fmt: skip
