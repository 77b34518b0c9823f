//! What a child says moves return alone: care is paid to the penny whatever is said, whoever is silent.

use std::collections::{BTreeMap, BTreeSet};

use app::home::LifeStep;
use app::{
    ChildRef, HalfYear, Mode, NewSetting, Night, Observation, Outcome, Pence, PriceTerms, SafetyStep, SettingField,
    SettingRef, VoiceAnswer, VoiceTold, VoiceWhat,
};
use door::PlacementNotice;
use proptest::prelude::*;

use crate::bank::{Bank, night};
use crate::world::{LAST, YEARS, cases, shuffled, told, town};

/// What is done about a child on some day of a placement.
#[derive(Clone, Copy, Debug)]
enum Act {
    Asked,
    /// Marks of *safe*, *listened to* and *keep living here*; none if the child declined.
    Answered(Option<(u8, u8, u8)>),
    /// A disclosure; after so many days people decide, or not yet.
    Disclosed(Option<(i32, bool)>),
    Reviewed(Outcome),
    /// A statutory review is held; or it was not, after all.
    Held(bool),
}

const YES: Act = Act::Answered(Some((3, 3, 3)));
const MIXED: Act = Act::Answered(Some((3, 1, 3)));
const NO: Act = Act::Answered(Some((3, 3, 1)));

/// A child's acts, each so far through a placement, in thousandths.
type Acts = Vec<(i32, Act)>;

fn acts() -> impl Strategy<Value = Acts> {
    let decided = prop::option::of((0..90i32, any::<bool>()));
    let outcome = prop::sample::select(vec![Outcome::Changes, Outcome::NoChange, Outcome::Ends]);
    let act = prop_oneof![
        8 => Just(Act::Asked),
        3 => Just(YES),
        2 => Just(MIXED),
        3 => Just(NO),
        2 => Just(Act::Answered(None)),
        2 => decided.prop_map(Act::Disclosed),
        2 => outcome.prop_map(Act::Reviewed),
        1 => prop::bool::weighted(0.8).prop_map(Act::Held),
    ];
    prop::collection::vec((0..1000i32, act), 0..5)
}

/// Everybody's, by turns.
fn voices() -> impl Strategy<Value = Vec<Acts>> {
    prop::collection::vec(acts(), 40..60)
}

/// A store with three years of returns, prices with return in them, and two homes of one owner, moves between which are
/// moves inside an owner.
fn begun(ready: &Bank, children: &[crate::world::Child]) -> Bank {
    let bank = ready.copy();
    for home in ["SC000001", "SC000002"] {
        let facts =
            vec![(SettingField::Kind, "Children's home".to_owned()), (SettingField::Owner, "One & Co Ltd".to_owned())];
        let setting = SettingRef::parse(&format!("urn/{home}")).unwrap();
        bank.office.register_add(&NewSetting { setting, from: night("2023-04-01"), facts }).unwrap();
    }
    for subject in ["urn/SC000001", "urn/SC000002", "urn/9000001"] {
        let terms = PriceTerms {
            subject: subject.to_owned(),
            kind: None,
            from: night("2023-04-01"),
            until: None,
            care: Some(Pence::new(410_000)),
            ret: Some(Pence::new(90_000)),
            total: None,
            nightly: false,
            notice_nights: 7,
            reason: String::new(),
        };
        bank.office.agree_price(&terms).unwrap();
    }
    for year in &YEARS[..2] {
        bank.import(&told(children, *year, 1)).unwrap();
    }
    // Pools of a few children, nearly without noise, so that what one child says is seen to move return.
    let few = voice::SHIPPED_PROTOCOL
        .replace("children = 60\nchild_share_ppm = 50000", "children = 3\nchild_share_ppm = 1000000")
        .replace("noise_ppm = 100000", "noise_ppm = 10000");
    assert_ne!(few, voice::SHIPPED_PROTOCOL);
    bank.office.load_policy(&few).unwrap();
    bank.office.voice_key(Some("laws")).unwrap();
    bank
}

/// What is said of each placement, and the reviews that were held.
#[derive(Clone, Default)]
struct Said {
    told: Vec<VoiceTold>,
    held: Vec<(ChildRef, Night, bool)>,
}

fn said(notices: &BTreeMap<String, PlacementNotice>, voices: &[Acts]) -> Said {
    let mut said = Said::default();
    // A child's acts are the same in each of its placements; one answer a day, or it cannot be said which is meant.
    let children: Vec<ChildRef> =
        notices.values().map(|notice| notice.child).collect::<BTreeSet<_>>().into_iter().collect();
    for notice in notices.values() {
        let nth = children.iter().position(|child| *child == notice.child).unwrap();
        let (start, nights) = (notice.nights[0].start(), notice.nights.last().unwrap().end());
        let length = nights.days() - start.days();
        let mut answered = BTreeSet::new();
        for (at, act) in &voices[nth % voices.len()] {
            let on = start.plus((length * i64::from(*at) / 1000) as i32);
            let mut tell = |on, what| said.told.push(VoiceTold { placement: notice.placement, on, what });
            let marks = |safe, listened, keep| {
                let marks = [Some(safe), Some(3), Some(3), Some(listened), Some(3), Some(keep)];
                vec![Observation { marks }; 2]
            };
            let answer = |marks: Vec<Observation>, declined| {
                let (mode, able, independent) = (Mode::Observed, false, true);
                VoiceWhat::Answered(VoiceAnswer {
                    mode,
                    marks,
                    declined,
                    able,
                    independent,
                    providers_device: false,
                    words: None,
                })
            };
            match act {
                Act::Asked => tell(on, VoiceWhat::Asked),
                Act::Answered(_) | Act::Disclosed(_) if !answered.insert(on) => {}
                Act::Answered(None) => tell(on, answer(Vec::new(), true)),
                Act::Answered(Some((safe, listened, keep))) => tell(on, answer(marks(*safe, *listened, *keep), false)),
                Act::Disclosed(decided) => {
                    tell(on, answer(marks(1, 3, 3), false));
                    if let Some((days, substantiated)) = decided {
                        let step = SafetyStep::Decided(*substantiated);
                        tell(on.plus(*days), VoiceWhat::Safety { disclosed: on, step });
                    }
                }
                Act::Reviewed(outcome) => tell(on, VoiceWhat::Reviewed(*outcome)),
                Act::Held(held) => said.held.push((notice.child, on, *held)),
            }
        }
    }
    // Of one day what was said last stands, so that only days of which one thing is said may come in any order.
    let mut days = BTreeSet::new();
    said.held.retain(|(child, on, _)| days.insert((*child, *on)));
    said.held.truncate(12);
    said
}

impl Said {
    fn tell(&self, bank: &Bank) {
        bank.office.voice_told(&self.told).unwrap();
        for (child, on, held) in &self.held {
            bank.office.home_life(*child, *on, &LifeStep::Reviewed(*held), None).unwrap();
        }
    }

    /// The same in another order: decisions still come after what they decide about.
    fn shuffled(&self, seed: u64) -> Said {
        let mut told = shuffled(self.told.clone(), seed);
        told.sort_by_key(|told| matches!(told.what, VoiceWhat::Safety { .. }));
        Said { told, held: shuffled(self.held.clone(), seed) }
    }
}

/// Runs, imports, runs and closes every half-year, with what is said before, between and after.
fn lived(begun: &Bank, last: &crate::bank::Files, said: &Said, late: bool) -> Bank {
    let bank = begun.copy();
    if !late {
        said.tell(&bank);
    }
    bank.run("2025-03-31");
    bank.office.pay_settle(None, &|_| ()).unwrap();
    bank.import(last).unwrap();
    bank.run(LAST);
    if late {
        said.tell(&bank);
    }
    for half_year in ["2023-H1", "2023-H2", "2024-H1", "2024-H2", "2025-H1", "2025-H2"] {
        let half_year = HalfYear::parse(half_year).unwrap();
        match bank.office.pay_settle(Some(half_year), &|_| ()) {
            Ok(_) => {}
            Err(problem) => assert_eq!(problem.code, "nights.not-found", "{problem}"),
        }
    }
    bank
}

/// Rows of a table without one of their fields; without the name of the table, if that is 0.
fn rows(dump: &[String], table: &str, without: usize) -> Vec<String> {
    let of_it = dump.iter().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|fields| fields[0] == table);
    of_it
        .map(|mut fields| {
            fields.remove(without);
            fields.join("\t")
        })
        .collect()
}

/// Debits less credits of settlements, by account.
fn settled(dump: &[String]) -> BTreeMap<String, i64> {
    let mut settled = BTreeMap::new();
    for row in dump.iter().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|row| row[0] == "bank_settled") {
        let pence: i64 = row[6].parse().unwrap();
        *settled.entry(row[4].to_owned()).or_default() += pence;
        *settled.entry(row[5].to_owned()).or_default() -= pence;
    }
    settled
}

fn share_of(pool: &str) -> (i64, i64) {
    let kept = pool.split('\t').nth(3).unwrap().replace("\\\\", "\\");
    let kept: app::Kept = serde_json::from_str(&kept).unwrap();
    (kept.nights, kept.covered)
}

#[test]
fn law_1_of_the_voice_care_is_paid_to_the_penny_whatever_a_child_says_or_does_not_say() {
    let ready = Bank::new();
    let moved = std::cell::Cell::new(0);
    cases(4, (town(), voices(), any::<u64>()), |(children, voices, seed)| {
        let begun = begun(&ready, &children);
        let last = told(&children, YEARS[2], 1);
        let notices = begun.notices();
        let all = said(&notices, &voices);
        let quiet = lived(&begun, &last, &Said::default(), false);
        let heard = lived(&begun, &last, &all, false);
        let other = lived(&begun, &last, &all.shuffled(seed), true);
        let (one, two, three) = (quiet.dump(), heard.dump(), other.dump());

        // Every posting of every run, of care and of return, is the same: what was said reaches settlement alone.
        // Left out are numbers of commits alone: in a posting, that of the terms it was posted by.
        for (table, number) in [("bank_posting", 12), ("bank_total", 0), ("bank_account", 0), ("door_notice", 2)] {
            let posted = rows(&one, table, number);
            prop_assert!(!posted.is_empty());
            prop_assert_eq!(posted, rows(&two, table, number), "{}", table);
        }
        // Settlement moves what was held for return, and never anything else; and no more than was held.
        let (held, paid) = (quiet.accounts(), [settled(&one), settled(&two)]);
        for settled in &paid {
            for (account, pence) in settled {
                let (kind, payee) = account.split_once('/').unwrap();
                match kind {
                    "held" => {
                        let there = -held.get(account).copied().unwrap_or_default();
                        prop_assert!(0 <= *pence && *pence <= there, "{} {} of {}", account, pence, there);
                    }
                    "payable" => {
                        let held = settled.contains_key(&format!("held/{payee}"));
                        prop_assert!(*pence <= 0 && held, "{}", account);
                    }
                    _ => prop_assert_eq!(account, "return/settled"),
                }
            }
        }
        moved.set(moved.get() + i64::from(paid[0] != paid[1]));
        // Nobody was asked: every night is covered, whatever the noise.
        for pool in rows(&one, "care_voice_pool", 3) {
            let (nights, covered) = share_of(&pool);
            prop_assert_eq!(nights, covered, "not asked is covered");
        }
        // In another order, and after the last run: the same pools, the same shares.
        for (table, seq) in [("care_voice_pool", 3), ("door_share", 3)] {
            prop_assert_eq!(rows(&two, table, seq), rows(&three, table, seq), "{}", table);
        }
        heard.assert_sound();
        Ok(())
    });
    assert!(moved.get() >= 2, "what was said moved no return in nearly all cases: {}", moved.get());
}

/// A disclosure, undecided or found unsubstantiated, moves nothing where the child is heard or is not asked: what is closed
/// is the same with and without it, to the night.
#[test]
fn law_1_of_the_voice_a_disclosure_moves_no_money_until_people_have_decided() {
    let ready = Bank::new();
    let content = prop::collection::vec((0..1000i32, prop::sample::select(vec![YES, MIXED])), 0..3);
    let disclosed = prop::collection::vec((0..1000i32, prop::option::of(0..90i32)), 1..3);
    cases(1, (town(), prop::collection::vec((content, disclosed), 40..60)), |(children, voices)| {
        let begun = begun(&ready, &children);
        let last = told(&children, YEARS[2], 1);
        let notices = begun.notices();
        let without: Vec<Acts> = voices.iter().map(|(content, _)| content.clone()).collect();
        let with = voices.iter().map(|(content, disclosed)| {
            let disclosed = disclosed.iter().map(|(at, days)| (*at, Act::Disclosed(days.map(|days| (days, false)))));
            content.iter().copied().chain(disclosed).collect()
        });
        let with: Vec<Acts> = with.collect();
        let (one, two) = (said(&notices, &without), said(&notices, &with));
        prop_assert!(two.told.len() > one.told.len() + 20, "{} and {}", one.told.len(), two.told.len());
        let (one, two) = (lived(&begun, &last, &one, false).dump(), lived(&begun, &last, &two, false).dump());
        for (table, seq) in [("care_voice_pool", 3), ("door_share", 3), ("bank_settled", 0)] {
            prop_assert!(!rows(&one, table, seq).is_empty());
            prop_assert_eq!(rows(&one, table, seq), rows(&two, table, seq), "{}", table);
        }
        Ok(())
    });
}
