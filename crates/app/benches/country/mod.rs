//! A country at the door, for the benches.

use app::kernel::{ChildRef, Code, CouncilCode, Night, Nights, PlacementId, council, councils};
use app::{Clock, Moment, Office, Pence, PriceTerms, Problem, Target};
use door::{AGES_THAT_MATTER, Birthday, Payee, PlacementNotice, Sector, StatusSpan};
use store::{Db, Stamp, Wing};

/// Homes and agencies with an agreement.
pub const SETTINGS: u64 = 1_000;

pub fn target(place: &str) -> Target {
    if place.contains("://") { Target::Database(place.to_owned()) } else { Target::Folder(place.into()) }
}

pub fn office(place: &str) -> Office {
    let mut office = Office::new(target(place), "bench");
    office.clock = Clock::Fixed(Moment::parse("2026-06-01").expect("a moment"));
    office
}

/// An empty database beside the one that the URL names.
pub fn database(url: &str, name: &str) -> Result<String, Problem> {
    let failed = |error: postgres::Error| Problem::asked("bench.database", error.to_string());
    let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(failed)?;
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).map_err(failed)?;
    client.batch_execute(&format!("CREATE DATABASE {name}")).map_err(failed)?;
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    Ok(format!("{server}/{name}"))
}

/// Puts the notices of a country at the door: agencies and homes with an agreement, councils' own carers on the
/// allowance schedule, and some whose payee is not identified.
pub fn settle(place: &str, placements: u64, first: Night) -> Result<(), Problem> {
    let office = office(place);
    for number in 0..SETTINGS {
        office.agree_price(&PriceTerms {
            subject: format!("urn/{}", urn(number)),
            kind: None,
            from: first,
            until: None,
            care: Some(Pence::new(70_000 + (number % 97) as i64 * 4_100)),
            ret: Some(Pence::new(9_000 + (number % 31) as i64 * 700)),
            total: None,
            nightly: false,
            notice_nights: 0,
            reason: "bench".to_owned(),
        })?;
    }
    let mut db = Db::open(&target(place), Wing::Care)?;
    let of_today: Vec<CouncilCode> =
        councils().iter().filter(|council| council.until.is_none()).map(|council| council.code).collect();
    let notices: Vec<PlacementNotice> =
        (0..placements).map(|number| notice(number, of_today[(number % 153) as usize], first)).collect();
    let stamp = Stamp { at: "2024-10-01T00:00:00.000000Z", actor: "bench", key: None, command: "bench", content: "" };
    db.commit(&stamp, |db, seq| {
        for page in notices.chunks(5_000) {
            db.record_notices(seq, page)?;
        }
        Ok::<_, Problem>(Some(()))
    })?;
    Ok(())
}

pub fn urn(number: u64) -> String {
    format!("{}", 1_000_000 + number)
}

pub fn notice(number: u64, at: CouncilCode, first: Night) -> PlacementNotice {
    let hash = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let code = |text| Code::parse(text).expect("a code");
    let born = first.plus(-(((hash >> 20) % 5_000) as i32) - 500);
    let start = first.plus(-(((hash >> 40) % 700) as i32));
    let through = first.plus(900);
    let nights = Nights::try_new(start, through.next()).expect("nights");
    let (kind, sector, setting, payee) = match number % 20 {
        0..=8 => ("U4", Sector::Own, None, Payee::council(at)),
        9..=12 => ("U6", Sector::Private, Some(urn(hash % 200)), Payee::provider(&urn(hash % 200))),
        13..=17 => ("K2", Sector::Private, Some(urn(hash % SETTINGS)), Payee::provider(&urn(hash % SETTINGS))),
        _ => ("U3", Sector::Voluntary, None, Payee::unidentified(at)),
    };
    PlacementNotice {
        placement: PlacementId::from_hash(hash.to_be_bytes()),
        child: ChildRef::from_hash(hash.rotate_left(17).to_be_bytes()),
        council: at,
        kind: code(kind),
        sector,
        setting,
        payee: Some(payee),
        region: council(at).region,
        region_assumed: true,
        nights: vec![nights],
        known_through: through,
        departed: None,
        back: None,
        goes_on: None,
        absences: Vec::new(),
        absent_from: None,
        statuses: vec![StatusSpan { code: code(if number.is_multiple_of(5) { "V2" } else { "C2" }), nights }],
        birthdays: AGES_THAT_MATTER.iter().map(|&age| Birthday { age, on: born.birthday(i16::from(age)) }).collect(),
    }
}

pub fn setting(name: &str, default: i64) -> i64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
