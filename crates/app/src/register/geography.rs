//! Geography from the publisher's files: the table of districts that the program ships, compiled again; and single
//! postcodes looked up where those files are at hand.

use std::io::Read;

use formats::postcodes::{self, Districts, Postcode};
use kernel::{CouncilCode, District, GridPoint, district, outcode};
use serde::Serialize;

use crate::office::Progress;
use crate::problem::Problem;

/// What compiling came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compiled {
    /// Files read.
    pub files: usize,
    /// Postcodes in Great Britain.
    pub postcodes: usize,
    /// Postcodes passed over: no grid reference, or another grid.
    pub passed_over: usize,
    /// Districts.
    pub districts: usize,
    /// The table.
    #[serde(skip)]
    pub table: String,
}

/// Where a postcode is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    /// As asked, in its one form.
    pub asked: String,
    /// Where: the postcode itself, or else the centre of its district.
    pub at: GridPoint,
    /// Whether that is the postcode itself.
    pub exact: bool,
    /// The council responsible for children's services there, in England.
    pub council: Option<String>,
    /// Its district.
    pub district: &'static District,
}

fn refused(refusal: &postcodes::Refusal) -> Problem {
    Problem::refused(&format!("geography.{}", refusal.code()), refusal.to_string())
}

/// Compiles the table of districts from the publisher's files, whatever their order.
pub fn compile_districts<R: Read>(
    source: &str,
    files: impl Iterator<Item = Result<(String, R), Problem>>,
    progress: Progress<'_>,
) -> Result<Compiled, Problem> {
    if source.trim().is_empty() || source.contains('\n') {
        return Err(Problem::asked("geography.source", "say in one line with --source which edition of what this is"));
    }
    let mut districts = Districts::default();
    let mut compiled = Compiled { files: 0, postcodes: 0, passed_over: 0, districts: 0, table: String::new() };
    for file in files {
        let (name, data) = file?;
        let read = postcodes::read(&name, data).map_err(|refusal| refused(&refusal))?;
        districts.add(&read);
        compiled.files += 1;
        compiled.postcodes += read.postcodes.len();
        compiled.passed_over += read.passed_over;
        progress(&format!("{name}: {} postcodes", read.postcodes.len()));
    }
    if compiled.postcodes == 0 {
        return Err(Problem::refused(
            "geography.nothing",
            "there is no postcode in these files; name the right folder",
        ));
    }
    compiled.districts = districts.count();
    compiled.table = districts.table(source.trim());
    Ok(compiled)
}

/// The English postcodes of the publisher's files, in order of file: each with its council and where it is.
pub fn english_postcodes<R: Read>(
    files: impl Iterator<Item = Result<(String, R), Problem>>,
) -> Result<Vec<(String, CouncilCode, GridPoint)>, Problem> {
    let mut english = Vec::new();
    for file in files {
        let (name, data) = file?;
        let read = postcodes::read(&name, data).map_err(|refusal| refused(&refusal))?;
        english.extend(
            read.postcodes.into_iter().filter_map(|postcode| Some((postcode.compact, postcode.council?, postcode.at))),
        );
    }
    if english.is_empty() {
        return Err(Problem::refused(
            "geography.nothing",
            "there is no English postcode in these files; name the right folder",
        ));
    }
    Ok(english)
}

/// Where a postcode or an outcode is; `letter` opens the publisher's file of a first letter, if there is one.
pub fn whereabouts<R: Read>(
    text: &str,
    letter: impl FnOnce(char) -> Result<Option<(String, R)>, Problem>,
) -> Result<Whereabouts, Problem> {
    let found = outcode(text).and_then(|outcode| district(&outcode));
    let Some(district) = found else {
        let shown = "is no postcode or postcode district of Great Britain; write it as BL3 4HF or BL3";
        return Err(Problem::not_found("postcode", format!("what was asked {shown}")));
    };
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let centre = Whereabouts {
        asked: compact.clone(),
        at: district.centre,
        exact: false,
        council: district.council.map(|code| kernel::council(code).name.to_owned()),
        district,
    };
    if compact == district.outcode {
        return Ok(centre);
    }
    let first = compact.chars().next().unwrap_or_default();
    let Some((name, data)) = letter(first)? else { return Ok(centre) };
    let read = postcodes::read(&name, data).map_err(|refusal| refused(&refusal))?;
    match read.postcodes.into_iter().find(|postcode| postcode.compact == compact) {
        None => Ok(centre),
        Some(Postcode { at, council, .. }) => {
            let council = council.map(|code| kernel::council(code).name.to_owned());
            Ok(Whereabouts { at, exact: true, council, ..centre })
        }
    }
}
