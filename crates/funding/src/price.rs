//! Prices: agreed between the Bank and a provider, independent of any placement, and found by precedence.

use std::collections::HashMap;
use std::fmt;

use door::{Payee, PlacementNotice};
use kernel::{Code, Night, PlacementId, Seq};
use money::{NightlyRate, Pence};
use thiserror::Error;

use crate::policy::{AllowanceTable, Class, Policy, Tariff};

/// What an agreement is for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// An addition for one child's needs in one placement, on top of the price there.
    Placement(PlacementId),
    /// One home or agency, by its Ofsted number.
    Setting(String),
    /// All of a provider's places, or those of one kind.
    Provider {
        /// Who is paid.
        payee: Payee,
        /// Only placements of this kind.
        kind: Option<Code>,
    },
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Placement(placement) => write!(f, "addition for placement {placement}"),
            Scope::Setting(urn) => write!(f, "setting {urn}"),
            Scope::Provider { payee, kind: None } => write!(f, "provider {payee}"),
            Scope::Provider { payee, kind: Some(kind) } => write!(f, "provider {payee}, {kind}"),
        }
    }
}

/// What a price is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A week: one seventh a night, exactly.
    Week,
    /// A night.
    Night,
}

impl Unit {
    fn rate(self, price: Pence) -> NightlyRate {
        match self {
            Unit::Week => NightlyRate::weekly(price),
            Unit::Night => NightlyRate::nightly(price),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Week => "a week",
            Unit::Night => "a night",
        })
    }
}

/// A price in force by agreement, or an addition to one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Agreement {
    /// Recorded under this number, which is also its name: agreement 12.
    pub seq: Seq,
    /// What it is for.
    pub scope: Scope,
    /// The first night.
    pub from: Night,
    /// The last night agreed, if one was.
    pub until: Option<Night>,
    /// The cost of care.
    pub care: Pence,
    /// What the open book shows above it.
    pub ret: Pence,
    /// A week or a night.
    pub unit: Unit,
    /// Nights paid after an end.
    pub notice_nights: u16,
    /// Whether the split into care and return is an assumption, for want of an open book.
    pub split_assumed: bool,
}

impl Agreement {
    fn covers(&self, night: Night) -> bool {
        self.from <= night && self.until.is_none_or(|until| night <= until)
    }
}

/// All agreements as known at one moment.
#[derive(Clone, Debug, Default)]
pub struct PriceBook {
    settings: HashMap<String, Vec<Agreement>>,
    providers: HashMap<Payee, Vec<Agreement>>,
    additions: HashMap<PlacementId, Vec<Agreement>>,
    policy: Option<Seq>,
}

/// Where a price was found.
#[derive(Clone, Copy, Debug)]
pub enum PriceSource<'a> {
    /// Places of this kind cost the payer nothing.
    Nil,
    /// The setting's agreement.
    Setting(&'a Agreement),
    /// The provider's agreement.
    Provider(&'a Agreement),
    /// The national tariff, until an agreement exists: care part only.
    Tariff(&'a Tariff),
    /// The allowance schedule.
    Allowance {
        /// The year's table.
        table: &'a AllowanceTable,
        /// The weekly allowance.
        weekly: Pence,
        /// The lowest age of the band.
        age: u8,
    },
}

/// The price of one night.
#[derive(Clone, Copy, Debug)]
pub struct Price<'a> {
    /// The cost of care, additions included.
    pub care: NightlyRate,
    /// Return above it.
    pub ret: NightlyRate,
    /// Where it was found.
    pub source: PriceSource<'a>,
    /// The addition for this child, if one is in force.
    pub addition: Option<&'a Agreement>,
    /// Whether the rate has run out and the last known one is paid on.
    pub provisional: bool,
    /// Whether any part of it is an assumption.
    pub assumed: bool,
    /// The record number of the price or policy that it comes from.
    pub version: Seq,
}

/// No price was ever known for a night: the placement is listed, the run goes on.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error(
    "no price was ever known for {kind} ({sector:?}) on the night of {night}: agree one with `carebank price agree`"
)]
pub struct Unpriced {
    /// The placement code.
    pub kind: Code,
    /// Who runs it.
    pub sector: door::Sector,
    /// The first night without a price.
    pub night: Night,
}

impl PriceBook {
    /// From agreements and the record number of the latest policy file.
    pub fn new(agreements: impl IntoIterator<Item = Agreement>, policy: Seq) -> PriceBook {
        let mut book = PriceBook { policy: Some(policy), ..PriceBook::default() };
        for agreement in agreements {
            let shelf = match &agreement.scope {
                Scope::Placement(placement) => book.additions.entry(*placement).or_default(),
                Scope::Setting(urn) => book.settings.entry(urn.clone()).or_default(),
                Scope::Provider { payee, .. } => book.providers.entry(payee.clone()).or_default(),
            };
            shelf.push(agreement);
        }
        let shelves =
            (book.settings.values_mut()).chain(book.providers.values_mut()).chain(book.additions.values_mut());
        shelves.for_each(|shelf| shelf.sort_by_key(|agreement| (agreement.from, agreement.seq)));
        book
    }

    fn policy_version(&self) -> Seq {
        self.policy.unwrap_or(Seq(0))
    }

    fn setting(&self, notice: &PlacementNotice) -> &[Agreement] {
        notice.setting.as_ref().and_then(|urn| self.settings.get(urn)).map_or(&[], Vec::as_slice)
    }

    fn provider(&self, notice: &PlacementNotice) -> &[Agreement] {
        notice.payee.as_ref().and_then(|payee| self.providers.get(payee)).map_or(&[], Vec::as_slice)
    }

    fn additions(&self, notice: &PlacementNotice) -> &[Agreement] {
        self.additions.get(&notice.placement).map_or(&[], Vec::as_slice)
    }

    /// The dates on which an agreement that could price this placement begins or runs out.
    pub fn cuts<'a>(&'a self, notice: &PlacementNotice) -> impl Iterator<Item = Night> + use<'a> {
        (self.setting(notice).iter())
            .chain(self.provider(notice))
            .chain(self.additions(notice))
            .flat_map(|agreement| [Some(agreement.from), agreement.until.map(Night::next)])
            .flatten()
    }

    /// Finds the price of a night: setting's agreement → provider's agreement → national tariff → allowance
    /// schedule, first found wins; an addition for this child goes on top.
    pub fn find<'a>(
        &'a self,
        policy: &'a Policy,
        notice: &PlacementNotice,
        night: Night,
    ) -> Result<Price<'a>, Unpriced> {
        let (class, class_assumed) = policy.class(notice.kind);
        let mut price = self.base(policy, notice, night, class)?;
        price.assumed |= class_assumed;
        let addition = agreed(self.additions(notice), night, |_| true).filter(|agreement| agreement.covers(night));
        if let Some(addition) = addition {
            price.care = price.care.plus(addition.unit.rate(addition.care));
            price.ret = price.ret.plus(addition.unit.rate(addition.ret));
            price.version = price.version.max(addition.seq);
            price.addition = Some(addition);
        }
        Ok(price)
    }

    fn base<'a>(
        &'a self,
        policy: &'a Policy,
        notice: &PlacementNotice,
        night: Night,
        class: Class,
    ) -> Result<Price<'a>, Unpriced> {
        let by_agreement = |agreement: &'a Agreement, source| Price {
            care: agreement.unit.rate(agreement.care),
            ret: if earns_return(notice) { agreement.unit.rate(agreement.ret) } else { NightlyRate::NIL },
            source,
            addition: None,
            provisional: !agreement.covers(night),
            assumed: agreement.split_assumed,
            version: agreement.seq,
        };
        let by_policy = |weekly, source, provisional, assumed| Price {
            care: NightlyRate::weekly(weekly),
            ret: NightlyRate::NIL,
            source,
            addition: None,
            provisional,
            assumed,
            version: self.policy_version(),
        };
        // Before any agreement: a hospital bed costs nothing, whatever home's number the return writes beside it.
        if class == Class::Nil {
            return Ok(by_policy(Pence::ZERO, PriceSource::Nil, false, false));
        }
        let setting = agreed(self.setting(notice), night, |_| true);
        let fits = |agreement: &Agreement| match &agreement.scope {
            Scope::Provider { kind, .. } => kind.is_none_or(|kind| kind == notice.kind),
            _ => false,
        };
        let provider = agreed(self.provider(notice), night, fits);
        // One that has run out gives way to one in force; where there is none in force, it is paid on as provisional.
        let setting =
            setting.filter(|agreement| agreement.covers(night) || !provider.is_some_and(|of| of.covers(night)));
        if let Some(agreement) = setting {
            return Ok(by_agreement(agreement, PriceSource::Setting(agreement)));
        }
        if let Some(agreement) = provider {
            return Ok(by_agreement(agreement, PriceSource::Provider(agreement)));
        }
        if let Some(row) = policy.tariff(night, class, notice.sector) {
            let (share, _) = policy.return_share(class, notice.sector);
            let care = row.weekly() - share.of(row.weekly());
            return Ok(by_policy(care, PriceSource::Tariff(row), false, row.is_assumption()));
        }
        let age = age_band(notice, night);
        match policy.allowance(night, age, notice.region).filter(|_| matches!(class, Class::Fostering | Class::Respite))
        {
            Some((weekly, table)) => {
                let source = PriceSource::Allowance { table, weekly, age };
                let assumed = notice.region_assumed || table.is_assumption();
                Ok(by_policy(weekly, source, table.is_provisional(night), assumed))
            }
            None => Err(Unpriced { kind: notice.kind, sector: notice.sector, night }),
        }
    }

    /// For a trace: what was looked at before the price was found, in order, and why it was passed over.
    pub fn passed_over(
        &self,
        policy: &Policy,
        notice: &PlacementNotice,
        night: Night,
        price: &Price<'_>,
    ) -> Vec<String> {
        let mut passed = Vec::new();
        let rank = match price.source {
            PriceSource::Setting(_) | PriceSource::Nil => 0,
            PriceSource::Provider(_) => 1,
            PriceSource::Tariff(_) => 2,
            PriceSource::Allowance { .. } => 3,
        };
        let none_yet = |shelf: &[Agreement], what: &str| match shelf.iter().map(|agreement| agreement.from).min() {
            Some(from) if from > night => format!("{what}: agreed only from {from}"),
            Some(_) if !shelf.iter().any(|agreement| agreement.covers(night)) => format!("{what}: run out"),
            Some(_) => format!("{what}: none for this kind"),
            None => format!("{what}: none"),
        };
        if price.addition.is_none() && !matches!(price.source, PriceSource::Nil) {
            passed.push(none_yet(self.additions(notice), "addition for this child"));
        }
        if rank > 0 {
            passed.push(none_yet(self.setting(notice), "the setting's agreement"));
        }
        if rank > 1 {
            passed.push(none_yet(self.provider(notice), "the provider's agreement"));
        }
        if rank > 2 {
            let (class, _) = policy.class(notice.kind);
            passed.push(format!("national tariff: no row for {class}, provider: {}", notice.sector));
        }
        passed
    }
}

/// "Nil for allowances, kin and councils' own homes": whatever an agreement says.
fn earns_return(notice: &PlacementNotice) -> bool {
    notice.sector != door::Sector::Own && !matches!(notice.kind.as_str(), "U1" | "U2" | "U3")
}

/// The agreement in force on a night: the latest to begin of those that cover it; or, if all have run out, the
/// latest of those, whose rate is then paid on as provisional.
fn agreed(shelf: &[Agreement], night: Night, fits: impl Fn(&Agreement) -> bool) -> Option<&Agreement> {
    let mut begun = shelf.iter().rev().filter(|agreement| agreement.from <= night && fits(agreement));
    let latest = begun.next()?;
    if latest.covers(night) {
        return Some(latest);
    }
    Some(begun.find(|agreement| agreement.covers(night)).unwrap_or(latest))
}

/// The highest age that money depends on and that the child has reached.
fn age_band(notice: &PlacementNotice, night: Night) -> u8 {
    notice.birthdays.iter().filter(|birthday| birthday.on <= night).map(|birthday| birthday.age).max().unwrap_or(0)
}
