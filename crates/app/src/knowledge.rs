//! The Bank's terms as known at one moment: policy and prices.

use funding::{Policy, PriceBook};
use kernel::Seq;
use store::Db;

use crate::problem::Problem;

/// Policy and prices as known.
pub(crate) struct Terms {
    pub(crate) policy: Policy,
    pub(crate) book: PriceBook,
    /// The prices known, in order of record.
    agreed: Vec<Seq>,
}

impl Terms {
    pub(crate) fn load(db: &mut Db, known: Seq) -> Result<Terms, Problem> {
        let files = db.policy_files(known)?;
        let version = files.iter().map(|file| file.seq).max().unwrap_or(Seq(0));
        let policy = Policy::parse(files.iter().map(|file| (file.name.as_str(), file.body.as_str())))?;
        let prices = db.prices(known)?;
        let agreed = prices.iter().map(|(price, _)| price.seq).collect();
        let book = PriceBook::new(prices.into_iter().map(|(price, _)| price), version);
        Ok(Terms { policy, book, agreed })
    }

    /// The number that an agreement goes by: the how manyeth it is. Not that of its commit, which would count what
    /// children have said in between.
    pub(crate) fn number(&self, agreement: Seq) -> i64 {
        number(&self.agreed, agreement)
    }
}

/// The how manyeth of those in order of record an agreement is.
pub(crate) fn number(agreed: &[Seq], agreement: Seq) -> i64 {
    agreed.partition_point(|seq| *seq < agreement) as i64 + 1
}

pub(crate) fn parsed(files: &[(String, String)]) -> Result<Policy, Problem> {
    Ok(Policy::parse(files.iter().map(|(name, body)| (name.as_str(), body.as_str())))?)
}
