//! One night of one placement, explained: the facts, the rule, its version and source, the sum, the posting.

use door::PlacementNotice;
use funding::{Agreement, Class, Cost, Flag, Line, Payer, Price, PriceSource, lines, required};
use kernel::{ChildRef, CodeSet, Night, Nights, PlacementId};
use money::Pence;
use serde::Serialize;
use store::{Db, Wing};

use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;
use crate::statement::{Viewer, cost_name, flag_names, payer_name};

/// One line of the night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedLine {
    /// `bed`, `retainer` or `notice`.
    pub kind: String,
    /// Who is paid.
    pub payee: Option<String>,
    /// Who bears it.
    pub payer: String,
    /// Why that payer.
    pub payer_why: String,
    /// Care of the night, exactly.
    pub care_exact: String,
    /// Return of the night, exactly.
    pub return_exact: String,
    /// Where the price was found.
    pub price: String,
    /// What was looked at before, and why it was passed over.
    pub passed_over: Vec<String>,
    /// What must be said of it.
    pub flags: Vec<String>,
    /// What this night adds to each rounded sum.
    pub adds: Vec<(String, Pence)>,
}

/// A posting that this night is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedPosting {
    /// The run.
    pub run: i64,
    /// The first night it concerns.
    pub from: Night,
    /// The last.
    pub last: Night,
    /// Debited.
    pub debit: String,
    /// Credited.
    pub credit: String,
    /// Care or return.
    pub part: String,
    /// The amount, of all its nights together.
    pub pence: Pence,
}

/// The whole explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The point of view.
    pub known: Known,
    /// The placement.
    pub placement: PlacementId,
    /// The child, opaque.
    pub child: ChildRef,
    /// The night.
    pub night: Night,
    /// What is known of the night, in sentences.
    pub facts: Vec<String>,
    /// The lines.
    pub lines: Vec<ExplainedLine>,
    /// Where the bed was, if the child was away.
    pub bed_elsewhere: Option<PlacementId>,
    /// The postings that the night is in.
    pub postings: Vec<ExplainedPosting>,
}

impl Office {
    /// Explains a night.
    pub fn explain(&self, placement: PlacementId, night: Night, view: &AsOf) -> Result<Explanation, Problem> {
        let mut db = self.open(Wing::Bank)?;
        let mut viewer = Viewer::new(self, &mut db, view)?;
        if view.as_of.is_none() {
            viewer.known.as_of = viewer.known.as_of.max(night);
        }
        let notice = db.notice(placement, viewer.known.tx)?.ok_or_else(|| {
            Problem::not_found("placement", format!("there is no placement {placement}, or it was not known yet"))
        })?;
        let terms = &viewer.terms;
        let all = lines(&notice, &terms.policy, &terms.book, viewer.known.as_of);
        let mut facts = facts(&notice, night, &viewer);
        let all = match all {
            Ok(all) => all,
            Err(unpriced) => {
                facts.push(format!("Not paid: {unpriced}"));
                Vec::new()
            }
        };
        let on_night: Vec<&Line> = all.iter().filter(|line| line.nights.contains(night)).collect();
        let mut explained = Vec::new();
        for line in on_night {
            // Notice nights are priced by the last night of the stay.
            let priced_on = notice.departed.filter(|&departed| departed <= night).map_or(night, Night::eve);
            let price = terms
                .book
                .find(&terms.policy, &notice, priced_on)
                .map_err(|unpriced| Problem::asked("price.none", unpriced.to_string()))?;
            explained.push(ExplainedLine {
                kind: line.kind.to_string(),
                payee: notice.payee.as_ref().map(ToString::to_string),
                payer: payer_name(line.payer).to_owned(),
                payer_why: payer_why(&notice, line, night, &viewer),
                care_exact: line.care.exact().to_string(),
                return_exact: line.ret.exact().to_string(),
                price: price_why(&viewer, &notice, &price),
                passed_over: terms.book.passed_over(&terms.policy, &notice, priced_on, &price),
                flags: flag_names(line),
                adds: adds(&all, night),
            });
        }
        let postings = postings(&mut db, &viewer, placement, night)?;
        Ok(Explanation {
            placement,
            child: notice.child,
            night,
            facts,
            lines: explained,
            bed_elsewhere: notice.absence(night).map(|absence| absence.stay),
            postings,
            known: viewer.known,
        })
    }
}

fn facts(notice: &PlacementNotice, night: Night, viewer: &Viewer) -> Vec<String> {
    let meaning = CodeSet::Place.meaning(notice.kind.as_str()).unwrap_or("unknown");
    let mut facts = vec![format!("The placement is {} ({meaning}), provider: {}.", notice.kind, notice.sector)];
    let own = notice.nights.iter().find(|nights| nights.contains(night));
    facts.push(match own {
        Some(nights) if notice.departed == Some(nights.end()) => {
            format!("The child arrived on {} and left on {}.", nights.start(), nights.end())
        }
        Some(nights) => format!("The child has been here since {}.", nights.start()),
        None if night > notice.known_through => {
            format!("The source is evidence only through {}; nothing is computed past it.", notice.known_through)
        }
        None if notice.nights.is_empty() => "The placement was taken back: it has no nights any more.".to_owned(),
        None => "The child did not have this bed on that night.".to_owned(),
    });
    if let Some(absence) = notice.absence(night) {
        let why = CodeSet::Place.meaning(absence.code.as_str()).unwrap_or("away");
        let nth = night.days() - absence.nights.start().days() + 1;
        facts.push(format!(
            "The child was away that night ({}, {why}): night {nth} of {}.",
            absence.code,
            absence.nights.count()
        ));
    }
    if let Some(main) = notice.absent_from {
        facts.push(format!("The main place, {main}, was kept meanwhile."));
    }
    if let Some(status) = notice.status(night) {
        let meaning = CodeSet::LegalStatus.meaning(status.as_str()).unwrap_or("unknown");
        facts.push(format!("The legal status was {status} ({meaning})."));
    }
    let age = notice.birthdays.iter().rev().find(|birthday| birthday.on <= night);
    facts.push(age.map_or("The child was under 3.".to_owned(), |birthday| {
        format!("The child had turned {} on {}.", birthday.age, birthday.on)
    }));
    if night < viewer.terms.policy.scheme_start() {
        facts.push(format!("The scheme began on {}.", viewer.terms.policy.scheme_start()));
    }
    facts
}

fn payer_why(notice: &PlacementNotice, line: &Line, night: Night, viewer: &Viewer) -> String {
    let policy = &viewer.terms.policy;
    if line.flags.has(Flag::Unlawful) {
        let why = policy.unlawful(notice, night).unwrap_or_default();
        return format!("the setting is not lawful for this child, so the council is charged, care only: {why}");
    }
    let night = line.nights.start().max(notice.nights.first().map_or(night, |nights| nights.start())).min(night);
    let status = notice.status(night).map_or("no status".to_owned(), |status| status.to_string());
    let entitlement = policy.entitlement(night).name();
    match line.payer {
        Payer::Fund if line.flags.has(Flag::OnWord) => format!(
            "{entitlement}: the first {} nights under {status} are paid on the council's word",
            policy.terms(night).provisional_nights
        ),
        Payer::Fund => format!("{entitlement}: the fund pays for {status}"),
        Payer::Council => format!("{entitlement}: the fund does not pay for {status} on this night"),
    }
}

fn price_why(viewer: &Viewer, notice: &PlacementNotice, price: &Price<'_>) -> String {
    let agreement = |who: &str, agreement: &Agreement| {
        let split = if agreement.split_assumed { ", split by the policy's share" } else { "" };
        format!(
            "agreement {} of the {who} from {}: care {}, return {} {}{split}",
            viewer.terms.number(agreement.seq),
            agreement.from,
            agreement.care,
            agreement.ret,
            agreement.unit
        )
    };
    let mut why = match price.source {
        PriceSource::Nil => "a kind of placement that costs the payer nothing: nil, not missing".to_owned(),
        PriceSource::Setting(found) => agreement("setting", found),
        PriceSource::Provider(found) => agreement("provider", found),
        PriceSource::Tariff(row) => {
            let (class, _) = viewer.terms.policy.class(notice.kind);
            let (share, from) = viewer.terms.policy.return_share(class, notice.sector);
            let kept =
                from.map_or(String::new(), |from| format!(", less {share} return not paid until agreed ({from})"));
            format!("reference tariff from {}: {} a week{kept}. Source: {}", row.from, row.weekly(), row.source)
        }
        PriceSource::Allowance { table, weekly, age } => {
            let region = if notice.region_assumed {
                format!("{} (assumed: the council's region)", notice.region.name())
            } else {
                notice.region.name().to_owned()
            };
            format!("allowance {weekly} a week, age from {age}, {region}. Source: {}", table.source)
        }
    };
    if let Some(addition) = price.addition {
        why += &format!(
            "; plus addition {} for this child: care {} {}",
            viewer.terms.number(addition.seq),
            addition.care,
            addition.unit
        );
    }
    if price.provisional {
        why += "; the rate has run out and is paid on as provisional";
    }
    let assumed_kind = viewer.terms.policy.class(notice.kind);
    if assumed_kind.1 && assumed_kind.0 != Class::Other {
        why += "; what this kind is to the payer is an assumption";
    }
    why
}

/// What a night adds to the rounded sums: required through it less required through the eve.
fn adds(all: &[Line], night: Night) -> Vec<(String, Pence)> {
    let through = |last: Night| -> Vec<(Cost, Pence)> {
        let clipped: Vec<Line> = all
            .iter()
            .filter_map(|line| {
                let nights = Nights::try_new(line.nights.start(), line.nights.end().min(last.next()))?;
                Some(Line { nights, ..*line })
            })
            .collect();
        required(&clipped)
    };
    let before = through(night.eve());
    through(night)
        .into_iter()
        .map(|(cost, pence)| {
            let had = before.iter().find(|(other, _)| *other == cost).map_or(Pence::ZERO, |&(_, pence)| pence);
            (cost_name(cost), pence - had)
        })
        .filter(|(_, pence)| *pence != Pence::ZERO)
        .collect()
}

fn postings(
    db: &mut Db,
    viewer: &Viewer,
    placement: PlacementId,
    night: Night,
) -> Result<Vec<ExplainedPosting>, Problem> {
    let postings = db.postings_of_placement(placement, viewer.known.tx)?;
    Ok(postings
        .into_iter()
        .filter(|posting| posting.nights.contains(night))
        .filter_map(|posting| {
            viewer.runs.iter().find(|run| run.run == posting.run)?;
            Some(ExplainedPosting {
                run: posting.run,
                from: posting.nights.start(),
                last: posting.nights.last(),
                debit: viewer.chart.account(posting.transfer.debit).to_string(),
                credit: viewer.chart.account(posting.transfer.credit).to_string(),
                part: posting.transfer.part.to_string(),
                pence: posting.transfer.pence,
            })
        })
        .collect())
}
