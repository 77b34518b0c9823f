//! What can go wrong with a store, each with a stable code and a sentence that says how to mend it.

use thiserror::Error;

/// A store that cannot do what it was asked. Nothing is ever half-done: the transaction was rolled back.
#[derive(Debug, Error)]
pub enum Fault {
    /// No store is here yet.
    #[error("there is no Care Bank store at {0}; make one with `carebank init`")]
    NotInitialised(String),
    /// A store is here already.
    #[error("there is a Care Bank store at {0} already; use it as it is, or choose another place")]
    AlreadyThere(String),
    /// Written by a newer version.
    #[error("the store has schema version {found}, this carebank knows up to {known}; use a newer carebank")]
    Newer {
        /// The version found.
        found: String,
        /// The version this program writes.
        known: i64,
    },
    /// Another process is writing.
    #[error("another carebank is writing to this store; wait until it has finished and try again")]
    Busy,
    /// The folder or file cannot be written.
    #[error("the store cannot be written ({0}); check who owns the folder and whether it is read-only")]
    ReadOnly(String),
    /// The disk is full.
    #[error("the disk is full; make room and run the same command again, nothing was half-done")]
    Full,
    /// The disk refused to read or write.
    #[error(
        "the disk refused ({0}); look at its health, its room and its limits, then run the same command again: nothing was half-done"
    )]
    Disk(String),
    /// The file is damaged or no store at all.
    #[error("the store is damaged or not a Care Bank store ({0}); restore a backup")]
    Damaged(String),
    /// The database server cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The idempotency key was used for something else.
    #[error("the key {key} was used by transaction {seq} for something else; use a new key")]
    KeyConflict {
        /// The key.
        key: String,
        /// The transaction that has it.
        seq: i64,
    },
    /// A guard of the database refused a row.
    #[error("the database refused a record: {0}")]
    Refused(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Other(String),
}

impl Fault {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::NotInitialised(_) => "store.missing",
            Fault::AlreadyThere(_) => "store.exists",
            Fault::Newer { .. } => "store.newer",
            Fault::Busy => "store.busy",
            Fault::ReadOnly(_) => "store.read-only",
            Fault::Full => "store.full",
            Fault::Disk(_) => "store.disk",
            Fault::Damaged(_) => "store.damaged",
            Fault::Unreachable(_) => "store.unreachable",
            Fault::KeyConflict { .. } => "key.conflict",
            Fault::Refused(_) => "store.refused",
            Fault::Other(_) => "store.failed",
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        use rusqlite::ErrorCode as Code;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Fault::Busy,
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => Fault::ReadOnly(text),
            Some(Code::DiskFull) => Fault::Full,
            Some(Code::SystemIoFailure) => Fault::Disk(text),
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Fault::Damaged(text),
            Some(Code::ConstraintViolation | Code::AuthorizationForStatementDenied) => Fault::Refused(text),
            _ => Fault::Other(text),
        }
    }
}

impl From<postgres::Error> for Fault {
    fn from(error: postgres::Error) -> Fault {
        let Some(db) = error.as_db_error() else {
            return if error.is_closed() {
                Fault::Unreachable(error.to_string())
            } else {
                Fault::Other(error.to_string())
            };
        };
        let text = db.message().to_owned();
        match db.code().code() {
            code if code.starts_with("23") || code == "42501" || code == "P0001" => Fault::Refused(text),
            "53100" => Fault::Full,
            "25006" => Fault::ReadOnly(text),
            "55P03" => Fault::Busy,
            code if code.starts_with("08") || code.starts_with("57P") => Fault::Unreachable(text),
            code if code.starts_with("28") || code.starts_with("3D") => Fault::Unreachable(text),
            _ => Fault::Other(text),
        }
    }
}
