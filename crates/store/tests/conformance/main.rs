//! One suite for both engines: every statement of the store, its guards, the fence between the wings, and its faults.
//!
//! A *scenario* works on a fresh store and tells what it was answered. It asserts what must hold by itself; on
//! PostgreSQL it is run on SQLite too, and what both told and both canonical dumps must be the same bytes.
//! PostgreSQL is the database named by CAREBANK_TEST_POSTGRES (`scripts/with-postgres` makes one); without it those
//! tests say `SKIPPED: ` and pass.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

/// Makes of each scenario a test on SQLite and a test on PostgreSQL that compares the two.
macro_rules! on_each_engine {
    ($($scenario:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $scenario() { crate::place::on_sqlite(super::$scenario); })+
        }
        mod postgres {
            $(#[test] fn $scenario() { crate::place::on_both(super::$scenario); })+
        }
    };
}

mod bank;
mod care;
mod commits;
mod door;
mod dump;
mod durability;
mod facts;
mod faults;
mod guards;
mod home;
mod place;
mod register;
mod upgrade;
mod voice;
mod wings;
