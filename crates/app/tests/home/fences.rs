//! The four fences of law 1, each with a leak planted that it catches.

use app::home::HomeList;
use app::home::words::{Decline, Sex, money_word};
use app::{AsOf, ChildRef, Pence, PlaceCommand, PriceTerms, SettingField, SettingRef};

use crate::world::{Chance, World, night};

const CHILD: &str = "needs = [\"autism\"]\nhome = \"ME4\"\nwishes = [{ kind = [\"childrens-home\"] }]\n";
const HOME: &str = "ages = [5, 17]\nneeds = [\"autism\"]\ncannot_take = []\n";
const OWNERS: [&str; 3] = ["Aardvark Care Ltd", "Middling Homes Ltd", "Zebra Group plc"];

/// One home: its number, what it is sold for and by whom. Only the number may matter.
#[derive(Clone, Copy)]
struct Sold {
    number: u32,
    pence: i64,
    owner: usize,
    contract: &'static str,
}

fn setting(number: u32) -> SettingRef {
    SettingRef::urn(&format!("SC{:06}", 100 + number)).unwrap()
}

/// Eight homes that are equals for the child, recorded in this order, and the same number of commits whatever the order.
fn sold(homes: &[Sold]) -> (World, ChildRef) {
    let mut world = World::new();
    for (minute, home) in homes.iter().enumerate() {
        world.at(&format!("2026-11-20T12:0{minute}:00Z"));
        let setting = setting(home.number);
        let facts = [
            (SettingField::Kind, "Children's home"),
            (SettingField::Council, "Kent"),
            (SettingField::Postcode, "ME7 1AA"),
            (SettingField::Places, "2"),
            (SettingField::Owner, OWNERS[home.owner]),
            (SettingField::Sector, ["Private", "Voluntary"][home.owner % 2]),
            (SettingField::Name, home.contract),
        ];
        world.add(&setting, &facts);
        world.office.home_describe(&setting, HOME).unwrap();
        world.say(&setting, 1, &PlaceCommand::Free);
        let terms = PriceTerms {
            subject: setting.to_string(),
            kind: None,
            from: night("2026-04-01"),
            until: None,
            care: Some(Pence::new(home.pence)),
            ret: Some(Pence::new(home.pence / 5)),
            total: None,
            nightly: false,
            notice_nights: 0,
            reason: home.contract.to_owned(),
        };
        world.office.agree_price(&terms).unwrap();
    }
    let child = world.child("1", "2014-05-02", Sex::Girl, CHILD);
    world.office.home_open(child, night("2026-11-23"), Some(night("2027-03-01")), false).unwrap();
    (world, child)
}

fn homes() -> Vec<Sold> {
    let contract = ["spot", "block", "framework", "in-house"];
    (0..8)
        .map(|at| Sold {
            number: at * 37 % 8,
            pence: 300_000 + i64::from(at) * 41_000,
            owner: at as usize % 3,
            contract: contract[at as usize % 4],
        })
        .collect()
}

/// The same homes with prices, owners and contracts dealt out anew, recorded in another order.
fn dealt(seed: u64) -> Vec<Sold> {
    let (mut chance, honest) = (Chance(seed), homes());
    let (mut pence, mut rest): (Vec<i64>, Vec<(usize, &str)>) =
        honest.iter().map(|home| (home.pence, (home.owner, home.contract))).unzip();
    chance.shuffle(&mut pence);
    chance.shuffle(&mut rest);
    let mut dealt: Vec<Sold> = honest
        .iter()
        .zip(pence.into_iter().zip(rest))
        .map(|(home, (pence, (owner, contract)))| Sold { number: home.number, pence, owner, contract })
        .collect();
    match seed % 3 {
        0 => dealt.sort_by_key(|home| home.pence),
        1 => dealt.sort_by_key(|home| std::cmp::Reverse(home.pence)),
        _ => chance.shuffle(&mut dealt),
    }
    dealt
}

type Ranked = fn(&World, HomeList, ChildRef) -> String;

/// All that the care side says of the child's search, as bytes.
fn honest(world: &World, list: HomeList, child: ChildRef) -> String {
    let why = world.office.home_why_not(child, &setting(3), &AsOf::default()).unwrap();
    let joint =
        world.office.home_joint(&[child], None, night("2026-11-23"), Some(night("2027-03-01")), &AsOf::default());
    format!("{}\n{}\n{}", json(&list), json(&why), json(&joint.unwrap()))
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

/// Whether it says the same whatever is paid, to whom, under what contract, and in whatever order it was recorded.
fn is_blind(ranked: Ranked) -> bool {
    let said = |homes: &[Sold]| {
        let (world, child) = sold(homes);
        let list = world.list(child);
        assert_eq!(list.offered.len(), 8, "all are equals");
        ranked(&world, list, child)
    };
    let first = said(&homes());
    (1..=6).all(|seed| said(&dealt(seed)) == first)
}

#[test]
fn law_1_prices_owners_contracts_and_the_order_of_record_move_nothing() {
    assert!(is_blind(honest));
}

/// Equals put in the order in which they were recorded: whoever records in order of price would have ranked by price.
fn by_record(world: &World, mut list: HomeList, _: ChildRef) -> String {
    list.offered.sort_by_key(|home| {
        let history = world.office.register_history(&home.setting, &AsOf::default()).unwrap();
        (std::cmp::Reverse(home.offered.standing), history.versions[0].recorded.clone())
    });
    json(&list.offered.iter().map(|home| home.setting.clone()).collect::<Vec<_>>())
}

/// Equals put in the order of their owners' names.
fn by_owner(world: &World, mut list: HomeList, _: ChildRef) -> String {
    list.offered.sort_by_key(|home| {
        let page = world.office.register_show(&home.setting, &AsOf::default()).unwrap();
        let owner = page.facts.text(SettingField::Owner).map(str::to_owned);
        (std::cmp::Reverse(home.offered.standing), owner, home.setting.clone())
    });
    json(&list.offered.iter().map(|home| home.setting.clone()).collect::<Vec<_>>())
}

#[test]
fn law_1_planted_leaks_of_order_and_owner_are_caught() {
    assert!(!is_blind(by_record), "rows inserted in price order");
    assert!(!is_blind(by_owner), "a tie broken by owner");
}

/// Every sentence that the care side can say of a home.
fn sentences() -> Vec<String> {
    let mut all = app::matching::every_sentence();
    all.extend(Decline::ALL.iter().map(|reason| reason.sentence().to_owned()));
    all
}

fn speaks_of_money(sentences: &[String]) -> Vec<&String> {
    sentences.iter().filter(|sentence| money_word(sentence).is_some()).collect()
}

#[test]
fn law_1_no_sentence_of_the_care_side_speaks_of_money_and_a_planted_one_is_caught() {
    let mut all = sentences();
    assert!(all.len() > 60, "{}", all.len());
    assert_eq!(speaks_of_money(&all), Vec::<&String>::new());
    for planted in [
        "it is not on our framework contract",
        "the block contract has no room",
        "another home costs less",
        "its owner has been told",
    ] {
        all.push(planted.to_owned());
        assert_eq!(speaks_of_money(&all), [planted], "contract type in a reason");
        all.pop();
    }
}
