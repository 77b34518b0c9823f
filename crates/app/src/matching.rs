//! Matching over files: a search and a list of homes come in as text, a shortlist, an explanation or a joint proposal goes
//! out. Nothing is stored.
//!
//! A search is TOML or JSON. Homes are JSON (everything [`Home`] has) or CSV with a row a home, columns by name, words of
//! a list separated by spaces; `taken` is how many places are taken throughout.

use std::collections::BTreeMap;

use ::matching::{Closure, Home, Joint, JointLimits, Kind, Limits, Person, Register, Registration, Rules, TieKey};
pub use ::matching::{HomeId, Missing, Proposal, Search, Shortlist, WhyNot};
pub use kernel::GridPoint;
use kernel::{Night, Nights};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::Problem;

pub use ::matching::{
    Constraint, Criterion, LeftOut, Met, Offered, Outcome, Share, Verdict, Verdicts, WhyApart, Wish, miles,
};

/// Searches and homes, read and ready.
pub struct Matcher {
    searches: Vec<Search>,
    groups: Vec<Vec<Person>>,
    register: Register,
    rules: Rules,
    key: TieKey,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Together {
    search: Vec<Search>,
    #[serde(default)]
    groups: Vec<Vec<Person>>,
}

impl Matcher {
    /// Reads one search and the homes.
    pub fn for_one(search: &str, homes: &str) -> Result<Matcher, Problem> {
        let one: Search = read(search, "the search")?;
        Matcher::new(search, homes, Together { search: vec![one], groups: Vec::new() })
    }

    /// Reads many searches (`[[search]]`, and `groups` of brothers and sisters, the eldest first) and the homes.
    pub fn for_many(searches: &str, homes: &str) -> Result<Matcher, Problem> {
        let together = read(searches, "the searches")?;
        Matcher::new(searches, homes, together)
    }

    fn new(text: &str, homes: &str, together: Together) -> Result<Matcher, Problem> {
        for search in &together.search {
            if Nights::try_new(search.stay.start(), search.stay.end()).is_none() {
                let sentence = format!("the stay of {} ends before its first night: mend `stay`", search.child);
                return Err(Problem::refused("match.search", sentence));
            }
        }
        let register = Register::new(read_homes(homes)?)
            .map_err(|duplicate| Problem::refused("match.places", duplicate.to_string()))?;
        // Nobody who has not seen the search can foresee the key, and the same search shows the same order again.
        let digest = Sha256::digest(text.as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        let Together { search: searches, groups } = together;
        Ok(Matcher { searches, groups, register, rules: Rules::default(), key: TieKey::new(key) })
    }

    /// The one search.
    pub fn search(&self) -> &Search {
        &self.searches[0]
    }

    /// The shortlist.
    pub fn shortlist(&self, shown: usize) -> Result<Shortlist, Problem> {
        let limits = Limits { shown, ..Limits::default() };
        ::matching::shortlist(self.search(), &self.register, &self.rules, self.key, limits)
            .map_err(|error| Problem::refused("match.search", error.to_string()))
    }

    /// Why not this home, and what would have to change.
    pub fn why_not(&self, home: HomeId) -> Result<WhyNot, Problem> {
        ::matching::why_not(self.search(), &self.register, &self.rules, self.key, home)
            .map_err(|error| Problem::refused("match.search", error.to_string()))?
            .ok_or_else(|| Problem::not_found("home", format!("there is no home {home} in the list of places")))
    }

    /// What is missing in the area.
    pub fn missing(&self) -> Result<Missing, Problem> {
        ::matching::missing(self.search(), &self.register, Limits::default().area)
            .map_err(|error| Problem::refused("match.search", error.to_string()))
    }

    /// A joint proposal for all.
    pub fn propose(&self) -> Result<Proposal, Problem> {
        let joint = Joint {
            searches: &self.searches,
            groups: &self.groups,
            register: &self.register,
            rules: &self.rules,
            key: self.key,
            limits: JointLimits::default(),
        };
        ::matching::propose(joint).map_err(|error| Problem::refused("match.search", error.to_string()))
    }
}

/// TOML, or JSON if it begins with a brace.
fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, Problem> {
    let wrong = |error: String| Problem::refused("match.search", format!("{what} cannot be read: {}", error.trim()));
    if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| wrong(error.to_string()))
    } else {
        toml::from_str(text).map_err(|error| wrong(error.to_string()))
    }
}

fn read_homes(text: &str) -> Result<Vec<Home>, Problem> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text)
            .map_err(|error| Problem::refused("match.places", format!("the homes cannot be read: {error}")));
    }
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, header) = lines.next().ok_or_else(|| Problem::refused("match.places", "the list of homes is empty"))?;
    let names = cells(header.trim_start_matches('\u{feff}'));
    if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        let sentence = format!("there is no column `{unknown}`; there are {}", COLUMNS.join(", "));
        return Err(Problem::refused("match.places", sentence));
    }
    lines
        .map(|(line, text)| {
            let cells = cells(text);
            if cells.len() != names.len() {
                let sentence = format!("line {}: {} cells under {} columns", line + 1, cells.len(), names.len());
                return Err(Problem::refused("match.places", sentence));
            }
            let row: BTreeMap<&str, String> = names.iter().map(String::as_str).zip(cells).collect();
            home(&row).map_err(|error| Problem::refused("match.places", format!("line {}: {error}", line + 1)))
        })
        .collect()
}

const COLUMNS: [&str; 19] = [
    "id",
    "kind",
    "east",
    "north",
    "registration",
    "ages",
    "sexes",
    "needs",
    "needs_unknown",
    "access",
    "places",
    "taken",
    "household",
    "cannot_take",
    "languages",
    "faiths",
    "people",
    "accreditation",
    "inspection",
];

/// Cells of one line; a cell in double quotes may hold commas.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for character in line.trim_end_matches('\r').chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            other => cell.push(other),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

fn home(row: &BTreeMap<&str, String>) -> Result<Home, String> {
    let cell = |name: &str| row.get(name).map_or("", String::as_str);
    let number = |name: &str| {
        cell(name).parse::<i32>().map_err(|_| format!("`{}` in column {name} is no whole number", cell(name)))
    };
    let id = HomeId::parse(cell("id"))
        .ok_or_else(|| format!("`{}` is no reference: up to 12 letters, digits and hyphens", cell("id")))?;
    let kind = Kind::parse(cell("kind")).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        format!("`{}` in column kind is none of {}", cell("kind"), known.join(", "))
    })?;
    let (east, north) = (number("east")?, number("north")?);
    let at = GridPoint::try_new(east, north)
        .ok_or_else(|| format!("east {east} north {north} is not on the National Grid"))?;
    let count = |name: &str| u8::try_from(number(name)?).map_err(|_| format!("{name} is from 0 to 255"));
    let mut home = Home::new(id, kind, at, count("places")?);
    home.registration = match cell("registration") {
        "" | "registered" => Registration::Registered,
        "suspended" => Registration::Suspended,
        "unregistered" => Registration::Unregistered,
        "unknown" => Registration::Unknown,
        until => Registration::ApprovedUntil(Night::parse_iso(until).ok_or_else(|| {
            format!(
                "`{until}` in column registration is neither registered, suspended, unregistered, unknown nor a date"
            )
        })?),
    };
    home.ages = match cell("ages") {
        "" => None,
        ages => {
            let parts = ages.split_once('-').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
            Some(parts.filter(|(a, b)| a <= b).ok_or_else(|| format!("`{ages}` in column ages is not like 5-11"))?)
        }
    };
    if !cell("taken").is_empty() && count("taken")? > 0 {
        let ever = Nights::try_new(night("1900-01-01"), night("2199-12-31")).expect("three centuries");
        home.closed = vec![Closure { nights: ever, places: count("taken")? }];
    }
    if !cell("sexes").is_empty() {
        home.sexes = words(cell("sexes"))?;
    }
    home.needs = words(cell("needs"))?;
    home.needs_unknown = words(cell("needs_unknown"))?;
    home.access = words(cell("access"))?;
    home.household = words(cell("household"))?;
    home.cannot_take = words(cell("cannot_take"))?;
    home.languages = words(cell("languages"))?;
    home.faiths = words(cell("faiths"))?;
    home.people = words(cell("people"))?;
    home.accreditation = word(cell("accreditation"))?.unwrap_or_default();
    home.inspection = word(cell("inspection"))?.unwrap_or_default();
    Ok(home)
}

fn night(text: &str) -> Night {
    Night::parse_iso(text).expect("written in this file")
}

/// Words separated by spaces, by the type's own reading of a list.
fn words<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let list: Vec<&str> = text.split_whitespace().collect();
    serde_json::from_value(serde_json::json!(list)).map_err(|error| error.to_string())
}

fn word<T: DeserializeOwned>(text: &str) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_value(serde_json::json!(text)).map(Some).map_err(|error| error.to_string())
}

/// Every sentence that matching can say of a home: for whoever checks that none speaks of money.
pub fn every_sentence() -> Vec<String> {
    let mut all: Vec<String> = Constraint::ALL.iter().map(|constraint| constraint.word().to_owned()).collect();
    all.extend(::matching::every_reason().iter().map(ToString::to_string));
    all.extend(::matching::every_ask().iter().map(ToString::to_string));
    all.extend(::matching::every_word().into_iter().map(str::to_owned));
    all
}
