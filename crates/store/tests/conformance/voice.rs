//! Statements of the voice: reads of whole tables, the care wing's policy, points of view that pass commits over.

use kernel::{Masked, Night, Seq};
use store::{Db, Fault, Stamp, VoiceFactRow};

use crate::facts::{GREATEST, child_ref, episode, notice, placement, policy};
use crate::place::{Place, Told, record};

on_each_engine!(
    parts_of_the_notices_together_give_the_latest_of_each_once,
    what_was_said_comes_in_order_of_record_without_words,
    episodes_that_once_ended_for_a_reason_come_with_all_their_versions,
    the_latest_policy_of_a_name_is_the_care_wings,
    a_point_of_view_passes_over_commits_of_a_name,
);

fn latest(db: &mut Db, part: (i64, i64), known: Seq) -> Vec<(Option<String>, i64, usize)> {
    let mut found = Vec::new();
    db.each_latest_notice(part, known, |payee, body| {
        let notice: door::PlacementNotice = store::open_notice(body).unwrap();
        found.push((payee.map(str::to_owned), notice.placement.stored(), notice.nights.len()));
        Ok(())
    })
    .unwrap();
    found
}

fn parts_of_the_notices_together_give_the_latest_of_each_once(place: &Place, told: &mut Told) {
    let mut care = place.care();
    let unpaid = door::PlacementNotice { payee: None, ..notice(7, 2) };
    let first = record(&mut care, |db, seq| db.record_notices(seq, &[notice(GREATEST - 1, 2), notice(3, 1), unpaid]));
    record(&mut care, |db, seq| db.record_notices(seq, &[notice(3, 1).withdrawn(), notice(5, 1)]));
    let whole = latest(&mut place.bank(), (0, i64::MAX), Seq::NOW);
    let mut parts = latest(&mut place.care(), (0, 5), Seq::NOW);
    parts.extend(latest(&mut place.care(), (5, i64::MAX), Seq::NOW));
    assert_eq!((whole.len(), &whole), (4, &parts));
    assert_eq!((whole[0].1, whole[0].2), (3, 0), "withdrawn: no nights");
    assert!(whole[2].0.is_none() && whole[1].0.is_some());
    assert_eq!(latest(&mut place.care(), (0, i64::MAX), first).len(), 3);
    assert!(latest(&mut place.care(), (4, 5), Seq::NOW).is_empty());
    told.tell("latest", &whole);
}

fn said(number: i64, item: i64, seq: Seq, kind: &str) -> VoiceFactRow {
    VoiceFactRow {
        seq,
        item,
        child: child_ref(number),
        placement: placement(number),
        on: Night::parse_iso("2025-05-14").unwrap().plus(item as i32),
        kind: kind.to_owned(),
        body: format!("{{\"words\":{}}}", item > 0),
        words: Some(Masked::new("never given")),
    }
}

fn what_was_said_comes_in_order_of_record_without_words(place: &Place, told: &mut Told) {
    let mut care = place.care();
    assert!(!care.voice_has_facts().unwrap());
    let first =
        record(&mut care, |db, seq| db.record_voice_facts(&[said(9, 0, seq, "asked"), said(1, 1, seq, "read")]));
    record(&mut care, |db, seq| db.record_voice_facts(&[said(2, 0, seq, "answered")]));
    assert!(care.voice_has_facts().unwrap());
    let mut all = Vec::new();
    care.each_voice_fact(Seq::NOW, |child, placement, on, kind, body| {
        all.push((child, placement, on, kind.to_owned(), body.to_owned()));
        Ok(())
    })
    .unwrap();
    assert_eq!(all.iter().map(|fact| fact.0).collect::<Vec<_>>(), [child_ref(9), child_ref(1), child_ref(2)]);
    let rows = care.voice_facts(first).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.words.is_none()));
    let failed = care.each_voice_fact(Seq::NOW, |_, _, _, _, _| Err(Fault::Other("enough".to_owned())));
    assert!(matches!(failed, Err(Fault::Other(why)) if why == "enough"));
    assert_eq!(care.closed_in(door::HalfYear::parse("2025-H1").unwrap()).unwrap(), None);
    told.tell("said", &all);
}

fn episodes_that_once_ended_for_a_reason_come_with_all_their_versions(place: &Place, told: &mut Told) {
    let mut care = place.care();
    let code = |text| kernel::Code::parse(text);
    record(&mut care, |db, seq| {
        let asked = store::EpisodeVersion { reason: code("CHILD"), ..episode(1, seq, 1) };
        db.record_episodes(&[asked, episode(2, seq, 1)])
    });
    record(&mut care, |db, seq| {
        let other = store::EpisodeVersion { reason: code("CARPL"), ..episode(1, seq, 1) };
        db.record_episodes(&[other])
    });
    let mut found = Vec::new();
    care.each_episode_once_ended_for("CHILD", Seq::NOW, |child, number, end, reason, withdrawn| {
        found.push((child, number, end, reason.map(str::to_owned), withdrawn));
    })
    .unwrap();
    let reasons: Vec<Option<&str>> = found.iter().map(|version| version.3.as_deref()).collect();
    assert_eq!(reasons, [Some("CHILD"), Some("CARPL")]);
    told.tell("episodes", &found);
}

fn the_latest_policy_of_a_name_is_the_care_wings(place: &Place, told: &mut Told) {
    let mut care = place.care();
    assert_eq!(care.care_policy("voice", Seq::NOW).unwrap(), None);
    let first = record(&mut care, |db, seq| db.record_care_policy(&policy("voice", seq, "one")));
    record(&mut care, |db, seq| db.record_care_policy(&policy("voice", seq, "two")));
    assert_eq!(care.care_policy("voice", first).unwrap().unwrap().body, "one");
    assert_eq!(care.care_policy("voice", Seq::NOW).unwrap().unwrap().body, "two");
    assert!(place.bank().care_policy("voice", Seq::NOW).is_err(), "the Bank cannot read it");
    told.tell("policy", &care.care_policy("voice", Seq::NOW).unwrap());
}

fn a_point_of_view_passes_over_commits_of_a_name(place: &Place, told: &mut Told) {
    let mut care = place.care();
    for (minute, command) in ["import", "voice", "import", "voice", "voice"].into_iter().enumerate() {
        let at = format!("2025-06-02T09:0{minute}:00.000000Z");
        let stamp = Stamp { at: &at, actor: "test", key: None, command, content: "" };
        care.commit(&stamp, |_, _| Ok::<_, Fault>(Some(()))).unwrap();
    }
    let seen = |db: &mut Db, moment| db.tx_seen_at(moment, "voice").unwrap().map(|tx| tx.seq.0);
    assert_eq!(seen(&mut care, None), Some(3));
    assert_eq!(seen(&mut care, Some("2025-06-02T09:01:30")), Some(1));
    assert_eq!(seen(&mut care, Some("2025-06-02T08:00:00")), None);
    assert_eq!(seen(&mut place.bank(), Some("2025-06-02T09:04:30")), Some(3));
    told.tell("seen", &seen(&mut care, None));
}
