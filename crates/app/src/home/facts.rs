//! What is known of a child or a home, field by field: read from a file, kept in versions, put together again.

use kernel::{ChildRef, GridPoint, Masked, Night, Nights, Seq, district, outcode};
use matching::{Home, HomeId, Kind, Person, Search, Sex};
use serde_json::{Map, Value, json};
use store::{Db, HomeFact, StoredChild};

use crate::problem::Problem;

/// Fields of a child that the search reads.
pub(crate) const OF_SEARCH: [&str; 15] = [
    "needs",
    "access",
    "room",
    "traits",
    "cannot_live_with",
    "authority",
    "avoid_people",
    "avoid_places",
    "wishes",
    "home",
    "school",
    "near",
    "siblings",
    "languages",
    "faith",
];
/// Words: the child's own, what of them homes may read, and what the social worker writes for homes.
pub(crate) const WORDS: [&str; 3] = ["own_words", "tell", "summary"];

/// Fields of a home that it says of itself, over what the register has.
pub(crate) const OF_HOME: [&str; 16] = [
    "ages",
    "sexes",
    "needs",
    "needs_unknown",
    "rooms",
    "household",
    "household_unknown",
    "cannot_take",
    "cannot_take_unknown",
    "access",
    "access_unknown",
    "languages",
    "faiths",
    "people",
    "deprives_of_liberty",
    "closed",
];

/// A person's reference in a search: a child's is the twelve signs of its own.
pub(crate) fn person(child: ChildRef) -> Person {
    let signs: String = child.to_string().chars().skip(2).filter(|sign| *sign != '-').collect();
    Person::parse(&signs).expect("twelve letters and figures")
}

fn person_text(text: &str) -> String {
    ChildRef::parse(text).map_or_else(|| text.to_owned(), |child| person(child).to_string())
}

/// Where something is: a point, or a postcode or its district, of which the middle is kept.
fn point(value: &Value, field: &str) -> Result<Value, Problem> {
    let Value::String(text) = value else { return Ok(value.clone()) };
    let known = outcode(text).and_then(|outcode| district(&outcode));
    let point: GridPoint = known.map(|district| district.centre).ok_or_else(|| {
        let sentence = format!("`{field}`: no postcode district is called so; write it as BL3, or as east and north");
        Problem::refused("home.facts", sentence)
    })?;
    Ok(json!({"east": point.east(), "north": point.north()}))
}

fn each(value: &Value, change: impl Fn(&Value) -> Result<Value, Problem>) -> Result<Value, Problem> {
    match value {
        Value::Array(list) => Ok(Value::Array(list.iter().map(change).collect::<Result<_, _>>()?)),
        other => Ok(other.clone()),
    }
}

/// Dates of a range that lie the wrong way round are somebody's slip, and told as such.
fn in_order(value: &Value, field: &str) -> Result<Value, Problem> {
    let date = |name: &str| value.get("nights")?.get(name)?.as_str().and_then(Night::parse_iso);
    match (date("start"), date("end")) {
        (Some(start), Some(end)) if end <= start => {
            let sentence = format!("`{field}`: {end} is not after {start}; `end` is the first night no longer meant");
            Err(Problem::refused("home.facts", sentence))
        }
        _ => Ok(value.clone()),
    }
}

/// Brings what may be written shortly into the one form that is kept.
fn plain(field: &str, value: &Value) -> Result<Value, Problem> {
    let people = |value: &Value| match value {
        Value::String(text) => Ok(Value::String(person_text(text))),
        other => Ok(other.clone()),
    };
    match field {
        "home" | "school" => point(value, field),
        "near" => each(value, |place| point(place, field)),
        "authority" | "closed" => each(value, |range| in_order(range, field)),
        "avoid_people" | "people" => each(value, people),
        "avoid_places" => each(value, |zone| {
            let mut zone = zone.clone();
            if let Some(at) = zone.get("at").cloned() {
                zone["at"] = point(&at, field)?;
            }
            Ok(zone)
        }),
        "siblings" => each(value, |sibling| match sibling {
            Value::String(text) => Ok(json!({"person": person_text(text)})),
            other => Ok(other.clone()),
        }),
        "wishes" => each(value, |wish| match wish.get("with").and_then(Value::as_str) {
            Some(text) => Ok(json!({"with": person_text(text)})),
            None => Ok(wish.clone()),
        }),
        _ => Ok(value.clone()),
    }
}

/// The fields of a file, TOML or JSON, each in its plain form; words apart.
pub(crate) fn read(
    text: &str,
    known: &[&str],
    words: &[&str],
) -> Result<Vec<(String, String, Option<Masked>)>, Problem> {
    // What cannot be read is told by its place alone: the file may hold a child's words.
    let table: Map<String, Value> = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| {
            Problem::refused(
                "home.facts",
                format!("the file is no JSON at line {} column {}", error.line(), error.column()),
            )
        })?
    } else {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            Problem::refused("home.facts", format!("the file is no TOML at line {line}"))
        })?
    };
    let mut fields = Vec::with_capacity(table.len());
    for (field, value) in &table {
        if words.contains(&field.as_str()) {
            let said = value
                .as_str()
                .ok_or_else(|| Problem::refused("home.facts", format!("`{field}` is a text in quotes")))?;
            fields.push((field.clone(), "true".to_owned(), Some(Masked::new(said))));
        } else if known.contains(&field.as_str()) {
            fields.push((field.clone(), plain(field, value)?.to_string(), None));
        } else {
            let all: Vec<&str> = known.iter().chain(words).copied().collect();
            let sentence = format!("there is no field `{field}`; there are {}", all.join(", "));
            return Err(Problem::refused("home.facts", sentence));
        }
    }
    Ok(fields)
}

/// Of fields read, those that say something new, as versions to record.
pub(crate) fn fresh(
    db: &mut Db,
    subject: &str,
    seq: Seq,
    fields: &[(String, String, Option<Masked>)],
) -> Result<Vec<HomeFact>, Problem> {
    let before = db.home_facts(subject, Seq::NOW)?;
    let new = fields.iter().filter(|(field, body, words)| {
        !before.iter().any(|fact| fact.field == *field && fact.body == *body && fact.words == *words)
    });
    let fact = |(field, body, words): &(String, String, Option<Masked>)| {
        let (subject, field, body, words) = (subject.to_owned(), field.clone(), body.clone(), words.clone());
        HomeFact { subject, field, seq, body, words }
    };
    Ok(new.map(fact).collect())
}

/// The words of one field.
pub(crate) fn words<'f>(facts: &'f [HomeFact], field: &str) -> Option<&'f Masked> {
    facts.iter().find(|fact| fact.field == field).and_then(|fact| fact.words.as_ref())
}

fn values(facts: &[HomeFact], known: &[&str]) -> Map<String, Value> {
    let of = facts.iter().filter(|fact| known.contains(&fact.field.as_str()));
    let said = of.filter_map(|fact| Some((fact.field.clone(), serde_json::from_str::<Value>(&fact.body).ok()?)));
    said.filter(|(_, value)| !value.is_null()).collect()
}

/// Girl or boy, as registrations of homes have it.
pub(crate) fn sex(child: &StoredChild) -> Option<Sex> {
    match child.sex.as_ref().map(|code| code.as_str()) {
        Some("F" | "2") => Some(Sex::Girl),
        Some("M" | "1") => Some(Sex::Boy),
        _ => None,
    }
}

/// A child's search for these nights, from what is known.
pub(crate) fn search(child: &StoredChild, facts: &[HomeFact], stay: Nights) -> Result<Search, Problem> {
    let sex = sex(child).ok_or_else(|| {
        let sentence =
            "registrations of homes are by sex, and none is recorded: give --sex girl or boy to `carebank home child`";
        Problem::asked("home.sex", sentence)
    })?;
    let mut table = values(facts, &OF_SEARCH);
    table.insert("child".to_owned(), json!(person(child.child).to_string()));
    table.insert("born".to_owned(), json!(child.born));
    table.insert("sex".to_owned(), json!(sex.word()));
    table.insert("stay".to_owned(), json!(stay));
    serde_json::from_value(Value::Object(table)).map_err(|error| {
        Problem::refused("home.facts", format!("what is known of the child cannot be searched by: {error}"))
    })
}

/// Lays what a home says of itself over what the register has.
pub(crate) fn described(home: Home, facts: &[HomeFact]) -> Result<Home, Problem> {
    let mut said = values(facts, &OF_HOME);
    if said.is_empty() {
        return Ok(home);
    }
    // What it says it can, or has, is no longer unknown; what it lists of one word says nothing of another.
    for (field, unknown) in [
        ("needs", "needs_unknown"),
        ("access", "access_unknown"),
        ("household", "household_unknown"),
        ("cannot_take", "cannot_take_unknown"),
    ] {
        if said.contains_key(field) && !said.contains_key(unknown) {
            said.insert(unknown.to_owned(), json!([]));
        }
    }
    let id = home.id;
    let mut table = match serde_json::to_value(Home { id: HomeId::from_number(1), ..home }) {
        Ok(Value::Object(table)) => table,
        _ => return Err(Problem::refused("home.facts", "a home of the register cannot be written")),
    };
    table.extend(said);
    let home: Home = serde_json::from_value(Value::Object(table)).map_err(|error| {
        Problem::refused("home.facts", format!("what the home says of itself cannot be read: {error}"))
    })?;
    Ok(Home { id, ..home })
}

/// Whether facts of a home can be laid over one: tried before they are recorded.
pub(crate) fn check_home(facts: &[HomeFact]) -> Result<(), Problem> {
    let at = GridPoint::try_new(0, 0).expect("the origin of the grid");
    described(Home::new(HomeId::from_number(1), Kind::Foster, at, 1), facts).map(|_| ())
}

/// The year of the return that will report a night.
pub(crate) fn return_year(night: Night) -> i16 {
    let date = night.date();
    if (date.month(), date.day()) > (3, 31) { date.year() + 1 } else { date.year() }
}
