//! Policy is data: dated, sourced files. A file that is loaded again under its name replaces the former.

use std::collections::HashMap;
use std::fmt;

use door::{AGES_THAT_MATTER, PlacementNotice, Sector};
use kernel::{Code, Night, Region};
use money::{Pence, Share};
use serde::Deserialize;
use thiserror::Error;

/// The policy files that the product ships, by name.
pub const SHIPPED: &[(&str, &str)] = &[
    ("kinds", include_str!("../policy/kinds.toml")),
    ("payments", include_str!("../policy/payments.toml")),
    ("tariff", include_str!("../policy/tariff.toml")),
    ("allowances-2024-25", include_str!("../policy/allowances-2024-25.toml")),
    ("allowances-2025-26", include_str!("../policy/allowances-2025-26.toml")),
];

/// How sure a figure is. Whoever shows an assumption says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Written in law.
    Statute,
    /// Published by the responsible body.
    Official,
    /// Ours, for want of better.
    Assumption,
}

/// Where a figure comes from.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Source {
    /// How sure it is.
    pub status: Status,
    /// Publisher, title and year, or what is assumed.
    pub source: String,
}

impl Source {
    /// Whether the figure is an assumption.
    pub fn is_assumption(&self) -> bool {
        self.status == Status::Assumption
    }
}

/// What a placement code is to the payer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Foster care: the allowance schedule applies.
    Fostering,
    /// Homes and other residential care.
    Residential,
    /// Supported accommodation.
    Supported,
    /// A stay with another carer on a temporary code.
    Respite,
    /// Costs the payer nothing: a bed line of nil, which is not a missing price.
    Nil,
    /// No published cost fits.
    Other,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Class::Fostering => "fostering",
            Class::Residential => "residential",
            Class::Supported => "supported",
            Class::Respite => "respite",
            Class::Nil => "nil",
            Class::Other => "other",
        })
    }
}

/// Which legal statuses the fund pays for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entitlement {
    /// C1 and C2: the proposal's words read narrowly.
    CareOrderOnly,
    /// C1, C2, E1, D1, and the first nights in an emergency on the council's word.
    SeedPurposive,
    /// Every looked-after status except series of short breaks.
    AllLookedAfter,
}

impl Entitlement {
    /// Its name in files and options.
    pub fn name(self) -> &'static str {
        match self {
            Entitlement::CareOrderOnly => "care-order-only",
            Entitlement::SeedPurposive => "seed-purposive",
            Entitlement::AllLookedAfter => "all-looked-after",
        }
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Entitlement> {
        [Entitlement::CareOrderOnly, Entitlement::SeedPurposive, Entitlement::AllLookedAfter]
            .into_iter()
            .find(|entitlement| entitlement.name() == name)
    }
}

/// How nights are paid, from a date on.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The first night they hold for.
    pub from: Night,
    /// The share of care paid to keep a place during an absence.
    pub retainer_share: Share,
    /// For how many nights of one absence.
    pub retainer_limit_nights: u16,
    /// How many emergency nights the fund pays on the council's word.
    pub provisional_nights: u16,
    /// How many nights paid because the council told late a payee keeps.
    pub good_faith_nights: u16,
    /// The share of return paid on account before any half-year was closed.
    #[serde(default = "first_share")]
    pub first_share: Share,
    status: Status,
    source: String,
}

/// Of terms recorded before shares were: what the product shipped with them.
fn first_share() -> Share {
    Share::try_new(9_000).expect("nine tenths are a share")
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntitlementFrom {
    from: Night,
    policy: Entitlement,
    status: Status,
    source: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scheme {
    name: String,
    start: Night,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    codes: Vec<Code>,
    class: Class,
    status: Status,
    source: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlawful {
    codes: Vec<Code>,
    under_age: u8,
    from: Night,
    status: Status,
    source: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReturnShare {
    sectors: Vec<Sector>,
    classes: Vec<Class>,
    share: Share,
    status: Status,
    source: String,
}

/// One row of the national tariff.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    classes: Vec<Class>,
    sectors: Option<Vec<Sector>>,
    /// The first night.
    pub from: Night,
    /// The last night, if it gives way to another source of prices.
    pub until: Option<Night>,
    #[serde(deserialize_with = "pounds")]
    weekly: Pence,
    status: Status,
    /// Where the figure comes from.
    pub source: String,
}

impl Tariff {
    /// The whole weekly price, care and return together.
    pub fn weekly(&self) -> Pence {
        self.weekly
    }

    /// Whether the figure is an assumption.
    pub fn is_assumption(&self) -> bool {
        self.status == Status::Assumption
    }
}

/// One year's table of the allowance schedule.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowanceTable {
    /// 6 April.
    pub from: Night,
    /// 5 April.
    pub until: Night,
    status: Status,
    /// Where the figures come from.
    pub source: String,
    band: Vec<Band>,
}

impl AllowanceTable {
    /// Whether the table has run out by this night, so that its rates are paid as provisional.
    pub fn is_provisional(&self, night: Night) -> bool {
        night > self.until
    }

    /// Whether the figures are an assumption.
    pub fn is_assumption(&self) -> bool {
        self.status == Status::Assumption
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Band {
    from_age: u8,
    #[serde(deserialize_with = "pounds")]
    london: Pence,
    #[serde(deserialize_with = "pounds")]
    south_east: Pence,
    #[serde(deserialize_with = "pounds")]
    rest_of_england: Pence,
}

fn pounds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Pence, D::Error> {
    let text = String::deserialize(deserializer)?;
    Pence::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("not an amount like \"4100.00\": {text}")))
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    #[serde(default)]
    scheme: Option<Scheme>,
    #[serde(default)]
    terms: Vec<Terms>,
    #[serde(default)]
    entitlement: Vec<EntitlementFrom>,
    #[serde(default)]
    kind: Vec<Kind>,
    #[serde(default)]
    unlawful: Vec<Unlawful>,
    #[serde(default)]
    return_share: Vec<ReturnShare>,
    #[serde(default)]
    tariff: Vec<Tariff>,
    #[serde(default)]
    allowance: Vec<AllowanceTable>,
}

/// Why a policy file cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum PolicyError {
    /// It is not TOML of our shape.
    #[error("policy file {name}: {why}")]
    Unreadable {
        /// The file's name.
        name: String,
        /// What the reader says: line, column, reason.
        why: String,
    },
    /// Its figures contradict each other.
    #[error("policy file {name}: {why}")]
    Wrong {
        /// The file's name.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// Something that every run needs is in no file.
    #[error("no policy file holds {what}; load one with `carebank policy load FILE`")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
}

/// All policy as known at one moment.
#[derive(Clone, Debug)]
pub struct Policy {
    scheme: Scheme,
    terms: Vec<Terms>,
    entitlement: Vec<EntitlementFrom>,
    kinds: HashMap<Code, (Class, bool)>,
    unlawful: Vec<Unlawful>,
    return_shares: Vec<ReturnShare>,
    tariffs: Vec<Tariff>,
    allowances: Vec<AllowanceTable>,
    cuts: Vec<Night>,
}

impl Policy {
    /// Reads the files in force, each under its name. Files that do not hold together are refused.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Policy, PolicyError> {
        let mut policy = Policy {
            scheme: Scheme { name: "care-bank".to_owned(), start: Night::parse_iso("2017-04-01").expect("a date") },
            terms: Vec::new(),
            entitlement: Vec::new(),
            kinds: HashMap::new(),
            unlawful: Vec::new(),
            return_shares: Vec::new(),
            tariffs: Vec::new(),
            allowances: Vec::new(),
            cuts: Vec::new(),
        };
        for (name, body) in files {
            let file = read(name, body)?;
            policy.scheme = file.scheme.unwrap_or(policy.scheme);
            policy.terms.extend(file.terms);
            policy.entitlement.extend(file.entitlement);
            for kind in file.kind {
                let assumed = kind.status == Status::Assumption;
                policy.kinds.extend(kind.codes.into_iter().map(|code| (code, (kind.class, assumed))));
            }
            policy.unlawful.extend(file.unlawful);
            policy.return_shares.extend(file.return_share);
            policy.tariffs.extend(file.tariff);
            policy.allowances.extend(file.allowance);
        }
        policy.finished()
    }

    fn finished(mut self) -> Result<Policy, PolicyError> {
        if self.terms.is_empty() {
            return Err(PolicyError::Missing { what: "payment terms" });
        }
        if self.kinds.is_empty() {
            return Err(PolicyError::Missing { what: "kinds of placement" });
        }
        self.terms.sort_by_key(|terms| terms.from);
        self.entitlement.sort_by_key(|entitlement| entitlement.from);
        self.tariffs.sort_by_key(|tariff| tariff.from);
        self.allowances.sort_by_key(|table| table.from);
        let twice = self.allowances.windows(2).find(|pair| pair[0].until >= pair[1].from);
        if let Some(pair) = twice {
            return Err(PolicyError::Wrong {
                name: "allowances".to_owned(),
                why: format!("two tables hold rates for {}; load the new table under the old name", pair[1].from),
            });
        }
        let dates = (self.terms.iter().map(|terms| terms.from))
            .chain(self.entitlement.iter().map(|entitlement| entitlement.from))
            .chain(self.unlawful.iter().map(|unlawful| unlawful.from))
            .chain(self.tariffs.iter().flat_map(|row| [Some(row.from), row.until.map(Night::next)]).flatten())
            .chain(self.allowances.iter().flat_map(|table| [table.from, table.until.next()]));
        self.cuts = dates.collect();
        self.cuts.sort();
        self.cuts.dedup();
        Ok(self)
    }

    /// Checks one file by itself and gives the name it goes by.
    pub fn check(body: &str) -> Result<String, PolicyError> {
        read_any(body, "given").map(|file| file.name)
    }

    /// The name of the scheme whose fund pays.
    pub fn scheme(&self) -> &str {
        &self.scheme.name
    }

    /// The first night of the scheme: sums begin here or at arrival, whichever is later.
    pub fn scheme_start(&self) -> Night {
        self.scheme.start
    }

    /// The payment terms on a night; the first ones for nights before any.
    pub fn terms(&self, night: Night) -> &Terms {
        let after = self.terms.partition_point(|terms| terms.from <= night);
        &self.terms[after.saturating_sub(1)]
    }

    /// The entitlement policy on a night. The default is `seed-purposive`.
    pub fn entitlement(&self, night: Night) -> Entitlement {
        let after = self.entitlement.partition_point(|entitlement| entitlement.from <= night);
        after.checked_sub(1).map_or(Entitlement::SeedPurposive, |at| self.entitlement[at].policy)
    }

    /// What a placement code is to the payer, and whether that is an assumption.
    pub fn class(&self, kind: Code) -> (Class, bool) {
        self.kinds.get(&kind).copied().unwrap_or((Class::Other, true))
    }

    /// Why a placement is not lawful for this child on this night.
    pub fn unlawful(&self, notice: &PlacementNotice, night: Night) -> Option<&str> {
        self.unlawful
            .iter()
            .find(|rule| {
                let young = notice.birthday(rule.under_age).is_some_and(|birthday| night < birthday);
                rule.from <= night && rule.codes.contains(&notice.kind) && young
            })
            .map(|rule| rule.source.as_str())
    }

    /// The part of a whole price that counts as return where no open book shows it, and where that comes from.
    pub fn return_share(&self, class: Class, sector: Sector) -> (Share, Option<&str>) {
        self.return_shares
            .iter()
            .find(|row| row.classes.contains(&class) && row.sectors.contains(&sector))
            .map_or((Share::WHOLE.rest(), None), |row| (row.share, Some(row.source.as_str())))
    }

    /// The tariff row for a night: the latest that had begun and has not given way.
    pub fn tariff(&self, night: Night, class: Class, sector: Sector) -> Option<&Tariff> {
        self.tariffs.iter().rev().find(|row| {
            row.from <= night
                && row.until.is_none_or(|until| night <= until)
                && row.classes.contains(&class)
                && row.sectors.as_ref().is_none_or(|sectors| sectors.contains(&sector))
        })
    }

    /// The weekly allowance for a child of `age` with a carer in `region`, from the table of the tax year in
    /// which the night begins, or from the last table known.
    pub fn allowance(&self, night: Night, age: u8, region: Region) -> Option<(Pence, &AllowanceTable)> {
        let after = self.allowances.partition_point(|table| table.from <= night);
        let table = &self.allowances[after.checked_sub(1)?];
        let band = table.band.iter().rev().find(|band| band.from_age <= age)?;
        let weekly = match region {
            Region::London => band.london,
            Region::SouthEast => band.south_east,
            _ => band.rest_of_england,
        };
        Some((weekly, table))
    }

    /// The nights on which any policy changes, in order.
    pub fn cuts(&self) -> &[Night] {
        &self.cuts
    }
}

fn read(name: &str, body: &str) -> Result<File, PolicyError> {
    let file = read_any(body, name)?;
    if file.name != name {
        let why = format!("it calls itself {}", file.name);
        return Err(PolicyError::Wrong { name: name.to_owned(), why });
    }
    Ok(file)
}

fn read_any(body: &str, name: &str) -> Result<File, PolicyError> {
    let file: File = toml::from_str(body).map_err(|error| PolicyError::Unreadable {
        name: name.to_owned(),
        why: error.to_string().trim_end().to_owned(),
    })?;
    let wrong = |why: &str| Err(PolicyError::Wrong { name: file.name.clone(), why: why.to_owned() });
    let named = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if file.name.is_empty() || !named(&file.name) {
        return wrong("its name may hold small letters, figures and hyphens only");
    }
    let sources = (file.terms.iter().map(|row| &row.source))
        .chain(file.entitlement.iter().map(|row| &row.source))
        .chain(file.kind.iter().map(|row| &row.source))
        .chain(file.unlawful.iter().map(|row| &row.source))
        .chain(file.return_share.iter().map(|row| &row.source))
        .chain(file.tariff.iter().map(|row| &row.source))
        .chain(file.allowance.iter().map(|row| &row.source));
    if sources.into_iter().any(|source| source.trim().is_empty()) || file.title.trim().is_empty() {
        return wrong("a figure has no source; say publisher, title and year, or what is assumed");
    }
    let ages = (file.unlawful.iter().map(|rule| rule.under_age)).chain(
        file.allowance.iter().flat_map(|table| table.band.iter().map(|band| band.from_age).filter(|&age| age > 0)),
    );
    if let Some(age) = ages.into_iter().find(|age| !AGES_THAT_MATTER.contains(age)) {
        return wrong(&format!("money cannot depend on age {age}: notices carry the dates of 3, 5, 11, 16 and 18"));
    }
    for table in &file.allowance {
        let rising = table.band.windows(2).all(|pair| pair[0].from_age < pair[1].from_age);
        if table.until < table.from || !rising || table.band.first().is_none_or(|band| band.from_age != 0) {
            return wrong("an allowance table needs an end after its start and bands in order from age 0");
        }
    }
    Ok(file)
}
