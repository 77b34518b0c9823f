//! Many children at once, from the store: a home closes and everybody in it needs another. A proposal that is proved, and
//! each child still decides.

use std::collections::BTreeMap;

use kernel::{ChildRef, Night, Seq};
use matching::{
    Certificate, Group, Joint, JointLimits, Outcome, Person, Register, Rules, Search, TieKey, Value, WhyApart, propose,
};
use register::{Conditions, SettingRef};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Db, Wing};

use super::child::fields_missing;
use super::list::{fits, stay};
use super::supply::{Supply, Wanted, cases_of_all, home_id, told_in};
use super::{facts, known_child};
use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;

/// One child in a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JointChild {
    /// Who.
    pub child: ChildRef,
    /// Where; `None` is an unmet need.
    pub setting: Option<SettingRef>,
    /// 0: the first wish is met, or none was made; 1: another is; 2: none is.
    pub class: Option<u8>,
    /// Homes that could have had this child alone.
    pub possible: u32,
    /// How it is known that the child lives in the home that closes.
    pub lives: Lives,
    /// What is not known of the child and would be asked for a referral: fields. The proposal rests on what is known.
    pub not_known: Vec<String>,
}

/// How it is known that a child lives in a home that closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lives {
    /// By a decision recorded here.
    Decided,
    /// By a return of the council.
    Returned,
    /// By a return whose evidence ends before that date: ask whether the child is still there.
    ReturnedBefore,
    /// The child was named.
    Named,
}

/// A child who could not be looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JointLeft {
    /// Who.
    pub child: ChildRef,
    /// Why, and what to do.
    pub why: String,
}

/// Brothers and sisters in a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JointGroup {
    /// Who, the eldest first.
    pub children: Vec<ChildRef>,
    /// `together in …`, `near`, `apart`, `not all placed`.
    pub outcome: String,
    /// Why not together.
    pub why: Option<String>,
}

/// A proposal for many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JointPage {
    /// From where one looks.
    pub known: Known,
    /// The home that closes, if one does.
    pub closing: Option<SettingRef>,
    /// Each child, by reference.
    pub children: Vec<JointChild>,
    /// Children who need a home and could not be looked for.
    pub left: Vec<JointLeft>,
    /// Each group.
    pub groups: Vec<JointGroup>,
    /// How good it is.
    pub value: Value,
    /// How far that is proved.
    pub certificate: Certificate,
    /// Homes of which one more place would help most.
    pub scarce: Vec<SettingRef>,
}

impl Office {
    /// A proposal for these children, or for all who live in a home that closes, from a date on.
    pub fn home_joint(
        &self,
        children: &[ChildRef],
        closing: Option<&SettingRef>,
        from: Night,
        until: Option<Night>,
        at: &AsOf,
    ) -> Result<JointPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, view) = self.look(&mut db, at)?;
        let nights = stay(from, until, 182)?;
        let mut who: BTreeMap<ChildRef, Lives> = children.iter().map(|child| (*child, Lives::Named)).collect();
        if let Some(setting) = closing {
            if db.setting(setting, known.tx)?.versions().is_empty() {
                return Err(Problem::not_found("setting", format!("{setting} is not in the register")));
            }
            for (child, lives) in living_in(&mut db, known.tx, setting, from)? {
                who.entry(child).and_modify(|named| *named = lives.min(*named)).or_insert(lives);
            }
        }
        if who.is_empty() {
            return Err(Problem::not_found(
                "child",
                "no child is known to live there from that date on, by a decision or a return; name children by reference",
            ));
        }
        let (mut searches, mut left, mut not_known) = (Vec::with_capacity(who.len()), Vec::new(), BTreeMap::new());
        for child in who.keys() {
            let stored = known_child(&mut db, *child)?;
            let facts = db.home_facts(&child.to_string(), known.tx)?;
            let search = facts::search(&stored, &facts, nights).and_then(|search| {
                search.check().map_err(|error| Problem::refused("match.search", error.to_string()))?;
                Ok(search)
            });
            match search {
                Ok(search) => {
                    searches.push(search);
                    not_known.insert(*child, fields_missing(&facts));
                }
                Err(problem) => left.push(JointLeft { child: *child, why: problem.sentence }),
            }
        }
        let lives = who.clone();
        let who: Vec<ChildRef> = not_known.keys().copied().collect();
        if let ([], Some(first)) = (who.as_slice(), left.first()) {
            return Err(Problem::refused("match.search", format!("{}: {}", first.child, first.why)));
        }
        // A place registered for fewer than its home has to suit every child: which gets it is not known yet.
        let suits = |conditions: &Conditions| searches.iter().all(|search| fits(search, conditions));
        let wanted = Wanted { nights, view: &view, own: None, only: None, fits: &suits };
        let supply = Supply::load(&mut db, &wanted)?;
        let mut homes = supply.register.homes().to_vec();
        homes.retain(|home| closing.is_none_or(|setting| home.id != home_id(setting)));
        // These children's own beds elsewhere are not in their own way.
        let moving: Vec<Person> = who.iter().map(|child| facts::person(*child)).collect();
        for home in &mut homes {
            // A proposal promises: a place that nobody has spoken of is none.
            let unsaid = std::mem::take(&mut home.unsaid);
            home.closed.extend(unsaid);
            home.residents.retain(|resident| resident.person.is_none_or(|person| !moving.contains(&person)));
        }
        let register = Register::new(homes).map_err(|error| Problem::refused("match.places", error.to_string()))?;
        let groups = groups(&searches);
        let rules = Rules::default();
        let key = key_of(&mut db, &who, from)?;
        let joint = Joint {
            searches: &searches,
            groups: &groups,
            register: &register,
            rules: &rules,
            key,
            limits: JointLimits::default(),
        };
        let proposal = propose(joint).map_err(|error| Problem::refused("match.search", error.to_string()))?;
        let of: BTreeMap<Person, ChildRef> = who.iter().map(|child| (facts::person(*child), *child)).collect();
        let setting = |home| supply.setting(home).clone();
        Ok(JointPage {
            known,
            closing: closing.cloned(),
            children: proposal
                .children
                .iter()
                .map(|proposed| JointChild {
                    child: of[&proposed.child],
                    setting: proposed.home.map(setting),
                    class: proposed.class,
                    possible: proposed.possible,
                    lives: lives[&of[&proposed.child]],
                    not_known: not_known[&of[&proposed.child]].clone(),
                })
                .collect(),
            left,
            groups: proposal.groups.iter().map(|group| told(group, &of, &supply)).collect(),
            value: proposal.value,
            certificate: proposal.certificate,
            scarce: proposal.scarce.iter().map(|home| setting(*home)).collect(),
        })
    }
}

fn told(group: &Group, of: &BTreeMap<Person, ChildRef>, supply: &Supply) -> JointGroup {
    let outcome = match group.outcome {
        Outcome::Together(home) => format!("together in {}", supply.setting(home)),
        Outcome::Near(metres) => format!("near: at most {} from the eldest", matching::miles(metres)),
        Outcome::Apart(metres) => format!("apart: up to {} from the eldest", matching::miles(metres)),
        Outcome::NotAllPlaced => "not all have a home".to_owned(),
    };
    let why = group.why_apart.map(|why| match why {
        WhyApart::NoHome => "no home can have them all".to_owned(),
        WhyApart::OthersFirst(homes) => {
            format!("{homes} homes can, but then fewer children would be placed or fewer groups be together")
        }
        WhyApart::NotDecided(homes) => format!("{homes} homes can, and the search ended before it was decided"),
    });
    JointGroup { children: group.children.iter().map(|person| of[person]).collect(), outcome, why }
}

/// Children who live in a home on a night, by a decision recorded here or by a return.
fn living_in(db: &mut Db, known: Seq, setting: &SettingRef, from: Night) -> Result<Vec<(ChildRef, Lives)>, Problem> {
    let all = cases_of_all(db, known)?.into_iter();
    let there = all.filter(|(_, case)| {
        let home = case.decision.as_ref().is_some_and(|decision| decision.setting == setting.as_str());
        let placed = case.placed.as_ref();
        home && case.lives()
            && placed
                .is_some_and(|placed| placed.arrived <= from && placed.ended.is_none_or(|(ended, ..)| ended > from))
    });
    let mut there: Vec<(ChildRef, Lives)> = there.map(|(child, _)| (child, Lives::Decided)).collect();
    let told = told_in(db, known, setting, from)?.into_iter();
    let lives = |certain: bool| if certain { Lives::Returned } else { Lives::ReturnedBefore };
    there.extend(told.map(|told| (told.child, lives(told.certain))));
    Ok(there)
}

/// Brothers and sisters among the children searched for, the eldest first.
fn groups(searches: &[Search]) -> Vec<Vec<Person>> {
    let mut group: Vec<usize> = (0..searches.len()).collect();
    for (at, search) in searches.iter().enumerate() {
        for sibling in &search.siblings {
            if let Some(other) = searches.iter().position(|other| other.child == sibling.person) {
                let (one, two) = (group[at], group[other]);
                group.iter_mut().filter(|of| **of == one.max(two)).for_each(|of| *of = one.min(two));
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Search>> = BTreeMap::new();
    for (search, of) in searches.iter().zip(&group) {
        groups.entry(*of).or_default().push(search);
    }
    let several = groups.into_values().filter(|group| group.len() > 1);
    several
        .map(|mut group| {
            group.sort_by_key(|search| (search.born, search.child));
            group.into_iter().map(|search| search.child).collect()
        })
        .collect()
}

fn key_of(db: &mut Db, who: &[ChildRef], from: Night) -> Result<TieKey, Problem> {
    let secret = db.reference_key()?.unwrap_or_default();
    let names: Vec<String> = who.iter().map(ToString::to_string).collect();
    let digest = Sha256::digest(format!("{secret}\njoint\n{}\n{}", from.iso(), names.join("\n")).as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    Ok(TieKey::new(key))
}
