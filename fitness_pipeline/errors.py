"""Every failure that a person can act on; a message ends with the next step.

FitnessPipelineError
├── ConfigurationError
│   ├── InvalidDatabaseUrl
│   ├── UnknownTimeZone
│   ├── ClientMissing
│   ├── InvalidEncryptionKey
│   ├── EncryptionKeyMissing
│   └── WrongEncryptionKey
├── DatabaseError
│   ├── ServerUnreachable
│   ├── LoginRefused
│   ├── DatabaseMissing
│   ├── PermissionMissing
│   ├── NotMigrated
│   ├── NewerThanThisProgram
│   └── EmbeddedServerFailed
├── ProviderError
│   ├── NotConnected
│   ├── NeedsReauthorization
│   ├── AuthorizationRefused
│   ├── ClientRefused
│   ├── ApplicationInactive
│   ├── PermissionRefused
│   ├── WrongAccount
│   ├── CalendarMissing
│   ├── OutOfQuota
│   ├── ProviderUnavailable
│   └── UnexpectedReply
├── UnusableFile
│   ├── FileUnreadable
│   ├── WrongEncoding
│   ├── NoUsableHeader
│   ├── UnknownUnit
│   ├── NoRows
│   └── CutOff
├── ChangedWhileRead
├── RunNotFound
├── VersionNotFound
├── VersionConflict
├── ShoeNotFound
├── ConflictNotFound
├── TokenNotFound
├── NotEditable
├── InvalidValue
└── AlreadyRunning
"""

from datetime import datetime


class FitnessPipelineError(Exception):
    """A failure with a message for a person, ending with what to do next."""


class ConfigurationError(FitnessPipelineError):
    """A setting cannot be used."""


class InvalidDatabaseUrl(ConfigurationError):
    """`DATABASE_URL` is not a Postgres URL."""


class UnknownTimeZone(ConfigurationError):
    """A time zone is not in the IANA list."""


class ClientMissing(ConfigurationError):
    """The settings do not name the application that a provider is asked as."""


class InvalidEncryptionKey(ConfigurationError):
    """What is given as the key of the stored tokens is no key."""


class EncryptionKeyMissing(ConfigurationError):
    """Tokens are stored, but the key that they were encrypted under is not there."""


class WrongEncryptionKey(ConfigurationError):
    """The stored tokens were encrypted under another key."""


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


class ProviderError(FitnessPipelineError):
    """A provider cannot be used as things are."""


class NotConnected(ProviderError):
    """Nobody has connected the provider yet."""


class NeedsReauthorization(ProviderError):
    """The provider no longer accepts what is stored; only a person can connect it again."""


class AuthorizationRefused(ProviderError):
    """Connecting ended without the permission that is needed; what was stored before is unchanged."""


class ClientRefused(ProviderError):
    """The provider does not accept the application's id or secret, or the application itself."""


class ApplicationInactive(ProviderError):
    """The provider has switched the application off."""


class PermissionRefused(ProviderError):
    """What the athlete granted is not enough for what was asked."""


class WrongAccount(ProviderError):
    """The account that answers is not the one whose data is stored."""


class CalendarMissing(ProviderError):
    """The calendar that events are to be on is not there, or nobody may see it."""


class OutOfQuota(ProviderError):
    """The provider answers no more for a while.

    Args:
        message: a sentence with the next step.
        resets_at: when it answers again.
        is_daily: whether that is only tomorrow.
    """

    def __init__(self, message: str, *, resets_at: datetime, is_daily: bool) -> None:
        super().__init__(message)
        self.resets_at = resets_at
        self.is_daily = is_daily


class ProviderUnavailable(ProviderError):
    """The provider does not answer properly just now; it passes, and nothing was changed."""


class UnexpectedReply(ProviderError):
    """The provider answers something that this version does not understand."""


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


class ChangedWhileRead(FitnessPipelineError):
    """A file became another one while it was read; nothing of it was imported."""


class RunNotFound(FitnessPipelineError):
    """No run has this id."""


class VersionNotFound(FitnessPipelineError):
    """The run has no such version."""


class VersionConflict(FitnessPipelineError):
    """Something was changed since it was read by whoever wants to change it."""


class ShoeNotFound(FitnessPipelineError):
    """No shoe has this id."""


class ConflictNotFound(FitnessPipelineError):
    """No open conflict has this number."""


class TokenNotFound(FitnessPipelineError):
    """No token of the REST API has this name."""


class NotEditable(FitnessPipelineError):
    """A field may not be changed by an edit."""


class InvalidValue(FitnessPipelineError):
    """A value cannot be what it is given for."""


class AlreadyRunning(FitnessPipelineError):
    """A second copy of something that may run only once."""


def error_named(name: str | None) -> type[FitnessPipelineError] | None:
    """Return the class of our errors that has a name, also one that lies beside what raises it.

    Args:
        name: as Dagster keeps it of an error in another process.
    """
    kinds = [FitnessPipelineError]
    for kind in kinds:  # grows meanwhile
        if kind.__name__ == name:
            return kind
        kinds.extend(kind.__subclasses__())
    return None
