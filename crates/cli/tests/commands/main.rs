//! The commands of `carebank`, tried through the binary. One program of tests, so that all cores have work until the end.

mod country;
mod examples;
mod grants;
mod grants_facts;
mod home;
mod matching;
mod register;
mod returns;
mod voice;
mod weather;
