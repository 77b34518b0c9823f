//! `carebank export`: files for others, from what the system holds.

use std::io::BufWriter;
use std::path::PathBuf;

use app::{ExportOptions, ExportReport, Moment, Office, Problem};
use clap::Subcommand;

use crate::args::moment;
use crate::check::private;
use crate::{show, year_and_council};

#[derive(Subcommand)]
pub enum Export {
    /// A council's SSDA903 return of a year, from what is held: every table but OC2 and OC3.
    #[command(
        after_help = "The files hold personal data and the council's own numbers of its children, as every return \
                            does.\n\nExamples:\n  \
                            carebank export ssda903 --authority E10000016 --year 2026 --out returns/\n  \
                            carebank export ssda903 --authority Kent --year 2026 --out returns/ --xml \
                            --known-at 2026-07-01"
    )]
    Ssda903 {
        /// The council: its code (E09000027), DfE number (318) or name.
        #[arg(long)]
        authority: String,
        /// The year that ends on 31 March of this year.
        #[arg(long)]
        year: i16,
        /// The folder to write to.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// One XML document instead of a CSV file a table.
        #[arg(long)]
        xml: bool,
        /// As known at this moment; otherwise as known now.
        #[arg(long, value_name = "MOMENT", value_parser = moment)]
        known_at: Option<Moment>,
    },
}

pub fn export(office: &Office, json: bool, export: Export) -> Result<(), Problem> {
    let Export::Ssda903 { authority, year, out, xml, known_at } = export;
    let (year, council) = year_and_council(year, &authority)?;
    let options = ExportOptions { council, year, xml, known_at };
    let report = office.export_ssda903(&options, &mut |name| {
        std::fs::create_dir_all(&out).map_err(|error| {
            Problem::refused("file.unwritable", format!("{} cannot be made: {error}", out.display()))
        })?;
        Ok(Box::new(BufWriter::new(private(&out.join(name))?)))
    })?;
    show(json, &report, page)
}

fn page(report: &ExportReport) -> String {
    let mut page = format!("SSDA903 {} of {}: {} children\n", report.year, report.council, report.children);
    for file in &report.files {
        page += &format!("{:<40} {:>9} rows\n", file.file, file.rows);
    }
    page
}
