//! Pages for a person, in plain text. Dates and money as the British write them.

use std::fmt::Write;

use app::{
    Balance, BalanceLine, ChildStatement, Copied, CouncilStatement, Explanation, ImportReport, InitOptions, Moment,
    PayeeStatement, Pence, PlacementReport, PolicyListing, PostedAmounts, PriceListing, PriceTerms, RunAmounts,
    RunOutcome, Verification,
};

/// How many rows of a list a page shows before it says how many more there are.
const ROWS: usize = 40;
/// How many findings of one code a page shows.
const OF_A_CODE: usize = 3;

macro_rules! line {
    ($page:expr) => {
        $page.push('\n')
    };
    // Writing to a text never fails.
    ($page:expr, $($text:tt)*) => {
        writeln!($page, $($text)*).unwrap_or_default()
    };
}

fn plural(count: impl Into<i64>, one: &str, many: &str) -> String {
    let count: i64 = count.into();
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}

fn thousands(count: i64) -> String {
    let pounds = Pence::new(count * 100).to_string();
    pounds.replace('£', "").trim_end_matches(".00").to_owned()
}

pub fn made(place: &str, options: &InitOptions) -> String {
    format!(
        "A Care Bank store is ready at {place}.\n\
         Scheme {}, from {}; entitlement {}.\n\
         Next: carebank import ssda903 --authority CODE --year YEAR FILES\n",
        options.scheme, options.scheme_start, options.entitlement
    )
}

pub fn import(report: &ImportReport, all_findings: bool) -> String {
    let mut page = String::new();
    line!(page, "{} ({}), return of {}", report.council_name, report.council, report.year);
    line!(page);
    line!(page, "  {:<16}{:>9}{:>9}{:>11}{:>10}  file", "table", "rows", "stand", "set aside", "repeated");
    for table in &report.tables {
        if table.read {
            line!(
                page,
                "  {:<16}{:>9}{:>9}{:>11}{:>10}  {} ({})",
                table.table,
                table.rows,
                table.stood,
                table.held,
                table.repeated,
                table.file,
                table.encoding
            );
        } else {
            line!(page, "  {:<16}{:>9}  not kept  {}", table.table, table.rows, table.file);
        }
    }
    line!(page);
    line!(
        page,
        "{} stand, {} new. {} stand: {} new, {} changed, {} withdrawn, {} known better from a later year.",
        plural(report.children as i64, "child", "children"),
        report.children_new,
        plural(report.episodes as i64, "episode", "episodes"),
        report.episodes_new,
        report.episodes_changed,
        report.episodes_withdrawn,
        report.episodes_superseded
    );
    line!(
        page,
        "They make {} and {}; {} at the door.",
        plural(report.placements as i64, "placement", "placements"),
        plural(report.absences as i64, "temporary stay", "temporary stays"),
        plural(report.notices as i64, "new notice", "new notices")
    );
    if report.waiting > 0 {
        line!(
            page,
            "{} of {} wait, unpaid, for {} that another claim has: see the statement of {}.",
            plural(report.waiting as i64, "claim", "claims"),
            plural(report.waiting_children.len() as i64, "child", "children"),
            plural(report.waiting_nights, "night", "nights"),
            some(&report.waiting_children)
        );
    }
    if report.children_without_episodes > 0 {
        line!(
            page,
            "{} in the Header have no episode that stands in this return.",
            plural(report.children_without_episodes as i64, "child", "children")
        );
    }
    if !report.children_untold.is_empty() {
        line!(
            page,
            "{} in care when the year before ended {} no episode here, and so no bed since: ask about {}.",
            plural(report.children_untold.len() as i64, "child", "children"),
            if report.children_untold.len() == 1 { "has" } else { "have" },
            some(&report.children_untold)
        );
    }
    if report.children_missing > 0 {
        line!(
            page,
            "{} of an earlier import of this year are not in this return and were kept; --whole withdraws them.",
            plural(report.children_missing as i64, "child", "children")
        );
    }
    findings(&mut page, report, all_findings);
    if let Some(checked) = &report.checked {
        page += &crate::check::beside_import(checked);
        line!(page);
    }
    match report.tx {
        Some(tx) => line!(page, "Recorded as transaction {tx}."),
        None => line!(page, "Nothing has changed; nothing was recorded."),
    };
    page
}

/// The first few of many.
fn some(children: &[app::ChildRef]) -> String {
    let named: Vec<String> = children.iter().take(OF_A_CODE).map(ToString::to_string).collect();
    let more = if children.len() > OF_A_CODE { " and others (--json names all)" } else { "" };
    format!("{}{more}", named.join(", "))
}

fn findings(page: &mut String, report: &ImportReport, all: bool) {
    if report.findings.is_empty() {
        line!(page, "Nothing to mend.");
        return;
    }
    line!(page);
    line!(page, "To mend (codes are the DfE's rules; ours begin with CB):");
    for (code, (held, noted)) in &report.codes {
        line!(page, "  {code:<6} {held:>6} set aside {noted:>6} noted");
        let of_code: Vec<_> = report.findings.iter().filter(|finding| finding.code == *code).collect();
        let shown = if all { of_code.len() } else { OF_A_CODE };
        for finding in of_code.iter().take(shown) {
            line!(page, "         {} line {}: {}", finding.file, finding.line, finding.sentence);
        }
        if of_code.len() > shown {
            line!(page, "         and {} more (--all-findings, or --json)", of_code.len() - shown);
        }
    }
    line!(page);
}

pub fn agreed(number: i64, recorded: bool, terms: &PriceTerms) -> String {
    if recorded {
        format!("Agreement {number}: {} from {}.\n", terms.subject, terms.from)
    } else {
        format!("Recorded before under this key, as agreement {number}; nothing changed.\n")
    }
}

pub fn prices(prices: &[PriceListing]) -> String {
    if prices.is_empty() {
        return "No price has been agreed yet. Until one is, the reference tariff's care part and the allowance \
                schedule are paid.\n"
            .to_owned();
    }
    let mut page = String::new();
    line!(page, "{:<5}{:<40}{:>14}{:>14}  {:<8} from", "no", "for", "care", "return", "");
    for price in prices {
        let until = price.until.map_or(String::new(), |until| format!(" until {until}"));
        let notice = match price.notice_nights {
            0 => String::new(),
            nights => format!(", {nights} notice nights"),
        };
        let assumed = if price.split_assumed { ", split assumed" } else { "" };
        let reason = if price.reason.is_empty() { String::new() } else { format!(" ({})", price.reason) };
        line!(
            page,
            "{:<5}{:<40}{:>14}{:>14}  {:<8} {}{until}{notice}{assumed}{reason}",
            price.number,
            price.scope,
            price.care_pence,
            price.return_pence,
            price.unit,
            price.from
        );
    }
    page
}

pub fn policies(files: &[PolicyListing]) -> String {
    let mut page = String::new();
    line!(page, "{:<24}  SHA-256", "policy file");
    for file in files {
        line!(page, "{:<24}  {}", file.name, &file.sha256[..16.min(file.sha256.len())]);
    }
    line!(page, "See one with `carebank policy show NAME`; change one with `carebank policy load FILE`.");
    page
}

pub fn policy_loaded(name: &str, recorded: bool) -> String {
    match recorded {
        true if name == "voice" => {
            format!("Policy file {name} is in force. Half-years that were closed stay as they are.\n")
        }
        true => format!("Policy file {name} is in force. The next pay run posts the difference.\n"),
        false => format!("Policy file {name} is in force already; nothing changed.\n"),
    }
}

pub fn run(outcome: &RunOutcome) -> String {
    let mut page = String::new();
    let report = &outcome.report;
    if outcome.posted {
        line!(
            page,
            "Run {} through {}: {} looked at, {} for {}.",
            outcome.run,
            outcome.through,
            plural(report.placements, "placement", "placements"),
            plural(outcome.postings, "posting", "postings"),
            plural(report.posted_for, "placement", "placements")
        );
        line!(page);
        for (what, pence) in [
            ("care borne by the fund", report.fund_care_pence),
            ("return borne by the fund", report.fund_return_pence),
            ("charged to councils for their own nights", report.council_pence),
            ("charged to councils that told late", report.good_faith_pence),
            ("owed to payees", report.payable_pence),
            ("  of it to payees not yet identified", report.unidentified_pence),
            ("return held", report.held_pence),
            ("to be recovered by a decided plan", report.recoverable_pence),
        ] {
            if pence != Pence::ZERO {
                line!(page, "  {what:<44}{pence:>20}");
            }
        }
        line!(page);
    } else {
        line!(page, "Nothing to post: run {} through {} stands. It said:", outcome.run, outcome.through);
    }
    for (count, what) in [
        (report.interim, "paid the reference tariff's care part until a price is agreed"),
        (report.assumed, "with a figure that is an assumption"),
        (report.provisional, "at a rate that has run out, paid on as provisional"),
        (report.on_word, "paid on the council's word until a care order is recorded"),
        (report.unidentified, "whose payee is not identified: accrued, not payable"),
        (
            report.unlawful.len() as i64,
            "not lawful for the child: care only, charged to the council, tell the regulator",
        ),
        (report.retainers_ending.len() as i64, "whose retainer runs out within three nights"),
        (report.unpriced_count, "not paid, because no price was ever known"),
    ] {
        if count > 0 {
            line!(page, "  {:>9}  {what}", thousands(count));
        }
    }
    for unpriced in report.unpriced.iter().take(5) {
        line!(page, "             {} {}: {}", unpriced.placement, unpriced.kind, unpriced.sentence);
    }
    if report.unpriced_count > 5 {
        line!(page, "             and {} more (--json)", report.unpriced_count - 5);
    }
    line!(page, "Seal {}", outcome.hash);
    page
}

/// A commit's number would count what children have said: the last run's does not.
fn last_run(known: &app::Known) -> String {
    known.run.map_or(String::new(), |run| format!(" (run {run})"))
}

fn view(page: &mut String, known: &app::Known) {
    line!(page, "Nights through {}, as known on {}{}.", known.as_of, Moment::shown(&known.known_at), last_run(known));
}

fn placement(page: &mut String, report: &PlacementReport) {
    let from = report.from.map_or("taken back".to_owned(), |from| format!("from {from}"));
    let until = match (report.departed, report.last) {
        (Some(departed), _) => format!(", left {departed}"),
        (None, Some(last)) => format!(", known through {last}"),
        (None, None) => String::new(),
    };
    let payee = report.payee.as_deref().unwrap_or("nobody to pay");
    line!(page, "{}  {} {} · {payee}", report.placement, report.kind, report.meaning);
    let away = match report.nights_absent {
        0 => String::new(),
        nights => format!(", {} away", plural(nights, "night", "nights")),
    };
    let kept = report.absent_from.map_or(String::new(), |main| format!(" (away from {main})"));
    line!(page, "    {from}{until}: {}{away}{kept}", plural(report.nights, "night", "nights"));
    for row in &report.lines {
        let flags = if row.flags.is_empty() { String::new() } else { format!("  [{}]", row.flags.join(", ")) };
        line!(
            page,
            "    {:<9}{:>12} to {:<12}{:>5}  {:<8}care {:>14}  return {:>13}{flags}",
            row.kind,
            row.from.iso(),
            row.last.iso(),
            row.nights,
            row.payer,
            row.care_exact,
            row.return_exact
        );
    }
    if let Some(why) = &report.unpriced {
        line!(page, "    not paid: {why}");
    }
    if report.care_pence != Pence::ZERO || report.return_pence != Pence::ZERO {
        line!(page, "    should stand: care {}, return {}", report.care_pence, report.return_pence);
    }
    amounts(page, "    ", &report.posted);
}

fn amounts(page: &mut String, indent: &str, posted: &PostedAmounts) {
    let parts: Vec<String> = [
        ("owed", posted.payable_pence),
        ("return held", posted.held_pence),
        ("to be recovered", posted.recoverable_pence),
        ("borne by the fund", posted.fund_care_pence + posted.fund_return_pence),
        ("charged to the council", posted.council_pence),
        ("charged for telling late", posted.good_faith_pence),
    ]
    .into_iter()
    .filter(|(_, pence)| *pence != Pence::ZERO)
    .map(|(what, pence)| format!("{what} {pence}"))
    .collect();
    if !parts.is_empty() {
        line!(page, "{indent}stands: {}", parts.join(" · "));
    }
}

fn placements(page: &mut String, reports: &[PlacementReport]) {
    for report in reports.iter().take(ROWS) {
        placement(page, report);
    }
    if reports.len() > ROWS {
        line!(page, "and {} more (--json)", reports.len() - ROWS);
    }
}

fn runs(page: &mut String, runs: &[RunAmounts]) {
    line!(
        page,
        "{:<6}{:<20}{:>18}{:>16}{:>16}{:>18}",
        "run",
        "through",
        "owed",
        "return held",
        "to recover",
        "told late"
    );
    for run in runs {
        line!(
            page,
            "{:<6}{:<20}{:>18}{:>16}{:>16}{:>18}",
            run.run,
            run.through,
            run.posted.payable_pence,
            run.posted.held_pence,
            run.posted.recoverable_pence,
            run.posted.good_faith_pence
        );
    }
}

pub fn child(statement: &ChildStatement) -> String {
    let mut page = String::new();
    line!(page, "Child {} · {}", statement.child, statement.council);
    view(&mut page, &statement.known);
    line!(page);
    placements(&mut page, &statement.placements);
    for wait in &statement.waiting {
        line!(
            page,
            "waiting, unpaid: {} claims {} to {}, which {} has",
            wait.episode,
            wait.from,
            wait.last,
            wait.behind
        );
    }
    line!(page);
    line!(page, "{} in care, each with one bed.", plural(statement.nights, "night", "nights"));
    amounts(&mut page, "", &statement.posted);
    page
}

pub fn payee(statement: &PayeeStatement) -> String {
    let mut page = String::new();
    let note = if statement.identified { "" } else { " (not identified: accrued, not payable)" };
    line!(page, "Payee {}{note}", statement.payee);
    view(&mut page, &statement.known);
    line!(page);
    placements(&mut page, &statement.placements);
    line!(page);
    runs(&mut page, &statement.runs);
    line!(page);
    amounts(&mut page, "", &statement.posted);
    page
}

pub fn council(statement: &CouncilStatement) -> String {
    let mut page = String::new();
    line!(page, "{} ({})", statement.name, statement.council);
    view(&mut page, &statement.known);
    line!(page);
    placements(&mut page, &statement.placements);
    line!(page);
    line!(page, "{:<6}{:<20}{:>20}{:>20}{:>18}", "run", "through", "borne by the fund", "charged", "told late");
    for run in &statement.runs {
        line!(
            page,
            "{:<6}{:<20}{:>20}{:>20}{:>18}",
            run.run,
            run.through,
            run.posted.fund_care_pence + run.posted.fund_return_pence,
            run.posted.council_pence,
            run.posted.good_faith_pence
        );
    }
    line!(page);
    amounts(&mut page, "", &statement.posted);
    page
}

pub fn explanation(explanation: &Explanation) -> String {
    let mut page = String::new();
    line!(
        page,
        "Placement {}, the night of {} {}",
        explanation.placement,
        explanation.night.weekday(),
        explanation.night
    );
    line!(page, "As known on {}{}.", Moment::shown(&explanation.known.known_at), last_run(&explanation.known));
    line!(page);
    for fact in &explanation.facts {
        line!(page, "  {fact}");
    }
    if let Some(stay) = explanation.bed_elsewhere {
        line!(page, "  The bed line of this night is that of {stay}.");
    }
    for row in &explanation.lines {
        line!(page);
        let payee = row.payee.as_deref().unwrap_or("nobody");
        line!(page, "  {} line: care {} and return {} to {payee}", row.kind, row.care_exact, row.return_exact);
        line!(page, "    payer  {}: {}", row.payer, row.payer_why);
        line!(page, "    price  {}", row.price);
        for passed in &row.passed_over {
            line!(page, "           passed over: {passed}");
        }
        if !row.flags.is_empty() {
            line!(page, "    note   {}", row.flags.join(", "));
        }
        for (what, pence) in &row.adds {
            line!(page, "    adds   {pence} to {what} (whole pence of the running sum)");
        }
    }
    line!(page);
    if explanation.postings.is_empty() {
        line!(page, "  No posting has this night in it.");
    }
    for posting in &explanation.postings {
        line!(
            page,
            "  run {}: {} of {} from {} to {}, nights {} to {}",
            posting.run,
            posting.pence,
            posting.part,
            posting.credit,
            posting.debit,
            posting.from,
            posting.last
        );
    }
    page
}

pub fn balance(balance: &Balance, all: bool) -> String {
    let mut page = String::new();
    view(&mut page, &balance.known);
    line!(page);
    line!(page, "{:<40}{:>22}{:>22}{:>22}", "account", "debit", "credit", "balance");
    let rows: &[BalanceLine] = if all { &balance.accounts } else { &balance.headings };
    for row in rows {
        line!(page, "{:<40}{:>22}{:>22}{:>22}", row.account, row.debit_pence, row.credit_pence, row.balance_pence);
    }
    line!(page, "{:<40}{:>66}", "all", balance.off_pence);
    if !all {
        line!(page, "{} (--all shows them)", plural(balance.accounts.len() as i64, "account", "accounts"));
    }
    page
}

pub fn upgraded(store: &str, from: i64, to: i64) -> String {
    if from == to {
        format!("The store at {store} is up to date: schema version {to}.\n")
    } else {
        format!(
            "The store at {store} is brought from schema version {from} to {to}. Look it over with `carebank verify`.\n"
        )
    }
}

pub fn copied(copied: &Copied) -> String {
    let mut page = verification(&copied.verification);
    line!(page, "");
    line!(page, "{} now holds all that {} held on {}.", copied.to, copied.from, Moment::shown(&copied.known_at));
    if let (Some(run), Some(seal)) = (copied.run, &copied.seal) {
        line!(page, "Its last run is {run}, with the seal {seal}.");
    }
    page
}

pub fn verification(verification: &Verification) -> String {
    let mut page = String::new();
    for check in &verification.checks {
        let mark = if check.failed == 0 { "holds" } else { "FAILS" };
        line!(page, "{mark}  {:>9}  {}", thousands(check.looked_at), check.what);
        for failure in &check.failures {
            line!(page, "                  {failure}");
        }
    }
    line!(page, "Through transaction {}; {}.", verification.tx, verification.durability);
    line!(
        page,
        "{}",
        if verification.is_sound() {
            "Sound."
        } else {
            "NOT SOUND: keep this store as it is and restore a backup elsewhere."
        }
    );
    page
}
