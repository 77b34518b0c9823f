//! The child's voice, against an oracle that lists nights one by one.

mod coverage;
mod oracle;
mod pools;
mod signals;
mod timetable;
mod world;
