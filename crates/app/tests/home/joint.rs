//! A provider closes and sixty children need homes, most of whom are known by a return alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use app::home::words::Sex;
use app::home::{JointPage, Lives};
use app::kernel::ReturnYear;
use app::ssda903::Source;
use app::{AsOf, Conditions, ImportOptions, PlaceCommand, SettingField, SettingRef, Sex as Registered};

use crate::world::{Chance, World, council, night};

const CLOSING: &str = "SC900001";
/// Places for girls, for boys and for either, in the homes that stay.
const HOMES: [(Option<Registered>, u16); 5] =
    [(Some(Registered::Female), 10), (Some(Registered::Male), 10), (None, 11), (None, 11), (None, 11)];

fn local(child: usize) -> String {
    format!("KID{child:02}")
}

fn is_girl(child: usize) -> bool {
    child.is_multiple_of(2)
}

/// Sixty children in a home by the return of 2025-26, told in this order, and 53 places elsewhere.
fn closing(order: &[usize]) -> World {
    let mut world = World::new();
    world.at("2026-05-01T12:00:00Z");
    let mut header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n".to_owned();
    let mut episodes =
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n".to_owned();
    for child in order {
        let (id, sex) = (local(*child), if is_girl(*child) { "F" } else { "M" });
        header += &format!("{id},{sex},01/06/2013,WBRI,UN1,0,\n");
        episodes += &format!("{id},03/02/2025,S,C2,N1,K2,PR4,,,,ME1 1AA,ME2 2AA,{CLOSING}\n");
    }
    let sources =
        vec![Source::new("header.csv", Cursor::new(header)), Source::new("episodes.csv", Cursor::new(episodes))];
    let year = ReturnYear::try_new(2026).unwrap();
    let options = ImportOptions { council: council("Kent"), year, whole: true, check: false };
    world.office.import_ssda903(&options, sources, &|_| ()).unwrap();
    world.at(crate::world::NOW);
    let home = |number: usize| SettingRef::urn(&format!("SC90000{number}")).unwrap();
    let add = |number: usize, places: &str| {
        let facts = [
            (SettingField::Kind, "Children's home"),
            (SettingField::Council, "Kent"),
            (SettingField::Postcode, "ME7"),
            (SettingField::Places, places),
        ];
        world.add(&home(number), &facts);
    };
    add(1, "60");
    for (number, (sex, places)) in (2..).zip(HOMES) {
        add(number, &places.to_string());
        let conditions = Conditions { ages: Some((8, 17)), sex, ..Conditions::default() };
        world.office.register_conditions(&home(number), 0, night("2025-04-01"), &conditions).unwrap();
        (1..=places).for_each(|place| world.say(&home(number), place, &PlaceCommand::Free));
    }
    world
}

fn proposed(world: &World) -> JointPage {
    let setting = SettingRef::urn(CLOSING).unwrap();
    world.office.home_joint(&[], Some(&setting), night("2026-12-15"), None, &AsOf::default()).unwrap()
}

#[test]
fn sixty_children_of_a_return_are_proposed_homes_when_theirs_closes() {
    let mut order: Vec<usize> = (0..60).collect();
    let world = closing(&order);
    let page = proposed(&world);
    assert_eq!((page.children.len(), page.left.len()), (60, 0));
    // The return is evidence through 31 March 2026: whether they are still there is to be asked.
    assert!(page.children.iter().all(|child| child.lives == Lives::ReturnedBefore));
    assert!(page.children.iter().all(|child| child.not_known.contains(&"needs".to_owned())));
    // 30 girls and 30 boys, 10 places for either sex alone and 33 for any: 53, and nobody could place more.
    assert_eq!((page.value.placed, page.certificate.optimal), (53, true));
    let mut taken: BTreeMap<SettingRef, u16> = BTreeMap::new();
    for child in &page.children {
        if let Some(setting) = &child.setting {
            *taken.entry(setting.clone()).or_default() += 1;
        }
    }
    for (number, (_, places)) in (2..).zip(HOMES) {
        let setting = SettingRef::urn(&format!("SC90000{number}")).unwrap();
        assert!(taken.get(&setting).is_none_or(|there| *there <= places), "{setting}");
    }
    assert!(!taken.contains_key(&SettingRef::urn(CLOSING).unwrap()));
    let again = serde_json::to_string(&proposed(&world)).unwrap();
    assert_eq!(again, serde_json::to_string(&page).unwrap(), "the same bytes on every run");

    // Told in another order by the return, the proposal is the same.
    Chance(5).shuffle(&mut order);
    let other = closing(&order);
    assert_eq!(serde_json::to_string(&proposed(&other)).unwrap(), again);

    // What becomes known counts: brothers and sisters, a need that nobody has said they can meet, and what is missing.
    let [one, two] = [0, 2].map(|child| page_child(&other, child));
    other.child(&local(2), "2013-06-01", Sex::Girl, &format!("siblings = [\"{one}\"]\nneeds = []\n"));
    other.child(&local(4), "2013-06-01", Sex::Girl, "needs = [\"medical\"]\n");
    let page = proposed(&other);
    assert_eq!(page.groups.len(), 1);
    assert_eq!(page.groups[0].children.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::from([one, two]));
    assert!(page.groups[0].outcome.starts_with("together in"), "{}", page.groups[0].outcome);
    let four = page_child(&other, 4);
    let medical = page.children.iter().find(|child| child.child == four).unwrap();
    assert_eq!((&medical.setting, medical.possible), (&None, 0), "nobody has said that they can");
    assert!(!medical.not_known.contains(&"needs".to_owned()));
}

/// The reference of a child of the return.
fn page_child(world: &World, child: usize) -> app::ChildRef {
    world.child(&local(child), "2013-06-01", if is_girl(child) { Sex::Girl } else { Sex::Boy }, "")
}
