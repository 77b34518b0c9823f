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
use crate::transfers::{Taken, Transfers};

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
    /// Placements that went on while another council took over.
    same_bed: HashSet<PlacementId>,
}

/// Facts of everyone, in order of child.
pub(crate) struct Said(Vec<(ChildRef, Fact)>);

/// One child.
pub(crate) struct Life<'a> {
    pub(crate) child: ChildRef,
    pub(crate) notices: &'a [Noticed],
    pub(crate) tenures: Vec<Dated>,
    pub(crate) facts: Vec<Fact>,
    /// Placements that were reported anew under another reference, each with that one.
    anew: Vec<(PlacementId, PlacementId)>,
}

impl Life<'_> {
    /// The placement that something is said of: what is said in a time away, in hospital or on holiday, is said of the
    /// placement that is kept meanwhile; and what was said of a placement whose dates were wrong, of that which took its place.
    pub(crate) fn at_home(&self, placement: PlacementId) -> PlacementId {
        let anew = self.anew.iter().find(|(before, _)| *before == placement).map_or(placement, |(_, now)| *now);
        let away = self.notices.iter().find(|notice| notice.placement == anew);
        away.and_then(|notice| notice.kept).unwrap_or(anew)
    }
}

/// Placements that stand no more, each with the one that took its place: in the same setting and with the same payee, where the
/// child was when something was said of it, or else the nearest.
fn anew(notices: &[Noticed], facts: &[Fact]) -> Vec<(PlacementId, PlacementId)> {
    let gone = notices.iter().filter(|notice| notice.nights.is_empty());
    gone.filter_map(|gone| {
        let said: Vec<i64> =
            facts.iter().filter(|fact| fact.placement == gone.placement).map(|fact| fact.on.days()).collect();
        let alike = |notice: &&Noticed| {
            (&notice.setting, &notice.payee, notice.kind) == (&gone.setting, &gone.payee, gone.kind)
        };
        // The day of leaving is one on which the child is asked.
        let apart = |notice: &Noticed| {
            let (first, last) = (notice.nights.first()?.start().days(), notice.nights.last()?.end().days());
            said.iter().map(|day| (first - day).max(day - last).max(0)).min()
        };
        let near = notices.iter().filter(alike).filter_map(|now| Some((apart(now)?, now.placement)));
        near.min().map(|(_, now)| (gone.placement, now))
    })
    .collect()
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
        let mut same_bed = HashSet::new();
        for of_child in notices.chunk_by_mut(|one, other| one.child == other.child) {
            for taken in transfers.of(of_child[0].child) {
                same_bed.extend(gone_on(of_child, taken));
            }
        }
        let settings = db.settings(Seq::NOW)?;
        let settings = settings.into_iter().map(|(setting, history)| (setting.as_str().to_owned(), history)).collect();
        let (left, reviews) = (left_on_own_view(db)?, Reviews::load(db, &transfers, known, through)?);
        Ok(Lives { protocol: protocol(db)?, notices, settings, left, reviews, transfers, same_bed })
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
            same_bed: self.same_bed.contains(&notice.placement),
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
        let mut facts: Vec<Fact> = match self.transfers.has(child) {
            false => said.of(child).copied().collect(),
            true => self.transfers.all(child).into_iter().flat_map(|child| said.of(child)).copied().collect(),
        };
        let anew = anew(notices, &facts);
        let mut life = Life { child, notices, tenures: self.tenures(notices), facts: Vec::new(), anew };
        for fact in &mut facts {
            fact.placement = life.at_home(fact.placement);
        }
        facts.sort_unstable();
        life.facts = facts;
        life
    }
}

fn owner_of(name: Option<&str>) -> Option<String> {
    let name = fold(name?);
    (!name.is_empty()).then(|| format!("owner/{name}"))
}

/// The placement that went on while another council took over, if the child did stay in the bed: in the same setting, whoever
/// is paid for it. Where the new council's period of care begins with it, it has gone on too.
fn gone_on(notices: &mut [Noticed], taken: &Taken) -> Option<PlacementId> {
    let kept = |notice: &&Noticed| notice.kept.is_none();
    let start = |notice: &Noticed| notice.nights.first().map(|nights| nights.start());
    let there = notices.iter().filter(|notice| notice.known_as == taken.to).filter(kept);
    let went = taken.went_on(there.filter_map(|notice| Some((notice.placement, start(notice)?, notice))))?;
    let here = notices.iter().filter(|notice| notice.known_as == taken.from).filter(kept);
    let here = here.filter(|notice| start(notice).is_some() && start(notice) < start(went));
    let before = here.max_by_key(|notice| (notice.nights.last().map(|nights| nights.end()), notice.placement))?;
    // A place without a number is told by who is paid: one council's own carers are not another's.
    let own = |notice: &Noticed| notice.payee.as_ref().is_some_and(|payee| payee.as_str().starts_with("council/"));
    let both_own = before.setting.is_none() && own(before) && own(went);
    let same_bed = before.setting == went.setting && before.kind == went.kind && !both_own;
    let (placement, begun, since) = (went.placement, went.looked_after, before.looked_after);
    if begun == start(went) {
        let period = notices.iter_mut().filter(|notice| notice.known_as == taken.to && notice.looked_after == begun);
        period.for_each(|notice| notice.looked_after = since.or(begun));
    }
    same_bed.then_some(placement)
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
    /// What disclosing answers say besides.
    besides: HashMap<(PlacementId, Night), Vec<Signal>>,
    /// Where in it decisions are by which a disclosure is not substantiated.
    unsubstantiated: Vec<usize>,
}

impl Hearing {
    /// Takes the next. What a duty person reads in words is for people to act on: it makes no answer another, so that
    /// it moves no money before they have decided.
    pub(crate) fn take(&mut self, child: ChildRef, placement: PlacementId, on: Night, kind: &str, told: &Told) {
        let Some(what) = told.what(kind) else { return };
        match what {
            What::Answered(Signal::Safety) => {
                self.besides.entry((placement, on)).or_default().extend(told.besides);
            }
            What::Decided { substantiated: false, .. } => self.unsubstantiated.push(self.all.len()),
            _ => {}
        }
        self.all.push((child, Fact { placement, on, what }));
    }

    /// Puts them in order. Where a disclosure is not substantiated, what else the child said in that answer stands.
    pub(crate) fn said(mut self) -> Said {
        for at in self.unsubstantiated {
            let (child, fact) = self.all[at];
            let What::Decided { disclosed, .. } = fact.what else { continue };
            // Of several answers of that day each stands.
            let besides = self.besides.get(&(fact.placement, disclosed)).into_iter().flatten();
            let stands = besides.map(|&signal| What::Stands { said: disclosed, signal });
            self.all.extend(stands.map(|what| (child, Fact { what, ..fact })));
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
                "answered" | "review" | "decided" => serde_json::from_str(body)
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
    pub(crate) besides: Option<Signal>,
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
