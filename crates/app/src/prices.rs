//! Prices: agreed between the Bank and a provider on the open book, independent of any placement.

use door::Payee;
use funding::{Agreement, Class, Scope, Unit};
use kernel::{Code, Night, PlacementId, Seq};
use money::Pence;
use serde::Serialize;
use store::{Db, Wing};

use crate::knowledge::{Terms, number};
use crate::office::{AsOf, Committed, Office};
use crate::problem::Problem;
use crate::reference::sha256;

/// What is agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceTerms {
    /// A placement (`P-…`, an addition for one child's needs), a setting (`urn/SC012345`) or a provider
    /// (`council/E10000016`).
    pub subject: String,
    /// For a provider: only placements of this kind.
    pub kind: Option<Code>,
    /// The first night.
    pub from: Night,
    /// The last night, if one is agreed.
    pub until: Option<Night>,
    /// The cost of care.
    pub care: Option<Pence>,
    /// What the open book shows above it.
    pub ret: Option<Pence>,
    /// A whole price, where no open book shows the parts: split by the policy's assumption.
    pub total: Option<Pence>,
    /// By the night rather than the week.
    pub nightly: bool,
    /// Nights paid after an end.
    pub notice_nights: u16,
    /// Why, for the record: never a child's name.
    pub reason: String,
}

/// A price as listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriceListing {
    /// Its number: the how manyeth agreement it is.
    pub number: i64,
    /// What it is for.
    pub scope: String,
    /// The first night.
    pub from: Night,
    /// The last night, if one is agreed.
    pub until: Option<Night>,
    /// The cost of care.
    pub care_pence: Pence,
    /// Return above it.
    pub return_pence: Pence,
    /// `a week` or `a night`.
    pub unit: String,
    /// Nights paid after an end.
    pub notice_nights: u16,
    /// Whether the split into parts is an assumption.
    pub split_assumed: bool,
    /// Why.
    pub reason: String,
}

impl Office {
    /// Records a price. Gives the number of the agreement, and whether it was recorded now (rather than before under the same key).
    pub fn agree_price(&self, terms: &PriceTerms) -> Result<(i64, bool), Problem> {
        let scope = scope(terms)?;
        if terms.until.is_some_and(|until| until < terms.from) {
            return Err(Problem::asked("price.dates", "the price ends before it begins; check --from and --until"));
        }
        let mut db = self.open(Wing::Bank)?;
        if let Scope::Placement(placement) = scope
            && db.notice(placement, Seq::NOW)?.is_none()
        {
            let why = format!("there is no placement {placement}; see the child's statement for its references");
            return Err(Problem::not_found("placement", why));
        }
        let committed = self.commit(&mut db, "price agree", &sha256(&format!("{terms:?}")), |db, seq| {
            let (care, ret, split_assumed) = match (terms.care, terms.ret, terms.total) {
                (Some(care), ret, None) => (care, ret.unwrap_or(Pence::ZERO), false),
                (None, None, Some(total)) => split(&Terms::load(db, Seq::NOW)?, terms, &scope, total)?,
                _ => {
                    let why = "give --care (and --return), or --total where no open book shows the parts";
                    return Err(Problem::asked("price.parts", why));
                }
            };
            let agreement = Agreement {
                seq,
                scope,
                from: terms.from,
                until: terms.until,
                care,
                ret,
                unit: if terms.nightly { Unit::Night } else { Unit::Week },
                notice_nights: terms.notice_nights,
                split_assumed,
            };
            db.record_price(&agreement, &terms.reason)?;
            Ok(Some(()))
        })?;
        match committed {
            Committed::Recorded(seq, ()) => Ok((number(&agreed(&mut db)?, seq), true)),
            Committed::Replayed(seq) => Ok((number(&agreed(&mut db)?, seq), false)),
            Committed::Nothing => Err(Problem::asked("price.nothing", "there was nothing to agree")),
        }
    }

    /// All prices as known, in order of record; with `as_of` only those agreed for that night.
    pub fn prices(&self, view: &AsOf) -> Result<Vec<PriceListing>, Problem> {
        let mut db = self.open(Wing::Bank)?;
        let known = self.known(&mut db, view)?;
        let prices = db.prices(known.tx)?;
        let agreed: Vec<Seq> = prices.iter().map(|(price, _)| price.seq).collect();
        Ok(prices
            .into_iter()
            .filter(|(price, _)| {
                view.as_of.is_none_or(|night| price.from <= night && price.until.is_none_or(|until| night <= until))
            })
            .map(|(price, reason)| PriceListing {
                number: number(&agreed, price.seq),
                scope: price.scope.to_string(),
                from: price.from,
                until: price.until,
                care_pence: price.care,
                return_pence: price.ret,
                unit: price.unit.to_string(),
                notice_nights: price.notice_nights,
                split_assumed: price.split_assumed,
                reason,
            })
            .collect())
    }
}

fn agreed(db: &mut Db) -> Result<Vec<Seq>, Problem> {
    Ok(db.prices(Seq::NOW)?.into_iter().map(|(price, _)| price.seq).collect())
}

fn scope(terms: &PriceTerms) -> Result<Scope, Problem> {
    let subject = terms.subject.trim();
    let scope = if let Some(placement) = PlacementId::parse(subject) {
        Some(Scope::Placement(placement))
    } else if let Some(urn) = subject.strip_prefix("urn/") {
        formats::ssda903::Urn::parse(urn).map(|urn| Scope::Setting(urn.as_str().to_owned()))
    } else {
        Payee::parse(subject).filter(Payee::is_identified).map(|payee| Scope::Provider { payee, kind: terms.kind })
    };
    let scope = scope.ok_or_else(|| {
        Problem::asked(
            "price.subject",
            format!("{subject} is no setting (urn/SC012345), provider (council/E10000016) or placement (P-…)"),
        )
    })?;
    let splits = terms.total.is_some() && matches!(scope, Scope::Setting(_));
    if terms.kind.is_some() && !splits && !matches!(scope, Scope::Provider { .. }) {
        let why = "--kind goes with a provider's price, or with a setting's --total to say whose share splits it";
        return Err(Problem::asked("price.kind", why));
    }
    Ok(scope)
}

/// Splits a whole price by the policy's share, labelled as an assumption. Only a setting's or a provider's price of a
/// private sector has one; without a kind it is read as residential.
fn split(terms: &Terms, asked: &PriceTerms, scope: &Scope, total: Pence) -> Result<(Pence, Pence, bool), Problem> {
    let sector = match scope {
        Scope::Setting(_) => door::Sector::Private,
        _ => door::Sector::Own,
    };
    let class = asked.kind.map_or(Class::Residential, |kind| terms.policy.class(kind).0);
    let (share, _) = terms.policy.return_share(class, sector);
    let ret = share.of(total);
    Ok((total - ret, ret, true))
}
