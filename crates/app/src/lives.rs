//! Everyone's placements as the voice sees them, with what was said of each. Care wing alone.
//!
//! One read a table, in the order in which it lies; what belongs together is put together in memory, by child. For N
//! rows of notices and F facts:
//!
//! | what | rows | statements |
//! |---|---|---|
//! | notices | N | [`PARTS`], each on a connection and a thread of its own |
//! | what was said | F | 1 |
//! | episodes that the child asked to end | those | 1 |
//! | settings of the register | all | 1 |
//! | what returns told beside the episodes | one a child and year | 1 |
//! | reviews recorded here | those | 1 |
//!
//! The physical limit is reading the notices' JSON. Memory holds a few words for each placement and each fact.

use std::collections::{HashMap, HashSet};

use ::register::{Field, History, SettingRef, fold};
use ::voice::{Calendar, Fact, Outcome, Owner, Protocol, Signal, Stay, Tenure, What, due_dates, tenures};
use door::Payee;
use kernel::{ChildRef, Code, CouncilCode, Night, Nights, PlacementId, Region, Seq};
use serde::Deserialize;
use store::{Db, Fault, Wing};

use crate::office::Office;
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::reviews::Reviews;
use crate::transfers::Transfers;

/// How many parts of a table are read at once.
pub(crate) const PARTS: i64 = 2;

/// The parts of a table that is in order of reference: references are spread evenly over their sixty bits.
pub(crate) fn parts() -> impl Iterator<Item = (i64, i64)> {
    let each = (1 << 60) / PARTS;
    (0..PARTS).map(move |part| (part * each, if part + 1 == PARTS { i64::MAX } else { (part + 1) * each }))
}

/// A notice, as much of it as the voice needs.
#[derive(Clone, Debug)]
pub(crate) struct Noticed {
    /// By the reference by which the child was known first.
    pub(crate) child: ChildRef,
    /// By that of the responsible council.
    pub(crate) known_as: ChildRef,
    pub(crate) placement: PlacementId,
    pub(crate) council: CouncilCode,
    pub(crate) kind: Code,
    pub(crate) payee: Option<Payee>,
    pub(crate) region: Region,
    pub(crate) nights: Vec<Nights>,
    setting: Option<String>,
    departed: Option<Night>,
    /// For a stay from which the child comes back: the placement that is kept meanwhile.
    kept: Option<PlacementId>,
    /// The first night of the period of care.
    looked_after: Option<Night>,
}

impl Noticed {
    fn read(body: &str) -> Result<Noticed, Fault> {
        let stored = store::open_notice(body)?;
        Ok(Noticed {
            child: stored.child,
            known_as: stored.child,
            placement: stored.placement,
            council: stored.council,
            kind: stored.kind,
            payee: stored.payee,
            region: stored.region,
            nights: stored.nights,
            setting: stored.setting,
            departed: stored.departed,
            kept: stored.absent_from,
            looked_after: stored.statuses.iter().map(|span| span.nights.start()).min(),
        })
    }
}

/// A tenure with its due dates.
pub(crate) type Dated = (Tenure, Vec<Night>);

/// Everyone's placements.
pub(crate) struct Lives {
    pub(crate) protocol: Protocol,
    /// In order of child.
    notices: Vec<Noticed>,
    settings: HashMap<String, History>,
    /// The dates on which a placement ended because the child asked for it.
    left: HashMap<ChildRef, Vec<Night>>,
    /// The days on which a child's case was reviewed.
    reviews: Reviews,
    pub(crate) transfers: Transfers,
}

/// Facts of everyone, in order of child.
pub(crate) struct Said(Vec<(ChildRef, Fact)>);

/// One child.
pub(crate) struct Life<'a> {
    pub(crate) child: ChildRef,
    pub(crate) notices: &'a [Noticed],
    pub(crate) tenures: Vec<Dated>,
    pub(crate) facts: Vec<Fact>,
}

impl Lives {
    /// Reads the placements of one council's children, or of everybody, with the reviews held through a day that are known
    /// by `known`. Of children for whom another council took over, those with every council.
    pub(crate) fn load(
        office: &Office,
        db: &mut Db,
        council: Option<CouncilCode>,
        (known, through): (Seq, Night),
    ) -> Result<Lives, Problem> {
        let transfers = Transfers::load(db, known)?;
        let wanted =
            |notice: &Noticed| council.is_none_or(|council| council == notice.council) || transfers.has(notice.child);
        let notices = std::thread::scope(|scope| {
            let wanted = &wanted;
            let readers: Vec<_> = parts()
                .map(|part| scope.spawn(move || read_notices(&mut office.open(Wing::Care)?, part, wanted)))
                .collect();
            readers.into_iter().map(|reader| reader.join().expect("a reader ends as it began")).collect()
        });
        let notices: Result<Vec<Vec<Noticed>>, Problem> = notices;
        let mut notices = notices?.concat();
        for notice in &mut notices {
            notice.child = transfers.first(notice.known_as);
        }
        notices.sort_unstable_by_key(|notice| (notice.child, notice.placement));
        for of_child in notices.chunk_by_mut(|one, other| one.child == other.child) {
            looked_after_before(of_child, &transfers);
        }
        let settings = db.settings(Seq::NOW)?;
        let settings = settings.into_iter().map(|(setting, history)| (setting.as_str().to_owned(), history)).collect();
        let (left, reviews) = (left_on_own_view(db)?, Reviews::load(db, &transfers, known, through)?);
        Ok(Lives { protocol: protocol(db)?, notices, settings, left, reviews, transfers })
    }

    /// The notices of each child, in order of child.
    pub(crate) fn children(&self) -> impl Iterator<Item = &[Noticed]> {
        self.notices.chunk_by(|one, other| one.child == other.child)
    }

    /// A child's tenures with their due dates.
    pub(crate) fn tenures(&self, notices: &[Noticed]) -> Vec<Dated> {
        let stays = notices.iter().filter_map(|notice| self.stay(notice)).collect();
        let held = notices.first().map_or(&[][..], |notice| self.reviews.of(notice.child));
        tenures(stays)
            .into_iter()
            .map(|tenure| {
                let of_it = notices.iter().filter(|notice| tenure.has(notice.placement));
                let from = of_it.filter_map(|notice| notice.looked_after).min().unwrap_or(tenure.nights().start());
                let dues = due_dates(&tenure, from, held, &self.protocol, Calendar::shipped());
                (tenure, dues)
            })
            .collect()
    }

    /// A stay in a placement. A temporary one, from which the child comes back, is none.
    fn stay(&self, notice: &Noticed) -> Option<Stay> {
        let (first, last) = (notice.nights.first()?, notice.nights.last()?);
        if notice.kept.is_some() {
            return None;
        }
        let left = |departed| self.left.get(&notice.known_as).is_some_and(|left| left.contains(&departed));
        Some(Stay {
            placement: notice.placement,
            nights: Nights::try_new(first.start(), last.end())?,
            owner: self.owner(notice, first.start()),
            departed: notice.departed.is_some(),
            on_childs_view: notice.departed.is_some_and(left),
            same_bed: self.transfers.went_on(notice.known_as, notice.placement),
        })
    }

    /// Who owns the setting on a night: a council of its own provision; otherwise whom the register names as its owner,
    /// or first named if that was later; otherwise whoever is paid.
    fn owner(&self, notice: &Noticed, night: Night) -> Owner {
        let Some(payee) = &notice.payee else { return Owner::new(&notice.placement.to_string()) };
        let by_number = notice.setting.as_ref().filter(|_| !payee.as_str().starts_with("council/"));
        let history = by_number.and_then(|number| {
            let setting = SettingRef::parse(&format!("urn/{number}"))?;
            self.settings.get(setting.as_str())
        });
        let named = history.and_then(|history| {
            let standing = history.on(night, Seq::NOW).and_then(|standing| owner_of(standing.facts.text(Field::Owner)));
            standing
                .or_else(|| history.versions().iter().find_map(|version| owner_of(version.facts.text(Field::Owner))))
        });
        Owner::new(&named.unwrap_or_else(|| payee.to_string()))
    }

    /// Works something out of every child, on several threads: each makes its own with `new` and adds child after child
    /// with `each`. What they made comes in order of child.
    pub(crate) fn fold<T: Send>(
        &self,
        said: &Said,
        new: impl Fn() -> T + Sync,
        each: impl Fn(&mut T, &Life<'_>) + Sync,
    ) -> Vec<T> {
        let children: Vec<&[Noticed]> = self.children().collect();
        let size = children.len().div_ceil(PARTS as usize).max(1);
        let (new, each) = (&new, &each);
        std::thread::scope(|scope| {
            let workers: Vec<_> = children
                .chunks(size)
                .map(|mine| {
                    scope.spawn(move || {
                        let mut made = new();
                        for notices in mine {
                            each(&mut made, &self.life(notices, said));
                        }
                        made
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("a worker ends as it began")).collect()
        })
    }

    fn life<'a>(&self, notices: &'a [Noticed], said: &Said) -> Life<'a> {
        let child = notices[0].child;
        let mut facts: Vec<Fact> = self.transfers.all(child).flat_map(|child| said.of(child)).copied().collect();
        for fact in &mut facts {
            fact.placement = at_home(notices, fact.placement);
        }
        facts.sort_unstable();
        Life { child, notices, tenures: self.tenures(notices), facts }
    }
}

/// The placement that something is said of: what is said in a time away, in hospital or on holiday, is said of the placement
/// that is kept meanwhile.
pub(crate) fn at_home(notices: &[Noticed], placement: PlacementId) -> PlacementId {
    let away = notices.iter().find(|notice| notice.placement == placement);
    away.and_then(|notice| notice.kept).unwrap_or(placement)
}

fn owner_of(name: Option<&str>) -> Option<String> {
    let name = fold(name?);
    (!name.is_empty()).then(|| format!("owner/{name}"))
}

/// A child whom a council took over has been looked after since before: where its own period begins on that day, it is that
/// of the placement that went on.
fn looked_after_before(notices: &mut [Noticed], transfers: &Transfers) {
    for child in transfers.all(notices[0].child).collect::<Vec<_>>() {
        let Some(taken) = transfers.taken(child) else { continue };
        let ends = |notice: &&Noticed| notice.nights.last().is_some_and(|nights| nights.end() == taken.on);
        let before = notices.iter().filter(|notice| notice.known_as == taken.from).filter(ends);
        let Some(since) = before.filter_map(|notice| notice.looked_after).min() else { continue };
        let begun = notices.iter_mut().filter(|notice| notice.known_as == child);
        begun
            .filter(|notice| notice.looked_after == Some(taken.on))
            .for_each(|notice| notice.looked_after = Some(since));
    }
}

fn read_notices(db: &mut Db, part: (i64, i64), wanted: impl Fn(&Noticed) -> bool) -> Result<Vec<Noticed>, Problem> {
    let mut notices = Vec::new();
    db.each_latest_notice(part, Seq::NOW, |_, body| {
        let notice = Noticed::read(body)?;
        if wanted(&notice) {
            notices.push(notice);
        }
        Ok(())
    })?;
    Ok(notices)
}

/// The dates on which episodes ended because the child asked for it: CHILD in REASON_PLACE_CHANGE.
fn left_on_own_view(db: &mut Db) -> Result<HashMap<ChildRef, Vec<Night>>, Problem> {
    const ASKED: &str = "CHILD";
    // The last version of an episode counts: what was once said may have been corrected.
    let mut last: HashMap<i64, (ChildRef, Option<Night>)> = HashMap::new();
    db.each_episode_once_ended_for(ASKED, Seq::NOW, |child, episode, end, reason, withdrawn| {
        last.insert(episode, (child, end.filter(|_| !withdrawn && reason == Some(ASKED))));
    })?;
    let mut left: HashMap<ChildRef, Vec<Night>> = HashMap::new();
    for (child, end) in last.into_values() {
        left.entry(child).or_default().extend(end);
    }
    Ok(left)
}

/// Facts as they are read.
#[derive(Default)]
pub(crate) struct Hearing {
    all: Vec<(ChildRef, Fact)>,
    /// Where in it the answers with words are, and which words a duty person read as a disclosure.
    with_words: Vec<usize>,
    harm: HashSet<(PlacementId, Night)>,
}

impl Hearing {
    /// Takes the next.
    pub(crate) fn take(&mut self, child: ChildRef, placement: PlacementId, on: Night, kind: &str, told: &Told) {
        if kind == "read" && told.substantiated == Some(true) {
            self.harm.extend(told.since.map(|since| (placement, since)));
        }
        if let Some(what) = told.what(kind) {
            if kind == "answered" && told.words {
                self.with_words.push(self.all.len());
            }
            self.all.push((child, Fact { placement, on, what }));
        }
    }

    /// Puts them in order. Words that a duty person read as a disclosure make their answer one.
    pub(crate) fn said(mut self) -> Said {
        for at in self.with_words {
            let fact = &mut self.all[at].1;
            if self.harm.contains(&(fact.placement, fact.on)) {
                fact.what = What::Answered(Signal::Safety);
            }
        }
        self.all.sort_unstable();
        Said(self.all)
    }
}

impl Said {
    /// Reads what was said and done of everybody by `known`.
    pub(crate) fn load(db: &mut Db, known: Seq) -> Result<Said, Problem> {
        let mut hearing = Hearing::default();
        db.each_voice_fact(known, |child, placement, on, kind, body| {
            let told = match kind {
                "asked" => Told::default(),
                "answered" | "review" | "decided" | "read" => serde_json::from_str(body)
                    .map_err(|_| Fault::Damaged("what was said of a placement cannot be read".to_owned()))?,
                _ => return Ok(()),
            };
            hearing.take(child, placement, on, kind, &told);
            Ok(())
        })?;
        Ok(hearing.said())
    }

    fn of(&self, child: ChildRef) -> impl Iterator<Item = &Fact> {
        let from = self.0.partition_point(|(other, _)| *other < child);
        self.0[from..].iter().take_while(move |(other, _)| *other == child).map(|(_, fact)| fact)
    }
}

/// The rest of a fact as stored, as much of it as coverage needs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    pub(crate) signal: Option<Signal>,
    pub(crate) words: bool,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) since: Option<Night>,
    pub(crate) substantiated: Option<bool>,
}

impl Told {
    fn what(&self, kind: &str) -> Option<What> {
        Some(match kind {
            "asked" => What::Asked,
            "answered" => What::Answered(self.signal?),
            "review" => What::ReviewEnded(self.outcome?),
            "decided" => What::Decided { disclosed: self.since?, substantiated: self.substantiated? },
            _ => return None,
        })
    }
}
