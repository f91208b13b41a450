"""Every failure that a person can act on; a message ends with the next step.

FitnessPipelineError
├── ConfigurationError
│   ├── InvalidDatabaseUrl
│   └── UnknownTimeZone
├── DatabaseError
│   ├── ServerUnreachable
│   ├── LoginRefused
│   ├── DatabaseMissing
│   ├── PermissionMissing
│   ├── NotMigrated
│   ├── NewerThanThisProgram
│   └── EmbeddedServerFailed
├── UnusableFile
│   ├── FileUnreadable
│   ├── WrongEncoding
│   ├── NoUsableHeader
│   ├── UnknownUnit
│   ├── NoRows
│   └── CutOff
├── RunNotFound
├── VersionNotFound
├── ShoeNotFound
├── NotEditable
├── InvalidValue
└── AlreadyRunning
"""


class FitnessPipelineError(Exception):
    """A failure with a message for a person, ending with what to do next."""


class ConfigurationError(FitnessPipelineError):
    """A setting cannot be used."""


class InvalidDatabaseUrl(ConfigurationError):
    """`DATABASE_URL` is not a Postgres URL."""


class UnknownTimeZone(ConfigurationError):
    """A time zone is not in the IANA list."""


class DatabaseError(FitnessPipelineError):
    """The database cannot be used as it is."""


class ServerUnreachable(DatabaseError):
    """No Postgres server answers at the address."""


class LoginRefused(DatabaseError):
    """The server does not accept the user or the password."""


class DatabaseMissing(DatabaseError):
    """The server answers, but has no database of that name."""


class PermissionMissing(DatabaseError):
    """The database user may not do what is needed."""


class NotMigrated(DatabaseError):
    """The database does not have the tables of this version yet."""


class NewerThanThisProgram(DatabaseError):
    """The database was migrated by a newer version of this program."""


class EmbeddedServerFailed(DatabaseError):
    """The embedded Postgres server could not be started or stopped."""


class UnusableFile(FitnessPipelineError):
    """A file is refused whole; nothing of it was imported."""


class FileUnreadable(UnusableFile):
    """The file is not there or may not be read."""


class WrongEncoding(UnusableFile):
    """The file is not UTF-8 text."""


class NoUsableHeader(UnusableFile):
    """The first line does not name the columns of the export."""


class UnknownUnit(UnusableFile):
    """The header names a unit of length that is neither miles nor kilometres."""


class NoRows(UnusableFile):
    """There is a header but no row below it."""


class CutOff(UnusableFile):
    """The file ends inside a quoted cell."""


class RunNotFound(FitnessPipelineError):
    """No run has this id."""


class VersionNotFound(FitnessPipelineError):
    """The run has no such version."""


class ShoeNotFound(FitnessPipelineError):
    """No shoe has this id."""


class NotEditable(FitnessPipelineError):
    """A field may not be changed by an edit."""


class InvalidValue(FitnessPipelineError):
    """A value cannot be what it is given for."""


class AlreadyRunning(FitnessPipelineError):
    """A second copy of something that may run only once."""
