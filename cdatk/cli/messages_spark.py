"""Words of ``cdatk batch --engine spark``.

The rule: as in ``cdatk.cli.messages``, which takes these in.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

SPARK: Final = MappingProxyType({
    "engine-option": (
        "Où travailler : local, dans des processus de cette machine (par défaut), ou spark, sur un cluster Spark : "
        "ENTRÉE et DOSSIER sont alors des URI que Hadoop connaît, ou table:NOM.",
        "Where to work: local, in processes of this machine (default), or spark, on a Spark cluster: INPUT and FOLDER "
        "are then URIs that Hadoop knows, or table:NAME.",
    ),
    "spark-missing": (
        "--engine spark a besoin de paquets qui ne sont pas installés ({names}) : pip install \"cdatk[spark]\"",
        "--engine spark needs packages that are not installed ({names}): pip install \"cdatk[spark]\"",
    ),
    "spark-java": (
        "Spark n'a pas démarré : il a besoin de Java 17 ou plus récent (JAVA_HOME, ou java dans le PATH).",
        "Spark has not started: it needs Java 17 or later (JAVA_HOME, or java on the PATH).",
    ),
    "spark-results": (
        "{path} : des résultats s'y trouvent déjà ; reprenez-les avec --resume ou donnez un autre dossier.",
        "{path}: there are results already; go on with --resume or give another folder.",
    ),
    "spark-same-name": (
        "{count} document(s) ont le nom d'un autre : donnez le dossier qui les contient tous, ou des noms différents.",
        "{count} document(s) have the name of another one: give the folder that holds them all, or names that differ.",
    ),
    "spark-no-name": (
        "{count} document(s) de la table sont sans nom.",
        "{count} document(s) of the table are without a name.",
    ),
    "spark-columns": (
        "la table doit avoir les colonnes name (string) et content (binary).",
        "the table has to have the columns name (string) and content (binary).",
    ),
    "spark-shard": (
        "{names} : seulement avec --engine local.",
        "{names}: only with --engine local.",
    ),
    "spark-table-alone": (
        "une table est la seule entrée du lot.",
        "a table is the only input of a batch.",
    ),
    "spark-not-the-same": (
        "les exécuteurs n'ont pas la même version de cdatk ou pas les mêmes catalogues que cette machine "
        "(docs/spark.md).",
        "the executors have not the same version of cdatk or not the same catalogues as this machine "
        "(docs/spark.md).",
    ),
    "spark-gave-up": (
        "Spark a abandonné ({kind}) ; ce qui est fait reste, relancez avec --resume quand la cause est levée.",
        "Spark gave up ({kind}); what is done stays, run it again with --resume when the cause is gone.",
    ),
})  # fmt: skip
