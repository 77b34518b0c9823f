//! `carebank match`: a shortlist, why not a home, and a proposal for many, from files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use app::Problem;
use app::matching::{
    Criterion, GridPoint, HomeId, LeftOut, Matcher, Met, Missing, Offered, Outcome, Proposal, Search, Shortlist,
    Verdict, WhyApart, WhyNot, Wish, miles,
};
use clap::Subcommand;
use serde::Serialize;

fn home(text: &str) -> Result<HomeId, String> {
    HomeId::parse(text).ok_or_else(|| "a home's reference has up to 12 letters, digits and hyphens".to_owned())
}

/// Which homes could have a child. There is no price in any of it.
#[derive(Subcommand)]
pub enum Match {
    /// The homes that could be offered to one child, in the child's own order.
    #[command(after_help = "Example:\n  carebank match shortlist --search child.toml --places places.csv --explain")]
    Shortlist {
        #[command(flatten)]
        files: Files,
        /// Every constraint of every home shown, and what is missing near.
        #[arg(long)]
        explain: bool,
        /// How many homes to show.
        #[arg(long, default_value_t = 20)]
        top: usize,
    },
    /// Why a home is not offered, or not first, and what would have to change.
    #[command(after_help = "Example:\n  carebank match why-not SC012345 --search child.toml --places places.csv")]
    WhyNot {
        /// The home.
        #[arg(value_parser = home)]
        home: HomeId,
        #[command(flatten)]
        files: Files,
    },
    /// One proposal for many children at once: `[[search]]` for each, `groups` of brothers and sisters.
    #[command(after_help = "Example:\n  carebank match joint --searches children.toml --places places.csv")]
    Joint {
        /// The searches, TOML or JSON.
        #[arg(long, value_name = "FILE")]
        searches: PathBuf,
        /// The homes, CSV or JSON.
        #[arg(long, value_name = "FILE")]
        places: PathBuf,
    },
}

/// What to match.
#[derive(clap::Args)]
pub struct Files {
    /// The child's search, TOML or JSON.
    #[arg(long, value_name = "FILE")]
    search: PathBuf,
    /// The homes, CSV or JSON.
    #[arg(long, value_name = "FILE")]
    places: PathBuf,
}

fn text(file: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(file).map_err(|error| crate::unreadable(file, &error))
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    list: Shortlist,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Missing>,
}

/// Does what was asked.
pub fn run(json: bool, command: Match) -> Result<(), Problem> {
    match command {
        Match::Shortlist { files, explain, top } => {
            let matcher = Matcher::for_one(&text(&files.search)?, &text(&files.places)?)?;
            let missing = if explain { Some(matcher.missing()?) } else { None };
            let answer = Answer { list: matcher.shortlist(top)?, missing };
            crate::show(json, &answer, |answer| shortlist(matcher.search(), &answer.list, answer.missing.as_ref()))
        }
        Match::WhyNot { home, files } => {
            let matcher = Matcher::for_one(&text(&files.search)?, &text(&files.places)?)?;
            crate::show(json, &matcher.why_not(home)?, |why| why_not(matcher.search(), why))
        }
        Match::Joint { searches, places } => {
            let matcher = Matcher::for_many(&text(&searches)?, &text(&places)?)?;
            crate::show(json, &matcher.propose()?, joint)
        }
    }
}

/// Writing to a string cannot fail.
macro_rules! line {
    ($page:expr) => { $page.push('\n') };
    // No line ends in spaces, however its last column was padded.
    ($page:expr, $($part:tt)*) => {{
        let _ = write!($page, $($part)*);
        $page.truncate($page.trim_end_matches(' ').len());
        $page.push('\n');
    }};
}

fn shortlist(search: &Search, list: &Shortlist, missing: Option<&Missing>) -> String {
    let mut page = String::new();
    line!(
        page,
        "{} homes looked at, {} can be offered, {} could be if a question were answered",
        list.looked_at,
        list.possible,
        list.uncertain
    );
    for (at, asked) in search.wishes.iter().enumerate() {
        line!(page, "  wish {}: {}", at + 1, wish(asked));
    }
    line!(page);
    table(&mut page, "can be offered", &list.offered);
    table(&mut page, "could be offered, if", &list.to_ask);
    for (offered, mark) in list.to_ask.iter().zip(1..) {
        for (_, verdict) in offered.verdicts.iter() {
            if let Verdict::Unknown(ask) = verdict {
                line!(page, "  {mark}. {}: {ask}", offered.home);
            }
        }
    }
    let points: Vec<GridPoint> = list.offered.iter().map(|home| home.at).collect();
    page.push_str(&map(search, &points));
    if list.left_out.iter().any(|left| left.homes > 0) {
        line!(page, "left out, each home once, by the first reason:");
        for LeftOut { constraint, homes, alone } in &list.left_out {
            line!(
                page,
                "  {homes:>7}  {constraint}{}",
                if *alone > 0 { format!(" ({alone} near, by this alone)") } else { String::new() }
            );
        }
    }
    if let Some(missing) = missing {
        line!(
            page,
            "\nwithin 20 miles: {} homes, {} possible; one thing alone stands in the way of",
            missing.near,
            missing.possible
        );
        for (reason, count) in &missing.alone {
            line!(page, "  {count:>7}  {reason}");
        }
        for (offered, place) in list.offered.iter().zip(1..) {
            line!(page, "\n{place}. {}", offered.home);
            line!(
                page,
                "   nothing stands against it: law, numbers, needs, household and distance from danger all hold"
            );
            for (asked, met) in search.wishes.iter().zip(&offered.wishes) {
                line!(page, "   {} {}", mark(*met), wish(asked));
            }
        }
    }
    line!(
        page,
        "\nOrder {}: wishes, then brothers and sisters, then closeness, then the rest. No price is known here.",
        list.rules
    );
    page
}

fn table(page: &mut String, title: &str, homes: &[Offered]) {
    if homes.is_empty() {
        return;
    }
    line!(
        page,
        "{:<21} {:<18} {:<8} {:>12} {:>12}  {}",
        title,
        "kind",
        "wishes",
        "from home",
        "school",
        "shown, of no effect"
    );
    for (offered, place) in homes.iter().zip(1..) {
        let far = |metres: Option<u32>| metres.map_or("-".to_owned(), miles);
        let wishes: String = offered.wishes.iter().map(|met| mark(*met)).collect();
        let siblings = if offered.siblings > 0 { ", with sibling" } else { "" };
        line!(
            page,
            "{:>3} {:<17} {:<18} {:<8} {:>12} {:>12}  {}, {}{siblings}",
            place,
            offered.home.to_string(),
            offered.kind.to_string(),
            wishes,
            far(offered.from_home),
            far(offered.from_school),
            offered.accreditation,
            offered.inspection,
        );
    }
    line!(page);
}

/// How a wish is met, in one sign.
pub fn mark(met: Met) -> char {
    match met {
        Met::Yes => '✓',
        Met::No => '·',
        Met::Unknown => '?',
    }
}

/// A wish in words.
pub fn wish(wish: &Wish) -> String {
    match wish {
        Wish::Kind(kinds) => format!("to live in: {kinds}"),
        Wish::NearHome(metres) => format!("within {} of home", miles(*metres)),
        Wish::NearSchool(metres) => format!("within {} of school", miles(*metres)),
        Wish::NearPlace(metres) => format!("within {} of a place that matters", miles(*metres)),
        Wish::With(_) => "with a person the child has named".to_owned(),
        Wish::WithSibling => "with a brother or sister".to_owned(),
        Wish::Language(languages) => format!("where they speak: {languages}"),
        Wish::Faith(faiths) => format!("where they live: {faiths}"),
        Wish::Having(traits) => format!("with: {traits}"),
        Wish::Without(traits) => format!("without: {traits}"),
    }
}

const WIDE: i64 = 60;
const HIGH: i64 = 18;

/// A small map: H home, S school, 1 to 9 and a to k the homes in their order. North is up; one scale both ways. Whatever
/// lies in one cell is put side by side, and rows with nothing above or below everything are left out.
pub fn map(search: &Search, homes: &[GridPoint]) -> String {
    let Some(middle) = search.home.or(search.school) else {
        return "no map: where home and school are is not known\n".to_owned();
    };
    let spread = |other: GridPoint| {
        let (east, north) = (other.east() - middle.east(), other.north() - middle.north());
        i64::from(east.abs()).max(2 * i64::from(north.abs()))
    };
    let reach = homes.iter().map(|home| spread(*home)).max().unwrap_or(0).max(1_000);
    let mut rows = vec![vec![' '; WIDE as usize + 1]; HIGH as usize + 1];
    let mut put = |at: GridPoint, mark: char| {
        let column = WIDE / 2 + i64::from(at.east() - middle.east()) * (WIDE / 2) / reach;
        let row = HIGH / 2 - i64::from(at.north() - middle.north()) * HIGH / reach;
        let Some(row) = usize::try_from(row).ok().and_then(|row| rows.get_mut(row)) else { return };
        if !(0..=WIDE).contains(&column) {
            return;
        }
        let near = (0..8).flat_map(|step| [column + step, column - step]);
        let free = near.filter_map(|column| usize::try_from(column).ok()).find(|column| row.get(*column) == Some(&' '));
        free.into_iter().for_each(|column| row[column] = mark);
    };
    // What comes first has its true cell.
    search.home.into_iter().for_each(|home| put(home, 'H'));
    search.school.into_iter().for_each(|school| put(school, 'S'));
    for (home, mark) in homes.iter().zip(b"123456789abcdefghijk") {
        put(*home, char::from(*mark));
    }
    let rows: Vec<String> = rows
        .into_iter()
        .map(|row| format!("  {}", row.into_iter().collect::<String>()).trim_end().to_owned())
        .collect();
    let first = rows.iter().position(|row| !row.is_empty()).unwrap_or(0);
    let last = rows.iter().rposition(|row| !row.is_empty()).unwrap_or(0);
    format!(
        "map, {} from the middle to either side, north up; H home, S school, else a place in the list\n{}\n\n",
        miles(reach as u32),
        rows[first..=last].join("\n")
    )
}

/// A criterion in words.
pub fn criterion(search: &Search, criterion: Criterion) -> String {
    match criterion {
        Criterion::Wish(at) => format!("wish {} ({})", at + 1, search.wishes.get(at).map(wish).unwrap_or_default()),
        Criterion::Siblings => "brothers and sisters".to_owned(),
        Criterion::Closeness => "closeness to home and school".to_owned(),
        Criterion::Rest => "languages, faith and places to be near".to_owned(),
    }
}

fn why_not(search: &Search, why: &WhyNot) -> String {
    let mut page = String::new();
    let home = why.home.home;
    for (constraint, reason) in &why.fails {
        line!(page, "{home} cannot be offered: {reason} [{constraint}]");
    }
    for (constraint, ask) in &why.asks {
        line!(page, "{home} could be offered if a question were answered: {ask} [{constraint}]");
    }
    match why.single {
        Some(single) => {
            line!(page, "if only this changed — {single} — it would be number {} of {}", why.place, why.of + 1)
        }
        None if why.fails.len() > 1 => line!(page, "several things would have to change"),
        None if why.asks.is_empty() => line!(page, "{home} can be offered: it is number {} of {}", why.place, why.of),
        None => {}
    }
    if let Some(behind) = why.behind {
        let criterion = criterion(search, behind.criterion);
        line!(
            page,
            "the first home, {}, is ahead in {criterion}: {} points against {}",
            behind.leader,
            behind.leaders,
            behind.points
        );
    }
    for changed in &why.would_be_first {
        line!(page, "it would be first if it were as good as can be in {}", criterion(search, *changed));
    }
    page
}

fn joint(proposal: &Proposal) -> String {
    let mut page = String::new();
    line!(page, "{} of {} children have a home in this proposal", proposal.value.placed, proposal.children.len());
    for proposed in &proposal.children {
        match proposed.home {
            Some(home) => line!(
                page,
                "  {:<13} {:<13} {}",
                proposed.child.to_string(),
                home.to_string(),
                match proposed.class {
                    Some(0) => "first wish met, or none made",
                    Some(1) => "a wish met",
                    _ => "no wish met",
                }
            ),
            None => line!(
                page,
                "  {:<13} no home: an unmet need ({} homes could have had this child alone)",
                proposed.child.to_string(),
                proposed.possible
            ),
        }
    }
    for group in &proposal.groups {
        let names: Vec<String> = group.children.iter().map(ToString::to_string).collect();
        let outcome = match group.outcome {
            Outcome::Together(home) => format!("together in {home}"),
            Outcome::Near(metres) => format!("near: at most {} from the eldest", miles(metres)),
            Outcome::Apart(metres) => format!("apart: up to {} from the eldest", miles(metres)),
            Outcome::NotAllPlaced => "not all have a home".to_owned(),
        };
        let why = match group.why_apart {
            None => String::new(),
            Some(WhyApart::NoHome) => "; no home can have them all".to_owned(),
            Some(WhyApart::OthersFirst(homes)) => {
                format!("; {homes} homes can, but then fewer children would be placed or fewer groups be together")
            }
            Some(WhyApart::NotDecided(homes)) => {
                format!("; {homes} homes can, and the search ended before it was decided")
            }
        };
        line!(page, "  {}: {outcome}{why}", names.join(" and "));
    }
    if proposal.certificate.optimal {
        line!(page, "no proposal is better (proved; {} nodes)", proposal.certificate.nodes);
    } else {
        let bound = proposal.certificate.bound;
        line!(
            page,
            "not proved best: at most {} placed and {} groups together, after {} nodes",
            bound.placed,
            bound.together,
            proposal.certificate.nodes
        );
    }
    line!(page, "Each child still decides.");
    page
}
