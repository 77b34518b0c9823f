//! What the specification says of one night, and of all of them together.

use crate::calendar::birthday;
use crate::tables::{Class, allowance, class, return_share, tariff, unlawful};
use crate::world::{Agreed, For, Terms, World};

/// Seventieth-thousandths of a penny: a seventh of a penny in basis points.
pub const WHOLE: i128 = 70_000;

/// Half up, of a number of 1/70,000 of a penny.
pub fn round(exact: i128) -> i64 {
    i64::try_from((2 * exact + WHOLE).div_euclid(2 * WHOLE)).unwrap()
}

/// What one night costs and who bears it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NightLine {
    pub kind: &'static str,
    pub fund: bool,
    pub care: i128,
    pub ret: i128,
    pub provisional: bool,
    pub interim: bool,
    pub unlawful: bool,
}

/// No price was ever known for a night.
#[derive(Debug, PartialEq, Eq)]
pub struct Unpriced;

struct Price {
    care: i128,
    ret: i128,
    provisional: bool,
    interim: bool,
    notice: i64,
}

fn exact(pence: i64, nightly: bool) -> i128 {
    i128::from(pence) * if nightly { WHOLE } else { WHOLE / 7 }
}

impl World {
    fn terms_on(&self, night: i64) -> &Terms {
        let mut found = &self.terms[0];
        for terms in &self.terms {
            if terms.from <= night && terms.from >= found.from {
                found = terms;
            }
        }
        found
    }

    fn policy_on(&self, night: i64) -> &'static str {
        let mut found = (i64::MIN, "seed-purposive");
        for &(from, policy) in &self.entitlement {
            if from <= night && from >= found.0 {
                found = (from, policy);
            }
        }
        found.1
    }

    fn status(&self, night: i64) -> Option<&'static str> {
        self.statuses.iter().find(|(from, end, _)| *from <= night && night < *end).map(|span| span.2)
    }

    fn age(&self, night: i64) -> i64 {
        (1..19).take_while(|&age| birthday(self.born, age) <= night).last().unwrap_or(0)
    }

    fn has(&self, night: i64) -> bool {
        self.nights.iter().any(|&(from, end)| from <= night && night < end)
    }

    /// The first night of the time away that a night belongs to: temporary stays in a row are one spell.
    fn away_since(&self, night: i64) -> Option<i64> {
        let away = |night| self.absences.iter().any(|&(from, end, _)| from <= night && night < end);
        let mut since = night;
        while away(since) && away(since - 1) {
            since -= 1;
        }
        away(night).then_some(since)
    }

    /// Of several agreements, the one that began last of those in force; if none is, the one that began last of
    /// those that have run out. Later recorded of two that begin together.
    fn found(&self, night: i64, fits: impl Fn(&Agreed) -> bool) -> Option<(&Agreed, bool)> {
        let begun = || self.agreed.iter().filter(|agreed| fits(agreed) && agreed.from <= night);
        let in_force = begun().filter(|agreed| agreed.until.is_none_or(|until| night <= until));
        in_force
            .max_by_key(|agreed| agreed.from)
            .map(|agreed| (agreed, true))
            .or_else(|| begun().max_by_key(|agreed| agreed.from).map(|agreed| (agreed, false)))
    }

    /// Setting's agreement, provider's agreement, tariff, allowance; the child's addition on top.
    fn price(&self, night: i64) -> Result<Price, Unpriced> {
        let class = class(self.kind);
        let nil = Price { care: 0, ret: 0, provisional: false, interim: false, notice: 0 };
        if class == Class::Nil {
            return Ok(nil);
        }
        let setting = self.found(night, |agreed| agreed.what == For::Setting && self.urn);
        let provider = || self.found(night, |agreed| self.payee().is_some() && matches!(agreed.what, For::Provider(_)));
        // In force before run out, and of the same kind the setting's before the provider's.
        let found = match (setting, provider()) {
            (Some((_, false)), Some((of_provider, true))) => Some((of_provider, true)),
            (setting, provider) => setting.or(provider),
        };
        let no_return = self.sector == door::Sector::Own || matches!(self.kind, "U1" | "U2" | "U3");
        let mut price = if let Some((agreed, in_force)) = found {
            Price {
                care: exact(agreed.care, agreed.nightly),
                ret: if no_return { 0 } else { exact(agreed.ret, agreed.nightly) },
                provisional: !in_force,
                notice: agreed.notice,
                ..nil
            }
        } else if let Some(weekly) = tariff(night, class, self.sector) {
            // The return that the policy assumes, to the penny; what is left is the cost of care.
            let share = return_share(class, self.sector);
            let ret = (2 * weekly * share + 10_000) / 20_000;
            Price { care: exact(weekly - ret, false), interim: true, ..nil }
        } else if matches!(class, Class::Fostering | Class::Respite)
            && let Some((weekly, run_out)) = allowance(night, self.age(night), self.region, self.second_year)
        {
            Price { care: exact(weekly, false), provisional: run_out, ..nil }
        } else {
            return Err(Unpriced);
        };
        if let Some((addition, true)) = self.found(night, |agreed| agreed.what == For::Child) {
            price.care += exact(addition.care, addition.nightly);
            price.ret += exact(addition.ret, addition.nightly);
        }
        Ok(price)
    }

    /// The last night that is computed: not past the run, not past the evidence.
    pub fn last(&self) -> i64 {
        self.through.min(self.known_through)
    }

    fn fund_pays(&self, night: i64) -> bool {
        let Some(status) = self.status(night) else { return false };
        let emergency = |code: &str| matches!(code, "L1" | "L2" | "J1");
        match self.policy_on(night) {
            "care-order-only" => matches!(status, "C1" | "C2"),
            "all-looked-after" => !matches!(status, "V3" | "V4"),
            _ if matches!(status, "C1" | "C2" | "E1" | "D1") => true,
            _ if emergency(status) => {
                // On the council's word, counted from the first such night of the period of care.
                let first = self.statuses.iter().find(|span| emergency(span.2)).unwrap().0;
                let after = first + self.terms_on(first).on_word;
                let order = self.statuses.iter().any(|span| matches!(span.2, "C1" | "C2") && span.0 <= after);
                night < after && (order || self.last() < after)
            }
            _ => false,
        }
    }

    fn is_unlawful(&self, night: i64) -> bool {
        unlawful(self.kind, night, self.age(night))
    }

    /// The lines of one night: none, or one.
    pub fn line(&self, night: i64) -> Result<Option<NightLine>, Unpriced> {
        if night < self.scheme_start || night > self.last() {
            return Ok(None);
        }
        let unlawful = self.is_unlawful(night);
        if self.has(night) {
            let away = self.away_since(night);
            if let Some(since) = away
                && night >= since + self.terms_on(since).limit
            {
                return Ok(None);
            }
            let price = self.price(night)?;
            let (kind, care, ret) = match away {
                Some(_) => ("retainer", price.care * i128::from(self.terms_on(night).share) / 10_000, 0),
                None => ("bed", price.care, if unlawful { 0 } else { price.ret }),
            };
            let fund = self.fund_pays(night) && !unlawful;
            let (provisional, interim) = (price.provisional, price.interim);
            return Ok(Some(NightLine { kind, fund, care, ret, provisional, interim, unlawful }));
        }
        // Nights after the end, as agreed on the last night, if the scheme had that one.
        let Some(&(_, departure)) = self.nights.last().filter(|_| self.departed) else { return Ok(None) };
        let eve = departure - 1;
        if night < departure || eve < self.scheme_start {
            return Ok(None);
        }
        // Turning 18 is no end that anybody had notice of; and who is back needs no bed kept.
        if departure >= birthday(self.born, 18) || self.back.is_some_and(|after| night >= departure + after) {
            return Ok(None);
        }
        let price = self.price(eve)?;
        let unlawful = self.is_unlawful(eve);
        Ok((night < departure + price.notice).then(|| NightLine {
            kind: "notice",
            fund: self.fund_pays(eve) && !unlawful,
            care: price.care,
            ret: 0,
            provisional: price.provisional,
            interim: price.interim,
            unlawful: false,
        }))
    }

    /// Every night with its line, in order.
    pub fn all(&self) -> Result<Vec<(i64, NightLine)>, Unpriced> {
        let first = self.nights[0].0.max(self.scheme_start);
        let mut all = Vec::new();
        for night in first..=self.last() {
            all.extend(self.line(night)?.map(|line| (night, line)));
        }
        Ok(all)
    }
}

/// What must stand posted by the definition: part by part, the rounded sum of the parts so far less the rounded sum
/// before. Care of the fund, care of the council, return of the fund, return of the council.
pub fn required(nights: &[(i64, NightLine)]) -> [i64; 4] {
    let mut parts = [0i128; 4];
    for (_, line) in nights {
        let payer = usize::from(!line.fund);
        parts[payer] += line.care;
        parts[2 + payer] += line.ret;
    }
    let (mut sum, mut before) = (0, 0);
    parts.map(|part| {
        sum += part;
        let pence = round(sum) - before;
        before = round(sum);
        pence
    })
}
