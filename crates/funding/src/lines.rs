//! The lines of a placement: who is owed what, for which nights, and who pays.

use std::fmt;

use door::{PlacementNotice, StatusSpan};
use kernel::{Night, Nights, Seq};
use money::NightlyRate;

use crate::policy::{Entitlement, Policy};
use crate::price::{Agreement, Price, PriceBook, PriceSource, Unpriced};

/// What a line is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LineKind {
    /// The child slept there. Exactly one for every looked-after night.
    Bed,
    /// The main place kept while the child is away on a temporary code.
    Retainer,
    /// Nights after an end, where the agreement has them.
    Notice,
}

impl LineKind {
    /// Its name in accounts and pages.
    pub fn name(self) -> &'static str {
        match self {
            LineKind::Bed => "bed",
            LineKind::Retainer => "retainer",
            LineKind::Notice => "notice",
        }
    }
}

impl fmt::Display for LineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Who bears the cost. The order is that of rounding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Payer {
    /// The scheme's fund.
    Fund,
    /// The responsible council.
    Council,
}

/// Something about a line that every page showing it must say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flag {
    /// The rate has run out: the last known one is paid on until the new one is known.
    Provisional,
    /// A figure in it is an assumption.
    Assumed,
    /// No agreement yet: the interim tariff's care part is paid, and no return.
    Interim,
    /// The setting is not lawful for this child: care only, charged to the council, the regulator is told.
    Unlawful,
    /// The fund pays on the council's word, until a care order is recorded or the nights run out.
    OnWord,
}

/// Flags of a line, as a set.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Flags(u8);

impl Flags {
    fn with(self, flag: Flag, set: bool) -> Flags {
        Flags(self.0 | (u8::from(set) << flag as u8))
    }

    /// Whether the flag is set.
    pub fn has(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u8) != 0
    }
}

/// Nights at one rate for one payer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// What for.
    pub kind: LineKind,
    /// Which nights.
    pub nights: Nights,
    /// Who bears it.
    pub payer: Payer,
    /// The cost of care a night.
    pub care: NightlyRate,
    /// Return above it a night.
    pub ret: NightlyRate,
    /// The record number of the price or policy that the rates come from.
    pub version: Seq,
    /// What must be said of it.
    pub flags: Flags,
}

/// Works out all lines of a placement for nights up to and including `through`, none past the evidence and none
/// before the scheme began, in order of nights. Between two lines nothing that money depends on changes.
pub fn lines(
    notice: &PlacementNotice,
    policy: &Policy,
    book: &PriceBook,
    through: Night,
) -> Result<Vec<Line>, Unpriced> {
    let last = through.min(notice.known_through);
    let Some(window) = Nights::try_new(policy.scheme_start(), last.next()) else { return Ok(Vec::new()) };
    let context = Context { notice, policy, book, spells: spells(notice), word: word(notice, policy, last) };
    let mut cuts = Vec::new();
    let mut lines = Vec::new();
    for nights in notice.nights.iter().filter_map(|nights| nights.intersect(window)) {
        context.cuts(nights, &mut cuts);
        for pair in cuts.windows(2) {
            let segment = Nights::try_new(pair[0], pair[1]).expect("cuts are in order and differ");
            lines.extend(context.line(segment)?);
        }
    }
    lines.extend(context.after_the_end(last)?);
    Ok(joined(lines))
}

struct Context<'a> {
    notice: &'a PlacementNotice,
    policy: &'a Policy,
    book: &'a PriceBook,
    spells: Vec<Nights>,
    word: Option<Word>,
}

impl Context<'_> {
    /// The dates within `nights` on which anything that money depends on changes, with both ends.
    fn cuts(&self, nights: Nights, cuts: &mut Vec<Night>) {
        cuts.clear();
        cuts.extend([nights.start(), nights.end()]);
        let mut cut = |date: Night| {
            if nights.start() < date && date < nights.end() {
                cuts.push(date);
            }
        };
        for spell in &self.spells {
            let limit = self.policy.terms(spell.start()).retainer_limit_nights;
            cut(spell.start());
            cut(spell.end());
            cut(spell.start().plus(i32::from(limit)));
        }
        self.notice.statuses.iter().for_each(|span| cut(span.nights.start()));
        self.notice.birthdays.iter().for_each(|birthday| cut(birthday.on));
        if let Some(word) = &self.word {
            cut(word.from);
            cut(word.until);
        }
        let policy = self.policy.cuts();
        let first = policy.partition_point(|&date| date <= nights.start());
        policy[first..].iter().take_while(|&&date| date < nights.end()).for_each(|&date| cut(date));
        self.book.cuts(self.notice).for_each(cut);
        cuts.sort_unstable();
        cuts.dedup();
    }

    /// The line of a segment, priced by its first night. None where a retainer has run out.
    fn line(&self, nights: Nights) -> Result<Option<Line>, Unpriced> {
        let night = nights.start();
        let terms = self.policy.terms(night);
        let away = self.spells.iter().find(|spell| spell.contains(night));
        let limit = |spell: &&Nights| self.policy.terms(spell.start()).retainer_limit_nights;
        if away.is_some_and(|spell| night >= spell.start().plus(i32::from(limit(&spell)))) {
            return Ok(None);
        }
        let retained = away.is_some();
        let price = self.book.find(self.policy, self.notice, night)?;
        let unlawful = self.policy.unlawful(self.notice, night).is_some();
        let (fund, on_word) = self.fund_pays(night);
        let flags = flags(&price).with(Flag::Unlawful, unlawful).with(Flag::OnWord, on_word && fund);
        let (care, ret) = if retained {
            (price.care.share(terms.retainer_share), NightlyRate::NIL)
        } else {
            (price.care, if unlawful { NightlyRate::NIL } else { price.ret })
        };
        Ok(Some(Line {
            kind: if retained { LineKind::Retainer } else { LineKind::Bed },
            nights,
            payer: if fund && !unlawful { Payer::Fund } else { Payer::Council },
            care,
            ret,
            version: price.version,
            flags,
        }))
    }

    /// Whether the fund pays for a night, and whether only on the council's word.
    fn fund_pays(&self, night: Night) -> (bool, bool) {
        let Some(status) = self.notice.status(night) else { return (false, false) };
        match (self.policy.entitlement(night), status.as_str()) {
            (_, "C1" | "C2") => (true, false),
            (Entitlement::SeedPurposive, "E1" | "D1") => (true, false),
            (Entitlement::SeedPurposive, "L1" | "L2" | "J1") => {
                let on_word = self.word.as_ref().is_some_and(|word| word.from <= night && night < word.until);
                (on_word && self.word.as_ref().is_some_and(|word| word.holds), on_word)
            }
            (Entitlement::AllLookedAfter, "V3" | "V4") => (false, false),
            (Entitlement::AllLookedAfter, _) => (true, false),
            _ => (false, false),
        }
    }

    /// Notice nights after the departure, at care, where the agreement in force on the last night has them: none from
    /// when the child is back in the same bed, and none where it was left at 18, an end known from the first day.
    fn after_the_end(&self, last: Night) -> Result<Option<Line>, Unpriced> {
        let of_age =
            |night: Night| self.notice.birthdays.iter().any(|birthday| birthday.age == 18 && birthday.on <= night);
        let departed =
            self.notice.departed.filter(|&departed| departed > self.policy.scheme_start() && !of_age(departed));
        let Some(departed) = departed.filter(|&departed| departed <= last) else { return Ok(None) };
        let eve = departed.eve();
        let price = self.book.find(self.policy, self.notice, eve)?;
        let nights = notice_nights(&price);
        let until = departed.plus(i32::from(nights)).min(last.next());
        let until = self.notice.back.map_or(until, |back| until.min(back));
        let Some(nights) = Nights::try_new(departed, until) else { return Ok(None) };
        let unlawful = self.policy.unlawful(self.notice, eve).is_some();
        let fund = self.fund_pays(eve).0 && !unlawful;
        Ok(Some(Line {
            kind: LineKind::Notice,
            nights,
            payer: if fund { Payer::Fund } else { Payer::Council },
            care: price.care,
            ret: NightlyRate::NIL,
            version: price.version,
            flags: flags(&price).with(Flag::Unlawful, unlawful),
        }))
    }
}

fn notice_nights(price: &Price<'_>) -> u16 {
    let of = |agreement: &Agreement| agreement.notice_nights;
    match price.source {
        PriceSource::Setting(agreement) | PriceSource::Provider(agreement) => of(agreement),
        _ => 0,
    }
}

fn flags(price: &Price<'_>) -> Flags {
    let interim = matches!(price.source, PriceSource::Tariff(_));
    Flags::default()
        .with(Flag::Provisional, price.provisional)
        .with(Flag::Assumed, price.assumed)
        .with(Flag::Interim, interim)
}

/// Times away: absences that adjoin are one, whatever the reasons.
fn spells(notice: &PlacementNotice) -> Vec<Nights> {
    let mut away: Vec<Nights> = notice.absences.iter().map(|absence| absence.nights).collect();
    away.sort_unstable();
    let mut spells: Vec<Nights> = Vec::with_capacity(away.len());
    for nights in away {
        match spells.last_mut().filter(|last| last.end() == nights.start()) {
            Some(last) => *last = Nights::try_new(last.start(), nights.end()).expect("two absences in order"),
            None => spells.push(nights),
        }
    }
    spells
}

/// Emergency nights that the fund pays on the council's word: the first so many nights from the first of them.
struct Word {
    from: Night,
    until: Night,
    /// A care order was recorded in the period of care in time, or the nights have not run out yet.
    holds: bool,
}

/// The fund pays the first nights under L1, L2 or J1 on the council's word; on the day after the last of them they
/// are charged back if no care order has been recorded in the same period of care.
fn word(notice: &PlacementNotice, policy: &Policy, last: Night) -> Option<Word> {
    let emergency = |span: &&StatusSpan| matches!(span.code.as_str(), "L1" | "L2" | "J1");
    let from = notice.statuses.iter().find(emergency)?.nights.start();
    let until = from.plus(i32::from(policy.terms(from).provisional_nights));
    let order =
        notice.statuses.iter().any(|span| matches!(span.code.as_str(), "C1" | "C2") && span.nights.start() <= until);
    Some(Word { from, until, holds: order || last < until })
}

/// Neighbours that differ in nothing but their nights are one line.
fn joined(lines: Vec<Line>) -> Vec<Line> {
    let mut joined: Vec<Line> = Vec::with_capacity(lines.len());
    for line in lines {
        match joined.last_mut().filter(|last| last.nights.end() == line.nights.start() && same_terms(last, &line)) {
            Some(last) => {
                last.nights = Nights::try_new(last.nights.start(), line.nights.end()).expect("two lines in order");
            }
            None => joined.push(line),
        }
    }
    joined
}

fn same_terms(one: &Line, other: &Line) -> bool {
    *one == Line { nights: one.nights, ..*other }
}
