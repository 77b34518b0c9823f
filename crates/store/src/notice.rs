//! How a notice is written at the door: short, because a country has some hundred thousand and every run reads them all.
//!
//! ```text
//! 1|placement|child|council|payee|kind|sector|setting|region|known through|departed|nights|absences|absent from|statuses|birthdays
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

/// Writes a notice in place of what `into` holds.
pub(crate) fn write(notice: &PlacementNotice, into: &mut String) -> Result<(), Fault> {
    into.clear();
    if short(notice, into).is_none() {
        *into = serde_json::to_string(notice).map_err(|error| Fault::Other(error.to_string()))?;
    }
    Ok(())
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
    if !notice.birthdays.iter().map(|birthday| birthday.age).eq(AGES) {
        return None;
    }
    list(into, &notice.birthdays, |into, birthday| number(into, '\0', birthday.on.days()));
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
