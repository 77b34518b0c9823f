//! How a notice is written at the door: short, because a country has some hundred thousand and every run reads them all.
//!
//! ```text
//! 1|placement|child|council|payee|kind|sector|setting|region|known through|departed|nights|absences|absent from|statuses|birthdays[|back]
//! ```
//!
//! References are numbers as stored, nights are days since 1 January 1970, ranges `first+count`, lists have commas
//! between. JSON is read as well: versions 1 and 2 of the schema wrote it, the canonical dump shows every notice in it,
//! and a notice that has no short form is written in it.

use std::borrow::Cow;
use std::fmt::Write as _;

use door::{Absence, Birthday, Payee, PlacementNotice, Sector, StatusSpan};
use kernel::{ChildRef, Code, CouncilCode, Night, Nights, PlacementId, Region};

use crate::fault::Fault;

/// What every short form begins with. JSON begins with a brace.
const FORM: &str = "1";
/// The letters of what is stored: never another meaning for one that was written.
const SECTORS: [(Sector, &str); 7] = [
    (Sector::Parents, "0"),
    (Sector::Own, "1"),
    (Sector::OtherCouncil, "2"),
    (Sector::OtherPublic, "3"),
    (Sector::Private, "4"),
    (Sector::Voluntary, "5"),
    (Sector::Unknown, "?"),
];
const REGIONS: [(Region, &str); 9] = [
    (Region::NorthEast, "NE"),
    (Region::NorthWest, "NW"),
    (Region::Yorkshire, "YH"),
    (Region::EastMidlands, "EM"),
    (Region::WestMidlands, "WM"),
    (Region::East, "EE"),
    (Region::London, "LN"),
    (Region::SouthEast, "SE"),
    (Region::SouthWest, "SW"),
];
/// After the region, if it is assumed.
const ASSUMED: char = '~';
/// The ages of the birthdays that a short form has, in this order.
const AGES: [u8; 5] = [3, 5, 11, 16, 18];

/// Writes a notice behind what `into` holds.
pub(crate) fn write(notice: &PlacementNotice, into: &mut String) -> Result<(), Fault> {
    let from = into.len();
    if short(notice, into).is_none() {
        into.truncate(from);
        into.push_str(&serde_json::to_string(notice).map_err(|error| Fault::Other(error.to_string()))?);
    }
    Ok(())
}

/// Opens a notice as it lies at the door.
///
/// # Errors
/// [`Fault::Damaged`] if it is in neither form.
pub fn open_notice(body: &str) -> Result<PlacementNotice, Fault> {
    read(body).ok_or_else(|| Fault::Damaged("a stored notice cannot be read".to_owned()))
}

/// Reads a notice in either form; `None` if it is in neither.
pub(crate) fn read(body: &str) -> Option<PlacementNotice> {
    if body.starts_with('{') { serde_json::from_str(body).ok() } else { open(body) }
}

/// A notice as the canonical dump shows it. What cannot be read is shown as it is.
pub(crate) fn shown(body: &str) -> Cow<'_, str> {
    if body.starts_with('{') {
        return Cow::Borrowed(body);
    }
    let json = open(body).and_then(|notice| serde_json::to_string(&notice).ok());
    json.map_or(Cow::Borrowed(body), Cow::Owned)
}

/// `None` if the notice has no short form.
fn short(notice: &PlacementNotice, into: &mut String) -> Option<()> {
    into.push_str(FORM);
    number(into, '|', notice.placement.stored());
    number(into, '|', notice.child.stored());
    part(into, notice.council.as_str())?;
    payee(notice, into)?;
    part(into, notice.kind.as_str())?;
    part(into, SECTORS.iter().find(|(sector, _)| *sector == notice.sector)?.1)?;
    match &notice.setting {
        Some(setting) if setting.is_empty() => return None,
        setting => part(into, setting.as_deref().unwrap_or_default())?,
    }
    part(into, REGIONS.iter().find(|(region, _)| *region == notice.region)?.1)?;
    if notice.region_assumed {
        into.push(ASSUMED);
    }
    number(into, '|', notice.known_through.days());
    match notice.departed {
        Some(departed) => number(into, '|', departed.days()),
        None => into.push('|'),
    }
    list(into, &notice.nights, |into, &nights| range(into, nights));
    list(into, &notice.absences, |into, absence| {
        number(into, '\0', absence.stay.stored());
        into.push(':');
        into.push_str(absence.code.as_str());
        into.push(':');
        range(into, absence.nights);
    });
    match notice.absent_from {
        Some(main) => number(into, '|', main.stored()),
        None => into.push('|'),
    }
    list(into, &notice.statuses, |into, status| {
        into.push_str(status.code.as_str());
        into.push(':');
        range(into, status.nights);
    });
    if notice.goes_on.is_some() || !notice.birthdays.iter().map(|birthday| birthday.age).eq(AGES) {
        return None;
    }
    list(into, &notice.birthdays, |into, birthday| number(into, '\0', birthday.on.days()));
    if let Some(back) = notice.back {
        number(into, '|', back.days());
    }
    Some(())
}

/// `=` the council, `?` nobody that the council knows, `@` the setting, blank nobody, or the name.
fn payee(notice: &PlacementNotice, into: &mut String) -> Option<()> {
    let Some(payee) = &notice.payee else {
        into.push('|');
        return Some(());
    };
    let name = payee.as_str();
    match name.split_once('/')? {
        ("council", council) if council == notice.council.as_str() => part(into, "="),
        ("unidentified", council) if council == notice.council.as_str() => part(into, "?"),
        ("urn", urn) if Some(urn) == notice.setting.as_deref() => part(into, "@"),
        _ if Payee::parse(name).as_ref() == Some(payee) => part(into, name),
        _ => None,
    }
}

fn part(into: &mut String, text: &str) -> Option<()> {
    into.push('|');
    into.push_str(text);
    (!text.contains('|')).then_some(())
}

fn list<T>(into: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    into.push('|');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            into.push(',');
        }
        write(into, item);
    }
}

fn range(into: &mut String, nights: Nights) {
    number(into, '\0', nights.start().days());
    number(into, '+', nights.count());
}

/// A sign, unless it is NUL, and a number.
fn number(into: &mut String, sign: char, number: i64) {
    if sign != '\0' {
        into.push(sign);
    }
    // A country's notices hold some millions of numbers, and `write!` takes several times as long for each.
    let mut digits = [0; 20];
    let mut from = digits.len();
    let Ok(mut rest) = u64::try_from(number) else {
        let _ = write!(into, "{number}");
        return;
    };
    loop {
        from -= 1;
        digits[from] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    into.push_str(std::str::from_utf8(&digits[from..]).unwrap_or_default());
}

fn open(body: &str) -> Option<PlacementNotice> {
    let mut parts = body.split('|');
    let mut next = || parts.next();
    if next()? != FORM {
        return None;
    }
    let placement = stay(next()?)?;
    let child = ChildRef::from_stored(next()?.parse().ok()?)?;
    let council = CouncilCode::parse(next()?)?;
    let payee = next()?;
    let kind = Code::parse(next()?)?;
    let sector = next()?;
    let setting = Some(next()?).filter(|setting| !setting.is_empty()).map(str::to_owned);
    let region = next()?;
    let known_through = night(next()?)?;
    let departed = Some(next()?).filter(|departed| !departed.is_empty());
    let nights = items(next()?, ranged)?;
    let absences = items(next()?, absence)?;
    let absent_from = Some(next()?).filter(|main| !main.is_empty());
    let statuses = items(next()?, |item| {
        let (code, nights) = item.split_once(':')?;
        Some(StatusSpan { code: Code::parse(code)?, nights: ranged(nights)? })
    })?;
    let birthdays = items(next()?, night)?;
    let back = parts.next();
    if parts.next().is_some() || birthdays.len() != AGES.len() {
        return None;
    }
    let (region, region_assumed) = match region.strip_suffix(ASSUMED) {
        Some(region) => (region, true),
        None => (region, false),
    };
    Some(PlacementNotice {
        placement,
        child,
        council,
        kind,
        sector: SECTORS.iter().find(|(_, letter)| *letter == sector)?.0,
        payee: match payee {
            "" => None,
            "=" => Some(Payee::council(council)),
            "?" => Some(Payee::unidentified(council)),
            "@" => Some(Payee::provider(setting.as_deref()?)),
            name => Some(Payee::parse(name)?),
        },
        setting,
        region: REGIONS.iter().find(|(_, letters)| *letters == region)?.0,
        region_assumed,
        nights,
        known_through,
        departed: departed.map(night).map_or(Some(None), |departed| departed.map(Some))?,
        back: back.map(night).map_or(Some(None), |back| back.map(Some))?,
        goes_on: None,
        absences,
        absent_from: absent_from.map(stay).map_or(Some(None), |main| main.map(Some))?,
        statuses,
        birthdays: AGES.into_iter().zip(birthdays).map(|(age, on)| Birthday { age, on }).collect(),
    })
}

fn items<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    if text.is_empty() { Some(Vec::new()) } else { text.split(',').map(read).collect() }
}

fn stay(text: &str) -> Option<PlacementId> {
    PlacementId::from_stored(text.parse().ok()?)
}

fn night(text: &str) -> Option<Night> {
    Night::from_days(text.parse().ok()?)
}

fn ranged(text: &str) -> Option<Nights> {
    let (first, count) = text.split_once('+')?;
    let first = night(first)?;
    Nights::try_new(first, Night::from_days(first.days().checked_add(count.parse().ok()?)?)?)
}

fn absence(text: &str) -> Option<Absence> {
    let mut parts = text.splitn(3, ':');
    let (main, code, nights) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Absence { stay: stay(main)?, nights: ranged(nights)?, code: Code::parse(code)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: i64) -> Night {
        Night::from_days(days).unwrap()
    }

    fn nights(first: i64, count: i64) -> Nights {
        Nights::try_new(days(first), days(first + count)).unwrap()
    }

    fn code(text: &str) -> Code {
        Code::parse(text).unwrap()
    }

    /// The `n`th of many notices, each part of which goes its own way.
    fn notice(n: usize) -> PlacementNotice {
        let place = |n: usize| PlacementId::from_stored((n as i64) << (n % 40)).unwrap();
        let council = CouncilCode::parse(["E10000016", "E08000035"][n % 2]).unwrap();
        let many = |n: usize| (0..n as i64).map(move |at| nights(-9_000 + at * 400 + n as i64, 1 + at * 30));
        PlacementNotice {
            placement: place(n),
            child: ChildRef::from_stored((1 << 60) - 1 - n as i64).unwrap(),
            council,
            kind: code(["U4", "K2", "T1", "H5ABCDE"][n % 4]),
            sector: SECTORS[n % SECTORS.len()].0,
            setting: [None, Some("SC012345"), Some("1234567"), Some("é\t,:+~ \\")][n % 4].map(str::to_owned),
            payee: [
                None,
                Some(Payee::council(council)),
                Some(Payee::unidentified(council)),
                Some(Payee::provider("SC012345")),
                Some(Payee::council(CouncilCode::parse("E09000002").unwrap())),
            ][n % 5]
                .clone(),
            region: REGIONS[n % REGIONS.len()].0,
            region_assumed: n.is_multiple_of(3),
            nights: many(n % 4).collect(),
            known_through: days([-25_567, 0, 20_544, 84_006][n % 4]),
            departed: (n.is_multiple_of(2)).then(|| days(20_000)),
            back: (n.is_multiple_of(3)).then(|| days(20_003)),
            goes_on: None,
            absences: many(n % 3).map(|nights| Absence { stay: place(n + 1), nights, code: code("T0") }).collect(),
            absent_from: (n.is_multiple_of(7)).then(|| place(n + 2)),
            statuses: many(n % 5).map(|nights| StatusSpan { code: code("C2"), nights }).collect(),
            birthdays: AGES.map(|age| Birthday { age, on: days(i64::from(age) * 365 - n as i64) }).to_vec(),
        }
    }

    fn written(notice: &PlacementNotice) -> String {
        let mut body = "what was there".to_owned();
        write(notice, &mut body).unwrap();
        body.strip_prefix("what was there").expect("it stays").to_owned()
    }

    #[test]
    fn what_is_written_short_is_read_as_it_was_and_shown_as_json() {
        for n in 0..5_000 {
            let notice = notice(n);
            let (body, json) = (written(&notice), serde_json::to_string(&notice).unwrap());
            assert!(body.starts_with("1|") && body.len() < json.len(), "{body}");
            assert_eq!(read(&body).as_ref(), Some(&notice), "{body}");
            assert_eq!(read(&json).as_ref(), Some(&notice));
            assert_eq!((shown(&body).as_ref(), shown(&json).as_ref()), (json.as_str(), json.as_str()));
        }
    }

    /// What lies in stores: this text must be read for ever.
    #[test]
    fn the_form_is_this() {
        let body = "1|45684|1152921504606801291|E08000035|@|K2|?|SC012345|SE|20544|20000|-8997+1,-8597+31,-8197+61||\
                    |C2:-8999+1|1090,1820,4010,5835,6565";
        let read = read(body).unwrap();
        assert_eq!(written(&read), body);
        assert_eq!(read.payee, Some(Payee::provider("SC012345")));
        assert_eq!(read.nights[1], nights(-8_597, 31));
        assert_eq!(read.birthday(18), Some(days(6_565)));
    }

    #[test]
    fn what_has_no_short_form_is_written_as_json() {
        let plain = notice(1);
        let odd = [
            PlacementNotice { setting: Some(String::new()), ..plain.clone() },
            PlacementNotice { setting: Some("a|b".to_owned()), ..plain.clone() },
            PlacementNotice { birthdays: plain.birthdays[1..].to_vec(), ..plain.clone() },
            PlacementNotice { payee: serde_json::from_str("\"urn/sc 1|2\"").ok(), ..plain.clone() },
            PlacementNotice { payee: serde_json::from_str("\"nobody\"").ok(), ..plain },
        ];
        for notice in odd {
            let body = written(&notice);
            assert!(body.starts_with('{'), "{body}");
            assert_eq!(read(&body), Some(notice));
        }
    }

    #[test]
    fn a_harmed_text_is_no_notice() {
        let body = written(&notice(9));
        for cut in 0..body.len() {
            let text = body.get(..cut).unwrap_or_default();
            assert!(read(text).is_none_or(|other| other != notice(9)), "{text}");
        }
        for harmed in ["", "1", "2|", "{", "[]", &format!("{body}|"), &body.replacen("1|", "2|", 1)] {
            assert_eq!(read(harmed), None, "{harmed}");
            assert_eq!(shown(harmed), harmed);
        }
    }
}
