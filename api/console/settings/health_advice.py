"""What each reason of ``/readyz`` is called, and what to do about it; the README of the infrastructure says more."""

from __future__ import annotations

ADVICE = {
    "store_unavailable": (
        "The database does not answer",
        "Nothing can be changed until it is back. Look whether the database runs, and whether its disk is full.",
    ),
    "schema_mismatch": (
        "The database is of another version",
        "Run bitacora migrate with the version of the program that serves.",
    ),
    "log_damaged": (
        "The log is damaged",
        "Keep a copy of the store as it is. Then restore the newest good backup with bitacora restore.",
    ),
    "log_mismatch": (
        "The log is not what was recorded",
        "Copy the store as it is now: it is the evidence. Then run bitacora verify. It names what does not fit.",
    ),
    "tokens_unreadable": (
        "The tokens cannot be read",
        "Nobody can sign in. Restore the newest good backup with bitacora restore.",
    ),
    "views_damaged": (
        "What the pages are read from is damaged",
        "Run bitacora rebuild. The log is not touched, and nothing is lost.",
    ),
    "views_put_aside": (
        "What the pages were read from was damaged, and was built anew",
        "Everything works. Look at the file that is named, and delete it.",
    ),
    "view_rebuilding": (
        "What the pages are read from is built anew",
        "Wait. It needs nothing, and takes seconds to minutes.",
    ),
    "view_stopped": (
        "A part of the pages shows an old state",
        "Run bitacora rebuild with the name of the view. If it stops again, report the event that is named.",
    ),
    "views_behind": (
        "The pages are behind what was recorded",
        "Wait a minute. If it does not catch up, look at the load of the machine and of the database.",
    ),
    "board_stale": (
        "The board is not up to date",
        "Readers see an old state. Look at what else is named here. If nothing is, restart the service.",
    ),
    "timer_failed": (
        "Something that was due could not be done",
        "Look at the thing that is named, and do by hand what was due.",
    ),
    "clock_behind_log": (
        "The clock of the machine is behind",
        "Nothing becomes due until it has caught up. Set the clock right, for example with NTP.",
    ),
    "log_key_missing": (
        "The key that signs the log is missing",
        "Let the server write the folder that the message names, or name a key with BITACORA_LOG_KEY. Then restart it.",
    ),
    "log_key_replaced": (
        "This server has an old key of the log",
        "Give this server the key that signs now, and restart it.",
    ),
    "log_not_signed": (
        "The log is not signed, because another one stands in its place",
        "If you put a backup there, stop the server and run bitacora restore --adopt. If not, the log is damaged.",
    ),
    "read_database_unavailable": (
        "The database that pages are read from does not answer",
        "Readers see an old state, or nothing. Look whether the hot standby runs, and whether it can be reached.",
    ),
    "read_database_of_another_log": (
        "The database that pages are read from has another log",
        "Nothing is read from it. Make the hot standby anew from the database that is written.",
    ),
    "read_database_behind": (
        "The database that pages are read from is behind",
        "Readers see an old state. Look at the replication of the hot standby, and at its load.",
    ),
}
"""The title and the advice, by the code of the reason."""
