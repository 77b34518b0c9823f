//! The placement from arrival to departure. What is recorded of it becomes episodes, as the council will report them, and
//! of these the notice at the door follows: nothing else passes.

use care::home::{Case, Event, Piece, Placed, Role, Stage, TRANSFER, View, What, duties, pieces};
use kernel::{ChildRef, Code, CodeSet, CouncilCode, EpisodeId, Masked, Night, Nights, PlacementId, ReturnYear, Seq};
use matching::{Constraint, Verdict, Verdicts};
use register::{Conditions, Field, PlaceRef, Says, Setting, SettingRef, State, Statement, fold};
use store::{Db, EpisodeVersion, StoredChild, Wing};

use super::decide::{coded, no_home, say_of_place};
use super::facts::return_year;
use super::list::{fits, holder};
use super::supply::{Supply, Wanted, home_id};
use super::{
    Done, Step, done, facts, has_come, known_child, last_search, not_elsewhere, row, search_of, searches,
    without_lapsed_hold, without_money,
};
use crate::import::changed;

use crate::moment::Moment;
use crate::office::{AsOf, Office};
use crate::problem::Problem;
use crate::reference::ReferenceKey;
use crate::register::{PlaceCommand, instant};
use crate::settle::settled;
use crate::transfers::Transfers;

/// No home has more places than this: where to look for one in which nobody is.
const MOST_PLACES: u16 = 99;

/// A child comes.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The first night.
    pub on: Night,
    /// Which place of the home the child has, if not the one decided on: somebody else may be in that by now.
    pub place: Option<u16>,
    /// The legal status; otherwise the last that is known.
    pub legal_status: Option<String>,
    /// Why the child left the home before, as SSDA903 has it (REASON_PLACE_CHANGE), where there was one.
    pub reason: Option<String>,
}

/// What happens to a placement.
#[derive(Clone, Debug)]
pub enum LifeStep {
    /// Introductions on these days.
    Introductions(Nights),
    /// The child did not come.
    NotArrived,
    /// The child sleeps elsewhere from a date on: a temporary code, and until when if that is known.
    Away(String, Option<Night>),
    /// The child is back.
    Back,
    /// The stay goes on until a date; that the child is still there is confirmed.
    Extend(Night),
    /// Notice was given, by whom, for when.
    Notice(Role, Night),
    /// The child left: the reasons as SSDA903 has them.
    End(String, Option<String>),
    /// A date was wrong, or the child never came, or has not left after all.
    Correct(Correction),
    /// The child was visited.
    Visited,
    /// The child's case was reviewed; or, if not, it was recorded in error that it was.
    Reviewed(bool),
    /// A duty of the start was done, by its word.
    Done(String),
}

/// What was wrong.
#[derive(Clone, Debug, Default)]
pub struct Correction {
    /// The true date of arrival.
    pub arrived: Option<Night>,
    /// The true date of departure.
    pub ended: Option<Night>,
    /// The child never came.
    pub never: bool,
    /// The child has not left after all.
    pub goes_on: bool,
}

/// What a step needs besides the events: the child, the time, and the number of the commit.
struct Scene<'a> {
    db: &'a mut Db,
    child: StoredChild,
    at: String,
    seq: Seq,
    key: ReferenceKey,
    items: i64,
}

impl Scene<'_> {
    fn today(&self) -> Night {
        Moment::date(&self.at)
    }

    fn record(&mut self, event: &Event, words: Option<Masked>) -> Result<(), Problem> {
        let row = row(self.seq, self.items, self.child.child, event, words);
        self.items += 1;
        Ok(self.db.record_home_events(&[row])?)
    }

    /// Writes what the episodes now are, and puts at the door what has changed.
    fn report(&mut self, mut fresh: Vec<EpisodeVersion>) -> Result<(), Problem> {
        fresh.sort_unstable_by_key(|version| version.episode);
        self.db.record_episodes(&fresh)?;
        let versions = self.db.episode_versions(self.child.child, Seq::NOW)?;
        let gone = Transfers::load(self.db, Seq::NOW)?.gone(self.child.child);
        let settled = settled(&self.child, &versions, &gone);
        let stored = self.db.notices_of_child(self.child.child, Seq::NOW)?;
        Ok(self.db.record_notices(self.seq, &changed(&stored, settled.notices))?)
    }

    /// The last version of each episode that stands, by the first night.
    fn standing(&mut self) -> Result<Vec<EpisodeVersion>, Problem> {
        let versions = self.db.episode_versions(self.child.child, Seq::NOW)?;
        let latest = versions.chunk_by(|one, other| one.episode == other.episode).filter_map(<[_]>::last);
        let mut standing: Vec<EpisodeVersion> = latest.filter(|last| !last.withdrawn).cloned().collect();
        standing.sort_by_key(|version| (version.decom, version.episode));
        Ok(standing)
    }

    fn year(&self, nights: &[Night]) -> Result<i16, Problem> {
        let told = nights.iter().copied().max().unwrap_or(self.today());
        let last = told.max(self.today());
        // What is past can be recorded in a year that this version does not know yet.
        ReturnYear::try_new(return_year(last))
            .or_else(|| ReturnYear::try_new(return_year(told)))
            .map(ReturnYear::ends)
            .ok_or_else(|| Problem::asked("home.year", format!("{told} is in no return that this version knows")))
    }

    /// The episodes of a placement as it now is, as versions that say something new.
    fn episodes(
        &mut self,
        (was, placed): (&Placed, &Placed),
        base: &EpisodeVersion,
        confirm: bool,
    ) -> Result<Vec<EpisodeVersion>, Problem> {
        let standing = self.standing()?;
        let gone: Vec<Night> = pieces(was).iter().skip(1).map(|piece| piece.start).collect();
        let pieces = pieces(placed);
        let mut fresh: Vec<EpisodeVersion> = Vec::with_capacity(pieces.len());
        for (at, piece) in pieces.iter().enumerate() {
            let before = match at {
                0 => standing.iter().find(|version| version.episode == placed.episode),
                _ => standing.iter().find(|version| version.decom == piece.start && version.episode != placed.episode),
            };
            let episode = match before {
                Some(before) => before.episode,
                None => self.new_episode(piece.start, &fresh)?,
            };
            let last = at + 1 == pieces.len();
            let now = self.version(placed, base, piece, (at == 0, last), episode)?;
            let now = match before {
                // Evidence never shrinks; an open stay is taken on only by a word that the child is still there.
                Some(before) if !confirm => {
                    let through = return_year(piece.end.map_or(piece.start, Night::eve));
                    EpisodeVersion { year: before.year.max(through), ..now }
                }
                _ => now,
            };
            if before.is_none_or(|before| EpisodeVersion { seq: before.seq, ..now.clone() } != *before) {
                fresh.push(now);
            }
        }
        // A piece that is no longer one: a time away that was none, or what came after it.
        let stays = |decom: Night| pieces.iter().any(|piece| piece.start == decom);
        let seq = self.seq;
        let vanished = standing.into_iter().filter(|version| {
            version.episode != placed.episode && gone.contains(&version.decom) && !stays(version.decom)
        });
        fresh.extend(vanished.map(|version| EpisodeVersion { seq, withdrawn: true, ..version }));
        Ok(fresh)
    }

    fn version(
        &self,
        placed: &Placed,
        base: &EpisodeVersion,
        piece: &Piece,
        (first, last): (bool, bool),
        episode: EpisodeId,
    ) -> Result<EpisodeVersion, Problem> {
        let code = |text: &str| Code::parse(text).expect("a code of the return");
        let end = piece.end.map(Night::eve);
        let rec = match (piece.end, placed.ended) {
            (None, _) => None,
            (Some(_), Some((_, rec, _))) if last => Some(rec),
            (Some(_), _) => Some(code("X1")),
        };
        let away = piece.away.is_some();
        Ok(EpisodeVersion {
            episode,
            seq: self.seq,
            child: base.child,
            year: self.year(&[piece.start, end.unwrap_or(piece.start)])?,
            decom: piece.start,
            dec: piece.end,
            rne: if first { base.rne } else { code("P") },
            ls: base.ls,
            cin: base.cin,
            place: piece.away.unwrap_or(base.place),
            provider: if away { None } else { base.provider },
            rec,
            reason: if last { placed.ended.and_then(|(_, _, reason)| reason) } else { None },
            home_post: base.home_post.clone(),
            pl_post: if away { Masked::default() } else { base.pl_post.clone() },
            urn: if away { None } else { base.urn.clone() },
            withdrawn: false,
        })
    }

    fn new_episode(&mut self, start: Night, fresh: &[EpisodeVersion]) -> Result<EpisodeId, Problem> {
        let versions = self.db.episode_versions(self.child.child, Seq::NOW)?;
        let taken = |id: &EpisodeId| versions.iter().chain(fresh).any(|version| version.episode == *id);
        let ids = (0..).map(|nth| self.key.episode(self.child.child, start, nth));
        Ok(ids.into_iter().find(|id| !taken(id)).expect("there are more references than episodes"))
    }

    /// The version that the other episodes of a placement are made after.
    fn base(&mut self, placed: &Placed) -> Result<EpisodeVersion, Problem> {
        let versions = self.db.episode_versions(self.child.child, Seq::NOW)?;
        let of_it = versions.iter().rfind(|version| version.episode == placed.episode);
        of_it.cloned().ok_or_else(|| Problem::not_found("episode", "the placement's episode is not in the store"))
    }
}

/// Who runs a place, as SSDA903 codes it, and under which Ofsted number.
fn provider(facts: &Setting, setting: &SettingRef, child: &StoredChild, on: Night) -> (Option<Code>, Option<String>) {
    let own = facts.council(on).is_some_and(|council| council.code == child.council);
    let code = match facts.text(Field::Sector).map(fold).as_deref() {
        Some("private") => "PR4",
        Some("voluntary") => "PR5",
        Some("healthauthority") => "PR3",
        // A household of which nobody says otherwise is approved by its own council.
        _ if own => "PR1",
        Some("localauthority") => "PR2",
        _ => return (None, setting.number().map(str::to_owned)),
    };
    let agency = || facts.text(Field::Owner).and_then(SettingRef::urn).and_then(|urn| urn.number().map(str::to_owned));
    let urn = setting.number().map(str::to_owned).or_else(agency);
    (Code::parse(code), urn)
}

impl Office {
    fn home_scene<T>(
        &self,
        child: ChildRef,
        command: &str,
        parts: &[&str],
        about: &What,
        work: impl FnOnce(&mut Scene<'_>, Case) -> Result<T, Problem>,
    ) -> Result<(Done, Option<T>), Problem> {
        let mut db = self.open(Wing::Care)?;
        let stored = known_child(&mut db, child)?;
        let content = self.home_content(&mut db, &[&[&child.to_string(), command][..], parts].concat())?;
        let key = db.reference_key()?.unwrap_or_default();
        let now = self.clock.now();
        let (mut search, mut home, mut answer) = (0, None, None);
        let committed = self.commit(&mut db, "home", &content, |db, seq| {
            let case = search_of(db, child, about)?;
            search = case.search;
            home = case.decision.as_ref().map(|decision| decision.setting.clone());
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let mut scene = Scene { db, child: stored, at, seq, key: ReferenceKey::new(key), items: 0 };
            answer = Some(work(&mut scene, case)?);
            Ok(Some(()))
        })?;
        Ok((done(committed, child, search, command, home, Vec::new())?, answer))
    }

    /// The child has come. What was decided becomes an episode, the place is filled, and the door learns of it.
    pub fn home_start(&self, child: ChildRef, arrival: &Arrival) -> Result<(Done, PlacementId), Problem> {
        let parts = format!("{arrival:?}");
        let about = What::Arrived { episode: EpisodeId::from_hash([0; 8]), place: 0 };
        let (recorded, placement) = self.home_scene(child, "arrived", &[&parts], &about, |scene, case| {
            let decision = case.decision.clone().filter(|_| case.stage == Stage::Decided);
            let number = arrival.place.or(decision.as_ref().map(|decision| decision.place)).unwrap_or(0);
            let episode = scene.new_episode(arrival.on, &[])?;
            let setting = decision.as_ref().map(|decision| decision.setting.clone());
            let what = What::Arrived { episode, place: number };
            let event = Event { search: case.search, on: arrival.on, setting, words: false, what };
            case.allows(&event)?;
            let decision = decision.expect("only a decided case allows an arrival");
            has_come(arrival.on, scene.today())?;
            not_elsewhere(scene.db, child, arrival.on)?;
            let base = first_episode(scene, &decision.setting, decision.kind, arrival, episode)?;
            let mut fresh = leave_the_last(scene, &case, arrival)?;
            let by = holder(scene.db, &scene.child, case.search)?;
            // For the stay decided on, and no longer: another child may be promised the nights after it.
            let nights = (Some(arrival.on), Some(case.stay.end().max(arrival.on.next())));
            fill(scene, &decision.setting, number, number != decision.place, nights, &by)?;
            scene.record(&event, None)?;
            fresh.push(base);
            scene.report(fresh)?;
            PlacementId::from_stored(episode.stored())
                .ok_or_else(|| Problem::not_found("placement", "no such reference"))
        })?;
        let placement = match placement {
            Some(placement) => placement,
            None => {
                let placed = last_search(&mut self.open(Wing::Care)?, child)?.placed;
                let placed = placed.and_then(|placed| PlacementId::from_stored(placed.episode.stored()));
                placed.ok_or_else(|| Problem::not_found("placement", "that commit placed no child"))?
            }
        };
        if recorded.recorded {
            self.home_drop_hold(child, recorded.search)?;
        }
        let mut told = vec![format!("placement {placement}: the door has its notice")];
        let decision = last_search(&mut self.open(Wing::Care)?, child)?.decision;
        let against = match decision {
            Some(decision) => self.home_filled_against(&decision.setting, decision.place, arrival.on)?,
            None => None,
        };
        told.extend(against.map(|why| format!("the child is there, and {why}: look at the placement now")));
        Ok((Done { told, ..recorded }, placement))
    }

    /// Why no child should be in a place that a child is in, by the register as of a night: it may have changed since the
    /// decision. That the child is there is recorded all the same.
    pub(super) fn home_filled_against(&self, setting: &str, place: u16, on: Night) -> Result<Option<String>, Problem> {
        let Some(setting) = SettingRef::parse(setting) else { return Ok(None) };
        let page = match self.register_show(&setting, &AsOf { as_of: Some(on), known_at: None }) {
            Ok(page) => page,
            Err(problem) if problem.exit == 4 => {
                return Ok(Some("the register does not know the home".to_owned()));
            }
            Err(problem) => return Err(problem),
        };
        let its = page.places.into_iter().find(|line| line.place.number == place && line.state == "filled");
        Ok(its.and_then(|line| line.reason))
    }

    /// The hold has done its work once the place is filled: left standing, it would keep the place when the child leaves
    /// before it expires. A commit of its own, since one commit says one thing of a place; without it the hold expires.
    fn home_drop_hold(&self, child: ChildRef, search: i64) -> Result<(), Problem> {
        let office = Office { key: None, ..self.clone() };
        let mut db = office.open(Wing::Care)?;
        let stored = known_child(&mut db, child)?;
        let case = last_search(&mut db, child)?;
        let Some(decision) = case.decision.filter(|_| case.search == search) else { return Ok(()) };
        let by = holder(&mut db, &stored, search)?;
        let content = office.home_content(&mut db, &[&child.to_string(), "hold done", &search.to_string()])?;
        let now = office.clock.now();
        office.commit(&mut db, "home", &content, |db, seq| {
            let Some(setting) = SettingRef::parse(&decision.setting) else { return Ok(None) };
            let said = db.statements_of(&setting, Seq::NOW)?;
            // Of the place decided on, which need not be the one that the child has.
            let held = ::register::standing(&said, Seq::NOW)
                .into_iter()
                .find(|said| said.says == Says::Held && said.by == by)
                .cloned();
            let Some(held) = held else { return Ok(None) };
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let (at, replaces) = (instant(&at)?, Some(held.seq));
            db.record_statements(&[Statement { seq, expires: Some(at.clone()), replaces, at, ..held }])?;
            Ok(Some(()))
        })?;
        Ok(())
    }

    /// One step in the life of a placement.
    pub fn home_life(
        &self,
        child: ChildRef,
        on: Night,
        step: &LifeStep,
        words: Option<Masked>,
    ) -> Result<Done, Problem> {
        // A child's and a parent's own words are never turned away.
        if !matches!(step, LifeStep::Notice(Role::Child | Role::Parent, _)) {
            without_money("the reason", words.as_ref())?;
        }
        if let LifeStep::Reviewed(held) = step {
            return self.home_reviewed(child, on, *held);
        }
        let what = described(step, on)?;
        if !matches!(what, What::Introductions { .. }) {
            has_come(on, self.today())?;
        }
        if let What::Away { back: Some(back), .. } = what {
            has_come(back, self.today())?;
        }
        if matches!(what, What::Introductions { .. } | What::Notice { .. } | What::Visited | What::Done { .. }) {
            let case = search_of(&mut self.open(Wing::Care)?, child, &what)?;
            let setting = case.decision.map(|decision| decision.setting);
            return self.home_step(child, Step { on, setting, what, words });
        }
        let said = words.as_ref().map(Masked::reveal).unwrap_or_default().to_owned();
        let (kind, parts) = (what.kind(), format!("{} {what:?}", on.iso()));
        let about = what.clone();
        let (recorded, _) = self.home_scene(child, kind, &[&parts, &said], &about, |scene, case| {
            let setting = case.decision.as_ref().map(|decision| decision.setting.clone());
            let mut what = what;
            if let What::NotArrived { place } = &mut what {
                *place = case.decision.as_ref().map_or(0, |decision| decision.place);
            }
            let event = Event { search: case.search, on, setting, words: words.is_some(), what };
            case.allows(&event)?;
            if let What::Extended { until } = event.what {
                a_child_still(scene, until)?;
                lawful_longer(scene, &case, until)?;
            }
            scene.record(&event, words)?;
            of_place(scene, &case, &event)?;
            let Some(was) = &case.placed else { return Ok(()) };
            let mut fresh = match &event.what {
                What::Corrected { .. } => the_last_again(scene, &case, &event)?,
                _ => Vec::new(),
            };
            let now = searches(scene.db, child, Seq::NOW)?.into_iter().find(|now| now.search == case.search);
            match now.and_then(|now| now.placed) {
                Some(placed) => {
                    let base = scene.base(&placed)?;
                    let confirm = matches!(event.what, What::Extended { .. });
                    fresh.extend(scene.episodes((was, &placed), &base, confirm)?);
                }
                None => {
                    let starts: Vec<Night> = pieces(was).iter().map(|piece| piece.start).collect();
                    let standing = scene.standing()?;
                    let ours = standing
                        .into_iter()
                        .filter(|version| version.episode == was.episode || starts.contains(&version.decom));
                    let seq = scene.seq;
                    fresh.extend(ours.map(|version| EpisodeVersion { seq, withdrawn: true, ..version }));
                }
            }
            scene.report(fresh)
        })?;
        Ok(recorded)
    }

    /// Another council is responsible from a date on: the child's episodes end there and begin here, in the same bed, so
    /// that no night is lost or double. What is known of the child goes with them.
    pub fn home_transfer(
        &self,
        child: ChildRef,
        on: Night,
        to: CouncilCode,
        local_id: &Masked,
    ) -> Result<(Done, ChildRef), Problem> {
        let parts = format!("{} {to} {}", on.iso(), local_id.reveal());
        let new = ReferenceKey::new(self.open(Wing::Care)?.reference_key()?.unwrap_or_default()).child(to, local_id);
        let about = What::Transferred { to, child: new };
        let (recorded, _) = self.home_scene(child, "transferred", &[&parts], &about, |scene, case| {
            if to == scene.child.council {
                return Err(Problem::asked("home.transfer", format!("{to} is responsible now: check the council")));
            }
            let placed = case.placed.clone().filter(|_| case.lives());
            let base = placed.as_ref().map(|placed| scene.base(placed)).transpose()?;
            let there = there_already(scene, new, to, on, base.as_ref())?;
            let setting = case.decision.as_ref().map(|decision| decision.setting.clone());
            let what = What::Transferred { to, child: new };
            let event = Event { search: case.search, on, setting: setting.clone(), words: false, what };
            case.allows(&event)?;
            has_come(on, scene.today())?;
            scene.record(&event, None)?;
            close_the_next(scene, &case, on)?;
            let placed = case.placed.clone().expect("only a placement is transferred");
            let decision = case.decision.clone().expect("a placement was decided on");
            let base = scene.base(&placed)?;
            // E3: care is taken over by another council.
            let e3 = coded(CodeSet::Rec, on, "E3", "reason to end")?;
            let ended = Placed { ended: Some((on, e3, None)), ..placed.clone() };
            let fresh = scene.episodes((&placed, &ended), &base, false)?;
            let here = scene.child.clone();
            take_over(scene, (new, to, local_id), there, &case, &base, &decision, on)?;
            // Here the placement ends; the other is known by now, in which it goes on.
            scene.child = here;
            scene.report(fresh)
        })?;
        let told = vec![format!("{to} knows the child as {new}; the placement goes on in the same bed")];
        Ok((Done { told, ..recorded }, new))
    }
}

fn described(step: &LifeStep, on: Night) -> Result<What, Problem> {
    Ok(match step {
        LifeStep::Introductions(nights) => What::Introductions { nights: *nights },
        LifeStep::NotArrived => What::NotArrived { place: 0 },
        LifeStep::Away(code, back) => {
            let code = coded(CodeSet::Place, on, code, "temporary code")?;
            if !care::is_temporary(code) {
                return Err(Problem::asked(
                    "home.code",
                    format!("{code} is no temporary code (T0 to T4): a move is a search and a decision"),
                ));
            }
            What::Away { code, back: *back }
        }
        LifeStep::Back => What::Back,
        LifeStep::Extend(until) => What::Extended { until: *until },
        LifeStep::Notice(by, ends) => What::Notice { by: *by, ends: *ends },
        // X1: another placement begins on the same day, so there is a home to be recorded.
        LifeStep::End(rec, _) if rec.eq_ignore_ascii_case("X1") => {
            return Err(Problem::asked(
                "home.move",
                "X1 says that the child moves to another home that day: look for it with `carebank home open`; recording that the child has come there ends this placement",
            ));
        }
        LifeStep::End(rec, reason) => What::Ended {
            rec: coded(CodeSet::Rec, on, rec, "reason to end")?,
            reason: reason
                .as_deref()
                .map(|reason| coded(CodeSet::PlaceChange, on, reason, "reason of change"))
                .transpose()?,
        },
        LifeStep::Correct(Correction { arrived, ended, never, goes_on }) => {
            if let Some(date) = [arrived, ended].into_iter().flatten().find(|date| **date > on) {
                let sentence = format!("{date} is after {on}, the day on which it is corrected");
                return Err(Problem::asked("home.date", sentence));
            }
            What::Corrected { arrived: *arrived, ended: *ended, never: *never, goes_on: *goes_on }
        }
        LifeStep::Visited => What::Visited,
        LifeStep::Reviewed(true) => What::Reviewed,
        LifeStep::Reviewed(false) => What::NotReviewed,
        LifeStep::Done(duty) => {
            let words: Vec<&str> = duties().iter().map(|duty| duty.word.as_str()).collect();
            if !words.contains(&duty.as_str()) {
                return Err(Problem::asked("home.duty", format!("{duty} is no duty; there are {}", words.join(", "))));
            }
            What::Done { duty: duty.clone() }
        }
    })
}

/// The first episode of a placement.
fn first_episode(
    scene: &mut Scene<'_>,
    setting: &str,
    kind: Code,
    arrival: &Arrival,
    episode: EpisodeId,
) -> Result<EpisodeVersion, Problem> {
    let on = arrival.on;
    let reference =
        SettingRef::parse(setting).ok_or_else(|| Problem::not_found("setting", format!("{setting} is no setting")))?;
    let history = scene.db.setting(&reference, Seq::NOW)?;
    let facts = history.on(on, Seq::NOW).map(|standing| standing.facts).unwrap_or_default();
    let (provider, urn) = provider(&facts, &reference, &scene.child, on);
    let standing = scene.standing()?;
    let before = standing.iter().rev().find(|version| version.decom < on);
    let in_care = before.is_some_and(|before| before.dec.is_none_or(|dec| dec >= on));
    let status = match (&arrival.legal_status, before) {
        (Some(text), _) => coded(CodeSet::LegalStatus, on, text, "legal status")?,
        (None, Some(before)) if in_care => before.ls,
        _ => return Err(Problem::asked("home.legal-status", "give --legal-status: none is known on the eve")),
    };
    let code = |text: &str| Code::parse(text).expect("a code of the return");
    let post = facts.text(Field::Postcode).unwrap_or_default();
    Ok(EpisodeVersion {
        episode,
        seq: scene.seq,
        child: scene.child.child,
        year: scene.year(&[on])?,
        decom: on,
        dec: None,
        rne: code(if in_care { "P" } else { "S" }),
        ls: status,
        cin: before.and_then(|before| before.cin),
        place: kind,
        provider,
        rec: None,
        reason: None,
        home_post: before.map(|before| before.home_post.clone()).unwrap_or_default(),
        pl_post: Masked::new(post),
        urn,
        withdrawn: false,
    })
}

/// Says that the child is in the place. If somebody else is, the refusal names a place in which nobody is: where a child
/// sleeps is recorded even where no child should.
fn fill(
    scene: &mut Scene<'_>,
    setting: &str,
    number: u16,
    beyond: bool,
    nights: (Option<Night>, Option<Night>),
    by: &str,
) -> Result<(), Problem> {
    let (at, seq) = (scene.at.as_str(), scene.seq);
    let mut filled = |number| say_of_place(scene.db, &PlaceCommand::Fill, (setting, number), nights, by, (at, seq));
    if let Some(first) = (1..number.min(MOST_PLACES)).find(|&other| beyond && filled(other).is_ok()) {
        let sentence =
            format!("{setting}/{first} is the first place that nobody has: record the child with --place {first}");
        return Err(Problem::asked("home.place", sentence));
    }
    let taken = match filled(number) {
        Ok(statement) => return Ok(scene.db.record_statements(std::slice::from_ref(&statement))?),
        Err(problem) if problem.code == "vacancy.taken" => problem,
        Err(problem) => return Err(problem),
    };
    let other = (1..=MOST_PLACES).find(|&other| filled(other).is_ok());
    let mend = other.map_or_else(String::new, |other| {
        format!(
            ". If the child did come, record it with --place {other}: where a child sleeps is recorded, and where that is \
             more than the home is registered for, `carebank home due` says so"
        )
    });
    Err(Problem { sentence: format!("{}{mend}", taken.sentence), ..taken })
}

/// A child who moves leaves the home before: its open episodes end on the day of the move, and its place is given free.
fn leave_the_last(scene: &mut Scene<'_>, case: &Case, arrival: &Arrival) -> Result<Vec<EpisodeVersion>, Problem> {
    let on = arrival.on;
    let x1 = coded(CodeSet::Rec, on, "X1", "reason to end")?;
    let reason = arrival
        .reason
        .as_deref()
        .map(|reason| coded(CodeSet::PlaceChange, on, reason, "reason of change"))
        .transpose()?;
    let all = searches(scene.db, scene.child.child, Seq::NOW)?;
    for before in all.iter().filter(|before| before.search != case.search && before.stage == Stage::Placed) {
        let setting = before.decision.as_ref().map(|decision| decision.setting.clone());
        let what = What::Ended { rec: x1, reason };
        let event = Event { search: before.search, on, setting, words: false, what };
        before.allows(&event)?;
        scene.record(&event, None)?;
        of_place(scene, before, &event)?;
    }
    let year = scene.year(&[on])?;
    let seq = scene.seq;
    let standing = scene.standing()?;
    let open = standing.into_iter().filter(|version| version.decom < on && version.dec.is_none());
    Ok(open
        .map(|version| EpisodeVersion {
            seq,
            dec: Some(on),
            rec: Some(x1),
            reason,
            year: version.year.max(year),
            ..version
        })
        .collect())
}

/// What becomes of the place: given free at the end, corrected with the dates, taken back if nobody came.
fn of_place(scene: &mut Scene<'_>, case: &Case, event: &Event) -> Result<(), Problem> {
    let Some(decision) = &case.decision else { return Ok(()) };
    let (setting, number) = (decision.setting.as_str(), decision.place);
    if let What::NotArrived { .. } = event.what {
        return let_go(scene, case, setting, number);
    }
    let Some(placed) = &case.placed else { return Ok(()) };
    match &event.what {
        What::Ended { .. } => refill(scene, setting, number, placed.arrived, (None, Some(event.on))),
        What::Extended { until } => {
            still_open(scene, setting, number, case.stay.end(), *until)?;
            refill(scene, setting, number, placed.arrived, (None, Some(*until)))
        }
        // A stay of no night: the place was never filled.
        What::Corrected { never: true, .. } => {
            refill(scene, setting, number, placed.arrived, (None, Some(placed.arrived)))
        }
        What::Corrected { goes_on: true, .. } => {
            let left = placed.ended.map_or(case.stay.end(), |(on, ..)| on);
            let until = case.stay.end().max(scene.today().next());
            still_open(scene, setting, number, left, until)?;
            refill(scene, setting, number, placed.arrived, (None, Some(until)))
        }
        What::Corrected { arrived, ended, .. } => {
            if let Some(came) = arrived {
                still_open(scene, setting, number, *came, placed.arrived)?;
            }
            if let (Some(left), Some((before, ..))) = (ended, placed.ended) {
                still_open(scene, setting, number, before, *left)?;
            }
            refill(scene, setting, number, placed.arrived, (*arrived, *ended))
        }
        _ => Ok(()),
    }
}

/// A hold ends at this moment, whatever it was made after.
fn let_go(scene: &mut Scene<'_>, case: &Case, setting: &str, number: u16) -> Result<(), Problem> {
    let by = holder(scene.db, &scene.child, case.search)?;
    let Some(setting) = SettingRef::parse(setting) else { return Ok(()) };
    let mut said = scene.db.statements_of(&setting, Seq::NOW)?;
    said.retain(|said| said.place.number == number);
    let standing = ::register::standing(&said, Seq::NOW);
    let Some(held) = standing.into_iter().find(|said| said.says == Says::Held && said.by == by) else { return Ok(()) };
    let (seq, at, replaces) = (scene.seq, instant(&scene.at)?, Some(held.seq));
    let over = Statement { seq, expires: Some(at.clone()), replaces, at, ..held.clone() };
    Ok(scene.db.record_statements(std::slice::from_ref(&over))?)
}

/// Says anew for which nights the place is filled by the child who was there on a night. If nobody has said that it is
/// filled then, there is nothing to mend in the register.
fn refill(
    scene: &mut Scene<'_>,
    setting: &str,
    number: u16,
    there: Night,
    (from, until): (Option<Night>, Option<Night>),
) -> Result<(), Problem> {
    let place = SettingRef::parse(setting).and_then(|setting| PlaceRef::try_new(setting, number));
    let place = place.ok_or_else(|| Problem::not_found("place", "no such place"))?;
    let mut said = scene.db.statements_of(&place.setting, Seq::NOW)?;
    said.retain(|said| said.place == place);
    let view = ::register::View { known: Seq::NOW, at: instant(&scene.at)? };
    let State::Filled(filled) = ::register::state(&said, there, &view) else { return Ok(()) };
    let from = from.unwrap_or(filled.from);
    let until = until.or(filled.until);
    let turnaround = match until.filter(|until| *until > from) {
        None => 0,
        Some(until) => {
            let conditions = scene.db.conditions(&place.setting, Seq::NOW)?;
            ::register::conditions_on(&conditions, number, until, Seq::NOW).turnaround.unwrap_or(0)
        }
    };
    let (seq, replaces, at) = (scene.seq, Some(filled.seq), view.at.clone());
    let again = match until {
        // Not a night: said as a hold that is over, since nothing is said of no night.
        Some(until) if until <= from => Statement {
            seq,
            says: Says::Held,
            expires: Some(at.clone()),
            replaces,
            at,
            turnaround: 0,
            ..filled.clone()
        },
        _ => Statement { seq, from, until, turnaround, replaces, at, ..filled.clone() },
    };
    Ok(scene.db.record_statements(std::slice::from_ref(&again))?)
}

/// A child who moved came from somewhere: a corrected arrival is the day on which the home before was left, and a child
/// who never came never left it.
fn the_last_again(scene: &mut Scene<'_>, case: &Case, event: &Event) -> Result<Vec<EpisodeVersion>, Problem> {
    let What::Corrected { arrived, never, .. } = event.what else { return Ok(Vec::new()) };
    let Some(placed) = case.placed.as_ref().filter(|_| never || arrived.is_some()) else { return Ok(Vec::new()) };
    let x1 = coded(CodeSet::Rec, placed.arrived, "X1", "reason to end")?;
    let moved = |on: Night, rec: Code| on == placed.arrived && rec == x1;
    let all = searches(scene.db, scene.child.child, Seq::NOW)?;
    let before = all.iter().rfind(|before| {
        let ended = before.placed.as_ref().and_then(|placed| placed.ended);
        before.search != case.search && ended.is_some_and(|(on, rec, _)| moved(on, rec))
    });
    if let Some(before) = before {
        let setting = before.decision.as_ref().map(|decision| decision.setting.clone());
        let what = What::Corrected { arrived: None, ended: arrived, never: false, goes_on: never };
        let event = Event { search: before.search, on: event.on, setting, words: false, what };
        before.allows(&event)?;
        scene.record(&event, None)?;
        of_place(scene, before, &event)?;
    }
    let seq = scene.seq;
    let standing = scene.standing()?;
    let left = standing.into_iter().filter(|version| {
        let here = version.episode == placed.episode;
        !here && version.dec.zip(version.rec).is_some_and(|(on, rec)| moved(on, rec)) && version.decom < placed.arrived
    });
    left.map(|version| match arrived {
        Some(came) if came <= version.decom => {
            let sentence = format!("the child came to the home before on {}: not yet here on {came}", version.decom);
            Err(Problem::asked("home.date", sentence))
        }
        Some(came) => Ok(EpisodeVersion { seq, dec: Some(came), ..version }),
        None => Ok(EpisodeVersion { seq, dec: None, rec: None, reason: None, ..version }),
    })
    .collect()
}

/// A placement ends with the night before the eighteenth birthday.
fn a_child_still(scene: &Scene<'_>, until: Night) -> Result<(), Problem> {
    let grown = scene.child.born.birthday(18);
    if until <= grown {
        return Ok(());
    }
    let sentence = format!(
        "the child is 18 on {grown}: the placement ends with the night before, so --until can be {grown} at the latest. \
         Staying on with the carers after that is another arrangement"
    );
    Err(Problem::asked("home.grown", sentence))
}

/// A stay is not made longer than the law allows the home to have the child: registration, age, sex, a court's authority.
fn lawful_longer(scene: &mut Scene<'_>, case: &Case, until: Night) -> Result<(), Problem> {
    let Some(nights) = Nights::try_new(case.stay.end(), until) else { return Ok(()) };
    let Some(setting) = case.decision.as_ref().and_then(|decision| SettingRef::parse(&decision.setting)) else {
        return Ok(());
    };
    let known = scene.db.home_facts(&scene.child.child.to_string(), Seq::NOW)?;
    let search = facts::search(&scene.child, &known, nights)?;
    search.check().map_err(|error| Problem::refused("match.search", error.to_string()))?;
    let view = ::register::View { known: Seq::NOW, at: instant(&scene.at)? };
    let fits = |conditions: &Conditions| fits(&search, conditions);
    let wanted = Wanted { nights, view: &view, own: None, only: Some(&setting), fits: &fits };
    let supply = Supply::load(scene.db, &wanted)?;
    let home = supply.register.find(home_id(&setting)).ok_or_else(|| no_home(&setting, nights.start()))?;
    let law =
        [Constraint::Registration, Constraint::UnderSixteen, Constraint::Authority, Constraint::Age, Constraint::Sex];
    let verdicts = Verdicts::of(&search, home);
    let fails = verdicts.iter().filter_map(|(constraint, verdict)| match verdict {
        Verdict::Fail(reason) if law.contains(&constraint) => Some(reason.to_string()),
        _ => None,
    });
    match fails.collect::<Vec<_>>() {
        none if none.is_empty() => Ok(()),
        why => {
            let sentence =
                format!("{setting} cannot have the child from {} to {until}: {}", nights.start(), why.join("; "));
            Err(Problem::asked("home.unlawful", sentence))
        }
    }
}

/// A child whom another council takes over is looked for there, if a home is still looked for.
fn close_the_next(scene: &mut Scene<'_>, case: &Case, on: Night) -> Result<(), Problem> {
    let Some(last) = searches(scene.db, scene.child.child, Seq::NOW)?.pop() else { return Ok(()) };
    let last = without_lapsed_hold(last, &scene.at);
    if last.search == case.search || matches!(last.stage, Stage::Ended) {
        return Ok(());
    }
    let event = Event { search: last.search, on, setting: None, words: false, what: What::Closed };
    last.allows(&event)?;
    scene.record(&event, None)
}

/// Nobody else has been promised the place for the nights by which a stay is made longer.
fn still_open(scene: &mut Scene<'_>, setting: &str, number: u16, from: Night, until: Night) -> Result<(), Problem> {
    let Some(nights) = Nights::try_new(from, until) else { return Ok(()) };
    let reference = SettingRef::parse(setting).and_then(|setting| PlaceRef::try_new(setting, number));
    let place = reference.ok_or_else(|| Problem::not_found("place", "no such place"))?;
    let mut said = scene.db.statements_of(&place.setting, Seq::NOW)?;
    said.retain(|said| said.place == place);
    let view = ::register::View { known: Seq::NOW, at: instant(&scene.at)? };
    let taken = ::register::spans(&said, nights, &view)
        .into_iter()
        .find(|(_, state)| matches!(state, State::Held(_) | State::Filled(_)));
    match taken {
        None => Ok(()),
        Some((nights, _)) => {
            let sentence =
                format!("{place} is promised to another child from {}: agree with them first", nights.start());
            Err(Problem::asked("vacancy.taken", sentence))
        }
    }
}

/// Who runs the place, as the council that takes over has to code it: what was the other's own is not its own.
fn run_by_another(
    scene: &mut Scene<'_>,
    setting: &str,
    base: &EpisodeVersion,
    on: Night,
) -> Result<Option<Code>, Problem> {
    let own = |code: &Code| matches!(code.as_str(), "PR1" | "PR2");
    if !base.provider.as_ref().is_some_and(own) {
        return Ok(base.provider);
    }
    let Some(setting) = SettingRef::parse(setting) else { return Ok(base.provider) };
    let facts =
        scene.db.setting(&setting, Seq::NOW)?.on(on, Seq::NOW).map(|standing| standing.facts).unwrap_or_default();
    let its_own = facts.council(on).is_some_and(|council| council.code == scene.child.council);
    Ok(Code::parse(if its_own { "PR1" } else { "PR2" }))
}

/// What the council that takes over knows of the child already: how many searches, and the episode that begins with the
/// transfer if its return has told of it. Refuses a number that is another child's, and a child who is elsewhere.
fn there_already(
    scene: &mut Scene<'_>,
    new: ChildRef,
    to: CouncilCode,
    on: Night,
    base: Option<&EpisodeVersion>,
) -> Result<There, Problem> {
    let refused = |why: &str| Err(Problem::asked("home.transfer", format!("{to} {why}: check number and date")));
    let Some(known) = scene.db.child(new, Seq::NOW)? else { return Ok(There::default()) };
    if (known.born, known.sex) != (scene.child.born, scene.child.sex) {
        return refused("knows another child under that number, with another date of birth or sex");
    }
    let cases = searches(scene.db, new, Seq::NOW)?;
    if cases.last().is_some_and(|last| matches!(last.stage, Stage::Decided | Stage::Placed)) {
        return refused("has the child in a home already");
    }
    let versions = scene.db.episode_versions(new, Seq::NOW)?;
    let latest = versions.chunk_by(|one, other| one.episode == other.episode).filter_map(<[_]>::last);
    let standing: Vec<&EpisodeVersion> = latest.filter(|last| !last.withdrawn).collect();
    let begins = standing.iter().find(|version| version.decom == on);
    let bed = |version: &EpisodeVersion| (version.place, version.urn.clone());
    if begins.is_some_and(|begins| base.is_some_and(|base| bed(begins) != bed(base))) {
        return refused("reports the child elsewhere from that day on");
    }
    if begins.is_none() && standing.iter().any(|version| version.dec.is_none_or(|dec| dec > on)) {
        return refused("reports the child in a placement that does not begin with the transfer");
    }
    Ok(There { known: true, searches: cases.len() as i64, episode: begins.map(|version| version.episode) })
}

/// See [`there_already`].
#[derive(Default)]
struct There {
    known: bool,
    searches: i64,
    episode: Option<EpisodeId>,
}

/// The other council's side of a transfer: the child under its number, what is known of them, a search that is decided and
/// the placement that goes on.
fn take_over(
    scene: &mut Scene<'_>,
    (new, to, local_id): (ChildRef, CouncilCode, &Masked),
    there: There,
    case: &Case,
    base: &EpisodeVersion,
    decision: &care::home::Decision,
    on: Night,
) -> Result<(), Problem> {
    let (old, seq) = (scene.child.clone(), scene.seq);
    let stored =
        StoredChild { child: new, council: to, local_id: local_id.clone(), year: return_year(on), ..old.clone() };
    if !there.known {
        scene.db.record_children(seq, std::slice::from_ref(&stored))?;
    }
    let known = scene.db.home_facts(&old.child.to_string(), Seq::NOW)?;
    let known: Vec<store::HomeFact> =
        known.into_iter().map(|fact| store::HomeFact { subject: new.to_string(), seq, ..fact }).collect();
    scene.db.record_home_facts(&known)?;
    // The place stays filled, as it was said to be: who is responsible is nothing to the register.
    scene.child = stored;
    let episode = match there.episode {
        Some(episode) => episode,
        None => scene.new_episode(on, &[])?,
    };
    let stay = Nights::try_new(on, case.stay.end().max(on.next())).expect("a night at least");
    let setting = Some(decision.setting.clone());
    let search = there.searches + 1;
    let event = |what, words| Event { search, on, setting: setting.clone(), words, what };
    let taken = [
        event(What::Opened { stay, emergency: false, complete: 100 }, false),
        event(What::Said { role: Role::Council, view: View::For }, false),
        event(
            What::Decided {
                place: decision.place,
                kind: decision.kind,
                rank: None,
                metres: None,
                together: None,
                checks: vec![(TRANSFER.to_owned(), "decided by the council before; the child stays".to_owned())],
                kept: None,
            },
            false,
        ),
        event(What::Arrived { episode, place: decision.place }, false),
    ];
    for event in &taken {
        scene.record(event, None)?;
    }
    if there.episode.is_some() {
        return Ok(());
    }
    let starts = coded(CodeSet::Rne, on, "S", "reason for a new episode")?;
    let version = EpisodeVersion {
        episode,
        seq,
        child: new,
        year: scene.year(&[on])?,
        decom: on,
        dec: None,
        rne: starts,
        rec: None,
        reason: None,
        provider: run_by_another(scene, &decision.setting, base, on)?,
        withdrawn: false,
        ..base.clone()
    };
    scene.report(vec![version])
}
