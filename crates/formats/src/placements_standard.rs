//! The Placements Data Standard, version 2 (draft of 18 July 2025, SocialCareData/placements-standard, MIT): its fields
//! in and out as JSON.
//!
//! The standard names fields, their types, how many there may be and what they may say. It does not say how a file
//! holds several placements. Ours is `{"metadata": {…}, "records": [{ENTITY: {FIELD: value}}]}`; a bare list of records
//! is read too.
//!
//! A weekly cost is checked and then left out: what reads placements must not see prices.
//!
//! | code | what | |
//! |---|---|---|
//! | CB90 | the file is no JSON, or holds no records | refused |
//! | CB91 | it is of another version | refused |
//! | CB92 | an entity or field that the standard has not | finding |
//! | CB93 | a value of another type | finding |
//! | CB94 | a value that is none of the options | finding |
//! | CB95 | a field that must be there is not | finding |

use std::collections::BTreeMap;
use std::io::Read;

use kernel::Night;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The version read and written.
pub const VERSION: &str = "v2";
/// A field that never leaves this module.
const COST: (&str, &str) = ("ActualPlacement", "totalWeeklyCost");
/// No file of placements is larger.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A whole number.
    Integer,
    /// Free text.
    Text,
    /// True or false.
    Boolean,
    /// A date, `2025-07-18`.
    Date,
    /// One of these.
    One(&'static [&'static str]),
    /// At least one of these, as a list.
    Some(&'static [&'static str]),
}

/// One field of the standard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// The entity it belongs to.
    pub entity: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub needed: bool,
}

const fn field(entity: &'static str, name: &'static str, kind: Kind, needed: bool) -> Field {
    Field { entity, name, kind, needed }
}

use Kind::{Boolean, Date, Integer, One, Some as Many, Text};

const RISK: Kind = One(&["No known risk", "Risk Present"]);
const SUITABLE: Kind = One(&["Preferred", "Suitable but not preferred", "Unsuitable", "Not specified"]);

/// Every field, in the standard's order.
pub const FIELDS: &[Field] = &[
    field("PlacementAvailability", "childId", Integer, true),
    field("PlacementAvailability", "neededBy", One(&["Today", "in less than 5 days", "in more than 5 days"]), false),
    field("PlacementAvailability", "siblingCount", Integer, false),
    field("PlacementAvailability", "preferredLocation", Text, false),
    field("PlacementRequirements", "communicationNeeds", One(&["Y", "N", "Not Specified"]), true),
    field(
        "PlacementRequirements",
        "specificCommunicationRequirements",
        Many(&["ESOL", "BSL", "Makaton", "Other", "None"]),
        true,
    ),
    field("PlacementRequirements", "homeAdaptation", Boolean, true),
    field("PlacementRequirements", "culturalNeeds", One(&["Required", "Not required", "Not Known", "Other"]), true),
    field(
        "PlacementRequirements",
        "livingCompanions",
        One(&[
            "Solo placement recommended",
            "With other children recommended",
            "Only with other older children",
            "Only with other younger children",
            "No preference",
        ]),
        true,
    ),
    field("PlacementRequirements", "pets", One(&["Yes - must", "Yes - can", "No", "Not Known"]), true),
    field(
        "PlacementRequirements",
        "additionalSupport",
        One(&[
            "additional supervision",
            "therapeutic support",
            "a worker for respite",
            "taxis to school",
            "NA",
            "other (please specify)",
        ]),
        false,
    ),
    field("PlacementRequirements", "deprivationOfLiberty", Boolean, false),
    field("PlacementRecommendation", "fosterCareSuitability", SUITABLE, true),
    field("PlacementRecommendation", "residentialCareSuitability", SUITABLE, true),
    field("PlacementRecommendation", "supportedAccommodationSuitability", SUITABLE, true),
    field("Risks", "riskSelfHarm", RISK, true),
    field("Risks", "riskSexualExploitation", RISK, true),
    field("Risks", "riskCriminalExploitation", RISK, true),
    field("Risks", "riskDrugAlcohol", RISK, true),
    field("Risks", "riskEatingDisorder", RISK, true),
    field("Risks", "riskMissing", RISK, true),
    field("Risks", "riskOther", Text, false),
    field("Risks", "riskToOthersPhysical", RISK, true),
    field("Risks", "riskToOthersSexual", RISK, true),
    field("Risks", "riskToOthersFire", RISK, true),
    field("Risks", "riskToOthersAnimals", RISK, true),
    field("Risks", "riskToOthersCriminal", RISK, true),
    field("Risks", "riskToOthersOther", Text, false),
    field("ActualPlacement", "totalWeeklyCost", Integer, true),
    field("ActualPlacement", "placementLocation", Text, true),
    field("ActualPlacement", "preferabilityLocation", Boolean, true),
    field("ActualPlacement", "educationContinuity", Boolean, true),
    field("ActualPlacement", "providerURN", Text, true),
    field("ActualPlacement", "siblingsPlacedTogether", Integer, true),
    field("ActualPlacement", "placementType", One(&["Residential", "Foster", "Supported Accommodation"]), true),
    field("QualityAssurance", "referralOfficerName", Text, false),
    field("QualityAssurance", "referralDate", Date, true),
    field("QualityAssurance", "placementOfficerName", Text, true),
    field("QualityAssurance", "placementDate", Date, true),
    field("QualityAssurance", "costOfficerName", Text, false),
    field("QualityAssurance", "costDate", Date, true),
];

/// Whether what must be there may be missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// A whole placement, as whoever placed a child has it.
    Whole,
    /// What one party knows of it.
    Part,
}

/// One placement: fields by entity and name. Never a cost.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Placement(BTreeMap<String, Map<String, Value>>);

impl Placement {
    /// Says a field.
    pub fn say(&mut self, entity: &str, name: &str, value: Value) {
        if (entity, name) != COST {
            self.0.entry(entity.to_owned()).or_default().insert(name.to_owned(), value);
        }
    }

    /// What a field says.
    pub fn value(&self, entity: &str, name: &str) -> Option<&Value> {
        self.0.get(entity)?.get(name)
    }

    /// The text of a field.
    pub fn text(&self, entity: &str, name: &str) -> Option<&str> {
        self.value(entity, name)?.as_str()
    }
}

/// Something that does not follow the standard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// Which record, from 1.
    pub record: usize,
    /// The entity and field.
    pub field: String,
    /// CB92 to CB95.
    pub code: &'static str,
    /// What, and how to mend it. It never shows what a record says of a child.
    pub sentence: String,
}

/// What was read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PlacementsFile {
    /// Placements, in order.
    pub placements: Vec<Placement>,
    /// What does not follow the standard.
    pub findings: Vec<Finding>,
    /// Weekly costs left out.
    pub costs: usize,
}

/// Why a file is refused as a whole.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// It is no JSON of this kind.
    #[error("{file} is no file of placements: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong, with line and column where there are any, and how to mend it.
        reason: String,
    },
    /// It is of another version.
    #[error("{file} says that it is version {version} of the Placements Data Standard; this program reads {VERSION}.")]
    Version {
        /// The file.
        file: String,
        /// What it says.
        version: String,
    },
}

impl Refusal {
    /// A code that stays the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Unreadable { .. } => "CB90",
            Refusal::Version { .. } => "CB91",
        }
    }
}

/// Reads a file and checks every record.
pub fn read(file: &str, data: impl Read, whole: Completeness) -> Result<PlacementsFile, Refusal> {
    let unreadable = |reason: String| Refusal::Unreadable { file: file.to_owned(), reason };
    let document: Value = serde_json::from_reader(data.take(LARGEST)).map_err(|error| {
        // The words of the error show no text of the file, only where it is.
        unreadable(format!("line {}, column {}: it is no JSON there", error.line(), error.column()))
    })?;
    let version = document.get("metadata").and_then(|metadata| metadata.get("version"));
    if let Some(version) = version.filter(|version| version.as_str() != Some(VERSION)) {
        let version: String = version.to_string().chars().take(20).collect();
        return Err(Refusal::Version { file: file.to_owned(), version });
    }
    let records = document.get("records").unwrap_or(&document).as_array();
    let records =
        records.ok_or_else(|| unreadable("it holds no list \"records\"; write {\"records\": […]}".to_owned()))?;
    let mut read = PlacementsFile::default();
    for (record, value) in (1..).zip(records) {
        let placement = check(record, value, whole, &mut read);
        read.placements.push(placement);
    }
    Ok(read)
}

fn check(record: usize, value: &Value, whole: Completeness, read: &mut PlacementsFile) -> Placement {
    let mut placement = Placement::default();
    let mut find =
        |field: String, code, sentence: String| read.findings.push(Finding { record, field, code, sentence });
    let Some(entities) = value.as_object() else {
        find(
            String::new(),
            "CB93",
            "The record is no object of entities; write {\"ActualPlacement\": {…}}.".to_owned(),
        );
        return placement;
    };
    for (entity, fields) in entities {
        let Some(fields) = fields.as_object() else {
            find(shown(entity), "CB93", "The entity is no object of fields.".to_owned());
            continue;
        };
        for (name, value) in fields {
            let path = format!("{}.{}", shown(entity), shown(name));
            let Some(field) = FIELDS.iter().find(|field| field.entity == entity && field.name == name) else {
                find(path, "CB92", "The standard has no such entity or field; check how it is spelled.".to_owned());
                continue;
            };
            if let Some((code, sentence)) = wrong(field.kind, value) {
                find(path, code, sentence);
            }
            read.costs += usize::from((field.entity, field.name) == COST);
            placement.say(field.entity, field.name, value.clone());
        }
    }
    let there = |field: &Field| entities.get(field.entity).and_then(|fields| fields.get(field.name)).is_some();
    for field in FIELDS.iter().filter(|field| whole == Completeness::Whole && field.needed && !there(field)) {
        find(format!("{}.{}", field.entity, field.name), "CB95", "The standard needs this field; give it.".to_owned());
    }
    placement
}

/// A name that is none of ours may be anything: its letters alone, cut short.
fn shown(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}

fn wrong(kind: Kind, value: &Value) -> Option<(&'static str, String)> {
    let option = |options: &[&str], value: &Value| value.as_str().is_some_and(|text| options.contains(&text));
    let (fits, what) = match kind {
        Integer => (value.is_i64() || value.is_u64(), "a whole number".to_owned()),
        Text => (value.is_string(), "text".to_owned()),
        Boolean => (value.is_boolean(), "true or false".to_owned()),
        Date => (value.as_str().is_some_and(|text| Night::parse_iso(text).is_some()), "a date, 2025-07-18".to_owned()),
        One(options) => (option(options, value), format!("one of: {}", options.join("; "))),
        Many(options) => {
            let all = value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|one| option(options, one)));
            (all, format!("a list of one or more of: {}", options.join("; ")))
        }
    };
    let code = if matches!(kind, One(_) | Many(_)) { "CB94" } else { "CB93" };
    (!fits).then(|| (code, format!("Write it as {what}.")))
}

/// Writes placements. `note` says what they are.
pub fn write(placements: &[Placement], note: &str) -> String {
    let document = json!({
        "metadata": {"title": "Placements Data Standard", "version": VERSION, "note": note},
        "records": placements,
    });
    format!("{document:#}\n")
}
