//! The shortlist of one child from the store: every home of the register looked at, in the child's own order.

use kernel::{ChildRef, Night, Nights, Seq};
use matching::{LeftOut, Limits, Missing, Offered, Rules, Search, Shortlist, TieKey, WhyNot};
use register::{Conditions, SettingRef, Sex, View};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Db, HomeFact, StoredChild, Wing};

use care::home::{Case, Event, What};

use super::child::fields_missing;
use super::supply::{Site, Supply, Wanted, home_id};
use super::{facts, known_child, last_search, no_search, row, searches};
use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;

/// A home on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedHome {
    /// Which.
    pub setting: SettingRef,
    /// Places free throughout, by a claim that holds.
    pub free: Vec<u16>,
    /// Where it is has been withheld: distances are from the middle of its council's area.
    pub about: bool,
    /// Its last answer, if it was asked.
    pub reply: Option<String>,
    /// The rest, as matching has it.
    #[serde(flatten)]
    pub offered: Offered,
}

/// A child's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeList {
    /// From where one looks.
    pub known: Known,
    /// Whose.
    pub child: ChildRef,
    /// Which search.
    pub search: i64,
    /// For these nights.
    pub stay: Nights,
    /// Which tables of the order.
    pub rules: String,
    /// The search as it was run.
    pub asked: Search,
    /// What is not known of the child, by field: the list rests on what is known.
    pub not_known: Vec<String>,
    /// Every home of the register was looked at.
    pub looked_at: u32,
    /// Settings that are no homes in themselves: agencies.
    pub not_homes: u32,
    /// Homes that can be offered.
    pub possible: u32,
    /// Homes that could be, if a question were answered.
    pub uncertain: u32,
    /// The first of those that can be offered, in the child's order.
    pub offered: Vec<ListedHome>,
    /// The first of those that could be, in the child's order.
    pub to_ask: Vec<ListedHome>,
    /// Why the others were left out: each home once, by the first reason.
    pub left_out: Vec<LeftOut>,
    /// What is missing near.
    pub missing: Option<Missing>,
    /// Whether the list was kept.
    pub kept: Option<Seq>,
}

/// Why not a home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyNotPage {
    /// Which.
    pub setting: SettingRef,
    /// The search as it was run.
    pub asked: Search,
    /// The first home of the list, if another.
    pub first: Option<SettingRef>,
    /// Why not.
    #[serde(flatten)]
    pub why: WhyNot,
}

/// A search ready to be run.
pub(crate) struct Ready {
    pub known: Known,
    pub child: StoredChild,
    pub case: Case,
    pub not_known: Vec<String>,
    pub search: Search,
    pub supply: Supply,
    pub rules: Rules,
    pub key: TieKey,
}

/// Whether a child could have a place by what that place alone is registered for.
pub(crate) fn fits(search: &Search, conditions: &Conditions) -> bool {
    let (first, last) = search.ages();
    let ages = conditions.ages.is_none_or(|(least, most)| least <= first && last <= most);
    let sex = match conditions.sex {
        None | Some(Sex::Any) => true,
        Some(Sex::Female) => search.sex == matching::Sex::Girl,
        Some(Sex::Male) => search.sex == matching::Sex::Boy,
    };
    ages && sex
}

/// Whose hold is a child's own: the council and the number that the commit of its opening had tell no reader which child
/// it is.
pub(crate) fn holder(db: &mut Db, child: &StoredChild, search: i64) -> Result<String, Problem> {
    let secret = db.reference_key()?.unwrap_or_default();
    let digest = Sha256::digest(format!("{secret}\nhold\n{}\n{search}", child.child).as_bytes());
    let mark: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{} search {mark}", child.council))
}

/// Nobody without the store's key can foresee the order among equals; the same search has the same order again.
fn tie_key(db: &mut Db, child: ChildRef, stay: Nights) -> Result<TieKey, Problem> {
    let secret = db.reference_key()?.unwrap_or_default();
    let digest =
        Sha256::digest(format!("{secret}\ntie\n{child}\n{}\n{}", stay.start().iso(), stay.end().iso()).as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    Ok(TieKey::new(key))
}

impl Office {
    /// What is known, and against which moment claims expire.
    fn home_view(&self, db: &mut Db, view: &AsOf) -> Result<(Known, View), Problem> {
        self.look(db, view)
    }

    /// Reads a child's search and the homes. `only` one home, where the question is about one.
    pub(crate) fn home_ready(
        &self,
        db: &mut Db,
        child: ChildRef,
        at: &AsOf,
        only: Option<&SettingRef>,
    ) -> Result<Ready, Problem> {
        let (known, view) = self.home_view(db, at)?;
        let stored = known_child(db, child)?;
        let case = searches(db, child, known.tx)?.pop().ok_or_else(|| no_search(child))?;
        let of = db.home_facts(&child.to_string(), known.tx)?;
        let mut search = facts::search(&stored, &of, case.stay)?;
        search.check().map_err(|error| Problem::refused("match.search", error.to_string()))?;
        let own = holder(db, &stored, case.search)?;
        let supply = {
            let fits = |conditions: &Conditions| fits(&search, conditions);
            let wanted = Wanted { nights: case.stay, view: &view, own: Some(&own), only, fits: &fits };
            Supply::load(db, &wanted)?
        };
        place_siblings(&mut search, &supply);
        let key = tie_key(db, child, case.stay)?;
        let not_known = fields_missing(&of);
        Ok(Ready { known, child: stored, case, not_known, search, supply, rules: Rules::default(), key })
    }

    /// The homes that could be offered to a child, in the child's own order. With `keep` the list is kept: the full
    /// referral can then go to those on it, and a decision is compared with it.
    pub fn home_list(
        &self,
        child: ChildRef,
        shown: usize,
        explain: bool,
        keep: bool,
        at: &AsOf,
    ) -> Result<HomeList, Problem> {
        let mut db = self.open(Wing::Care)?;
        let ready = self.home_ready(&mut db, child, at, None)?;
        let limits = Limits { shown, ..Limits::default() };
        let wrong = |error: matching::SearchError| Problem::refused("match.search", error.to_string());
        let list = matching::shortlist(&ready.search, &ready.supply.register, &ready.rules, ready.key, limits)
            .map_err(wrong)?;
        let missing = match explain {
            true => Some(matching::missing(&ready.search, &ready.supply.register, limits.area).map_err(wrong)?),
            false => None,
        };
        let kept = if keep { Some(self.home_keep(&mut db, &ready, &list)?) } else { None };
        let listed = |offered: Vec<Offered>| offered.into_iter().map(|offered| listed(&ready, offered)).collect();
        Ok(HomeList {
            known: ready.known.clone(),
            child,
            search: ready.case.search,
            stay: ready.case.stay,
            rules: list.rules,
            looked_at: list.looked_at,
            not_homes: ready.supply.not_homes,
            possible: list.possible,
            uncertain: list.uncertain,
            offered: listed(list.offered),
            to_ask: listed(list.to_ask),
            left_out: list.left_out,
            missing,
            kept,
            not_known: ready.not_known,
            asked: ready.search,
        })
    }

    fn home_keep(&self, db: &mut Db, ready: &Ready, list: &Shortlist) -> Result<Seq, Problem> {
        let names = |homes: &[Offered]| homes.iter().map(|home| ready.supply.setting(home.home).to_string()).collect();
        let what = What::Listed {
            rules: list.rules.clone(),
            looked_at: list.looked_at,
            possible: list.possible,
            offered: names(&list.offered),
            to_ask: names(&list.to_ask),
            metres: list.offered.iter().map(|home| home.from_home).collect(),
            left_out: list.left_out.iter().map(|left| (left.constraint.word().to_owned(), left.homes)).collect(),
        };
        let child = ready.child.child;
        let event = Event { search: ready.case.search, on: self.today(), setting: None, words: false, what };
        let content = self.home_content(db, &[&child.to_string(), "listed", &format!("{:?}", event.what)])?;
        let committed = self.commit(db, "home", &content, |db, seq| {
            last_search(db, child)?.allows(&event)?;
            db.record_home_events(&[row(seq, 0, child, &event, None)])?;
            Ok(Some(()))
        })?;
        Ok(super::done(committed, child, ready.case.search, "listed", None, Vec::new())?.tx)
    }

    /// Why a home is not offered, or not first, and what would have to change.
    pub fn home_why_not(&self, child: ChildRef, setting: &SettingRef, at: &AsOf) -> Result<WhyNotPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let ready = self.home_ready(&mut db, child, at, None)?;
        let why = matching::why_not(&ready.search, &ready.supply.register, &ready.rules, ready.key, home_id(setting))
            .map_err(|error| Problem::refused("match.search", error.to_string()))?;
        let why = why.ok_or_else(|| {
            let sentence = format!(
                "{setting} is no home of the register on {}: it has left it, or is an agency",
                ready.case.stay.start()
            );
            Problem::not_found("home", sentence)
        })?;
        let first = why.behind.map(|behind| ready.supply.setting(behind.leader).clone());
        Ok(WhyNotPage { setting: setting.clone(), asked: ready.search, first, why })
    }
}

fn listed(ready: &Ready, offered: Offered) -> ListedHome {
    let site: &Site = &ready.supply.sites[&offered.home];
    let reply = ready.case.asked.get(site.setting.as_str()).map(|asked| match &asked.reply {
        None => "asked".to_owned(),
        Some((reply, _)) => reply.word().to_owned(),
    });
    let about = ready.supply.register.find(offered.home).is_some_and(|home| home.whereabouts_withheld);
    ListedHome { setting: site.setting.clone(), free: site.free.clone(), about, reply, offered }
}

/// Brothers and sisters who live in a home of the register are where that home is.
fn place_siblings(search: &mut Search, supply: &Supply) {
    let stay = search.stay;
    for sibling in search.siblings.iter_mut().filter(|sibling| sibling.at.is_none()) {
        sibling.at = supply.register.homes().iter().find(|home| home.has(sibling.person, stay)).map(|home| home.at);
    }
}

/// The facts of one child, for a page.
pub(crate) fn facts_of(db: &mut Db, child: ChildRef, known: Seq) -> Result<Vec<HomeFact>, Problem> {
    Ok(db.home_facts(&child.to_string(), known)?)
}

/// The first night from which a stay may be looked for.
pub(crate) fn stay(from: Night, until: Option<Night>, nights: i32) -> Result<Nights, Problem> {
    let until = until.unwrap_or_else(|| from.plus(nights));
    Nights::try_new(from, until).ok_or_else(|| {
        Problem::asked(
            "home.stay",
            format!("{until} is not after {from}: --until is the date on which the stay would end"),
        )
    })
}
