//! `carebank study`: questions to the simulation, answered with tables and pictures.

use std::path::{Path, PathBuf};

use app::Problem;
use clap::Subcommand;
use simulation::voice::{StudyPlan, study, svg, table};

use crate::show;

/// What to study.
#[derive(Subcommand)]
pub enum Study {
    /// What a provider could learn of children's answers from money, against how far a share is from the truth.
    /// Everything is made up from the seed by a stated behaviour model; no store is read.
    #[command(after_help = "Example:\n  carebank study voice --places 24000 --out study")]
    Voice {
        /// The same seed makes the same bytes, on any number of processors.
        #[arg(long, default_value_t = 2026)]
        seed: u64,
        /// Places simulated for each pool size.
        #[arg(long, default_value_t = 24_000, value_parser = clap::value_parser!(u32).range(320..=1_000_000))]
        places: u32,
        /// Write the table (voice-frontier.md) and the picture (voice-frontier.svg) into this folder.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Does what was asked.
pub fn run(asked: Study, json: bool) -> Result<(), Problem> {
    let Study::Voice { seed, places, out } = asked;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let found = study(&StudyPlan { seed, places, threads });
    let page = table(&found);
    if let Some(folder) = out {
        write(&folder, "voice-frontier.md", &page)?;
        write(&folder, "voice-frontier.svg", &svg(&found))?;
    }
    show(json, &found, |_| page)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Problem> {
    let file = folder.join(name);
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, text)).map_err(|error| {
        Problem::asked("study.unwritten", format!("{} cannot be written: {error}; name another folder", file.display()))
    })
}
