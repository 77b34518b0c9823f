//! A real store in a folder of its own, and what can be read of it.

use std::collections::BTreeMap;
use std::io::Cursor;

use app::kernel::CouncilCode;
use app::ssda903::Source;
use app::{
    Clock, ImportOptions, ImportReport, InitOptions, Moment, Night, Office, Problem, ReturnYear, RunOutcome, Target,
};
use door::PlacementNotice;
use tempfile::TempDir;

/// Kent, in the South East.
pub const KENT: &str = "E10000016";

pub fn night(text: &str) -> Night {
    Night::parse_iso(text).unwrap()
}

pub fn kent() -> CouncilCode {
    CouncilCode::parse(KENT).unwrap()
}

/// A return as files.
#[derive(Clone, Debug)]
pub struct Files {
    pub year: i16,
    pub header: Vec<u8>,
    pub episodes: Vec<u8>,
}

pub struct Bank {
    folder: TempDir,
    pub office: Office,
}

/// Amounts by placement, account and part (0 care, 1 return); debits positive.
pub type Posted = BTreeMap<(String, String, String), i64>;

impl Bank {
    pub fn new() -> Bank {
        Bank::with_key("laws")
    }

    pub fn with_key(key: &str) -> Bank {
        let folder = tempfile::tempdir().unwrap();
        let office = Office::new(Target::Folder(folder.path().join("store")), "tester");
        let mut bank = Bank { folder, office };
        bank.at("2030-01-01T09:00:00");
        let options = InitOptions { reference_key: Some(key.to_owned()), ..InitOptions::default() };
        bank.office.init(&options).unwrap();
        bank
    }

    /// A second store with the same past.
    pub fn copy(&self) -> Bank {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (self.folder.path().join("store"), folder.path().join("store"));
        std::fs::create_dir(&to).unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
        Bank { office: Office { target: Target::Folder(to), ..self.office.clone() }, folder }
    }

    pub fn at(&mut self, moment: &str) {
        self.office.clock = Clock::Fixed(Moment::parse(moment).unwrap());
    }

    pub fn import(&self, files: &Files) -> Result<ImportReport, Problem> {
        self.import_as(files, false)
    }

    pub fn import_as(&self, files: &Files, whole: bool) -> Result<ImportReport, Problem> {
        let sources = vec![
            Source::new("header.csv", Cursor::new(files.header.clone())),
            Source::new("episodes.csv", Cursor::new(files.episodes.clone())),
        ];
        let year = ReturnYear::try_new(files.year).unwrap();
        self.office.import_ssda903(&ImportOptions { council: kent(), year, whole, check: false }, sources, &|_| ())
    }

    /// A run; none where there is nobody to pay for.
    pub fn run(&self, through: &str) -> Option<RunOutcome> {
        match self.office.pay_run(night(through), &|_| ()) {
            Ok(outcome) => Some(outcome),
            Err(problem) => {
                assert_eq!(problem.code, "run.empty", "{problem}");
                None
            }
        }
    }

    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.office
            .dump(&mut |line| {
                lines.push(line.to_owned());
                Ok(())
            })
            .unwrap();
        lines
    }

    pub fn digest(&self) -> String {
        self.office.dump(&mut |_| Ok(())).unwrap()
    }

    /// The notices in force, by placement.
    pub fn notices(&self) -> BTreeMap<String, PlacementNotice> {
        let mut notices = BTreeMap::new();
        for line in self.dump() {
            let fields: Vec<&str> = line.split('\t').collect();
            if fields[0] == "door_notice" {
                // In order of record: a later notice replaces an earlier one.
                let body = fields[6].replace("\\\\", "\\");
                let notice: PlacementNotice = serde_json::from_str(&body).unwrap();
                notices.insert(notice.placement.to_string(), notice);
            }
        }
        notices.retain(|_, notice| !notice.nights.is_empty());
        notices
    }

    /// What stands in the ledger, worked out from its postings alone. Placements are named by their numbers.
    pub fn posted(&self) -> Posted {
        Bank::posted_in(&self.dump())
    }

    fn posted_in(dump: &[String]) -> Posted {
        let mut accounts = BTreeMap::new();
        let mut posted = Posted::new();
        for line in dump {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields[0] {
                "bank_account" => {
                    accounts.insert(fields[1].to_owned(), fields[2].to_owned());
                }
                "bank_posting" => {
                    let pence: i64 = fields[7].parse().unwrap();
                    for (account, change) in [(fields[4], pence), (fields[5], -pence)] {
                        let key = (fields[2].to_owned(), accounts[account].clone(), fields[6].to_owned());
                        *posted.entry(key).or_default() += change;
                    }
                }
                _ => {}
            }
        }
        posted.retain(|_, pence| *pence != 0);
        posted
    }

    /// What stands on each account: debits less credits.
    pub fn accounts(&self) -> BTreeMap<String, i64> {
        let mut accounts = BTreeMap::new();
        for ((_, account, _), pence) in self.posted() {
            *accounts.entry(account).or_default() += pence;
        }
        accounts.retain(|_, pence| *pence != 0);
        accounts
    }

    /// What stands on each account for each child, who is named by the council's number.
    pub fn by_child(&self) -> BTreeMap<(String, String), i64> {
        let (mut numbers, mut children) = (BTreeMap::new(), BTreeMap::new());
        let dump = self.dump();
        for line in &dump {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields[0] {
                "care_child" => numbers.insert(fields[1].to_owned(), fields[4].to_owned()),
                "door_notice" => children.insert(fields[1].to_owned(), numbers[fields[3]].clone()),
                _ => None,
            };
        }
        let mut by_child = BTreeMap::new();
        for ((placement, account, _), pence) in Bank::posted_in(&dump) {
            *by_child.entry((children[&placement].clone(), account)).or_default() += pence;
        }
        by_child.retain(|_, pence| *pence != 0);
        by_child
    }

    pub fn stands(&self, account: &str) -> i64 {
        self.accounts().get(account).copied().unwrap_or(0)
    }

    pub fn assert_sound(&self) {
        let verification = self.office.verify(&|_| ()).unwrap();
        for check in &verification.checks {
            assert_eq!(check.failed, 0, "{}: {:?}", check.what, check.failures);
        }
    }
}
