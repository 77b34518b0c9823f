//! Statements of the care wing.

use kernel::{CouncilCode, Masked, Seq};
use store::{EpisodeVersion, StoredChild, ToldVersion};

use crate::facts::{
    GREATEST, ODD, bare_episode, child, child_ref, code, episode, import, kent, leeds, night, quarantine,
};
use crate::place::{Place, Told, record, try_record};

on_each_engine!(
    a_child_is_known_in_its_latest_version,
    children_are_listed_by_reference_as_known,
    as_many_rows_as_were_given_are_kept,
    odd_text_about_children_comes_back_as_it_was,
    episode_versions_come_in_order,
    imports_come_with_what_they_set_aside,
    what_a_return_told_is_known_in_its_latest_version,
    what_returns_through_a_year_told_is_listed,
    the_reference_key_is_kept_once,
);

/// The masked parts too, which `{:?}` hides.
fn shown(child: &StoredChild) -> (String, String) {
    (format!("{child:?}"), child.local_id.reveal().to_owned())
}

fn revealed(version: &EpisodeVersion) -> (String, String, String) {
    (format!("{version:?}"), version.home_post.reveal().to_owned(), version.pl_post.reveal().to_owned())
}

fn a_child_is_known_in_its_latest_version(place: &Place, told: &mut Told) {
    let mut db = place.care();
    assert_eq!(db.child(child_ref(1), Seq::NOW).unwrap(), None);
    let first = record(&mut db, |db, seq| db.record_children(seq, &[child(1), child(GREATEST), child(0)]));
    let bare = StoredChild { sex: None, ethnic: None, uasc: true, year: 2027, born: night("1999-12-31"), ..child(1) };
    let second = record(&mut db, |db, seq| db.record_children(seq, std::slice::from_ref(&bare)));
    assert_eq!(db.child(child_ref(1), Seq(first.0 - 1)).unwrap(), None);
    assert_eq!(db.child(child_ref(1), first).unwrap(), Some(child(1)));
    assert_eq!(db.child(child_ref(1), second).unwrap(), Some(bare.clone()));
    assert_eq!(db.child(child_ref(1), Seq::NOW).unwrap(), Some(bare));
    assert_eq!(db.child(child_ref(GREATEST), Seq::NOW).unwrap(), Some(child(GREATEST)));
    assert_eq!(db.child(child_ref(0), Seq::NOW).unwrap(), Some(child(0)));
    told.tell("child", &db.child(child_ref(1), Seq::NOW).unwrap().as_ref().map(shown));
    // One version of a child a commit.
    let twice = try_record(&mut db, |db, seq| db.record_children(seq, &[child(7), child(7)])).unwrap_err();
    assert_eq!(twice.code(), "store.refused");
    assert_eq!(db.child(child_ref(7), Seq::NOW).unwrap(), None);
}

/// Around the number that goes into one statement, and for a row that is refused among others: nothing of it stays.
fn as_many_rows_as_were_given_are_kept(place: &Place, _: &mut Told) {
    let mut db = place.care();
    let mut from = 0;
    for count in [1, 43, 44, 45, 88, 89, 301] {
        let children: Vec<StoredChild> = (from..from + count).map(child).collect();
        record(&mut db, |db, seq| db.record_children(seq, &children));
        assert_eq!(db.children(None, Seq::NOW).unwrap()[from as usize..], children);
        from += count;
    }
    let again: Vec<StoredChild> = (from..from + 60).chain([from + 3]).map(child).collect();
    assert_eq!(try_record(&mut db, |db, seq| db.record_children(seq, &again)).unwrap_err().code(), "store.refused");
    assert_eq!(db.children(None, Seq::NOW).unwrap().len() as i64, from);
}

fn children_are_listed_by_reference_as_known(place: &Place, told: &mut Told) {
    let mut db = place.care();
    let of_leeds = |number| StoredChild { council: leeds(), ..child(number) };
    let first = record(&mut db, |db, seq| db.record_children(seq, &[child(30), of_leeds(20), child(10)]));
    let moved = StoredChild { sex: Some(code("M")), ..child(30) };
    record(&mut db, |db, seq| db.record_children(seq, &[moved.clone(), of_leeds(5)]));
    assert_eq!(db.children(None, Seq(0)).unwrap(), []);
    assert_eq!(db.children(None, first).unwrap(), [child(10), of_leeds(20), child(30)]);
    assert_eq!(db.children(None, Seq::NOW).unwrap(), [of_leeds(5), child(10), of_leeds(20), moved.clone()]);
    assert_eq!(db.children(Some(kent()), Seq::NOW).unwrap(), [child(10), moved]);
    assert_eq!(db.children(Some(leeds()), first).unwrap(), [of_leeds(20)]);
    told.tell("children", &db.children(None, Seq::NOW).unwrap().iter().map(shown).collect::<Vec<_>>());
}

fn odd_text_about_children_comes_back_as_it_was(place: &Place, told: &mut Told) {
    let mut db = place.care();
    let odd: Vec<StoredChild> =
        (0..).zip(ODD).map(|(number, text)| StoredChild { local_id: Masked::new(*text), ..child(number) }).collect();
    record(&mut db, |db, seq| db.record_children(seq, &odd));
    assert_eq!(db.children(None, Seq::NOW).unwrap(), odd);
    told.tell("children", &odd.iter().map(shown).collect::<Vec<_>>());
}

fn episode_versions_come_in_order(place: &Place, told: &mut Told) {
    let mut db = place.care();
    let first = record(&mut db, |db, seq| {
        db.record_children(seq, &[child(1), child(2)])?;
        db.record_episodes(&[episode(9, seq, 1), episode(3, seq, 1), episode(5, seq, 2)])
    });
    let odd = |number: i64, seq: Seq| EpisodeVersion {
        home_post: Masked::new(ODD[number as usize % ODD.len()]),
        pl_post: Masked::new(ODD[(number as usize + 1) % ODD.len()]),
        urn: Some(ODD[(number as usize + 2) % ODD.len()].to_owned()),
        ..episode(1000 + number, seq, 3)
    };
    let second = record(&mut db, |db, seq| {
        let mut versions = vec![bare_episode(3, seq, 1), episode(GREATEST, seq, 1)];
        versions.extend((0..ODD.len() as i64).map(|number| odd(number, seq)));
        db.record_episodes(&versions)
    });
    assert_eq!(db.episode_versions(child_ref(1), Seq(0)).unwrap(), []);
    assert_eq!(db.episode_versions(child_ref(1), first).unwrap(), [episode(3, first, 1), episode(9, first, 1)]);
    assert_eq!(
        db.episode_versions(child_ref(1), Seq::NOW).unwrap(),
        [episode(3, first, 1), bare_episode(3, second, 1), episode(9, first, 1), episode(GREATEST, second, 1)]
    );
    let odd: Vec<EpisodeVersion> = (0..ODD.len() as i64).map(|number| odd(number, second)).collect();
    assert_eq!(db.episode_versions(child_ref(3), Seq::NOW).unwrap(), odd);
    for number in 1..=3 {
        let versions = db.episode_versions(child_ref(number), Seq::NOW).unwrap();
        told.tell("versions", &versions.iter().map(revealed).collect::<Vec<_>>());
    }
}

fn imports_come_with_what_they_set_aside(place: &Place, told: &mut Told) {
    let mut db = place.care();
    let rows: Vec<_> = (0..).zip(ODD).map(|(line, text)| quarantine(text, line)).collect();
    let first = record(&mut db, |db, seq| db.record_import(&import(seq), &mut rows.iter().cloned()));
    let second = record(&mut db, |db, seq| db.record_import(&import(seq), &mut std::iter::empty()));
    assert_eq!(db.imports(Seq(0)).unwrap(), []);
    assert_eq!(db.imports(first).unwrap(), [import(first)]);
    assert_eq!(db.imports(Seq::NOW).unwrap(), [import(first), import(second)]);
    assert_eq!(db.quarantine(first).unwrap(), rows);
    assert_eq!(db.quarantine(second).unwrap(), []);
    told.tell("imports", &db.imports(Seq::NOW).unwrap());
    told.tell("set aside", &db.quarantine(first).unwrap());
}

fn what_a_return_told_is_known_in_its_latest_version(place: &Place, told: &mut Told) {
    let mut db = place.care();
    let said = |number, year, body: &str| ToldVersion { child: child_ref(number), year, body: Masked::new(body) };
    let odd: Vec<ToldVersion> = (10..).zip(ODD).map(|(number, text)| said(number, 2025, text)).collect();
    // Of whom a council tells is known by its children.
    let children: Vec<StoredChild> = [1, 2].into_iter().chain(10..10 + ODD.len() as i64).map(child).collect();
    let of = child(1).council;
    let first = record(&mut db, |db, seq| {
        db.record_children(seq, &children)?;
        db.record_told(seq, &[said(1, 2025, "one"), said(2, 2025, "two"), said(1, 2026, "later")])?;
        db.record_told(seq, &odd)
    });
    record(&mut db, |db, seq| db.record_told(seq, &[said(1, 2025, "")]));
    let body = |db: &mut store::Db, year, known, number| {
        db.told(of, year, known).unwrap().get(&child_ref(number)).map(|body| body.reveal().to_owned())
    };
    assert_eq!(body(&mut db, 2025, Seq(0), 1), None);
    assert_eq!(body(&mut db, 2025, first, 1).as_deref(), Some("one"));
    assert_eq!(body(&mut db, 2025, Seq::NOW, 1).as_deref(), Some(""));
    assert_eq!(body(&mut db, 2026, Seq::NOW, 1).as_deref(), Some("later"));
    assert_eq!(body(&mut db, 2025, Seq::NOW, 2).as_deref(), Some("two"));
    for (number, text) in (10..).zip(ODD) {
        assert_eq!(body(&mut db, 2025, Seq::NOW, number).as_deref(), Some(*text));
    }
    told.tell("told", &db.told(of, 2025, Seq::NOW).unwrap().len());
    let mut of_two = Vec::new();
    db.each_told(Seq::NOW, |child, body| of_two.push((child, body.to_owned()))).unwrap();
    of_two.retain(|(child, _)| [child_ref(1), child_ref(2)].contains(child));
    of_two.sort();
    let one = |number, body: &str| (child_ref(number), body.to_owned());
    let mut last = [one(1, ""), one(1, "later"), one(2, "two")];
    last.sort();
    assert_eq!(of_two, last, "each year's last version");
    let another = CouncilCode::parse("E09000027").unwrap();
    assert_eq!(db.told(another, 2025, Seq::NOW).unwrap().len(), 0);
    let twice = try_record(&mut db, |db, seq| db.record_told(seq, &[said(7, 2025, "a"), said(7, 2025, "b")]));
    assert_eq!(twice.unwrap_err().code(), "store.refused");
}

fn what_returns_through_a_year_told_is_listed(place: &Place, told: &mut Told) {
    let mut db = place.care();
    let child_of = |number, year| StoredChild { year, ..child(number) };
    let of = |number, seq, year| EpisodeVersion { year, ..episode(number, seq, 1) };
    let first = record(&mut db, |db, seq| {
        db.record_children(seq, &[child_of(1, 2025), child_of(2, 2026)])?;
        db.record_episodes(&[of(1, seq, 2025), of(2, seq, 2026)])
    });
    let second = record(&mut db, |db, seq| {
        db.record_children(seq, &[child_of(1, 2026)])?;
        db.record_episodes(&[of(1, seq, 2026)])
    });
    assert_eq!(db.children_through(kent(), 2025, Seq::NOW).unwrap(), [child_of(1, 2025)]);
    assert_eq!(db.children_through(kent(), 2026, first).unwrap(), [child_of(1, 2025), child_of(2, 2026)]);
    assert_eq!(db.children_through(leeds(), 2026, Seq::NOW).unwrap(), []);
    assert_eq!(db.episodes_through(2025, Seq::NOW).unwrap(), [of(1, first, 2025)]);
    assert_eq!(db.episodes_through(2026, Seq::NOW).unwrap(), [of(1, second, 2026), of(2, first, 2026)]);
    told.tell("through", &db.episodes_through(2026, Seq::NOW).unwrap().iter().map(revealed).collect::<Vec<_>>());
}

fn the_reference_key_is_kept_once(place: &Place, told: &mut Told) {
    let mut db = place.care();
    assert_eq!(db.reference_key().unwrap(), None);
    record(&mut db, |db, _| db.record_reference_key("tab\tand \\N"));
    assert_eq!(db.reference_key().unwrap().as_deref(), Some("tab\tand \\N"));
    let again = try_record(&mut db, |db, _| db.record_reference_key("another")).unwrap_err();
    assert_eq!(again.code(), "store.refused");
    told.tell("key", &db.reference_key().unwrap());
    assert!(!place.dump().iter().any(|line| line.contains("tab\\tand")), "law 10: the key is never dumped");
}
