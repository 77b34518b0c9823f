//! What is reported as done survives a power cut, as far as settings say so.
//!
//! Killing a process shows that a crash of the program costs nothing: the operating system still holds what was
//! written. It shows nothing of a loss of power, which nobody can cause in a test. That rests on what the engine is
//! told to synchronise, and these tests hold it to that.

use store::{Guards, Wing};

use crate::place::Place;

const WINGS: [Wing; 3] = [Wing::Care, Wing::Bank, Wing::Whole];

/// Write-ahead log, synchronised at every commit; and two settings without which guards would not hold.
#[test]
fn sqlite_synchronises_every_commit() {
    let place = Place::sqlite(Guards::On);
    for wing in WINGS {
        let reported = store::Db::open(&place.target, wing).unwrap().durability().unwrap();
        assert_eq!(reported, "journal_mode=wal synchronous=2 foreign_keys=1 recursive_triggers=1", "{wing:?}");
    }
}

#[test]
fn postgres_synchronises_every_commit() {
    let Some(place) = Place::postgres(Guards::On) else { return };
    for wing in WINGS {
        let reported = store::Db::open(&place.target, wing).unwrap().durability().unwrap();
        assert_eq!(reported, "fsync=on synchronous_commit=on full_page_writes=on", "{wing:?}");
    }
}

#[test]
fn a_sound_file_has_no_physical_findings() {
    let place = Place::sqlite(Guards::On);
    crate::facts::fill(&place);
    assert_eq!(place.whole().physical_check().unwrap(), Vec::<String>::new());
}
