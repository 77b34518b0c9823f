//! Settlement: what of the return that nights have earned is paid, and what goes back to the fund.
//!
//! Return is held for each night. It is paid *on account* at the pool's last settled share; each half-year is closed
//! once, at the pool's final share, which is frozen: late nights of that half-year use it, and no other payee moves.
//! Here as everywhere *required − posted* decides. What was paid on account beyond the final share is made up for by
//! the next payments on account, never by care: every transfer here is of [`Part::Return`].

use std::collections::BTreeMap;

use door::{HalfYear, Payee, PoolShare};
use ledger::{AccountId, Entry, Leg, Part};
use money::{Pence, Share};

/// What a payee's nights of a half-year earned in return, and at which share it is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Earned {
    /// The half-year.
    pub half_year: HalfYear,
    /// Return required for its nights, as known now.
    pub pence: Pence,
    /// The frozen final share, or the share on account.
    pub share: Share,
    /// Whether the half-year is closed.
    pub closed: bool,
}

/// What stands posted of a payee's return beyond `held`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settled {
    /// Paid: moved from `held` to `payable`.
    pub paid: Pence,
    /// Returned to the fund.
    pub returned: Pence,
}

/// What is to be posted now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settlement {
    /// From `held` to `payable`: never less than nought.
    pub pay: Pence,
    /// From `held` back to the fund; less than nought if late facts take nights away that it was returned for.
    pub to_fund: Pence,
    /// Paid on account beyond what is due: made up for by the next payments on account.
    pub ahead: Pence,
}

impl Settlement {
    /// Whether there is nothing to post.
    pub fn is_nothing(&self) -> bool {
        self.pay == Pence::ZERO && self.to_fund == Pence::ZERO
    }
}

/// Works out a payee's settlement from all its half-years, in any order, and what stands posted.
///
/// What must stand paid is the rounded exact sum of share × return over the half-years, so that any cut into runs pays
/// the same pence.
pub fn settle(earned: &[Earned], stands: Settled) -> Settlement {
    let exact: i128 = earned.iter().map(|one| i128::from(one.pence.get()) * i128::from(one.share.basis_points())).sum();
    let due = half_up(exact);
    let pay = (due - stands.paid).max(Pence::ZERO);
    let ahead = (stands.paid - due).max(Pence::ZERO);
    let closed = || earned.iter().filter(|one| one.closed);
    let all_closed: Pence = closed().map(|one| one.pence).sum();
    let kept = half_up(closed().map(|one| i128::from(one.pence.get()) * i128::from(one.share.basis_points())).sum());
    // What was paid ahead is not there to be returned until it is made up for.
    let held: Pence = earned.iter().map(|one| one.pence).sum::<Pence>() - stands.paid - pay;
    let returned = (all_closed - kept).min(held).max(Pence::ZERO);
    Settlement { pay, to_fund: returned - stands.returned, ahead }
}

fn half_up(pence_by_basis_points: i128) -> Pence {
    let pence = (2 * pence_by_basis_points + 10_000).div_euclid(20_000);
    Pence::new(i64::try_from(pence).expect("national totals are far below i64 pence"))
}

/// The accounts of a settlement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettlementAccounts {
    /// `held/<payee>`.
    pub held: AccountId,
    /// `payable/<payee>`.
    pub payable: AccountId,
    /// What the fund has back.
    pub fund: AccountId,
}

/// The entry that posts a settlement.
pub fn settlement_entry(settlement: Settlement, accounts: SettlementAccounts) -> Entry {
    let leg = |account, pence| Leg { account, part: Part::Return, pence };
    let legs = [
        leg(accounts.held, settlement.pay + settlement.to_fund),
        leg(accounts.payable, -settlement.pay),
        leg(accounts.fund, -settlement.to_fund),
    ];
    let legs = legs.into_iter().filter(|leg| leg.pence != Pence::ZERO).collect();
    Entry::balanced(legs).expect("held is debited with what the others are credited")
}

/// Which share counts for a payee and half-year: told once, then frozen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shares {
    first: Share,
    /// By payee and half-year. None of a pool too small to be told of: what was paid on account stands.
    told: BTreeMap<(Payee, HalfYear), Option<Share>>,
}

/// Why a pool's share is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ShareRefused {
    /// A pool is answered once for a half-year.
    #[error("the share of that pool and half-year was told before; it is told once and frozen")]
    ToldBefore,
    /// Not a share.
    #[error("a share is 0 to 10000 basis points")]
    NoShare,
}

impl Shares {
    /// Before anything was told, every payee is paid `first` on account.
    pub fn new(first: Share) -> Shares {
        Shares { first, told: BTreeMap::new() }
    }

    /// Takes what the door tells. Nothing of it is taken if any member was told of before.
    pub fn take(&mut self, told: &PoolShare) -> Result<(), ShareRefused> {
        let share = told.basis_points.map(|points| Share::try_new(points).ok_or(ShareRefused::NoShare)).transpose()?;
        let mut keys = told.members.iter().map(|payee| (payee.clone(), told.half_year));
        if keys.any(|key| self.told.contains_key(&key)) {
            return Err(ShareRefused::ToldBefore);
        }
        self.told.extend(told.members.iter().map(|payee| ((payee.clone(), told.half_year), share)));
        Ok(())
    }

    /// The share of a payee's half-year, and whether it is closed. Open half-years go at the last settled share. A payee
    /// that a closed half-year's pools do not name had no nights then as known; late ones go at the share on account.
    pub fn of(&self, payee: &Payee, half_year: HalfYear) -> (Share, bool) {
        let told = self.told.get(&(payee.clone(), half_year));
        (told.copied().flatten().unwrap_or_else(|| self.on_account(payee, half_year)), told.is_some())
    }

    /// The last settled share before a half-year.
    fn on_account(&self, payee: &Payee, half_year: HalfYear) -> Share {
        let earliest = HalfYear::of(kernel::Night::from_days(-25_567).expect("1900 can be stored"));
        let before = self.told.range((payee.clone(), earliest)..(payee.clone(), half_year)).rev();
        before.filter_map(|(_, share)| *share).next().unwrap_or(self.first)
    }
}

/// `settlement = placement`, for comparison alone: each placement's return is paid for its covered nights and no other.
/// It tells the provider what the child said; nothing in the service uses it.
pub fn settle_by_placement(return_of_nights: Pence, covered: i64, nights: i64) -> Settlement {
    if nights <= 0 {
        return Settlement::default();
    }
    let product = 2 * i128::from(return_of_nights.get()) * i128::from(covered.clamp(0, nights)) + i128::from(nights);
    let pay = i64::try_from(product.div_euclid(2 * i128::from(nights))).expect("a part is no more than the whole");
    Settlement { pay: Pence::new(pay), to_fund: return_of_nights - Pence::new(pay), ahead: Pence::ZERO }
}
