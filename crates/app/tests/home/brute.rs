//! Hard constraints through the store against brute force: what was drawn is looked at by itself, home by home and night
//! by night, never by way of the program.

use std::collections::BTreeSet;

use app::home::words::Sex;
use app::{Conditions, PlaceCommand, SettingField, SettingRef, Sex as Registered};

use crate::world::{Chance, World, night};

const KINDS: [(&str, &str); 4] = [
    ("Children's home", "SC10"),
    ("Fostering household", ""),
    ("Supported accommodation", "SC30"),
    ("Secure children's home", "SC40"),
];
const NEEDS: [&str; 3] = ["autism", "medical", "therapy"];
const TRAITS: [&str; 2] = ["dog", "smoker"];

#[derive(Debug)]
struct Drawn {
    setting: SettingRef,
    kind: usize,
    status: &'static str,
    ages: Option<(u8, u8)>,
    sex: Option<Registered>,
    needs: Option<Vec<&'static str>>,
    household: Option<Vec<&'static str>>,
    cannot_take: Option<bool>,
    /// Of each place: free, filled, closed or nothing said.
    places: Vec<u64>,
    withheld: bool,
}

struct Child {
    age: u8,
    girl: bool,
    needs: Vec<&'static str>,
    not_with: Vec<&'static str>,
    harms: bool,
    keeps_away: bool,
}

fn drawn(chance: &mut Chance, at: u64) -> Drawn {
    let kind = [0, 0, 1, 1, 2, 3][chance.below(6) as usize];
    let setting = match KINDS[kind].1 {
        "" => SettingRef::parse(&format!("household/KENT-{at:04}")).unwrap(),
        start => SettingRef::urn(&format!("{start}{at:04}")).unwrap(),
    };
    let some = |chance: &mut Chance, words: &[&'static str]| -> Vec<&'static str> {
        words.iter().copied().filter(|_| chance.below(2) == 0).collect()
    };
    Drawn {
        setting,
        kind,
        status: ["Active", "Active", "Active", "Active", "Suspended", "Resigned", "Resting"][chance.below(7) as usize],
        ages: [None, Some((0, 17)), Some((8, 17)), Some((12, 17)), Some((0, 11))][chance.below(5) as usize],
        sex: [None, Some(Registered::Any), Some(Registered::Female), Some(Registered::Male)][chance.below(4) as usize],
        needs: (chance.below(4) > 0).then(|| some(chance, &NEEDS)),
        household: (chance.below(3) > 0).then(|| some(chance, &TRAITS)),
        cannot_take: [None, Some(false), Some(true)][chance.below(3) as usize],
        places: (0..1 + chance.below(2)).map(|_| chance.below(4)).collect(),
        withheld: chance.below(4) == 0,
    }
}

/// What holds of one thing: it does, it does not, or nobody has said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    Yes,
    Asks,
    No,
}

fn word(is: bool) -> Holds {
    if is { Holds::Yes } else { Holds::No }
}

fn plainly(home: &Drawn, child: &Child) -> Holds {
    let ages = home.ages.or((home.kind == 2).then_some((16, 17)));
    let mut all = vec![
        match home.status {
            "Active" => Holds::Yes,
            "Resting" => Holds::Asks,
            _ => Holds::No,
        },
        word(home.kind != 2 || child.age >= 16),
        word(home.kind != 3),
        ages.map_or(Holds::Asks, |(least, most)| word((least..=most).contains(&child.age))),
        match home.sex {
            Some(Registered::Female) => word(child.girl),
            Some(Registered::Male) => word(!child.girl),
            _ => Holds::Yes,
        },
        if home.places.contains(&0) {
            Holds::Yes
        } else if home.places.contains(&3) {
            Holds::Asks
        } else {
            Holds::No
        },
    ];
    for need in &child.needs {
        all.push(home.needs.as_ref().map_or(Holds::Asks, |can| word(can.contains(need))));
    }
    for thing in &child.not_with {
        all.push(home.household.as_ref().map_or(Holds::Asks, |there| word(!there.contains(thing))));
    }
    if child.harms {
        all.push(home.cannot_take.map_or(Holds::Asks, |refuses| word(!refuses)));
    }
    if child.keeps_away {
        all.push(if home.withheld { Holds::Asks } else { Holds::No });
    }
    all.into_iter().max().unwrap()
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("[{}]", words.join(", "))
}

fn record(world: &World, home: &Drawn) {
    let places = home.places.len().to_string();
    let mut facts = vec![
        (SettingField::Kind, KINDS[home.kind].0),
        (SettingField::Status, home.status),
        (SettingField::Council, "Kent"),
        (SettingField::Places, places.as_str()),
    ];
    if !home.withheld {
        facts.push((SettingField::Postcode, "ME7"));
    }
    world.add(&home.setting, &facts);
    let needs = home.needs.as_ref().map(|needs| needs.iter().map(|need| (*need).to_owned()).collect());
    let conditions = Conditions { ages: home.ages, sex: home.sex, needs, ..Conditions::default() };
    world.office.register_conditions(&home.setting, 0, night("2025-04-01"), &conditions).unwrap();
    let mut said = String::new();
    if let Some(there) = &home.household {
        said += &format!("household = {}\n", quoted(there));
    }
    if let Some(refuses) = home.cannot_take {
        said += if refuses { "cannot_take = [\"harms-others\"]\n" } else { "cannot_take = []\n" };
    }
    if !said.is_empty() {
        world.office.home_describe(&home.setting, &said).unwrap();
    }
    if home.status != "Active" {
        // Nothing may be said of a place that is not registered; and it decides nothing, for the home is out by that.
        return;
    }
    for (number, state) in (1..).zip(&home.places) {
        match state {
            0 => world.say(&home.setting, number, &PlaceCommand::Free),
            1 => world.say(&home.setting, number, &PlaceCommand::Fill),
            2 => world.say(&home.setting, number, &PlaceCommand::Close { reason: "repairs".to_owned() }),
            _ => {}
        }
    }
}

#[test]
fn constraints_through_the_store_are_what_brute_force_says() {
    let (mut offered, mut asked, mut out) = (0, 0, 0);
    for seed in 0..3u64 {
        let mut chance = Chance(seed + 77);
        let world = World::new();
        let homes: Vec<Drawn> = (0..24)
            .map(|at| {
                let mut home = drawn(&mut chance, at);
                if home.status == "Resting" {
                    // A status that nobody knows is a question whatever is said of places.
                    home.places.iter_mut().for_each(|state| *state = 3);
                }
                home
            })
            .collect();
        homes.iter().for_each(|home| record(&world, home));
        for at in 0..8 {
            let child = Child {
                age: [6, 10, 13, 16][chance.below(4) as usize],
                girl: chance.below(2) == 0,
                needs: NEEDS.into_iter().filter(|_| chance.below(4) == 0).collect(),
                not_with: TRAITS.into_iter().filter(|_| chance.below(4) == 0).collect(),
                harms: chance.below(4) == 0,
                keeps_away: chance.below(6) == 0,
            };
            let mut file =
                format!("needs = {}\ncannot_live_with = {}\n", quoted(&child.needs), quoted(&child.not_with));
            if child.harms {
                file += "traits = [\"harms-others\"]\n";
            }
            if child.keeps_away {
                file += "avoid_places = [{ at = \"ME7\", metres = 1000 }]\n";
            }
            let born = format!("{}-01-15", 2026 - u16::from(child.age));
            let sex = if child.girl { Sex::Girl } else { Sex::Boy };
            let who = world.child(&format!("{seed}-{at}"), &born, sex, &file);
            world.office.home_open(who, night("2026-11-23"), Some(night("2026-12-20")), false).unwrap();
            let list = world.list(who);
            let found = |homes: &[app::home::ListedHome]| {
                homes.iter().map(|home| home.setting.clone()).collect::<BTreeSet<_>>()
            };
            let plain = |wanted: Holds| {
                homes
                    .iter()
                    .filter(|home| plainly(home, &child) == wanted)
                    .map(|home| home.setting.clone())
                    .collect::<BTreeSet<_>>()
            };
            assert_eq!(found(&list.offered), plain(Holds::Yes), "seed {seed} child {at}");
            assert_eq!(found(&list.to_ask), plain(Holds::Asks), "seed {seed} child {at}");
            let left: u32 = list.left_out.iter().map(|left| left.homes).sum();
            assert_eq!(left as usize, plain(Holds::No).len());
            assert_eq!(list.looked_at as usize, homes.len());
            (offered, asked, out) = (offered + list.offered.len(), asked + list.to_ask.len(), out + left as usize);
        }
    }
    assert!(offered > 5 && asked > 20 && out > 100, "{offered} {asked} {out}");
}
