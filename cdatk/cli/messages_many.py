"""Words of the commands that work on many files: ``batch``, ``test``, ``sample``.

The rule: as in ``cdatk.cli.messages``, which takes these in.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

MANY: Final = MappingProxyType({
    "folder": ("DOSSIER", "FOLDER"),
    "seconds": ("SECONDES", "SECONDS"),
    "number": ("NOMBRE", "NUMBER"),
    "names": ("NOMS", "NAMES"),
    "part": ("MOT", "WORD"),
    "batch": (
        "Convertir beaucoup de documents, avec un journal et la reprise.",
        "Convert many documents, with a journal that a run can resume from.",
    ),
    "batch-more": (
        "Une ENTRÉE est un dossier, une archive (zip, tar), un motif (\"*.xml\"), une liste de chemins (.txt, ou - "
        "pour l'entrée standard) ou un document. Les résultats vont dans DOSSIER sous les mêmes noms ; le journal, le "
        "bilan et les documents mis de côté sont dans DOSSIER/_batch. Le code de sortie est le plus grave de tous. "
        "Ctrl-C termine les documents en cours ; une seconde fois, il les abandonne.",
        "An INPUT is a folder, an archive (zip, tar), a pattern (\"*.xml\"), a list of paths (.txt, or - for standard "
        "input) or a document. The outputs go to FOLDER under the same names; the journal, the summary and the "
        "documents put aside are in FOLDER/_batch. The exit code is the worst of all. Ctrl-C finishes the documents "
        "under way; a second time it gives them up.",
    ),
    "batch-to-option": (
        "Format du résultat ; peut être répété. Par défaut : fhir.",
        "Output format; may be repeated. Default: fhir.",
    ),
    "workers-option": (
        "Nombre de processus. Par défaut : un par processeur.",
        "Number of processes. Default: one for each processor.",
    ),
    "resume-option": (
        "Reprendre : ne pas refaire ce qui est fait, avec la même entrée, les mêmes réglages et les mêmes catalogues.",
        "Resume: do not do again what is done, with the same input, settings and catalogues.",
    ),
    "stream-option": (
        "Écrire les documents FHIR l'un après l'autre dans fhir-00001.ndjson, etc.",
        "Write the FHIR documents one after the other to fhir-00001.ndjson and so on.",
    ),
    "shard-option": (
        "Taille à partir de laquelle un nouveau fichier .ndjson commence, en Mo (256 par défaut).",
        "Size from which a new .ndjson file begins, in MB (default: 256).",
    ),
    "bulk-option": (
        "Écrire les ressources FHIR par type dans Patient-00001.ndjson, etc. (FHIR Bulk Data).",
        "Write the FHIR resources by type to Patient-00001.ndjson and so on (FHIR Bulk Data).",
    ),
    "compress-option": (
        "Comprimer les résultats : gzip (.gz) ou zstd (.zst).",
        "Compress the outputs: gzip (.gz) or zstd (.zst).",
    ),
    "memory-limit-option": (
        "Mémoire accordée à un document avant de le mettre de côté, en Mo (2000 par défaut, 0 pour ne pas limiter). "
        "Sous Linux seulement.",
        "Memory given to a document before it is put aside, in MB (default: 2000; 0 for no limit). Linux only.",
    ),
    "no-zstd": (
        "--compress zstd demande la bibliothèque zstandard : pip install 'cdatk[zstd]'",
        "--compress zstd needs the library zstandard: pip install 'cdatk[zstd]'",
    ),
    "no-workers": (
        "les processus de travail s'arrêtent avant d'avoir rien fait (mémoire, installation ?) : le lot s'arrête.",
        "the worker processes end before they have done anything (memory, installation?): the batch stops.",
    ),
    "time-limit-option": (
        "Temps accordé à un document avant de le mettre de côté (60 par défaut, 0 pour ne pas limiter).",
        "Time given to a document before it is put aside (default: 60; 0 for no limit).",
    ),
    "ndjson-is-fhir": (
        "--ndjson et --bulk ne servent qu'au format fhir.",
        "--ndjson and --bulk serve only the format fhir.",
    ),
    "in-use": (
        "{path} : un autre lot écrit déjà dans ce dossier.",
        "{path}: another batch already writes into this folder.",
    ),
    "nothing-found": (
        "aucun document (.xml, .cda) n'a été trouvé.",
        "no document (.xml, .cda) was found.",
    ),
    "batch-progress": (
        "{done} / {total} documents, {rate} par seconde, reste {left}, {aside} mis de côté",
        "{done} / {total} documents, {rate} a second, {left} left, {aside} put aside",
    ),
    "batch-finishing": (
        "interruption : les documents en cours sont terminés d'abord ; Ctrl-C encore pour les abandonner.",
        "interrupted: the documents under way are finished first; Ctrl-C again to give them up.",
    ),
    "batch-summary": (
        "{total} document(s), dont {kept} déjà faits : {converted} convertis, {refused} refusés, "
        "{unreadable} illisibles, {failed} en échec, {seconds} s.",
        "{total} document(s), {kept} of them done before: {converted} converted, {refused} refused, "
        "{unreadable} unreadable, {failed} failed, {seconds} s.",
    ),
    "batch-losses": (
        "{count} processus s'est ou se sont arrêtés ; leurs documents ont été repris.",
        "{count} process(es) ended; their documents were done again.",
    ),
    "batch-incomplete": (
        "le lot n'est pas complet : relancez-le avec --resume.",
        "the batch is not complete: run it again with --resume.",
    ),
    "batch-page": ("Bilan : {path}", "Summary: {path}"),
    "test": (
        "Comparer des échantillons aux attentes écrites à côté d'eux.",
        "Compare samples with the expectations beside them.",
    ),
    "test-more": (
        "DOSSIER est parcouru ; à côté de chaque <nom>.xml, <nom>.expect.yaml dit ce qui doit en sortir. Avec "
        "--against, aucune attente n'est lue : la commande montre ce qu'un autre catalogue changerait.",
        "FOLDER is gone through; beside each <name>.xml, <name>.expect.yaml says what must come out of it. With "
        "--against no expectations are read: the command shows what another catalogue would change.",
    ),
    "junit-option": ("Écrire le résultat en JUnit XML.", "Write the result as JUnit XML."),
    "html-option": (
        "Écrire une page avec les différences côte à côte.",
        "Write a page with the differences side by side.",
    ),
    "update-option": (
        "Écrire les attentes d'après ce qui sort : pour la non-régression, non pour dire ce qui est juste.",
        "Write the expectations from what comes out: against regressions, not to say what is right.",
    ),
    "golden-option": (
        "Avec --update, conserver aussi le résultat entier dans ce format ; peut être répété.",
        "With --update keep the whole output in this format too; may be repeated.",
    ),
    "filter-option": (
        "Seulement les échantillons dont le chemin contient MOT ; peut être répété.",
        "Only samples whose path holds WORD; may be repeated.",
    ),
    "against-option": (
        "Base de terminologie à comparer : ce qu'elle changerait est montré.",
        "Terminology store to compare with: what it would change is shown.",
    ),
    "no-samples": ("{path} : aucun échantillon n'a été trouvé.", "{path}: no sample was found."),
    "golden-needs-update": ("--golden demande --update.", "--golden needs --update."),
    "sample-passed": ("{name} : conforme", "{name}: passed"),
    "sample-without": ("{name} : sans attentes", "{name}: without expectations"),
    "sample-written": ("{name} : attentes écrites", "{name}: expectations written"),
    "sample-unchanged": ("{name} : attentes inchangées", "{name}: expectations unchanged"),
    "sample-failed": ("{name} : {count} différence(s)", "{name}: {count} difference(s)"),
    "test-summary": (
        "{total} échantillon(s) : {passed} conformes, {failed} différents, {without} sans attentes, "
        "{written} attentes écrites.",
        "{total} sample(s): {passed} passed, {failed} failed, {without} without expectations, "
        "{written} expectations written.",
    ),
    "change": (
        "{code} : {before} → {after} ({count} échantillon(s))",
        "{code}: {before} → {after} ({count} sample(s))",
    ),
    "change-summary": (
        "{total} échantillon(s) : {count} code(s) changeraient ; mieux traduits : {better}, moins bien : {worse}.",
        "{total} sample(s): {count} code(s) would change; better translated: {better}, worse: {worse}.",
    ),
    "sample": (
        "Fabriquer des résumés patients synthétiques.",
        "Make synthetic patient summaries.",
    ),
    "sample-more": (
        "ACTION est make. Les documents vont dans DOSSIER ; la même graine donne les mêmes documents. Toutes les "
        "personnes sont inventées. Exemple : cdatk sample make essais --count 100 --country pt --faults empty,tags "
        "--share 0.1",
        "ACTION is make. The documents go to FOLDER; the same seed gives the same documents. All persons are invented. "
        "Example: cdatk sample make trials --count 100 --country pt --faults empty,tags --share 0.1",
    ),
    "action": ("ACTION", "ACTION"),
    "count-option": ("Nombre de documents (1 par défaut).", "Number of documents (default: 1)."),
    "seed-option": ("Graine du hasard (1 par défaut).", "Seed of chance (default: 1)."),
    "country-option": ("Pays, séparés par des virgules : {known}.", "Countries, separated by commas: {known}."),
    "wave-option": (
        "Générations de modèles, séparées par des virgules : {known}.",
        "Generations of templates, separated by commas: {known}.",
    ),
    "sections-option": ("Rubriques, séparées par des virgules : {known}.", "Sections, separated by commas: {known}."),
    "size-option": ("Tailles, séparées par des virgules : {known}.", "Sizes, separated by commas: {known}."),
    "faults-option": (
        "Défauts, séparés par des virgules : {known}.",
        "Faults, separated by commas: {known}.",
    ),
    "share-option": (
        "Part des documents qui ont un défaut, de 0 à 1 (1 par défaut).",
        "Part of the documents that have a fault, from 0 to 1 (default: 1).",
    ),
    "unknown-names": (
        "{name} : {asked} n'existe pas ; il y a {known}.",
        "{name}: there is no {asked}; there are {known}.",
    ),
    "samples-made": ("{count} document(s) dans {path}", "{count} document(s) in {path}"),
})  # fmt: skip
