//! `carebank voice`: the care wing's own commands. Words of a child are read from a file or from standard input, never
//! from an argument, which the machine would keep; and nothing that was said is ever printed.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use app::kernel::CouncilCode;
use app::{
    Channel, HalfYear, Language, Masked, Mode, Moment, Night, Observation, Office, Outcome, PlacementId, Problem,
    SafetyStep, SettlementExplained, SettlementReport, Target, Telling, Trial, VoiceAnswer, VoiceDue, VoicePublished,
    VoiceRecorded, VoiceTell, VoiceTold, VoiceWhat,
};
use clap::{Subcommand, ValueEnum};

use crate::args::{council, night, placement};
use crate::{show, unreadable};

/// How an answer is given.
#[derive(Clone, Copy, ValueEnum)]
pub enum By {
    /// By the child alone.
    Self_,
    /// With a person of the child's choice, never the carer or provider.
    Assisted,
    /// By two independent adults, separately.
    Observed,
}

/// How a placement review ended.
#[derive(Clone, Copy, ValueEnum)]
pub enum Ended {
    /// It goes on with changes.
    Changes,
    /// It goes on as it is.
    NoChange,
    /// It is to end.
    Ends,
}

/// What the care wing hears and does.
#[derive(Subcommand)]
pub enum Voice {
    /// Draw the key of the noise, once, and record the hashes of the keys of all half-years.
    #[command(after_help = "Example:\n  carebank voice key")]
    Key {
        /// Make the key from a text, so that a demonstration or a test is the same each time. Whoever knows the text knows
        /// the noise.
        #[arg(long, value_name = "TEXT")]
        from: Option<String>,
    },
    /// Who is to be asked, and what is to be done, by date.
    #[command(after_help = "Example:\n  carebank voice due --council Kent --today 2025-06-02")]
    Due {
        /// One council's children; otherwise everybody's.
        #[arg(long, value_parser = council)]
        council: Option<CouncilCode>,
        /// As of this day; otherwise today.
        #[arg(long, value_name = "DATE", value_parser = night)]
        today: Option<Night>,
    },
    /// Answers for the independent person to look at: identical within minutes in one setting, or from a provider's own
    /// device. A flag changes nothing.
    #[command(after_help = "Example:\n  carebank voice integrity")]
    Integrity,
    /// What is published of a closed half-year, by council and region: rates in whole per cent, small numbers suppressed.
    #[command(after_help = "Example:\n  carebank voice published --half-year 2025-H1")]
    Published {
        /// Which, as 2025-H1.
        #[arg(long, value_parser = half_year)]
        half_year: HalfYear,
    },
    /// What children of an age are asked, and told beforehand, in the words of the files.
    #[command(after_help = "Example:\n  carebank voice questions --age 9")]
    Questions {
        /// In years.
        #[arg(long, value_parser = clap::value_parser!(i16).range(0..=17))]
        age: i16,
        /// In which language: en, or one that was loaded.
        #[arg(long, value_name = "TAG", value_parser = language, default_value = "en")]
        language: Language,
    },
    /// Load the texts of a language, or of English in other words: a folder with questions.toml and letters.toml, complete
    /// by the protocol in force and with the letters that are shipped in English.
    #[command(after_help = "Example:\n  carebank voice language cy --from texts/cy")]
    Language {
        /// Its tag: en, cy, pt-br.
        #[arg(value_name = "TAG", value_parser = language)]
        language: Language,
        /// The folder.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
    },
    /// Record that a child was asked.
    #[command(after_help = "Example:\n  carebank voice asked P-7F3K-9M2Q-X4AB --on 2025-05-16")]
    Asked {
        /// The placement.
        #[arg(value_parser = placement)]
        placement: PlacementId,
        /// When.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Night,
    },
    /// Record that an independent person visited a child who had said nothing.
    #[command(after_help = "Example:\n  carebank voice visited P-7F3K-9M2Q-X4AB --on 2025-06-20 --person \"J Okafor\"")]
    Visited(Named),
    /// Record that the independent reviewing officer was told of a child's silence.
    #[command(after_help = "Example:\n  carebank voice iro-told P-7F3K-9M2Q-X4AB --on 2025-06-20 --person \"A Shah\"")]
    IroTold(Named),
    /// Record an answer.
    #[command(after_help = "Marks are in the order safe, settled, trust the adults, listened to, see the people who \
                            matter, want to keep living here: 1 is the lowest, - is skipped.\n\nExamples:\n  \
                            carebank voice answer P-7F3K-9M2Q-X4AB --on 2025-05-16 --by self --marks 5,4,4,-,3,5\n  \
                            carebank voice answer P-7F3K-9M2Q-X4AB --on 2025-05-16 --by self --declined\n  \
                            carebank voice answer P-7F3K-9M2Q-X4AB --on 2025-05-16 --by observed --independent \
                            --marks 3,3,2,3,3,3 --marks 3,3,3,3,-,3")]
    Answer {
        /// The placement.
        #[arg(value_parser = placement)]
        placement: PlacementId,
        /// When.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Night,
        /// How.
        #[arg(long, value_enum)]
        by: By,
        /// Six marks; twice if observed.
        #[arg(long, value_parser = marks, allow_hyphen_values = true, conflicts_with = "declined")]
        marks: Vec<Observation>,
        /// The child said no to answering.
        #[arg(long)]
        declined: bool,
        /// A child of 4 and more who is not able to answer.
        #[arg(long)]
        unable: bool,
        /// Whoever helped or observed is neither the carer nor the provider.
        #[arg(long)]
        independent: bool,
        /// It came from a device known to be the provider's.
        #[arg(long)]
        providers_device: bool,
        /// The child's own words, in a file; - reads standard input. A duty person reads them at once.
        #[arg(long, value_name = "FILE")]
        words: Option<PathBuf>,
        #[command(flatten)]
        channels: Channels,
    },
    /// Tell the duty person of disclosures and words that no named person has taken on, by every channel configured. To be
    /// run every minute; nothing goes out unless a channel is configured. Ends with 1 if no channel took a message.
    #[command(after_help = "Examples:\n  carebank voice tell\n  carebank voice tell --trial")]
    Tell {
        #[command(flatten)]
        channels: Channels,
        /// Give every channel a message about nobody, to see whether it works. Ends with 1 if one did not take it, or none
        /// is configured.
        #[arg(long)]
        trial: bool,
    },
    /// Record how a placement review ended.
    #[command(after_help = "Example:\n  carebank voice review P-7F3K-9M2Q-X4AB --on 2025-06-10 --outcome changes")]
    Review {
        /// The placement.
        #[arg(value_parser = placement)]
        placement: PlacementId,
        /// When it ended.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Night,
        /// How.
        #[arg(long, value_enum)]
        outcome: Ended,
    },
    /// Record the reply to what was said: who does what, by when. The child sees it.
    #[command(after_help = "Example:\n  carebank voice reply P-7F3K-9M2Q-X4AB --to 2025-05-16 --on 2025-05-22 \
                            --person 'A. Person' --by 2025-06-06 --text reply.txt")]
    Reply {
        /// The placement.
        #[arg(value_parser = placement)]
        placement: PlacementId,
        /// The date of the answer.
        #[arg(long, value_name = "DATE", value_parser = night)]
        to: Night,
        /// When it was given.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Night,
        /// Who does it.
        #[arg(long)]
        person: String,
        /// By when.
        #[arg(long, value_name = "DATE", value_parser = night)]
        by: Night,
        /// What, in a file; - reads standard input.
        #[arg(long, value_name = "FILE")]
        text: PathBuf,
    },
    /// Record what people do about a disclosure, or about a child's words.
    #[command(after_help = "Examples:\n  \
                            carebank voice safety P-7F3K-9M2Q-X4AB --disclosed 2025-05-16 --on 2025-05-16 --acknowledged-by 'A. Person'\n  \
                            carebank voice safety P-7F3K-9M2Q-X4AB --disclosed 2025-05-16 --on 2025-05-16 --words-read safe\n  \
                            carebank voice safety P-7F3K-9M2Q-X4AB --disclosed 2025-05-16 --on 2025-06-20 --decided unsubstantiated")]
    Safety {
        /// The placement.
        #[arg(value_parser = placement)]
        placement: PlacementId,
        /// The date of the answer.
        #[arg(long, value_name = "DATE", value_parser = night)]
        disclosed: Night,
        /// When this was done.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Night,
        #[command(flatten)]
        step: Step,
        #[command(flatten)]
        channels: Channels,
    },
}

/// What somebody did, and when.
#[derive(clap::Args)]
pub struct Named {
    /// The placement.
    #[arg(value_parser = placement)]
    placement: PlacementId,
    /// When.
    #[arg(long, value_name = "DATE", value_parser = night)]
    on: Night,
    /// Who, by name.
    #[arg(long, value_name = "NAME")]
    person: String,
}

/// By what the duty person is told.
#[derive(clap::Args)]
pub struct Channels {
    /// The file that names the channels; otherwise channels.toml in the store's folder.
    #[arg(long, value_name = "FILE", env = "CAREBANK_CHANNELS")]
    channels: Option<PathBuf>,
}

impl Channels {
    /// Those configured: none without a file.
    fn configured(&self, office: &Office) -> Result<Vec<Channel>, Problem> {
        match (&self.channels, &office.target) {
            (Some(file), _) if !file.is_file() => {
                let why = std::io::Error::from(std::io::ErrorKind::NotFound);
                Err(unreadable(file, &why))
            }
            (Some(file), _) => app::channels(file),
            (None, Target::Folder(folder)) => app::channels(&folder.join(CHANNELS)),
            (None, Target::Database(_)) => Ok(Vec::new()),
        }
    }

    /// Tells whoever is to be told, after something was recorded: whatever becomes of it, what was recorded stands.
    fn pass_on(&self, office: &Office) {
        let told = self.configured(office).and_then(|channels| match channels.as_slice() {
            [] => Ok(0),
            channels => Ok(office.voice_tell(channels)?.untold),
        });
        let said = match told {
            Ok(0) => return,
            Ok(untold) => format!("{untold} messages that no channel took"),
            Err(problem) => format!("nothing went out: {problem}"),
        };
        let by_hand = "It is recorded; tell the duty person by hand, see `carebank voice due`";
        let _ = writeln!(std::io::stderr(), "carebank: {said}. {by_hand}");
    }
}

/// The file in a store's folder that names the channels.
const CHANNELS: &str = "channels.toml";

/// One of three things.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct Step {
    /// A named person has taken it on.
    #[arg(long, value_name = "NAME")]
    acknowledged_by: Option<String>,
    /// A duty person has read the words: safe, or unsafe.
    #[arg(long, value_parser = ["safe", "unsafe"])]
    words_read: Option<String>,
    /// People have decided: substantiated, or unsubstantiated.
    #[arg(long, value_parser = ["substantiated", "unsubstantiated"])]
    decided: Option<String>,
}

fn marks(text: &str) -> Result<Observation, String> {
    let mark = |text: &str| match text.trim() {
        "-" => Ok(None),
        mark => mark.parse::<u8>().map(Some).map_err(|_| "write six marks as 5,4,-,3,2,5".to_owned()),
    };
    let marks = text.split(',').map(mark).collect::<Result<Vec<_>, _>>()?;
    let marks = marks.try_into().map_err(|_| "write six marks as 5,4,-,3,2,5; - is skipped".to_owned())?;
    Ok(Observation { marks })
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "a language is its tag in small letters: en, cy, pt-br".to_owned())
}

/// `2025-H1`.
pub fn half_year(text: &str) -> Result<HalfYear, String> {
    HalfYear::parse(text).ok_or_else(|| "write a half-year as 2025-H1 (April to September) or 2025-H2".to_owned())
}

fn read(path: &Path) -> Result<Masked, Problem> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| unreadable(path, &error))?;
    if text.trim().is_empty() {
        let file = path.display();
        return Err(Problem::refused("voice.empty", format!("{file} is empty; write in it what was said")));
    }
    Ok(Masked::new(text))
}

/// Does what was asked.
pub fn run(office: &Office, asked: Voice, json: bool) -> Result<bool, Problem> {
    if let Voice::Tell { channels, trial: true } = &asked {
        let tried = office.voice_trial(&channels.configured(office)?);
        show(json, &tried, |tried| trial(tried))?;
        return Ok(!tried.is_empty() && tried.iter().all(|one| one.failed.is_none()));
    }
    if let Voice::Tell { channels, .. } = &asked {
        let told = office.voice_tell(&channels.configured(office)?)?;
        show(json, &told, self::told)?;
        return Ok(told.untold == 0);
    }
    done(office, asked, json).map(|()| true)
}

fn done(office: &Office, asked: Voice, json: bool) -> Result<(), Problem> {
    let mut tell_by = None;
    let recorded = match asked {
        Voice::Tell { .. } => return Ok(()),
        Voice::Key { from } => return show(json, &office.voice_key(from.as_deref())?, |hashes| key(hashes)),
        Voice::Due { council, today } => {
            return show(json, &office.voice_due(council, today.unwrap_or_else(|| office.today()))?, due);
        }
        Voice::Published { half_year } => return show(json, &office.voice_published(half_year)?, published),
        Voice::Language { language, from } => {
            let file = |name: &str| {
                let file = from.join(name);
                std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))
            };
            let recorded = office.load_language(&language, &file("questions.toml")?, &file("letters.toml")?)?;
            let document = serde_json::json!({"language": language.as_str(), "recorded": recorded});
            let done = if recorded { "loaded" } else { "were loaded before" };
            return show(json, &document, |_| format!("The texts in {} {done}.\n", language.as_str()));
        }
        Voice::Questions { age, language } => {
            return show(json, &office.voice_questions(age, &language)?, |asked| {
                let lines = asked.questions.iter().map(|(item, question)| format!("{item:<18}{question}\n"));
                format!("{}\n\n{}\n{}\n", asked.invitation, lines.collect::<String>(), asked.before_words)
            });
        }
        Voice::Integrity => {
            let flags = office.voice_integrity()?;
            return show(json, &flags, |flags| format!("{} flags\n", flags.len()) + &lines(flags));
        }
        Voice::Asked { placement, on } => tell(office, placement, on, VoiceWhat::Asked)?,
        Voice::Visited(Named { placement, on, person }) => tell(office, placement, on, VoiceWhat::Visited(person))?,
        Voice::IroTold(Named { placement, on, person }) => tell(office, placement, on, VoiceWhat::IroTold(person))?,
        Voice::Answer {
            placement,
            on,
            by,
            marks,
            declined,
            unable,
            independent,
            providers_device,
            words,
            channels,
        } => {
            let mode = match by {
                By::Self_ => Mode::SelfGiven,
                By::Assisted => Mode::Assisted,
                By::Observed => Mode::Observed,
            };
            let (able, words) = (!unable, words.as_deref().map(read).transpose()?);
            let answer = VoiceAnswer { mode, marks, declined, able, independent, providers_device, words };
            let recorded = tell(office, placement, on, VoiceWhat::Answered(answer))?;
            tell_by = Some(channels).filter(|_| recorded.duty_person);
            recorded
        }
        Voice::Review { placement, on, outcome } => {
            let outcome = match outcome {
                Ended::Changes => Outcome::Changes,
                Ended::NoChange => Outcome::NoChange,
                Ended::Ends => Outcome::Ends,
            };
            tell(office, placement, on, VoiceWhat::Reviewed(outcome))?
        }
        Voice::Reply { placement, to, on, person, by, text } => {
            tell(office, placement, on, VoiceWhat::Replied { to, person, by, text: read(&text)? })?
        }
        Voice::Safety { placement, disclosed, on, step, channels } => {
            tell_by = Some(channels);
            let step = match (step.acknowledged_by, step.words_read, step.decided) {
                (Some(person), ..) => SafetyStep::Acknowledged(person),
                (_, Some(read), _) => SafetyStep::Read(read == "unsafe"),
                (_, _, decided) => SafetyStep::Decided(decided.as_deref() == Some("substantiated")),
            };
            tell(office, placement, on, VoiceWhat::Safety { disclosed, step })?
        }
    };
    show(json, &recorded, self::recorded)?;
    if let Some(channels) = tell_by {
        channels.pass_on(office);
    }
    Ok(())
}

fn trial(tried: &[Trial]) -> String {
    if tried.is_empty() {
        return "No channel is configured: nobody would be told. See `carebank voice tell --help`.\n".to_owned();
    }
    let line = |one: &Trial| {
        let taken = one.failed.as_ref().map_or("taken".to_owned(), |why| format!("NOT TAKEN, {why}"));
        format!("{}: {taken}\n", one.channel)
    };
    tried.iter().map(line).collect()
}

fn told(told: &VoiceTell) -> String {
    let mut text = format!("{} messages tried, by {} channels\n", told.tried.len(), told.channels);
    for telling in &told.tried {
        let Telling { role, placement, due, channel, failed } = telling;
        let taken = failed.as_ref().map_or("taken".to_owned(), |why| format!("NOT TAKEN, {why}"));
        text += &format!("{role:<30} {placement} since {}  {channel}: {taken}\n", Moment::shown(due));
    }
    if told.untold > 0 {
        let why = if told.channels == 0 { "none is configured" } else { "tell the duty person by hand" };
        text += &format!("{} messages that NO CHANNEL has taken: {why}; see `carebank voice due`\n", told.untold);
    }
    text
}

fn tell(office: &Office, placement: PlacementId, on: Night, what: VoiceWhat) -> Result<VoiceRecorded, Problem> {
    let recorded = office.voice_told(&[VoiceTold { placement, on, what }])?.pop();
    recorded.ok_or_else(|| Problem::asked("voice.nothing", "there was nothing to record"))
}

fn key(hashes: &[(String, String)]) -> String {
    let mut text = "The key stays in the care wing. Hashes recorded beforehand:\n".to_owned();
    for (name, hash) in hashes {
        text += &format!("{name:<8} {hash}\n");
    }
    text
}

fn lines(flags: &[app::IntegrityFlag]) -> String {
    let line = |flag: &app::IntegrityFlag| match flag {
        app::IntegrityFlag::Identical(child) => {
            format!("{child} marked as another child of the setting did, within minutes\n")
        }
        app::IntegrityFlag::ProvidersDevice(child) => format!("{child} answered from the provider's own device\n"),
    };
    flags.iter().map(line).collect()
}

/// What is published, for a person.
pub fn published(found: &VoicePublished) -> String {
    let mut text = format!(
        "{}, as known when it was closed. In per cent; x: fewer than {}, or suppressed with another\n{:<44}{:>9}{:>10}{:>11}{:>9}{:>12}\n",
        found.half_year, found.suppress_below, "", "due", "answered", "not asked", "covered", "reply, days"
    );
    let rate = |rate: Option<i64>| rate.map_or("x".to_owned(), |rate| rate.to_string());
    for row in &found.rows {
        let name = match (row.council, row.region) {
            (Some(council), _) => app::kernel::council(council).name.to_owned(),
            (None, Some(region)) => region.name().to_uppercase(),
            (None, None) => "ALL".to_owned(),
        };
        let [answered, not_asked, covered, days] = [row.answered, row.not_asked, row.covered, row.reply_days].map(rate);
        text += &format!("{name:<44}{:>9}{answered:>10}{not_asked:>11}{covered:>9}{days:>12}\n", row.windows);
    }
    text
}

fn recorded(recorded: &VoiceRecorded) -> String {
    let what = if recorded.recorded { "Recorded" } else { "Recorded before" };
    let duty = if recorded.duty_person { " A duty person is to be told now." } else { "" };
    format!("{what}: {} about {} on {}.{duty}\n", recorded.kind, recorded.placement, recorded.on)
}

/// What is to be done, for a person.
pub fn due(due: &VoiceDue) -> String {
    let mut text = format!("As of {}: {} to be done\n", due.today, due.lines.len());
    for line in &due.lines {
        let late = if line.overdue { "overdue" } else { "" };
        let by = line.by.to_string();
        text += &format!("{by:<18} {:<16} {} {} age {:>2} {late}\n", line.what, line.council, line.placement, line.age);
    }
    text
}

/// A settlement, for a person.
pub fn settled(report: &SettlementReport) -> String {
    if !report.posted {
        return "Nothing to settle: what is required stands posted.\n".to_owned();
    }
    let closed = report.closed.map_or(String::new(), |closed| format!(", closing {closed}"));
    let through = report.through.map_or(String::new(), |through| format!(" through {through}"));
    format!(
        "Settlement {}{through}{closed}: {} payees\n{:>16} of return paid\n{:>16} back to the fund\n{:>16} ahead, made up for by later return\nseal {}\n",
        report.settlement, report.payees, report.paid_pence, report.to_fund_pence, report.ahead_pence, report.hash
    )
}

/// A settlement explained, for a person.
pub fn explained(explained: &SettlementExplained) -> String {
    let state = if explained.closed { "closed: the share is frozen" } else { "open: paid on account" };
    let mut text = format!(
        "{} in {} ({state})\n{:>16} of return earned\n{:>16} is its share\n{:>16} of return paid, all half-years\n{:>16} back to the fund, all half-years\n",
        explained.payee,
        explained.half_year,
        explained.earned_pence.to_string(),
        format!("{}.{:02} %", explained.share_basis_points / 100, explained.share_basis_points % 100),
        explained.paid_pence.to_string(),
        explained.to_fund_pence.to_string(),
    );
    if let Some(audit) = &explained.audit {
        let kept = &audit.kept;
        text += &format!(
            "\nFor an auditor\npool {} of {} payees\n{} of {} nights covered; noise {}, carried in {}, carried on {} (millionths)\n\
             key of the half-year {}\nits hash {} recorded {}{}\nkey, hash and noise {}\n",
            audit.pool,
            audit.members.len(),
            kept.covered,
            kept.nights,
            kept.noise_ppm,
            kept.carried_in_ppm,
            kept.carried_on_ppm,
            audit.key,
            audit.commitment,
            audit.committed_at,
            if audit.beforehand {
                ""
            } else {
                ": AFTER the half-year had ended, so that the noise could have been chosen"
            },
            if audit.agrees { "agree" } else { "DO NOT AGREE" },
        );
    }
    text
}
