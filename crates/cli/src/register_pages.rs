//! Pages of the register for a person, in plain text, and its lists as CSV.

use std::collections::BTreeMap;
use std::fmt::Write;

use app::{
    Compiled, Conditions, ListReport, Moment, OwnersPage, PlaceDone, SettingHistory, SettingPage, SettingRef,
    SettingsPage, StandardReport, Tally, VacanciesPage, VacancyLine, Whereabouts,
};

/// How many rows of a list a page shows before it says how many more there are.
const ROWS: usize = 40;
/// How many of those who joined, left or changed a page shows.
const SOME: usize = 3;
/// How wide a name is shown.
const WIDE: usize = 44;

macro_rules! line {
    ($page:expr) => {
        $page.push('\n')
    };
    // Writing to a text never fails. No line ends in spaces, however its last column was padded.
    ($page:expr, $($text:tt)*) => {{
        write!($page, $($text)*).unwrap_or_default();
        $page.truncate($page.trim_end_matches(' ').len());
        $page.push('\n');
    }};
}

fn thousands(count: usize) -> String {
    let figures = count.to_string();
    let mut text = String::new();
    for (place, figure) in figures.chars().enumerate() {
        if place > 0 && (figures.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(figure);
    }
    text
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}

/// A cell of a list: so wide, and two spaces from the next whatever is in it.
fn cell(text: impl ToString, width: usize) -> String {
    let text = text.to_string();
    let room = width.saturating_sub(text.chars().count()).max(2);
    text + &" ".repeat(room)
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width - 1).collect();
    short.push('…');
    short
}

/// The settings of a list that joined, left and changed, and what is in it.
pub fn import(report: &ListReport, all: bool) -> String {
    let mut page = String::new();
    let what = if report.whole { "everybody" } else { "who joined and who left" };
    line!(page, "{}, as at {}: a list of {what}", report.file, report.at);
    line!(
        page,
        "Header on line {}; {} ({}); {} withheld by the publisher.",
        report.header,
        plural(report.rows, "provider", "providers"),
        report.encoding,
        plural(report.withheld, "value", "values")
    );
    line!(page);
    by_kind(&mut page, report);
    by_sector(&mut page, report);
    homes(&mut page, report);
    let shown = if all { usize::MAX } else { SOME };
    line!(page);
    moved(&mut page, "joined", &report.joined, shown);
    moved(&mut page, "came back", &report.returned, shown);
    moved(&mut page, "left", &report.left, shown);
    line!(page, "  {:<10}{:>7}", "changed", thousands(report.changed.len()));
    for change in report.changed.iter().take(shown) {
        for (field, before, now) in &change.fields {
            let [before, now] = [before, now].map(|text| text.as_deref().unwrap_or("(blank)"));
            line!(page, "    {}  {}: {} → {}", change.setting, field.name(), cut(before, WIDE), cut(now, WIDE));
        }
    }
    line!(page, "  {:<10}{:>7}", "the same", thousands(report.same));
    findings(&mut page, report, all);
    match report.tx {
        Some(tx) => line!(page, "\nRecorded as transaction {tx}."),
        None => line!(page, "\nNothing has changed; nothing was recorded."),
    };
    page
}

fn by_kind(page: &mut String, report: &ListReport) {
    let mut kinds: BTreeMap<(&str, &str), (bool, Tally)> = BTreeMap::new();
    for line in &report.kinds {
        let (known, tally) = kinds.entry((&line.kind, &line.status)).or_default();
        *known = line.known;
        tally.settings += line.tally.settings;
        tally.places += line.tally.places;
    }
    line!(page, "  {:<62}{:<11}{:>8}{:>9}", "type as spelled", "status", "settings", "places");
    for ((kind, status), (known, tally)) in kinds {
        let kind = if known { kind.to_owned() } else { format!("{kind} (not known)") };
        line!(
            page,
            "  {}{}{:>8}{:>9}",
            cell(cut(&kind, 60), 62),
            cell(status, 11),
            thousands(tally.settings),
            thousands(tally.places as usize)
        );
    }
}

fn by_sector(page: &mut String, report: &ListReport) {
    let mut sectors: BTreeMap<&str, Tally> = BTreeMap::new();
    for line in &report.kinds {
        let tally = sectors.entry(&line.sector).or_default();
        tally.settings += line.tally.settings;
        tally.places += line.tally.places;
    }
    line!(page);
    line!(page, "  {:<73}{:>8}{:>9}", "sector", "settings", "places");
    for (sector, tally) in sectors {
        line!(page, "  {:<73}{:>8}{:>9}", sector, thousands(tally.settings), thousands(tally.places as usize));
    }
}

fn homes(page: &mut String, report: &ListReport) {
    if report.homes.is_empty() {
        return;
    }
    line!(page);
    line!(
        page,
        "  {:<46}{:>7}{:>9}{:>9}{:>8}{:>13}",
        "children's homes of every type",
        "homes",
        "places",
        "private",
        "owners",
        "of one name"
    );
    for line in &report.homes {
        line!(
            page,
            "  {:<46}{:>7}{:>9}{:>9}{:>8}{:>13}",
            line.which,
            thousands(line.homes),
            thousands(line.places as usize),
            thousands(line.private),
            thousands(line.owners),
            thousands(line.owners_folded)
        );
    }
}

fn moved(page: &mut String, what: &str, settings: &[SettingRef], shown: usize) {
    let some: Vec<&str> = settings.iter().take(shown).map(SettingRef::as_str).collect();
    let more = if settings.len() > some.len() { ", …" } else { "" };
    let named = if some.is_empty() { String::new() } else { format!("  {}{more}", some.join(", ")) };
    line!(page, "  {:<10}{:>7}{named}", what, thousands(settings.len()));
}

fn findings(page: &mut String, report: &ListReport, all: bool) {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        let count = codes.entry(&finding.code).or_default();
        *count += 1;
        if all || *count <= SOME {
            line!(page, "  {} {} line {}: {}", finding.code, report.file, finding.line, finding.sentence);
        }
    }
    for (code, count) in codes.into_iter().filter(|(_, count)| !all && *count > SOME) {
        line!(page, "  {code}: {} more; --all shows them", thousands(count - SOME));
    }
}

/// What was recorded of a thing, or that all of it was known.
pub fn recorded(what: &str, recorded: bool) -> String {
    if recorded {
        format!("{what}: recorded.\n")
    } else {
        format!("{what}: all of that is known; nothing was recorded.\n")
    }
}

fn view(page: &mut String, known: &app::Known) {
    line!(page, "As of {}, as known at {}.", known.as_of, Moment::shown(&known.known_at));
}

/// Settings that answer to a filter.
pub fn settings(found: &SettingsPage) -> String {
    let mut page = String::new();
    view(&mut page, &found.known);
    match found.newest_list {
        Some(list) => line!(page, "The newest list of everybody is of {list}."),
        None => line!(page, "No list of everybody has been taken in by then."),
    };
    if found.in_register == 0 {
        line!(page, "The register is empty; begin with `carebank register import ofsted`.");
        return page;
    }
    let (count, places) = (found.tally.settings, found.tally.places as usize);
    let of = thousands(found.in_register);
    line!(page, "{} of {of} answer, with {}.", plural(count, "setting", "settings"), plural(places, "place", "places"));
    if count == 0 {
        return page;
    }
    line!(page);
    line!(page, "  {:<14}{:<30}{:<24}{:<11}{:>6}  owner", "setting", "type", "council", "status", "places");
    for line in found.settings.iter().take(ROWS) {
        let places = line.places.map_or_else(|| "–".to_owned(), |places| places.to_string());
        line!(
            page,
            "  {}{}{}{}{:>6}  {}",
            cell(&line.setting, 14),
            cell(cut(&line.kind, 28), 30),
            cell(cut(&line.council, 22), 24),
            cell(&line.status, 11),
            places,
            cut(line.owner.as_deref().unwrap_or("not told"), WIDE)
        );
    }
    more(&mut page, count, "--csv and --json have all");
    page
}

fn more(page: &mut String, count: usize, how: &str) {
    if count > ROWS {
        line!(page, "  … and {} more; {how}.", thousands(count - ROWS));
    }
}

/// Who owns how much.
pub fn owners(found: &OwnersPage) -> String {
    let mut page = String::new();
    view(&mut page, &found.known);
    if found.tally.settings == 0 {
        line!(page, "No setting answers; see `carebank register list`.");
        return page;
    }
    line!(
        page,
        "{} own {} with {}; names as spelled: {}.",
        plural(found.owners.len(), "organisation", "organisations"),
        plural(found.tally.settings - found.without.settings, "setting", "settings"),
        plural((found.tally.places - found.without.places) as usize, "place", "places"),
        thousands(found.spelled)
    );
    if found.without.settings > 0 {
        line!(page, "Of {} the owner is not told.", plural(found.without.settings, "setting", "settings"));
    }
    line!(page);
    line!(page, "  {:<60}{:>9}{:>8}{:>10}", "owner", "settings", "places", "councils");
    for line in found.owners.iter().take(ROWS) {
        line!(
            page,
            "  {:<60}{:>9}{:>8}{:>10}",
            cut(&line.owner, 58),
            thousands(line.tally.settings),
            thousands(line.tally.places as usize),
            line.councils
        );
        for other in &line.also {
            line!(page, "    also spelled {other}");
        }
    }
    more(&mut page, found.owners.len(), "--csv and --json have all");
    page
}

fn conditions(conditions: &Conditions) -> String {
    let mut said = Vec::new();
    if let Some((from, to)) = conditions.ages {
        said.push(format!("ages {from} to {to}"));
    }
    if let Some(sex) = conditions.sex {
        said.push(format!("{sex:?}").to_lowercase());
    }
    if let Some(most) = conditions.most {
        said.push(format!("at most {most}"));
    }
    if let Some(needs) = &conditions.needs {
        said.push(needs.join(", "));
    }
    if let Some(nights) = conditions.turnaround {
        said.push(format!("turnaround {}", plural(usize::from(nights), "night", "nights")));
    }
    if said.is_empty() { "not said".to_owned() } else { said.join("; ") }
}

/// One setting and its places.
pub fn setting(found: &SettingPage) -> String {
    let mut page = String::new();
    view(&mut page, &found.known);
    let standing = if found.listed { "in the register" } else { "left the register" };
    line!(page, "{}: {standing}; last said of {}.", found.setting, found.since);
    line!(page);
    for (field, text) in found.facts.said().filter(|(_, text)| !text.is_empty()) {
        line!(page, "  {}{text}", cell(field.name(), 20));
    }
    line!(page, "  {:<20}{}", "registered for", conditions(&found.conditions));
    if found.places.is_empty() {
        line!(page, "\nNo places are known of it.");
        return page;
    }
    line!(page);
    line!(page, "  {:<6}{:<16}{:<60}by", "place", "state", "because");
    for place in &found.places {
        let until = place.expires.as_ref().filter(|_| matches!(place.state.as_str(), "free" | "held"));
        let until = until.map(|moment| format!("until {}", Moment::shown(moment.as_str())));
        line!(
            page,
            "  {:<6}{}{}{}",
            place.place.number,
            cell(&place.state, 16),
            cell(cut(&place.reason.clone().or(until).unwrap_or_default(), 58), 60),
            place.by.as_deref().unwrap_or_default()
        );
    }
    page
}

/// One setting through the years.
pub fn history(found: &SettingHistory) -> String {
    let mut page = String::new();
    view(&mut page, &found.known);
    line!(page, "{}", found.setting);
    for version in &found.versions {
        line!(page);
        let when = Moment::shown(&version.recorded);
        line!(page, "  {}  {} (recorded {when})", version.from, version.what);
        for (field, before, now) in &version.fields {
            let now = now.as_deref().unwrap_or("(blank)");
            match before {
                Some(before) => line!(page, "    {}{before} → {now}", cell(field.name(), 20)),
                None => line!(page, "    {}{now}", cell(field.name(), 20)),
            }
        }
    }
    page
}

/// What was recorded of a place.
pub fn said(done: &PlaceDone) -> String {
    let mut page = String::new();
    let until = done.until.map(|until| format!(" to {}", until.eve())).unwrap_or_default();
    match done.says.as_str() {
        "withdrawn" => line!(page, "What was last said of {} is taken back by {}.", done.place, done.by),
        says => line!(page, "{} is {says} from {}{until}, said by {}.", done.place, done.from, done.by),
    };
    if let Some(why) = &done.against {
        line!(page, "But {why}. A child who is there is recorded all the same; if this is a slip, take it back with");
        line!(page, "`carebank register vacancy withdraw {} --by {}`.", done.place, done.by);
    }
    if let Some(expires) = &done.expires {
        line!(page, "It stands until {}.", Moment::shown(expires.as_str()));
    }
    if done.turnaround > 0 {
        line!(page, "{} to make it ready follow.", plural(usize::from(done.turnaround), "night", "nights"));
    }
    line!(page, "{}", if done.recorded { "Recorded." } else { "Recorded before under the same key." });
    page
}

/// Places that are free.
pub fn vacancies(found: &VacanciesPage) -> String {
    let mut page = String::new();
    view(&mut page, &found.known);
    if found.settings == 0 {
        line!(page, "No setting answers; see `carebank register list`.");
        return page;
    }
    line!(
        page,
        "{} free by a claim that holds; {} to ask about again; {} of {} have never said.",
        plural(found.free.len(), "place is", "places are"),
        plural(found.stale.len(), "place is", "places are"),
        thousands(found.silent),
        plural(found.settings, "setting", "settings"),
    );
    for (what, lines) in [("free", &found.free), ("the claim has expired: ask", &found.stale)] {
        if lines.is_empty() {
            continue;
        }
        line!(page);
        line!(page, "  {what}");
        line!(page, "  {:<17}{:<24}{:<24}{:<20}{:<14}for", "place", "council", "by", "from", "claim's age");
        for line in lines.iter().take(ROWS) {
            vacancy(&mut page, line);
        }
        more(&mut page, lines.len(), "--json has all");
    }
    if !found.others.is_empty() {
        let others: Vec<String> = found.others.iter().map(|(state, count)| format!("{count} {state}")).collect();
        line!(page, "\nAlso: {}.", others.join(", "));
    }
    page
}

fn vacancy(page: &mut String, line: &VacancyLine) {
    line!(
        page,
        "  {}{}{}{}{}{}",
        cell(&line.place, 17),
        cell(cut(&line.council, 22), 24),
        cell(cut(&line.by, 22), 24),
        cell(line.from, 20),
        cell(plural(usize::try_from(line.age_hours).unwrap_or(0), "hour", "hours"), 14),
        conditions(&line.conditions)
    );
}

/// What a file of placements came to.
pub fn placements(report: &StandardReport, only_check: bool) -> String {
    let mut page = String::new();
    line!(
        page,
        "{}: {}; {} left out.",
        report.file,
        plural(report.records, "record", "records"),
        plural(report.costs_left_out, "cost", "costs")
    );
    for finding in &report.findings {
        line!(page, "  {} record {} {}: {}", finding.code, finding.record, finding.field, finding.sentence);
    }
    if only_check {
        line!(page, "{} to mend; nothing was recorded.", plural(report.findings.len(), "finding", "findings"));
        return page;
    }
    line!(
        page,
        "{} filled; {} known from before; {} say no setting or date.",
        plural(report.filled.len(), "place", "places"),
        plural(report.known, "record", "records"),
        plural(report.without_place, "record", "records")
    );
    if !report.unknown_settings.is_empty() {
        line!(page, "Not in the register then: {}.", report.unknown_settings.join(", "));
    }
    for setting in &report.full {
        line!(page, "{setting} had no place left: more children than it is registered for, or a departure not told.");
    }
    match report.tx {
        Some(tx) => line!(page, "Recorded as transaction {tx}."),
        None => line!(page, "Nothing was recorded."),
    };
    page
}

/// What compiling the districts came to.
pub fn compiled(compiled: &Compiled) -> String {
    format!(
        "{} from {} postcodes in {} files; {} postcodes passed over (no grid reference, or another grid).\n",
        plural(compiled.districts, "district", "districts"),
        thousands(compiled.postcodes),
        compiled.files,
        thousands(compiled.passed_over)
    )
}

/// Where one or two postcodes are.
pub fn whereabouts(found: &Whereabouts, other: Option<&Whereabouts>) -> String {
    let mut page = String::new();
    for place in std::iter::once(found).chain(other) {
        let how = if place.exact { "the postcode" } else { "the centre of its district" };
        let (east, north) = (place.at.east(), place.at.north());
        line!(page, "{}: {how}, {east} m east and {north} m north on the National Grid.", place.asked);
        let district = place.district;
        match &place.council {
            Some(council) if place.exact => line!(page, "  Council {council}."),
            Some(council) => line!(page, "  Council {council} for {}% of {}.", district.share, district.outcode),
            None => line!(page, "  Not in England ({:?}).", district.nation),
        };
        for (code, share) in district.others.iter().filter(|_| !place.exact) {
            line!(page, "  {share}% are in {}.", app::kernel::council(*code).name);
        }
    }
    if let Some(other) = other {
        line!(page, "{} as the crow flies.", found.at.miles(other.at));
    }
    page
}

fn csv(rows: impl Iterator<Item = Vec<String>>) -> String {
    let cell = |text: String| {
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    rows.map(|row| row.into_iter().map(cell).collect::<Vec<_>>().join(",") + "\n").collect()
}

/// Every setting, as CSV.
pub fn settings_csv(found: &SettingsPage) -> String {
    let header =
        "setting,type,status,sector,name,council,region,owner,places,overall,since".split(',').map(str::to_owned);
    let rows = found.settings.iter().map(|line| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            line.setting.to_string(),
            line.kind.clone(),
            line.status.clone(),
            line.sector.clone(),
            text(&line.name),
            line.council.clone(),
            text(&line.region),
            text(&line.owner),
            line.places.map(|places| places.to_string()).unwrap_or_default(),
            text(&line.overall),
            line.since.iso(),
        ]
    });
    csv(std::iter::once(header.collect()).chain(rows))
}

/// Every owner, as CSV.
pub fn owners_csv(found: &OwnersPage) -> String {
    let header = "owner,also,settings,places,councils".split(',').map(str::to_owned);
    let rows = found.owners.iter().map(|line| {
        vec![
            line.owner.clone(),
            line.also.join("; "),
            line.tally.settings.to_string(),
            line.tally.places.to_string(),
            line.councils.to_string(),
        ]
    });
    csv(std::iter::once(header.collect()).chain(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_columns_are_glued_together_whatever_is_in_them() {
        assert_eq!(cell("Active", 11), "Active     ");
        for text in ["urn/SC0123456", "urn/SC01234567", "household/KENT-0012", "Proposed to close"] {
            assert!(cell(text, 14).starts_with(text) && cell(text, 14).ends_with("  "), "{text}");
        }
    }
}
