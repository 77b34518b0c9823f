//! `carebank home`: the search for a home, its decision and the placement that comes of it. Words of people are read from
//! a file or from standard input, never from an argument, which the machine would keep.

use std::io::Read;
use std::path::{Path, PathBuf};

use app::home::words::{Decline, Reply, Role, Sex, View as Stance};
use app::home::{Arrival, Correction, HoldTerms, LifeStep, NewChild};
use app::kernel::CouncilCode;
use app::{AsOf, ChildRef, Code, Masked, Moment, Night, Office, Problem, SettingRef};
use clap::{Args, Subcommand};

use crate::args::{View, child, council, moment, night};
use crate::home_pages as pages;
use crate::register::setting;
use crate::{show, unreadable};

fn sex(text: &str) -> Result<Sex, String> {
    Sex::parse(text).ok_or_else(|| "write girl or boy".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| format!("a voice is one of {}", list(Role::ALL.map(Role::word).as_slice())))
}

fn stance(text: &str) -> Result<Stance, String> {
    Stance::parse(text).ok_or_else(|| "write for, unsure or against".to_owned())
}

fn reply(text: &str) -> Result<Reply, String> {
    Reply::parse(text).ok_or_else(|| "a home answers yes, questions or no".to_owned())
}

fn because(text: &str) -> Result<Decline, String> {
    let words: Vec<&str> = Decline::ALL.iter().map(|reason| reason.word()).collect();
    Decline::parse(text).ok_or_else(|| format!("a reason is one of {}", list(&words)))
}

fn ethnic(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| "an ethnic group is its SSDA903 code, such as WBRI".to_owned())
}

fn list(words: &[&str]) -> String {
    words.join(", ")
}

/// Who the child is.
#[derive(Args)]
pub struct Who {
    /// The responsible council: its code, DfE number or name.
    #[arg(long, value_parser = council)]
    council: CouncilCode,
    /// The council's own number for the child.
    #[arg(long, value_parser = number)]
    local_id: String,
    /// Date of birth; of a child that is new.
    #[arg(long, value_name = "DATE", value_parser = night)]
    born: Option<Night>,
    /// girl or boy, as registrations of homes have it.
    #[arg(long, value_parser = sex)]
    sex: Option<Sex>,
    /// The SSDA903 code of the ethnic group: for the audit of fairness alone.
    #[arg(long, value_parser = ethnic)]
    ethnic: Option<Code>,
    /// Unaccompanied and seeking asylum: for the audit of fairness alone.
    #[arg(long)]
    unaccompanied: bool,
    /// What is known of the child: needs, wishes, ties; TOML or JSON; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Words of somebody.
#[derive(Args)]
pub struct Words {
    /// Their words, from a file; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    words_from: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum Home {
    /// Record who a child is and what is known of them; more of it later, in the same way.
    #[command(after_help = "Example:\n  \
        carebank home child --council Kent --local-id 100371 --born 2014-05-02 --sex girl --file child.toml")]
    Child(Who),
    /// What is known of a child, and how complete the referral is. Nobody's words are shown.
    #[command(after_help = "Example:\n  carebank home show C-7F3K-9M2Q-X4AB --known-at 2026-11-20")]
    Show {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        #[command(flatten)]
        view: View,
    },
    /// Record what a home says of itself: ages, needs, household, languages; over what the register has.
    #[command(after_help = "Example:\n  carebank home describe SC012345 --file home.toml")]
    Describe {
        /// The home.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        /// TOML or JSON; `-` for standard input.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// Begin to look for a home.
    #[command(after_help = "Example:\n  carebank home open C-7F3K-9M2Q-X4AB --from 2026-11-23 --until 2027-05-24")]
    Open {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The first night.
        #[arg(long, value_name = "DATE", value_parser = night)]
        from: Night,
        /// The date on which the stay would end; half a year later unless said.
        #[arg(long, value_name = "DATE", value_parser = night)]
        until: Option<Night>,
        /// The child and the carer may be heard after the decision; what is due says so.
        #[arg(long)]
        emergency: bool,
    },
    /// Tonight: the child, the search, the list, and the first free place held, in one command.
    #[command(after_help = "Example:\n  \
        carebank home emergency --council Kent --local-id 100371 --born 2014-05-02 --sex girl --file child.toml --from 2026-11-23")]
    Emergency {
        #[command(flatten)]
        who: Who,
        /// The first night.
        #[arg(long, value_name = "DATE", value_parser = night)]
        from: Night,
        /// The date on which the stay would end; four weeks later unless said.
        #[arg(long, value_name = "DATE", value_parser = night)]
        until: Option<Night>,
        /// Every wish of every home shown, and what is missing near.
        #[arg(long)]
        explain: bool,
    },
    /// The homes that could be offered, in the child's own order, with a map.
    #[command(after_help = "Example:\n  carebank home shortlist C-7F3K-9M2Q-X4AB --explain --keep")]
    Shortlist {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// Every wish of every home shown, and what is missing near.
        #[arg(long)]
        explain: bool,
        /// How many homes to show.
        #[arg(long, default_value_t = 20)]
        top: usize,
        /// Keep the list: the full referral goes to homes on it, and a decision is compared with it.
        #[arg(long)]
        keep: bool,
        #[command(flatten)]
        view: View,
    },
    /// Why a home is not offered, or not first, and what would have to change.
    #[command(after_help = "Example:\n  carebank home why-not C-7F3K-9M2Q-X4AB SC012345")]
    WhyNot {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The home.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        #[command(flatten)]
        view: View,
    },
    /// Ask a home: prints what it is sent. A summary first; the full referral only to homes on the list that was kept.
    #[command(after_help = "Example:\n  carebank home ask C-7F3K-9M2Q-X4AB SC012345 --full")]
    Ask {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The home.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        /// The full referral.
        #[arg(long)]
        full: bool,
    },
    /// Record what a home answered.
    #[command(after_help = "Example:\n  carebank home reply C-7F3K-9M2Q-X4AB SC012345 no --because residents")]
    Reply {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The home.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        /// yes, questions or no.
        #[arg(value_parser = reply)]
        reply: Reply,
        /// Why, for a no: full, residents, child, needs, registration, staffing, household, distance, too-late,
        /// information, other.
        #[arg(long, value_parser = because)]
        because: Vec<Decline>,
        #[command(flatten)]
        words: Words,
    },
    /// Keep a place for the child until a moment.
    #[command(after_help = "Example:\n  carebank home hold C-7F3K-9M2Q-X4AB SC012345 --expires 2026-11-24T12:00")]
    Hold {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The home.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        /// Which of its places; otherwise the first that is free.
        #[arg(long)]
        place: Option<u16>,
        /// Until when; otherwise 24 hours.
        #[arg(long, value_name = "MOMENT", value_parser = moment)]
        expires: Option<Moment>,
    },
    /// Give the place that was kept free again.
    #[command(after_help = "Example:\n  carebank home release C-7F3K-9M2Q-X4AB")]
    Release {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
    },
    /// Record what somebody thinks of a home, in their own words.
    #[command(after_help = "Example:\n  \
        carebank home say C-7F3K-9M2Q-X4AB SC012345 --as child --view for --words-from words.txt")]
    Say {
        /// The child whose search it is.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The home.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        /// child, social-worker, carer, parent, iro, advocate, provider or council.
        #[arg(long = "as", value_parser = role)]
        role: Role,
        /// for, unsure or against.
        #[arg(long, value_parser = stance)]
        view: Stance,
        #[command(flatten)]
        words: Words,
    },
    /// Record the decision for a home whose place is held.
    #[command(after_help = "Example:\n  \
        carebank home decide C-7F3K-9M2Q-X4AB SC012345 --words-from why-not-the-first.txt")]
    Decide {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The home.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        /// The SSDA903 placement code, where the usual one of its sort is not meant.
        #[arg(long)]
        code: Option<String>,
        #[command(flatten)]
        words: Words,
    },
    /// The record of the decision: voices, disagreement, departure, legal checks, answers.
    #[command(after_help = "Example:\n  carebank home decision C-7F3K-9M2Q-X4AB --words")]
    Decision {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// With everybody's words.
        #[arg(long)]
        words: bool,
    },
    /// End the search for want of a home: an unmet need.
    #[command(after_help = "Example:\n  carebank home unable C-7F3K-9M2Q-X4AB")]
    Unable {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        #[command(flatten)]
        words: Words,
    },
    /// End a search that is no longer needed: the child stays where they are, or went home. No unmet need.
    #[command(after_help = "Example:\n  carebank home close C-7F3K-9M2Q-X4AB")]
    Close {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        #[command(flatten)]
        words: Words,
    },
    /// Introductions are planned.
    #[command(after_help = "Example:\n  carebank home introduce C-7F3K-9M2Q-X4AB --from 2026-11-20 --until 2026-11-23")]
    Introduce {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The first day.
        #[arg(long, value_name = "DATE", value_parser = night)]
        from: Night,
        /// The day after the last.
        #[arg(long, value_name = "DATE", value_parser = night)]
        until: Night,
    },
    /// The child has come. The door gets its notice.
    #[command(after_help = "Example:\n  carebank home start C-7F3K-9M2Q-X4AB --on 2026-11-23 --legal-status C2")]
    Start {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// The first night.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Night,
        /// Which place of the home the child has, if not the one decided on.
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
        place: Option<u16>,
        /// The SSDA903 legal status, where none is known on the eve.
        #[arg(long)]
        legal_status: Option<String>,
        /// Why the home before was left (REASON_PLACE_CHANGE), where there was one.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Something in the life of the placement.
    #[command(subcommand)]
    Life(Life),
    /// Another council is responsible from a date on.
    #[command(after_help = "Example:\n  \
        carebank home transfer C-7F3K-9M2Q-X4AB --on 2027-01-10 --to Surrey --local-id 5512")]
    Transfer {
        /// The child.
        #[arg(value_parser = child)]
        child: ChildRef,
        /// From this date on.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Night,
        /// The council.
        #[arg(long, value_parser = council)]
        to: CouncilCode,
        /// Its own number for the child.
        #[arg(long, value_parser = number)]
        local_id: String,
    },
    /// Visits, reviews, voices, authorities and stays that fall due.
    #[command(after_help = "Example:\n  carebank home due --council Kent --today 2026-12-01")]
    Due {
        /// One council's children; otherwise everybody's.
        #[arg(long, value_parser = council)]
        council: Option<CouncilCode>,
        /// As of this day; otherwise today.
        #[arg(long, value_name = "DATE", value_parser = night)]
        today: Option<Night>,
    },
    /// A proposal for many at once: for these children, or for all who live in a home that closes.
    #[command(after_help = "Example:\n  carebank home joint --closing SC012345 --from 2026-12-15")]
    Joint {
        /// Children.
        #[arg(value_parser = child)]
        children: Vec<ChildRef>,
        /// The home that closes.
        #[arg(long, value_parser = setting)]
        closing: Option<SettingRef>,
        /// The first night.
        #[arg(long, value_name = "DATE", value_parser = night)]
        from: Night,
        /// The date on which the stays would end; half a year later unless said.
        #[arg(long, value_name = "DATE", value_parser = night)]
        until: Option<Night>,
        /// How many homes each child could have had, where one more place would help, and what is proved.
        #[arg(long)]
        explain: bool,
        #[command(flatten)]
        view: View,
    },
    /// What is missing, counted: searches that found no home, what stood in the way near, why homes said no.
    #[command(after_help = "Example:\n  carebank home missing --council Kent")]
    Missing {
        /// One council's children; otherwise everybody's.
        #[arg(long, value_parser = council)]
        council: Option<CouncilCode>,
        #[command(flatten)]
        view: View,
    },
    /// Whether children are treated alike: offers, rank received, distance, waiting, parted brothers and sisters.
    #[command(after_help = "Example:\n  carebank home audit --json")]
    Audit {
        /// What each column counts.
        #[arg(long)]
        explain: bool,
        #[command(flatten)]
        view: View,
    },
}

#[derive(Subcommand)]
pub enum Life {
    /// The child did not come.
    NotArrived(On),
    /// The child sleeps elsewhere for a time, on a temporary code (T0 to T4).
    Away {
        #[command(flatten)]
        on: On,
        /// T0 to T4.
        #[arg(long)]
        code: String,
        /// When the child came back, if that is known.
        #[arg(long, value_name = "DATE", value_parser = night)]
        back: Option<Night>,
    },
    /// The child is back.
    Back(On),
    /// The stay goes on until another date; said with the same date, it confirms that the child is still there.
    Extend {
        #[command(flatten)]
        on: On,
        /// Until this date.
        #[arg(long, value_name = "DATE", value_parser = night)]
        until: Night,
    },
    /// Notice was given.
    Notice {
        #[command(flatten)]
        on: On,
        /// By whom: provider, carer, council, child…
        #[arg(long, value_parser = role)]
        by: Role,
        /// For this date.
        #[arg(long, value_name = "DATE", value_parser = night)]
        ends: Night,
        #[command(flatten)]
        words: Words,
    },
    /// The child has left.
    End {
        #[command(flatten)]
        on: On,
        /// The SSDA903 reason the episode ceased (REC): E4A, X1…
        #[arg(long)]
        rec: String,
        /// The reason for the change of placement (REASON_PLACE_CHANGE).
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        words: Words,
    },
    /// A date was wrong, or the child never came.
    Correct {
        #[command(flatten)]
        on: On,
        /// The true date of arrival.
        #[arg(long, value_name = "DATE", value_parser = night)]
        arrived: Option<Night>,
        /// The true date of departure.
        #[arg(long, value_name = "DATE", value_parser = night)]
        ended: Option<Night>,
        /// The child never came.
        #[arg(long)]
        never: bool,
        /// The child has not left after all.
        #[arg(long)]
        goes_on: bool,
    },
    /// The child was visited, alone.
    Visited(On),
    /// The child's case was reviewed. The timetable of reviews follows, and with it when the child is asked.
    Reviewed {
        #[command(flatten)]
        on: On,
        /// It was not reviewed on that day after all.
        #[arg(long)]
        not_held: bool,
    },
    /// What is due at the start of a placement was done: placement-plan, care-plan, notification or health-assessment.
    Done {
        #[command(flatten)]
        on: On,
        /// Which, by the word that `home due` shows.
        #[arg(long)]
        what: String,
    },
}

/// Whose placement, and when.
#[derive(Args)]
pub struct On {
    /// The child.
    #[arg(value_parser = child)]
    child: ChildRef,
    /// The date.
    #[arg(long, value_name = "DATE", value_parser = night)]
    on: Night,
}

impl Home {
    /// Whether it records anything.
    pub fn records(&self) -> bool {
        !matches!(
            self,
            Home::Show { .. }
                | Home::Shortlist { keep: false, .. }
                | Home::WhyNot { .. }
                | Home::Decision { .. }
                | Home::Due { .. }
                | Home::Joint { .. }
                | Home::Missing { .. }
                | Home::Audit { .. }
        )
    }
}

fn text(file: &Path) -> Result<String, Problem> {
    if file != Path::new("-") {
        return std::fs::read_to_string(file).map_err(|error| unreadable(file, &error));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| unreadable(file, &error))?;
    Ok(text)
}

impl Words {
    fn read(&self) -> Result<Option<Masked>, Problem> {
        let words = self.words_from.as_deref().map(text).transpose()?;
        match words.map(|words| words.trim().to_owned()) {
            Some(words) if words.is_empty() => Err(Problem::asked("home.words", "the file of words is empty")),
            words => Ok(words.map(Masked::new)),
        }
    }
}

impl Who {
    fn new_child(&self) -> Result<NewChild, Problem> {
        Ok(NewChild {
            council: self.council,
            local_id: Masked::new(self.local_id.as_str()),
            born: self.born,
            sex: self.sex,
            ethnic: self.ethnic,
            uasc: self.unaccompanied,
            file: self.file.as_deref().map(text).transpose()?,
        })
    }
}

/// Does what was asked.
pub fn run(office: &Office, json: bool, command: Home) -> Result<(), Problem> {
    match command {
        Home::Child(who) => show(json, &office.home_child(&who.new_child()?)?, pages::child),
        Home::Show { child, view } => show(json, &office.home_child_show(child, &view.view())?, pages::child),
        Home::Describe { setting, file } => show(json, &office.home_describe(&setting, &text(&file)?)?, pages::home),
        Home::Emergency { who, from, until, explain } => emergency(office, json, &who, (from, until), explain),
        Home::Shortlist { child, explain, top, keep, view } => {
            let list = office.home_list(child, top, explain, keep, &view.view())?;
            show(json, &list, |list| pages::list(list, explain))
        }
        Home::WhyNot { child, setting, view } => {
            show(json, &office.home_why_not(child, &setting, &view.view())?, pages::why_not)
        }
        Home::Ask { child, setting, full } => show(json, &office.home_ask(child, &setting, full)?, pages::referral),
        Home::Decision { child, words } => show(json, &office.home_decision(child, words)?, pages::decision),
        Home::Due { council, today } => {
            let today = today.unwrap_or_else(|| office.today());
            show(json, &office.home_due(council, today)?, pages::due)
        }
        Home::Joint { children, closing, from, until, explain, view } => {
            let page = office.home_joint(&children, closing.as_ref(), from, until, &view.view())?;
            show(json, &page, |page| pages::joint(page, explain))
        }
        Home::Missing { council, view } => show(json, &office.home_missing(council, &view.view())?, pages::missing),
        Home::Audit { explain, view } => {
            show(json, &office.home_audit(&view.view())?, |page| pages::fairness(page, explain))
        }
        command => show(json, &record(office, command)?, pages::done),
    }
}

fn record(office: &Office, command: Home) -> Result<app::home::Done, Problem> {
    match command {
        Home::Open { child, from, until, emergency } => office.home_open(child, from, until, emergency),
        Home::Reply { child, setting, reply, because, words } => {
            office.home_reply(child, &setting, reply, &because, words.read()?)
        }
        Home::Hold { child, setting, place, expires } => {
            office.home_hold(child, &setting, &HoldTerms { place, expires })
        }
        Home::Release { child } => office.home_release(child),
        Home::Say { child, setting, role, view, words } => office.home_say(child, &setting, role, view, words.read()?),
        Home::Decide { child, setting, code, words } => {
            office.home_decide(child, &setting, code.as_deref(), words.read()?)
        }
        Home::Unable { child, words } => office.home_unable(child, words.read()?),
        Home::Close { child, words } => office.home_close(child, words.read()?),
        Home::Introduce { child, from, until } => {
            let days = app::kernel::Nights::try_new(from, until)
                .ok_or_else(|| Problem::asked("home.date", "--until is the day after the last day of introductions"))?;
            office.home_life(child, from, &LifeStep::Introductions(days), None)
        }
        Home::Start { child, on, place, legal_status, reason } => {
            Ok(office.home_start(child, &Arrival { on, place, legal_status, reason })?.0)
        }
        Home::Transfer { child, on, to, local_id } => {
            Ok(office.home_transfer(child, on, to, &Masked::new(local_id))?.0)
        }
        Home::Life(life) => lived(office, life),
        _ => Err(Problem::asked("home.command", "that command records nothing")),
    }
}

fn lived(office: &Office, life: Life) -> Result<app::home::Done, Problem> {
    let (on, step, words) = match life {
        Life::NotArrived(on) => (on, LifeStep::NotArrived, None),
        Life::Away { on, code, back } => (on, LifeStep::Away(code, back), None),
        Life::Back(on) => (on, LifeStep::Back, None),
        Life::Extend { on, until } => (on, LifeStep::Extend(until), None),
        Life::Notice { on, by, ends, words } => (on, LifeStep::Notice(by, ends), words.read()?),
        Life::End { on, rec, reason, words } => (on, LifeStep::End(rec, reason), words.read()?),
        Life::Correct { on, arrived, ended, never, goes_on } => {
            (on, LifeStep::Correct(Correction { arrived, ended, never, goes_on }), None)
        }
        Life::Done { on, what } => (on, LifeStep::Done(what), None),
        Life::Visited(on) => (on, LifeStep::Visited, None),
        Life::Reviewed { on, not_held } => (on, LifeStep::Reviewed(!not_held), None),
    };
    office.home_life(on.child, on.on, &step, words)
}

fn emergency(
    office: &Office,
    json: bool,
    who: &Who,
    (from, until): (Night, Option<Night>),
    explain: bool,
) -> Result<(), Problem> {
    let page = office.home_child(&who.new_child()?)?;
    let opened = office.home_open(page.child, from, until, true)?;
    let list = office.home_list(page.child, 20, explain, true, &AsOf::default())?;
    let mut held = None;
    for home in list.offered.iter().filter(|home| !home.free.is_empty()) {
        match office.home_hold(page.child, &home.setting, &HoldTerms::default()) {
            Ok(done) => held = Some(done),
            // Somebody else was quicker: the next of the list.
            Err(problem) if problem.code == "vacancy.taken" => continue,
            Err(problem) => return Err(problem),
        }
        break;
    }
    let answer = serde_json::json!({"child": page.child, "opened": opened, "list": list, "held": held});
    show(json, &answer, |_| pages::emergency(page.child, &list, held.as_ref(), explain))
}

/// A council's own number for a child: a blank one is nobody's.
fn number(text: &str) -> Result<String, String> {
    let number = text.trim();
    if number.is_empty() {
        Err("give the council's own number for the child".to_owned())
    } else {
        Ok(number.to_owned())
    }
}
