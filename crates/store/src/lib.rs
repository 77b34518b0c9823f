//! **Store**: SQLite and PostgreSQL behind one synchronous seam: values in, rows out.
//!
//! Owns the schema with its guards, the seam ([`Db`]), and every statement, written once in the part of SQL that
//! both engines read alike. It decides nothing: what to record is the use cases' business.
//!
//! Each wing opens the store for itself. The care wing's connection cannot touch a table of the Bank, the Bank's
//! cannot touch a table of care and may only read the door's and the register's: SQLite refuses by an authorizer, PostgreSQL by a role.
//!
//! ```no_run
//! use std::path::Path;
//! use store::{Db, Stamp, Target, Wing};
//!
//! let target = Target::Folder(Path::new("./carebank-data").to_owned());
//! Db::init(&target)?;
//! let mut db = Db::open(&target, Wing::Bank)?;
//! let stamp = Stamp { at: "2025-06-02T09:00:00.000000Z", actor: "payments", key: None, command: "note", content: "" };
//! let (seq, ()) = db.commit(&stamp, |_, _| Ok::<_, store::Fault>(Some(())))?.expect("something was recorded");
//! # let _ = seq; Ok::<(), store::Fault>(())
//! ```

mod bank;
mod batch;
mod care;
mod copy;
mod db;
mod fault;
mod home;
mod lite;
mod notice;
mod pg;
mod register;
mod schema;
mod told;
mod tx;
mod voice;

pub use bank::{PolicyFile, Run, Total};
pub use care::{EpisodeVersion, ImportRow, QuarantineRow, StoredChild, StoredNotice, WrittenNotices};
pub use db::{Bulk, Db, Row, Target, Val, Wing};
pub use fault::Fault;
pub use home::{HomeEvent, HomeFact};
pub use notice::open_notice;
pub use register::ListRecord;
pub use schema::{Guards, SCHEMA_VERSION, TABLES};
pub use told::ToldVersion;
pub use tx::{Stamp, TxRow};
pub use voice::{SettledRow, SettlementRow, VoiceFactRow};
