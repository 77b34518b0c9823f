//! Which signal an answer gives.

use proptest::prelude::*;
use voice::*;

use crate::world::on;

fn version() -> Version {
    Protocol::shipped().on(on("2026-01-01")).clone()
}

fn answer(marks: &[[Option<u8>; 6]]) -> Answer {
    let marks: Vec<Observation> = marks.iter().map(|marks| Observation { marks: *marks }).collect();
    let mode = if marks.len() == 2 { Mode::Observed } else { Mode::SelfGiven };
    Answer { on: on("2026-01-01"), mode, declined: false, marks, independent: true, duty_decided_safety: false }
}

fn of(age: i16, marks: [u8; 6]) -> Signal {
    let marks = marks.map(|mark| (mark > 0).then_some(mark));
    answer(&[marks]).signal(age, true, &version()).unwrap()
}

#[test]
fn voice_the_first_signal_that_fits_counts() {
    assert_eq!(of(12, [1, 5, 5, 5, 5, 1]), Signal::Safety, "the lowest on safe, whatever else");
    assert_eq!(of(12, [0, 0, 0, 0, 0, 0]), Signal::Declined);
    assert_eq!(of(12, [5, 5, 5, 5, 5, 2]), Signal::NotAffirmed);
    assert_eq!(of(12, [2, 5, 5, 5, 5, 5]), Signal::Mixed, "not the lowest on safe, but low");
    assert_eq!(of(12, [5, 5, 5, 5, 5, 0]), Signal::Mixed, "skipped");
    assert_eq!(of(12, [3, 3, 3, 3, 3, 3]), Signal::Affirmed);
    assert_eq!(of(12, [0, 0, 0, 0, 0, 4]), Signal::Affirmed);
    assert_eq!((of(5, [3, 3, 3, 3, 3, 1]), of(5, [3, 3, 3, 3, 3, 2])), (Signal::NotAffirmed, Signal::Affirmed));
}

#[test]
fn voice_two_observers_who_differ_are_mixed_and_one_who_sees_harm_is_enough() {
    let well = [Some(3); 6];
    let unwell = [Some(3), Some(3), Some(3), Some(3), Some(3), Some(1)];
    let harm = [Some(1), None, None, None, None, None];
    let of = |one, other| answer(&[one, other]).signal(2, false, &version()).unwrap();
    assert_eq!(of(well, well), Signal::Affirmed);
    assert_eq!(of(unwell, unwell), Signal::NotAffirmed);
    assert_eq!(of(well, unwell), Signal::Mixed);
    assert_eq!(of(well, harm), Signal::Safety);
}

#[test]
fn voice_who_has_an_interest_cannot_help_or_observe() {
    let mut observed = answer(&[[Some(3); 6], [Some(3); 6]]);
    assert_eq!(observed.signal(9, true, &version()), Err(AnswerError::NotObserved(9)));
    observed.independent = false;
    assert_eq!(observed.signal(2, false, &version()), Err(AnswerError::NotIndependent));
    let mut alone = answer(&[[Some(3); 6]]);
    alone.mode = Mode::Observed;
    assert_eq!(alone.signal(2, false, &version()), Err(AnswerError::Observers));
    assert!(matches!(answer(&[[Some(4); 6]]).signal(5, true, &version()), Err(AnswerError::Scale { .. })));
}

proptest! {
    #[test]
    fn voice_a_duty_person_who_decides_safety_is_never_overruled(
        marks in prop::array::uniform6(prop::option::of(1u8..6)), declined in any::<bool>()
    ) {
        let mut given = answer(&[marks]);
        given.declined = declined;
        given.duty_decided_safety = true;
        prop_assert_eq!(given.signal(12, true, &version()), Ok(Signal::Safety));
    }
}
