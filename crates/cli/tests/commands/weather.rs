//! Bad weather, as a person meets it: a full disk, a clock that goes back, two commands at once, a damaged file; and the
//! backup that one wishes one had made, taken while the store is written to.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use app::ReturnYear;
use postgres::{Client, NoTls};
use simulation::{Plan, with_late_correction};
use tempfile::TempDir;

/// A folder with two returns of one council, and a store in it.
struct Ground {
    folder: TempDir,
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Ground {
    fn new(children: u32) -> Ground {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan { seed: 7, children, year: ReturnYear::try_new(2026).unwrap() };
        let (first, corrected, _) = with_late_correction(&plan);
        for (name, made) in [("first", &first), ("corrected", &corrected)] {
            let folder = folder.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("header.csv"), &made.header).unwrap();
            std::fs::write(folder.join("episodes.csv"), &made.episodes).unwrap();
            std::fs::write(folder.join("uasc.csv"), &made.uasc).unwrap();
        }
        let ground = Ground { folder };
        ground.done("--clock 2025-04-01T09:00 init --scheme-start 2025-04-01 --reference-key test");
        ground
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> PathBuf {
        self.path("carebank-data")
    }

    /// In the folder, with the store that is there unless the line says otherwise.
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebank"));
        command.current_dir(self.folder.path()).args(["--actor", "test"]).args(words(line)).stdin(Stdio::null());
        command
    }

    fn try_to(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    fn done(&self, line: &str) -> String {
        let output = self.try_to(line);
        assert!(output.status.success(), "{line}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Refused with this code and exit, in a sentence that has these words.
    fn refused(&self, line: &str, exit: i32, code: &str, sentence: &str) {
        refused(&self.try_to(line), line, exit, code, sentence);
    }

    fn paid(children: u32) -> Ground {
        let ground = Ground::new(children);
        ground.done("--clock 2025-04-02T09:00 import ssda903 --authority Kent --year 2026 first");
        ground.done("--clock 2025-05-02T09:00 pay run --through 2025-04-30");
        ground
    }
}

fn refused(output: &Output, line: &str, exit: i32, code: &str, sentence: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{line}: {said}");
    assert!(said.contains(&format!("[{code}]")) && said.contains(sentence), "{line}: {said}");
}

/// The entries of a folder, in order.
fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_a_store_and_restores_into_one() {
    let ground = Ground::paid(60);
    let digest = ground.done("dump --digest");
    let said = ground.done("backup backups/one");
    assert!(said.contains("Sound.") && said.contains("Its last run is 1, with the seal "), "{said}");
    assert_eq!(entries(&ground.path("backups/one")), ["carebank.sqlite"]);
    assert_eq!(ground.done("--data backups/one dump --digest"), digest);

    // The store goes on; what the backup has does not.
    ground.done("--clock 2025-05-12T09:00 import ssda903 --authority Kent --year 2026 corrected");
    assert_ne!(ground.done("dump --digest"), digest);
    ground.refused("backup backups/one", 5, "store.exists", "choose another place");
    ground.refused("restore backups/one", 5, "store.exists", "choose another place");
    ground.refused("--data other restore nowhere", 5, "store.missing", "there is no Care Bank store at nowhere");

    std::fs::remove_dir_all(ground.store()).unwrap();
    assert!(ground.done("restore backups/one").contains("Sound."));
    assert_eq!(ground.done("dump --digest"), digest);
    // References go on being made with the same key.
    ground.done("--clock 2025-05-12T09:00 import ssda903 --authority Kent --year 2026 corrected");
    let report = ground.done("--clock 2025-05-12T10:00 --json import ssda903 --authority Kent --year 2026 corrected");
    assert!(report.contains("\"children_new\": 0"), "{report}");
}

#[test]
fn a_backup_goes_to_a_server_and_back() {
    let Ok(maintenance) = std::env::var("CAREBANK_TEST_POSTGRES") else {
        println!("SKIPPED: no PostgreSQL: CAREBANK_TEST_POSTGRES is not set, see scripts/with-postgres");
        return;
    };
    let name = format!("carebank_weather_{}", std::process::id());
    let mut admin = Client::connect(&maintenance, NoTls).unwrap();
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
    admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let url = format!("{}/{name}", maintenance.rsplit_once('/').unwrap().0);

    let ground = Ground::paid(60);
    let digest = ground.done("dump --digest");
    ground.done("backup laptop");
    assert!(ground.done(&format!("--database {url} restore laptop")).contains("Sound."));
    assert_eq!(ground.done(&format!("--database {url} dump --digest")), digest);
    ground.refused(&format!("--database {url} restore laptop"), 5, "store.exists", "choose another place");

    // The server goes on where the laptop left off, and comes back as a file.
    let next = "--clock 2025-06-02T09:00 pay run --through 2025-05-31";
    ground.done(&format!("--database {url} {next}"));
    ground.done(next);
    assert!(ground.done(&format!("--database {url} backup from-server")).contains("Sound."));
    assert_eq!(entries(&ground.path("from-server")), ["carebank.sqlite"]);
    assert_eq!(ground.done("--data from-server dump --digest"), ground.done("dump --digest"));
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
}

/// Backups are taken one after the other while a return is imported and paid: each is the store as it was between two
/// commits.
#[test]
fn a_backup_taken_while_the_store_is_written_to_is_one_of_its_states() {
    let ground = Ground::new(1_500);
    let mut states = vec![ground.done("dump --digest")];
    let steps = [
        "--clock 2025-04-02T09:00 import ssda903 --authority Kent --year 2026 first",
        "--clock 2025-05-02T09:00 pay run --through 2025-04-30",
        "--clock 2025-06-02T09:00 pay run --through 2025-05-31",
    ];
    let mut taken = Vec::new();
    for step in steps {
        let mut writing = ground.command(step).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while writing.try_wait().unwrap().is_none() {
            let name = format!("backup-{}", taken.len());
            let said = ground.done(&format!("backup {name}"));
            assert!(said.contains("Sound."), "{said}");
            taken.push(ground.done(&format!("--data {name} dump --digest")));
        }
        assert!(writing.wait().unwrap().success(), "{step}");
        states.push(ground.done("dump --digest"));
    }
    assert!(!taken.is_empty());
    for digest in &taken {
        assert!(states.contains(digest), "a backup between two states");
    }
}

/// A killed backup leaves no store behind, and the next one is not in its way.
#[test]
fn a_killed_backup_leaves_no_half_store() {
    let ground = Ground::paid(400);
    for delay in [0, 2, 5, 9, 14, 20, 30, 50] {
        let mut child = ground.command("backup copy").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        if ground.path("copy/carebank.sqlite").exists() {
            assert!(ground.done("--data copy verify").contains("Sound."));
            std::fs::remove_dir_all(ground.path("copy")).unwrap();
        }
    }
    assert!(ground.done("backup copy").contains("Sound."));
    assert_eq!(entries(&ground.path("copy")), ["carebank.sqlite"]);
}

/// A disk of three megabytes: the import that does not fit is refused whole, and goes through once there is room.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    let ground = Ground::new(3_000);
    let disk = ground.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let carebank = env!("CARGO_BIN_EXE_carebank");
    let script = format!(
        "mount -t tmpfs -o size=2400k tmpfs '{disk}' || exit 77
         bank='{carebank} --data {disk}/store --actor test'
         $bank --clock 2025-04-01T09:00 init --reference-key test || exit 78
         $bank --clock 2025-04-02T09:00 import ssda903 --authority Kent --year 2026 first
         echo \"import: $?\"
         $bank verify
         mount -o remount,size=300m '{disk}'
         $bank --clock 2025-04-02T09:00 import ssda903 --authority Kent --year 2026 first || exit 79
         $bank verify",
        disk = disk.display(),
    );
    let mut command = Command::new("unshare");
    let output = command.args(["-m", "sh", "-c", &script]).current_dir(ground.folder.path()).output();
    let Some(output) = output.ok().filter(|output| !matches!(output.status.code(), Some(1 | 77))) else {
        println!("SKIPPED: this user may not mount a small disk");
        return;
    };
    let (page, said) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{page}\n{said}");
    assert!(page.contains("import: 5") && page.matches("Sound.").count() == 2, "{page}\n{said}");
    assert!(said.contains("make room and run the same command again, nothing was half-done [store.full]"), "{said}");
}

/// The system refuses to let the file grow: what a quota or a failing disk does.
#[cfg(unix)]
#[test]
fn a_disk_that_refuses_loses_nothing() {
    let ground = Ground::new(3_000);
    let before = ground.done("dump --digest");
    let script = format!(
        "trap '' XFSZ; ulimit -f 2000; exec {} --actor test import ssda903 --authority Kent --year 2026 first",
        env!("CARGO_BIN_EXE_carebank")
    );
    let output = Command::new("sh").args(["-c", &script]).current_dir(ground.folder.path()).output().unwrap();
    refused(&output, "import", 5, "store.disk", "run the same command again: nothing was half-done");
    assert_eq!(ground.done("dump --digest"), before);
    assert!(ground.done("verify").contains("Sound."));
    ground.done("import ssda903 --authority Kent --year 2026 first");
}

#[test]
fn a_clock_that_goes_back_is_told_and_changes_no_order() {
    let ground = Ground::paid(60);
    let output = ground.try_to("--clock 2024-01-01T09:00 pay run --through 2025-05-31");
    assert!(output.status.success());
    let said = text(&output.stderr);
    assert!(said.contains("the clock is before the last record of 2 May 2025 at 09:00:59"), "{said}");
    let balance = ground.done("balance --known-at 2025-05-02T09:00");
    assert!(balance.contains("as known on 2 May 2025 at 09:00:59 (run 2)"), "{balance}");
    assert!(ground.done("verify").contains("Sound."));
}

/// One of two waits for the other, or is told to come back; neither loses anything.
#[test]
fn two_commands_at_once_are_one_after_the_other() {
    let ground = Ground::paid(400);
    let runs: Vec<_> = (0..4)
        .map(|_| {
            let mut command = ground.command("--clock 2025-06-02T09:00 pay run --through 2025-05-31");
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        if !output.status.success() {
            refused(&output, "pay run", 5, "store.busy", "wait until it has finished and try again");
        }
    }
    let page = ground.done("pay run --through 2025-05-31");
    assert!(page.contains("Nothing to post") || page.contains("nothing"), "{page}");
    assert!(ground.done("verify").contains("Sound."));
}

/// Pages of the file overwritten: whatever is asked says so, or the answer is still whole; nothing panics.
#[test]
fn a_damaged_file_is_told() {
    let ground = Ground::paid(400);
    let file = ground.store().join("carebank.sqlite");
    let whole = std::fs::read(&file).unwrap();
    let mut told = 0;
    for (from, length) in [(0, 100), (100, 4_000), (8_192, 4_096), (65_536, 32_768), (whole.len() / 2, 65_536)] {
        let mut harmed = whole.clone();
        let to = (from + length).min(harmed.len());
        harmed[from..to].fill(0xA5);
        std::fs::write(&file, &harmed).unwrap();
        for line in ["verify", "balance --all", "pay run --through 2025-05-31", "backup copy"] {
            let output = ground.try_to(line);
            let said = text(&output.stderr);
            assert!(matches!(output.status.code(), Some(0 | 1 | 5)), "{line}: {said}");
            assert!(!said.contains("panicked"), "{line}: {said}");
            told += usize::from(output.status.code() != Some(0));
        }
        let _ = std::fs::remove_dir_all(ground.path("copy"));
        for leftover in ["carebank.sqlite-wal", "carebank.sqlite-shm"] {
            let _ = std::fs::remove_file(ground.store().join(leftover));
        }
    }
    assert!(told >= 5, "{told}");
    std::fs::write(&file, &whole).unwrap();
    assert!(ground.done("verify").contains("Sound."));
}
