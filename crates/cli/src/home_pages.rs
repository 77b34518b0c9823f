//! The pages of `carebank home`. None of them has a price, an owner or a contract in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use app::home::{
    ChildPage, DecisionPage, Done, FairnessPage, HomeDue, HomeList, HomePage, JointPage, ListedHome, Lives,
    MissingPage, MissingReason, Recorded, Referral, WhyNotPage,
};
use app::kernel::GridPoint;
use app::matching::{LeftOut, Verdict, miles};
use app::{ChildRef, Moment};

use crate::matching::{criterion, map, mark, wish};

/// Writing to a string cannot fail. No line ends in spaces, however its last column was padded.
macro_rules! line {
    ($page:expr) => { $page.push('\n') };
    ($page:expr, $($part:tt)*) => {{
        let _ = write!($page, $($part)*);
        $page.truncate($page.trim_end_matches(' ').len());
        $page.push('\n');
    }};
}

pub fn child(page: &ChildPage) -> String {
    let mut text = String::new();
    line!(text, "child {} of {}", page.child, page.council);
    line!(text, "referral {} of 100 parts complete", page.complete);
    for missing in &page.missing {
        line!(text, "  still missing  {missing}");
    }
    for (field, value) in &page.fields {
        line!(text, "  {field:<17} {value}");
    }
    for field in &page.words {
        line!(text, "  {field:<17} words are kept");
    }
    for (search, stay, stage) in &page.searches {
        line!(text, "search {search}: {} to {}, {stage}", stay.start(), stay.end());
    }
    text
}

pub fn home(page: &HomePage) -> String {
    let mut text = String::new();
    line!(text, "{} says of itself", page.setting);
    for (field, value) in &page.fields {
        line!(text, "  {field:<17} {value}");
    }
    text
}

pub fn done(done: &Done) -> String {
    let mut text = String::new();
    let home = done.setting.as_ref().map(|setting| format!(" {setting}")).unwrap_or_default();
    let before = if done.recorded { "" } else { " (recorded before under this key)" };
    // A review is of the child, for whom a home may never have been looked for here.
    let search = if done.search == 0 { String::new() } else { format!(", search {}", done.search) };
    line!(text, "{}{home} for {}{search}{before}", done.what, done.child);
    for told in &done.told {
        line!(text, "  {told}");
    }
    text
}

pub fn list(list: &HomeList, explain: bool) -> String {
    let mut text = String::new();
    line!(text, "search {} for {}: {} to {}", list.search, list.child, list.stay.start(), list.stay.end());
    line!(
        text,
        "{} homes looked at ({} agencies and the like are no homes in themselves)",
        list.looked_at,
        list.not_homes
    );
    line!(text, "{} can be offered, {} could be if a question were answered", list.possible, list.uncertain);
    let unasked: Vec<&str> =
        list.not_known.iter().map(String::as_str).filter(|field| !matches!(*field, "summary" | "tell")).collect();
    if !unasked.is_empty() {
        line!(text, "not known of the child, and so not looked at: {}", unasked.join(", "));
    }
    for (at, asked) in list.asked.wishes.iter().enumerate() {
        line!(text, "  wish {}: {}", at + 1, wish(asked));
    }
    if list.looked_at == 0 {
        line!(
            text,
            "the register has no home for these nights: see `carebank register add` and `carebank register import`"
        );
    } else if list.possible + list.uncertain == 0 {
        line!(text, "\nno home can be offered. What stands in the way is counted below; to keep it as an unmet need:");
        line!(text, "  carebank home unable {}", list.child);
    }
    table(&mut text, "can be offered", &list.offered);
    table(&mut text, "could be offered, if", &list.to_ask);
    for (home, place) in list.to_ask.iter().zip(1..).take(if explain { usize::MAX } else { 3 }) {
        for (_, verdict) in home.offered.verdicts.iter() {
            if let Verdict::Unknown(ask) = verdict {
                line!(text, "  {place}. {}: {ask}", home.setting);
            }
        }
    }
    let shown = if list.offered.is_empty() { &list.to_ask } else { &list.offered };
    let points: Vec<GridPoint> = shown.iter().map(|home| home.offered.at).collect();
    line!(text);
    text.push_str(&map(&list.asked, &points));
    left_out(&mut text, list);
    if explain {
        explained(&mut text, list);
    }
    line!(text, "\norder {}: wishes, then brothers and sisters, then closeness, then the rest", list.rules);
    if let Some(seq) = list.kept {
        line!(text, "kept as {}", seq.0);
    }
    text
}

fn table(text: &mut String, title: &str, homes: &[ListedHome]) {
    if homes.is_empty() {
        return;
    }
    line!(
        text,
        "\n{title:<25} {:<18} {:<8} {:>13} {:>12}  {:<8} shown, of no effect",
        "kind",
        "wishes",
        "from home",
        "school",
        "free"
    );
    for (home, place) in homes.iter().zip(1..) {
        let offered = &home.offered;
        let about = if home.about { "~" } else { "" };
        let far = |metres: Option<u32>| metres.map_or("-".to_owned(), |metres| format!("{about}{}", miles(metres)));
        let wishes: String = offered.wishes.iter().map(|met| mark(*met)).collect();
        let free: Vec<String> = home.free.iter().take(3).map(ToString::to_string).collect();
        let mut notes = offered.inspection.to_string();
        if offered.siblings > 0 {
            notes.push_str(", with sibling");
        }
        if let Some(reply) = &home.reply {
            let _ = write!(notes, ", said {reply}");
        }
        line!(
            text,
            "{place:>3} {:<21} {:<18} {wishes:<8} {:>13} {:>12}  {:<8} {notes}",
            home.setting.to_string(),
            offered.kind.to_string(),
            far(offered.from_home),
            far(offered.from_school),
            if free.is_empty() { "ask".to_owned() } else { free.join(",") },
        );
    }
}

fn left_out(text: &mut String, list: &HomeList) {
    if list.left_out.is_empty() {
        return;
    }
    line!(text, "left out, each home once, by the first reason:");
    for LeftOut { constraint, homes, alone } in &list.left_out {
        let near = if *alone > 0 { format!(" ({alone} near, by this alone)") } else { String::new() };
        line!(text, "  {homes:>7}  {constraint}{near}");
    }
}

fn explained(text: &mut String, list: &HomeList) {
    if let Some(missing) = &list.missing {
        let alone = if missing.alone.is_empty() { "" } else { "; one thing alone stands in the way of" };
        line!(text, "\nwithin 20 miles: {} homes, {} possible{alone}", missing.near, missing.possible);
        for (reason, count) in &missing.alone {
            line!(text, "  {count:>7}  {reason}");
        }
    }
    for (home, place) in list.offered.iter().zip(1..) {
        line!(text, "\n{place}. {}", home.setting);
        line!(text, "   nothing stands against it: law, numbers, needs, household and distance from danger all hold");
        for (asked, met) in list.asked.wishes.iter().zip(&home.offered.wishes) {
            line!(text, "   {} {}", mark(*met), wish(asked));
        }
    }
}

pub fn why_not(page: &WhyNotPage) -> String {
    let (mut text, why, home) = (String::new(), &page.why, &page.setting);
    for (constraint, reason) in &why.fails {
        line!(text, "{home} cannot be offered: {reason} [{constraint}]");
    }
    for (constraint, ask) in &why.asks {
        line!(text, "{home} could be offered if a question were answered: {ask} [{constraint}]");
    }
    match why.single {
        Some(single) => {
            line!(text, "if only this changed — {single} — it would be number {} of {}", why.place, why.of + 1)
        }
        None if why.fails.len() > 1 => line!(text, "several things would have to change"),
        None if why.asks.is_empty() => line!(text, "{home} can be offered: it is number {} of {}", why.place, why.of),
        None => {}
    }
    if let (Some(behind), Some(first)) = (why.behind, &page.first) {
        let by = criterion(&page.asked, behind.criterion);
        line!(text, "the first home, {first}, is ahead in {by}: {} points against {}", behind.leaders, behind.points);
    }
    for changed in &why.would_be_first {
        line!(text, "it would be first if it were as good as can be in {}", criterion(&page.asked, *changed));
    }
    text
}

pub fn referral(page: &Referral) -> String {
    let mut text = String::new();
    let title = if page.is == "full" { "referral" } else { "summary" };
    line!(text, "{title} for {}", page.setting);
    line!(text, "  reference        {}", page.child);
    line!(text, "  age              {}", page.age);
    line!(text, "  nights           {} to {}", page.stay.start(), page.stay.end());
    line!(text, "  needs            {}", page.needs);
    line!(text, "  house            {}", page.access);
    line!(text, "  bedroom          {}", page.room);
    for (label, said) in &page.more {
        line!(text, "  {label}: {said}");
    }
    line!(text, "  complete         {} of 100 parts", page.complete);
    text
}

pub fn decision(page: &DecisionPage) -> String {
    let mut text = String::new();
    line!(text, "search {} for {}: {}", page.search, page.child, page.stage);
    if let Some(setting) = &page.setting {
        let rank = page.rank.map_or("not on the list".to_owned(), |rank| format!("number {rank} of the child's order"));
        line!(text, "decided for {setting}, {rank}");
    }
    if let Some(together) = page.together {
        line!(text, "brothers and sisters: {}", if together { "together" } else { "not all together" });
    }
    if let Some(why) = &page.departure {
        line!(text, "why not the first: {why}");
    }
    if let Some(decided) = &page.decided {
        line!(text, "recorded by {}", recorded(decided));
    }
    if let Some(unmet) = &page.unmet {
        line!(text, "no home was found on {}: {} homes were looked at", unmet.on, unmet.looked_at);
        for (reason, homes) in &unmet.alone {
            line!(text, "  {homes:>7} near, but for this alone: {reason}");
        }
        said(&mut text, "  ", unmet.words.as_deref());
        line!(text, "  recorded by {}", recorded(&unmet.recorded));
    }
    if !page.voices.is_empty() {
        line!(text, "voices:");
    }
    for voice in &page.voices {
        line!(text, "  {:<14} {:<8} {}", voice.role, voice.view, voice.setting);
        said(&mut text, "      ", voice.words.as_deref());
        line!(text, "      recorded by {}", recorded(&voice.recorded));
    }
    for role in &page.disagreed {
        line!(text, "  the {role} does not agree; that is kept");
    }
    if !page.asked.is_empty() {
        line!(text, "asked:");
    }
    for answer in &page.asked {
        let because =
            if answer.because.is_empty() { String::new() } else { format!(": {}", answer.because.join("; ")) };
        line!(text, "  {:<22} {}{because}", answer.setting, answer.reply);
        said(&mut text, "      ", answer.words.as_deref());
        line!(text, "      recorded by {}", recorded(&answer.recorded));
    }
    if !page.checks.is_empty() {
        line!(text, "checks, as they stood when it was decided:");
    }
    for (what, how) in &page.checks {
        line!(text, "  {what:<46} {how}");
    }
    text
}

/// Voices are not signed: who recorded them, and when, is what is known.
fn recorded(recorded: &Recorded) -> String {
    format!("{}, {}", recorded.by, Moment::shown(&recorded.at))
}

fn said(text: &mut String, indent: &str, words: Option<&str>) {
    // Each line is set in, so that nobody's words look like somebody else's; what moves a terminal is shown as a mark.
    if let Some(words) = words {
        let shown = |line: &str| line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect::<String>();
        let lines: Vec<String> = words.lines().map(shown).collect();
        line!(text, "{indent}\"{}\"", lines.join(&format!("\n{indent} ")));
    }
}

pub fn missing(page: &MissingPage) -> String {
    let mut text = String::new();
    let few = |count: Option<u32>| count.map_or("fewer than 5".to_owned(), |count| count.to_string());
    let whose = page.council.map_or(String::new(), |council| format!(" of {council}"));
    line!(text, "searches{whose} that came to an end: {}; without a home: {}", few(page.searches), few(page.unmet));
    line!(text, "counts are rounded to five; fewer than five are not shown");
    for (title, reasons) in [
        ("without a home, and this alone stood in the way of some home near:", &page.alone),
        ("some home said no because:", &page.noes),
    ] {
        line!(text, "{title}");
        if reasons.is_empty() {
            line!(text, "  nothing is recorded");
        }
        for MissingReason { reason, searches } in reasons {
            line!(text, "  {:>12}  {reason}", few(*searches));
        }
    }
    text
}

pub fn due(page: &HomeDue) -> String {
    let mut text = String::new();
    line!(text, "due as of {}: {}", page.today, page.lines.len());
    for due in &page.lines {
        let late = if due.overdue { "  OVERDUE" } else { "" };
        line!(text, "  {:<17} {}  {}{late}", due.by.to_string(), due.child, due.what);
        line!(text, "  {:<17} {}", "", due.rule);
    }
    text
}

/// What is not known of how many, and of whom nothing is: a proposal rests on what is known.
fn not_known(text: &mut String, page: &JointPage) {
    let mut fields: BTreeMap<&str, Vec<ChildRef>> = BTreeMap::new();
    for proposed in &page.children {
        for field in &proposed.not_known {
            fields.entry(field).or_default().push(proposed.child);
        }
    }
    if !fields.is_empty() {
        line!(text, "not known, and so not looked at; record it with `carebank home child`, and propose again:");
    }
    for (field, children) in fields {
        let all = children.len() == page.children.len();
        let few: Vec<String> = children.iter().take(3).map(ToString::to_string).collect();
        let more = if children.len() > few.len() { " and others" } else { "" };
        let who = if all {
            "every child".to_owned()
        } else {
            format!("{} children: {}{more}", children.len(), few.join(", "))
        };
        line!(text, "  {field:<17} of {who}");
    }
    if !page.left.is_empty() {
        line!(text, "not looked for:");
    }
    for left in &page.left {
        line!(text, "  {}: {}", left.child, left.why);
    }
}

fn joint_explained(text: &mut String, page: &JointPage) {
    line!(
        text,
        "better is, in this order: more children placed, more groups of brothers and sisters in one home, more of them"
    );
    line!(text, "near, fewer children with no wish met, fewer without their first, then closeness and the rest");
    line!(text, "homes that could have each child alone:");
    for proposed in &page.children {
        line!(text, "  {} {:>5}", proposed.child, proposed.possible);
    }
    if !page.scarce.is_empty() {
        line!(text, "one more place here would help most:");
    }
    for setting in &page.scarce {
        line!(text, "  {setting}");
    }
}

pub fn joint(page: &JointPage, explain: bool) -> String {
    let mut text = String::new();
    if let Some(setting) = &page.closing {
        line!(text, "{setting} closes");
    }
    line!(text, "{} of {} children have a home in this proposal", page.value.placed, page.children.len());
    for proposed in &page.children {
        let lives = match proposed.lives {
            Lives::Decided | Lives::Named => "",
            Lives::Returned => "; there by a return",
            Lives::ReturnedBefore => "; there by a return that has run out: ask whether they still are",
        };
        match &proposed.setting {
            Some(setting) => {
                let how = match proposed.class {
                    Some(_) if proposed.not_known.iter().any(|field| field == "wishes") => "wishes not known",
                    Some(0) => "first wish met, or none made",
                    Some(1) => "a wish met",
                    _ => "no wish met",
                };
                line!(text, "  {} {:<22} {how}{lives}", proposed.child, setting.to_string());
            }
            None => line!(
                text,
                "  {} no home: an unmet need (homes that could have had this child alone: {}){lives}",
                proposed.child,
                proposed.possible
            ),
        }
    }
    not_known(&mut text, page);
    for group in &page.groups {
        let names: Vec<String> = group.children.iter().map(ToString::to_string).collect();
        let why = group.why.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
        line!(text, "  {}: {}{why}", names.join(" and "), group.outcome);
    }
    if explain {
        joint_explained(&mut text, page);
    }
    let certificate = &page.certificate;
    if certificate.optimal {
        line!(text, "no proposal is better (proved; {} nodes)", certificate.nodes);
    } else {
        let (bound, nodes) = (certificate.bound, certificate.nodes);
        line!(
            text,
            "not proved best: at most {} placed and {} groups together, after {nodes} nodes",
            bound.placed,
            bound.together
        );
    }
    line!(text, "Each child still decides.");
    text
}

pub fn fairness(page: &FairnessPage, explain: bool) -> String {
    let mut text = String::new();
    line!(text, "{} searches that came to an end; a share comes with its interval of 95 %", page.searches);
    line!(text, "- : fewer than five, or it would tell of fewer; distances, ranks and waits are the middle one");
    line!(
        text,
        "{:<29} {:<12} {:>8}  {:<14} {:<14} {:>4}  {:<14} {:<14} {:>10} {:>6}",
        "characteristic",
        "group",
        "children",
        "any offer",
        "first home",
        "rank",
        "no home",
        "parted",
        "distance",
        "waited"
    );
    let number = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
    for group in &page.groups {
        let share = |share: Option<app::matching::Share>| {
            share.map_or("-".to_owned(), |share| {
                format!("{}% ({}-{})", share.share / 10, share.low / 10, share.high / 10)
            })
        };
        line!(
            text,
            "{:<29} {:<12} {:>8}  {:<14} {:<14} {:>4}  {:<14} {:<14} {:>10} {:>6}{}",
            group.characteristic,
            group.group,
            number(group.children),
            share(group.offered),
            share(group.first),
            number(group.rank),
            share(group.unplaced),
            share(group.parted),
            group.metres.map_or("-".to_owned(), miles),
            number(group.waited),
            if group.look { "  look" } else { "" },
        );
    }
    if explain {
        for (column, what) in [
            ("any offer", "some home said yes"),
            ("first home", "the home decided on was the first of the child's own order"),
            ("rank", "its place in that order, of homes that were on the list"),
            ("no home", "the search ended for want of one"),
            ("parted", "of those with brothers or sisters: not all of them live there"),
            ("distance", "from home to the home decided on, in a straight line"),
            ("waited", "nights from the opening of the search to the first night there"),
        ] {
            line!(text, "  {column:<11} {what}");
        }
    }
    if page.groups.iter().any(|group| group.look) {
        line!(
            text,
            "look: the intervals of this group and of all others part somewhere. A question, and no proof of a cause."
        );
    }
    text
}

pub fn emergency(child: ChildRef, list: &HomeList, held: Option<&Done>, explain: bool) -> String {
    let mut text = String::new();
    line!(text, "child {child}, search {} for {} to {}", list.search, list.stay.start(), list.stay.end());
    let first = list.offered.first().or(list.to_ask.first()).map(|home| home.setting.to_string());
    let home = held.and_then(|held| held.setting.clone()).or(first);
    match (held, &home) {
        (Some(held), Some(home)) => {
            line!(text, "ring {home} now");
            held.told.iter().for_each(|told| line!(text, "  {told}"));
        }
        (_, Some(home)) => {
            line!(text, "no place is known to be free: ring the first of the list, and when it says yes");
            line!(text, "      carebank home hold {child} {home}");
        }
        (_, None) => line!(text, "no home can be offered, and none asked: see below what stands in the way"),
    }
    if let Some(home) = home {
        line!(text, "then: carebank home say {child} {home} --as social-worker --view for --words-from -");
        line!(text, "      carebank home decide {child} {home}");
        line!(text, "      carebank home start {child} --on {}", list.stay.start().iso());
    }
    text.push_str(&self::list(list, explain));
    text
}
