//! The two public sample returns (both fictional): that of Data to Insight's csc-validator-be-903, and that of
//! cs-demand-model. They are not part of this repository; name the folder that holds them to run this.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use formats::ssda903::{Return, Source, read};

use crate::{check_sums, year};

fn read_folder(folder: &Path, prefix: &str) -> Return {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files.retain(|path| name(path).starts_with(prefix) && name(path).ends_with(".csv"));
    let sources = files.iter().map(|path| Source::new(name(path), File::open(path).unwrap())).collect();
    read(sources, year(2018)).unwrap()
}

fn report(title: &str, read: &Return) {
    println!("{title}: {} children, {} episodes", read.headers.len(), read.episodes.len());
    for table in &read.tables {
        println!(
            "  {:15} rows {:5} stood {:5} held {:4} repeated {:3} read {}",
            table.table, table.rows, table.stood, table.held, table.repeated, table.read
        );
    }
    let mut codes: BTreeMap<_, (u32, String)> = BTreeMap::new();
    for finding in &read.findings {
        let table = finding.table.map_or("", |table| table.name());
        let held = if finding.held { "held" } else { "note" };
        let entry = codes.entry((table, finding.code, held)).or_insert((0, finding.sentence.to_string()));
        entry.0 += 1;
    }
    for ((table, code, held), (count, sentence)) in codes {
        println!("  {table:9} {code:6} {held} {count:5}  {sentence}");
    }
}

#[test]
fn the_public_samples_read() {
    let Some(data) = std::env::var_os("CAREBANK_SHARED_DATA").map(PathBuf::from) else {
        println!("skipped: CAREBANK_SHARED_DATA does not name a folder with the public samples");
        return;
    };
    for (folder, prefix, children) in
        [("ssda903/d2i_fake_data", "", 2675), ("demand/cs_demand_model_samples_combined", "2017-", 819)]
    {
        let start = Instant::now();
        let read = read_folder(&data.join(folder), prefix);
        println!("{:?}", start.elapsed());
        check_sums(&read);
        report(folder, &read);
        assert_eq!(read.tables[0].rows, children);
        assert!(read.headers.len() * 100 > children as usize * 80);
    }
}
