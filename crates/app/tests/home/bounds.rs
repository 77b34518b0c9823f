//! Where the law draws a line by a date, the search stands on the right side of it, on the last night too.

use app::home::words::{Role, Sex, View};
use app::home::{Arrival, HoldTerms, LifeStep, NewChild};
use app::{AsOf, Masked, PlaceCommand, SettingField, SettingRef};

use crate::world::{World, night};

const HOME: &str = "ages = [10, 17]\nneeds = []\ncannot_take = []\nhousehold = []\n";

fn secure(world: &World, number: &str) -> SettingRef {
    let setting = SettingRef::urn(number).unwrap();
    let facts = [
        (SettingField::Kind, "Secure children's home"),
        (SettingField::Council, "Kent"),
        (SettingField::Postcode, "ME7"),
        (SettingField::Places, "1"),
    ];
    world.add(&setting, &facts);
    world.office.home_describe(&setting, HOME).unwrap();
    world.say(&setting, 1, &PlaceCommand::Free);
    setting
}

fn ordered(until: &str) -> String {
    format!(
        "needs = []\nauthority = [{{ allows = \"secure\", nights = {{ start = \"2026-11-20\", end = \"{until}\" }} }}]\n"
    )
}

#[test]
fn a_courts_authority_holds_for_every_night_or_the_place_is_not_offered_nor_the_stay_made_longer() {
    let mut world = World::new();
    let setting = secure(&world, "SC400001");
    // The order ends a night before the stay does.
    let child = world.child("1", "2012-05-02", Sex::Boy, &ordered("2026-12-09"));
    world.office.home_open(child, night("2026-11-20"), Some(night("2026-12-10")), true).unwrap();
    assert!(world.list(child).offered.is_empty());
    let refused = world.office.home_hold(child, &setting, &HoldTerms::default()).unwrap_err();
    assert_eq!(refused.code, "home.unlawful", "{refused}");
    let backwards = NewChild {
        council: crate::world::council("Kent"),
        local_id: Masked::new("1"),
        born: None,
        sex: None,
        ethnic: None,
        uasc: false,
        file: Some(ordered("2026-11-19")),
    };
    assert_eq!(world.office.home_child(&backwards).unwrap_err().code, "home.facts", "dates backwards");
    // It is renewed through the last night.
    world.child("1", "2012-05-02", Sex::Boy, &ordered("2026-12-10"));
    assert_eq!(world.list(child).offered.len(), 1);
    world.office.home_hold(child, &setting, &HoldTerms::default()).unwrap();
    // And runs out again before it is decided: what was lawful when it was held is looked at anew.
    world.child("1", "2012-05-02", Sex::Boy, &ordered("2026-12-09"));
    let say = |role| world.office.home_say(child, &setting, role, View::For, Some(Masked::new("yes"))).unwrap();
    say(Role::SocialWorker);
    let words = || Some(Masked::new("tonight"));
    assert_eq!(world.office.home_decide(child, &setting, None, words()).unwrap_err().code, "home.unlawful");
    world.child("1", "2012-05-02", Sex::Boy, &ordered("2026-12-10"));
    world.office.home_decide(child, &setting, None, words()).unwrap();
    let arrival = Arrival { on: night("2026-11-20"), place: None, legal_status: Some("C2".to_owned()), reason: None };
    world.office.home_start(child, &arrival).unwrap();
    let longer = |world: &World| {
        world.office.home_life(child, night("2026-11-20"), &LifeStep::Extend(night("2026-12-20")), None)
    };
    assert_eq!(longer(&world).unwrap_err().code, "home.unlawful");
    world.child("1", "2012-05-02", Sex::Boy, &ordered("2026-12-20"));
    longer(&world).unwrap();

    // A hold that has expired decides nothing.
    let other = world.child("2", "2012-05-02", Sex::Boy, &ordered("2027-06-01"));
    world.office.home_open(other, night("2026-12-20"), Some(night("2027-01-10")), true).unwrap();
    let setting = secure(&world, "SC400002");
    world.office.home_hold(other, &setting, &HoldTerms::default()).unwrap();
    world.office.home_say(other, &setting, Role::SocialWorker, View::For, words()).unwrap();
    world.at("2026-11-21T12:00:01Z");
    assert_eq!(world.office.home_decide(other, &setting, None, words()).unwrap_err().code, "home.not-held");
}

#[test]
fn who_is_eighteen_is_not_looked_for_and_the_others_of_the_group_are() {
    let world = World::new();
    let setting = SettingRef::parse("household/H-1").unwrap();
    let facts = [
        (SettingField::Kind, "Fostering household"),
        (SettingField::Council, "Kent"),
        (SettingField::Postcode, "ME7"),
        (SettingField::Places, "2"),
    ];
    world.add(&setting, &facts);
    world.office.home_describe(&setting, "ages = [0, 17]\ncannot_take = []\nhousehold = []\n").unwrap();
    (1..=2).for_each(|place| world.say(&setting, place, &PlaceCommand::Free));
    let grown = world.child("1", "2008-11-23", Sex::Girl, "needs = []\n");
    let two = world.child("2", "2012-05-02", Sex::Girl, &format!("needs = []\nsiblings = [\"{grown}\"]\n"));
    let three = world.child("3", "2015-05-02", Sex::Boy, &format!("needs = []\nsiblings = [\"{grown}\", \"{two}\"]\n"));
    let page =
        world.office.home_joint(&[grown, two, three], None, night("2026-11-23"), None, &AsOf::default()).unwrap();
    assert_eq!((page.value.placed, page.left.len()), (2, 1));
    assert_eq!(page.left[0].child, grown);
    assert!(page.left[0].why.contains("18"), "{}", page.left[0].why);
    assert!(page.groups[0].outcome.starts_with("together in"), "{}", page.groups[0].outcome);
    // A mistyped home is told at once.
    let nowhere = SettingRef::parse("household/NONE").unwrap();
    world.office.home_open(two, night("2026-11-23"), None, false).unwrap();
    let said = world.office.home_say(two, &nowhere, Role::Child, View::For, Some(Masked::new("yes")));
    assert_eq!(said.unwrap_err().code, "setting.not-found");
    assert_eq!(world.office.home_ask(two, &nowhere, false).unwrap_err().code, "setting.not-found");
}
