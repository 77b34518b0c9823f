//! A year's return written again from what the system holds, as known at a moment.
//!
//! It holds what returns of that year and before told, not what a later one made of it; and no health and no care
//! leavers (OC2, OC3), which are not kept. Law 10: the files hold the council's own numbers of its children and their
//! personal data, as every return does; nothing of them is printed.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use formats::ssda903::{Table, TableRows, told_row, write_csv, write_xml};
use kernel::{ChildRef, Code, CouncilCode, Night, ReturnYear};
use serde::Serialize;
use store::{EpisodeVersion, StoredChild, Wing};

use crate::moment::Moment;
use crate::office::{AsOf, Office, seen};
use crate::problem::Problem;

/// What to write.
#[derive(Clone, Debug)]
pub struct ExportOptions {
    /// The responsible council.
    pub council: CouncilCode,
    /// The collection year.
    pub year: ReturnYear,
    /// One XML document instead of a CSV file a table.
    pub xml: bool,
    /// As known when.
    pub known_at: Option<Moment>,
}

/// One file written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedFile {
    /// Its name.
    pub file: String,
    /// Rows in it, over all its tables.
    pub rows: usize,
}

/// Makes a file of a name, for whoever may touch the disk.
pub type Create<'c> = &'c mut dyn FnMut(&Path) -> Result<Box<dyn std::io::Write>, Problem>;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// The council.
    pub council: String,
    /// The collection year.
    pub year: ReturnYear,
    /// The children in it.
    pub children: usize,
    /// Each file.
    pub files: Vec<ExportedFile>,
}

impl Office {
    /// Works out a return of what is held, and writes it to the files that `create` makes.
    pub fn export_ssda903(&self, options: &ExportOptions, create: Create<'_>) -> Result<ExportReport, Problem> {
        let mut db = self.open(Wing::Care)?;
        let view = AsOf { as_of: None, known_at: options.known_at.clone() };
        let known = seen(&mut db, &view, "nothing has been recorded yet; begin with `carebank import ssda903`")?.seq;
        let year = options.year.ends();
        let children = db.children_through(options.council, year, known)?;
        let mut episodes: HashMap<ChildRef, Vec<EpisodeVersion>> = HashMap::new();
        for version in db.episodes_through(year, known)? {
            if version.year == year && !version.withdrawn {
                episodes.entry(version.child).or_default().push(version);
            }
        }
        let told = db.told(options.council, year, known)?;
        let mut rows: BTreeMap<Table, Vec<Vec<String>>> = BTreeMap::new();
        let mut ordered: Vec<&StoredChild> = children.iter().collect();
        ordered.sort_by(|one, other| one.local_id.cmp(&other.local_id));
        let mut count = 0;
        for child in ordered {
            let mut own = episodes.remove(&child.child).unwrap_or_default();
            let body = told.get(&child.child).map_or("", |body| body.reveal());
            if own.is_empty() && body.is_empty() {
                continue;
            }
            own.sort_by_key(|version| (version.decom, version.dec));
            count += 1;
            add_child(&mut rows, child, &own, body);
        }
        if count == 0 {
            let why = format!("nothing is held of a return of {} for {}", options.year, options.council);
            return Err(Problem::not_found("export", why));
        }
        let tables: Vec<TableRows> = rows.into_iter().map(|(table, rows)| TableRows { table, rows }).collect();
        let files = write(&tables, options, create)?;
        Ok(ExportReport { council: options.council.to_string(), year: options.year, children: count, files })
    }
}

fn write(tables: &[TableRows], options: &ExportOptions, create: Create<'_>) -> Result<Vec<ExportedFile>, Problem> {
    let failed = |name: &Path, error: &std::io::Error| {
        Problem::refused("file.unwritable", format!("{} cannot be written: {error}", name.display()))
    };
    let name = |what: &str, kind: &str| PathBuf::from(format!("ssda903-{}-{what}.{kind}", options.year.ends()));
    let mut files = Vec::new();
    let mut note = |name: &Path, rows: usize| files.push(ExportedFile { file: name.display().to_string(), rows });
    if options.xml {
        let name = name("return", "xml");
        write_xml(tables, create(&name)?).map_err(|error| failed(&name, &error))?;
        note(&name, tables.iter().map(|table| table.rows.len()).sum());
    } else {
        for table in tables {
            let name = name(&table.table.name().to_lowercase(), "csv");
            write_csv(table, create(&name)?).map_err(|error| failed(&name, &error))?;
            note(&name, table.rows.len());
        }
    }
    Ok(files)
}

fn add_child(rows: &mut BTreeMap<Table, Vec<Vec<String>>>, child: &StoredChild, own: &[EpisodeVersion], body: &str) {
    let (local, born) = (child.local_id.reveal(), british(child.born));
    let sex = text(child.sex);
    let mut header = vec![local.to_owned(), sex.clone(), born.clone(), text(child.ethnic)];
    header.resize(Table::Header.columns().len(), String::new());
    for line in body.lines() {
        match told_row(line, local, &born, &sex) {
            Some((Table::Header, told)) => header[4..].clone_from_slice(&told[4..]),
            Some((table, row)) => rows.entry(table).or_default().push(row),
            None => {}
        }
    }
    rows.entry(Table::Header).or_default().push(header);
    let episodes = rows.entry(Table::Episodes).or_default();
    episodes.extend(own.iter().map(|version| episode(local, version)));
}

fn episode(local: &str, version: &EpisodeVersion) -> Vec<String> {
    vec![
        local.to_owned(),
        british(version.decom),
        version.rne.to_string(),
        version.ls.to_string(),
        text(version.cin),
        version.place.to_string(),
        text(version.provider),
        version.dec.map(british).unwrap_or_default(),
        text(version.rec),
        text(version.reason),
        version.home_post.reveal().to_owned(),
        version.pl_post.reveal().to_owned(),
        version.urn.clone().unwrap_or_default(),
    ]
}

fn text(code: Option<Code>) -> String {
    code.map(|code| code.to_string()).unwrap_or_default()
}

/// A date as returns write it.
fn british(night: Night) -> String {
    let date = night.date();
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}
