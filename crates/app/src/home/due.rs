//! What falls due for children in search of a home and in the homes decided on: visits, reviews, voices not yet heard,
//! courts' authority that ends, stays that nobody has confirmed.

use std::collections::BTreeMap;

use care::home::{Case, Role, Stage, When, duties, next_visit, visit_rules};
use kernel::{ChildRef, CouncilCode, Night, ReturnYear, Seq};
use serde::Serialize;
use store::{Db, HomeFact, Wing};
use voice::{Calendar, Protocol, review_dates};

use super::facts;
use super::supply::cases_of_all;
use crate::moment::Moment;
use crate::office::Office;
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::reviews::Reviews;
use crate::transfers::Transfers;

/// Working days within which the others are heard after a decision in an emergency. An assumption.
const HEARD_WITHIN: u16 = 5;
/// How long before an authority, a notice or a stay ends it is told, in days. An assumption.
const AHEAD: i32 = 28;

/// One thing due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HomeDueLine {
    /// By when.
    pub by: Night,
    /// What.
    pub what: String,
    /// The responsible council.
    pub council: CouncilCode,
    /// The child.
    pub child: ChildRef,
    /// Where that is so said.
    pub rule: String,
    /// Whether the day has passed.
    pub overdue: bool,
}

/// All that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeDue {
    /// As of this day.
    pub today: Night,
    /// The earliest first.
    pub lines: Vec<HomeDueLine>,
}

struct Lines {
    today: Night,
    council: CouncilCode,
    child: ChildRef,
    all: Vec<HomeDueLine>,
}

impl Lines {
    fn push(&mut self, by: Night, what: impl Into<String>, rule: impl Into<String>) {
        let (council, child) = (self.council, self.child);
        self.all.push(HomeDueLine {
            by,
            what: what.into(),
            council,
            child,
            rule: rule.into(),
            overdue: by < self.today,
        });
    }
}

impl Office {
    /// What is due for one council's children or for all, as of a day.
    pub fn home_due(&self, council: Option<CouncilCode>, today: Night) -> Result<HomeDue, Problem> {
        let mut db = self.open(Wing::Care)?;
        let mut by_child: BTreeMap<ChildRef, Vec<Case>> = BTreeMap::new();
        for (child, case) in cases_of_all(&mut db, Seq::NOW)? {
            by_child.entry(child).or_default().push(case);
        }
        let transfers = Transfers::load(&mut db, Seq::NOW)?;
        let held = Reviews::load(&mut db, &transfers, Seq::NOW, today)?;
        let protocol = protocol(&mut db)?;
        let mut all = Vec::new();
        for (child, cases) in by_child {
            let Some(stored) = db.child(child, Seq::NOW)? else { continue };
            if council.is_some_and(|council| council != stored.council) {
                continue;
            }
            let mut lines = Lines { today, council: stored.council, child, all: Vec::new() };
            for case in &cases {
                of_case(case, &mut lines);
            }
            if let Some(lives) = cases.iter().rfind(|case| case.lives()) {
                let looked_after = looked_after(&mut db, &transfers, child, today.next())?;
                at_the_start(lives, looked_after, &mut lines);
                reviews(looked_after, held.of(transfers.first(child)), &protocol, &mut lines);
                let decision = lives.decision.as_ref();
                let against =
                    decision.map(|decision| self.home_filled_against(&decision.setting, decision.place, today));
                if let Some(why) = against.transpose()?.flatten() {
                    lines.push(today, format!("look at the placement now: {why}"), "the register as of today");
                }
            }
            if cases.iter().any(|case| matches!(case.stage, Stage::Placed | Stage::Decided)) {
                authorities(&db.home_facts(&child.to_string(), Seq::NOW)?, &mut lines);
            }
            all.extend(lines.all);
        }
        all.sort_unstable();
        Ok(HomeDue { today, lines: all })
    }
}

fn of_case(case: &Case, lines: &mut Lines) {
    let today = lines.today;
    let calendar = Calendar::shipped();
    match case.stage {
        Stage::Searching => lines.push(case.stay.start(), "find a home", "the first night that is looked for"),
        Stage::Decided => lines.push(case.stay.start(), "record that the child has come", "the first night decided on"),
        _ => {}
    }
    if let Some((setting, place, expires)) = case.held.as_ref().filter(|_| case.stage < Stage::Placed) {
        lines.push(Moment::date(expires), format!("the hold of {setting}/{place} ends"), "the register's hold");
    }
    if let Some(decision) = case.decision.as_ref().filter(|_| case.emergency) {
        for role in [Role::Child, Role::Carer].into_iter().filter(|role| case.voice(&decision.setting, *role).is_none())
        {
            let by = calendar.after(decision.on, HEARD_WITHIN);
            lines.push(by, format!("hear the {} about {}", role.word(), decision.setting), "decided in an emergency");
        }
    }
    let Some(placed) = case.placed.as_ref().filter(|_| case.stage == Stage::Placed) else { return };
    let visit = next_visit(placed.arrived, &placed.visits, today);
    lines.push(visit, "visit the child, alone", visit_rules(placed.arrived).source.clone());
    if let Some((by, ends)) = placed.notice {
        lines.push(ends, format!("notice by the {} ends: a home from that night on", by.word()), "notice given");
    } else if case.stay.end() <= today.plus(AHEAD) {
        lines.push(case.stay.end(), "the stay decided on ends: extend it, or find a home", "the decision");
    }
    // What is recorded here is evidence through the 31 March of its return; then somebody has to say it again.
    let ends = facts::return_year(today.max(placed.arrived));
    if let Some(year) = ReturnYear::try_new(ends)
        && year.known_through() <= today.plus(AHEAD)
    {
        lines.push(
            year.known_through(),
            "confirm that the child is still there: extend the stay",
            "evidence ends on 31 March",
        );
    }
}

/// Since when the child is looked after who is so on the eve of a day, as what is at the door has it; by whichever council.
fn looked_after(db: &mut Db, transfers: &Transfers, child: ChildRef, before: Night) -> Result<Option<Night>, Problem> {
    let notices = db.notices_of_child(child, Seq::NOW)?;
    let stays = notices.iter().filter_map(|notice| {
        let first = notice.nights.first()?.start();
        let since = notice.statuses.first().map_or(first, |span| span.nights.start());
        (first < before).then_some((notice.placement, first, since))
    });
    let since = stays.clone().map(|(.., since)| since).max();
    // Where the period begins with a placement that went on, it began with the council before.
    for taken in transfers.of(child).iter().rev().filter(|taken| taken.to == child && taken.on < before) {
        let went = taken.went_on(stays.clone().map(|(placement, first, since)| (placement, first, (first, since))));
        if went.is_some_and(|(first, begun)| first == begun && since == Some(begun)) {
            return Ok(looked_after(db, transfers, taken.from, taken.on)?.or(since));
        }
    }
    Ok(since)
}

/// Plans and notifications that the law asks for at the start of the placement and nobody has recorded as done.
fn at_the_start(case: &Case, looked_after: Option<Night>, lines: &mut Lines) {
    let Some(placed) = &case.placed else { return };
    for duty in duties().iter().filter(|duty| duty.from <= placed.arrived) {
        let asked = match duty.when {
            When::Placement => true,
            When::First => looked_after == Some(placed.arrived),
            When::Emergency => case.emergency,
        };
        if asked && !placed.done.iter().any(|(word, _)| *word == duty.word) {
            let by = Calendar::shipped().after(placed.arrived, duty.working_days);
            lines.push(by, format!("{} [{}]", duty.what, duty.word), duty.source.clone());
        }
    }
}

/// Reviews of the child on the timetable of the voice: within 20 working days, 3 months, 6 months.
fn reviews(looked_after: Option<Night>, held: &[Night], protocol: &Protocol, lines: &mut Lines) {
    let Some(looked_after) = looked_after else { return };
    let until = lines.today.plus(366);
    let dates = review_dates(looked_after, held, until, protocol, Calendar::shipped());
    let next = dates.into_iter().find(|date| !held.contains(date));
    if let Some(date) = next {
        let rule = "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 33";
        lines.push(date, "review the child's case", rule);
    }
}

/// Courts' authority for a secure place or for depriving of liberty, before it runs out.
fn authorities(known: &[HomeFact], lines: &mut Lines) {
    let fact = known.iter().find(|fact| fact.field == "authority");
    let Some(authorities) = fact.and_then(|fact| serde_json::from_str::<Vec<matching::Authority>>(&fact.body).ok())
    else {
        return;
    };
    let last = authorities.iter().map(|authority| authority.nights.end()).max();
    let soon = lines.today.plus(AHEAD);
    for end in last.into_iter().filter(|end| *end <= soon) {
        lines.push(end, "the court's authority ends: ask for another, or move the child", "the order itself");
    }
}
