//! Channels: programs of whoever runs the store, which pass a message on to a duty person, as a mail or a page does.
//!
//! A channel is given its message on standard input, and nothing else: no argument, none of the environment but
//! [`KEPT`], so that neither a password nor what a child said can reach it. What it writes is not read. It has taken the
//! message if it ends well within its time.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::problem::Problem;

/// What of the environment a channel sees.
const KEPT: [&str; 5] = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"];
/// How long a channel may take if its file does not say, and at most, in seconds.
const SECONDS: u16 = 20;
const MOST_SECONDS: u16 = 300;
/// How often a channel is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its name in what is recorded.
    pub name: String,
    /// The program, by its path from the folder of the file that names it.
    pub program: PathBuf,
    /// How many seconds it may take.
    #[serde(default = "seconds")]
    pub seconds: u16,
}

fn seconds() -> u16 {
    SECONDS
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    channel: Vec<Channel>,
}

/// The channels that a file names: none if there is no such file.
pub fn channels(file: &Path) -> Result<Vec<Channel>, Problem> {
    let wrong = |why: String| Problem::refused("channels.wrong", format!("{}: {why}", file.display()));
    let body = match std::fs::read_to_string(file) {
        Ok(body) => body,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrong(format!("cannot be read: {error}"))),
    };
    let read: File = toml::from_str(&body).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut channels: Vec<Channel> = Vec::with_capacity(read.channel.len());
    for channel in read.channel {
        let name = channel.name.trim();
        if name.is_empty() || channels.iter().any(|other| other.name == name) {
            return Err(wrong(format!("the channel \"{name}\" needs a name that no other has")));
        }
        if channel.seconds == 0 || channel.seconds > MOST_SECONDS {
            return Err(wrong(format!("the channel {name} may take 1 to {MOST_SECONDS} seconds")));
        }
        let program = std::path::absolute(folder.join(&channel.program))
            .map_err(|error| wrong(format!("the program of the channel {name} cannot be found: {error}")))?;
        channels.push(Channel { name: name.to_owned(), program, seconds: channel.seconds });
    }
    Ok(channels)
}

impl Channel {
    /// Hands a message over. Why not, if the channel did not take it; `hung` if it took too long.
    pub(crate) fn take(&self, message: &str) -> Result<(), Refused> {
        let failed = |why: String| Refused { why, hung: false };
        let mut command = Command::new(&self.program);
        command.env_clear().envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        alone(&mut command);
        let mut running = command.spawn().map_err(|error| failed(format!("it cannot be started: {error}")))?;
        if let Some(mut input) = running.stdin.take() {
            // A message is far smaller than a pipe holds. A program that does not read it may still take it.
            let _ = input.write_all(message.as_bytes());
        }
        let until = Instant::now() + Duration::from_secs(u64::from(self.seconds));
        loop {
            match running.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(failed(ended(status))),
                Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
                Ok(None) => {
                    end(&mut running);
                    return Err(Refused { why: format!("it took more than {} seconds", self.seconds), hung: true });
                }
                Err(error) => {
                    end(&mut running);
                    return Err(failed(format!("it cannot be waited for: {error}")));
                }
            }
        }
    }
}

/// Why a channel did not take a message.
pub(crate) struct Refused {
    pub(crate) why: String,
    pub(crate) hung: bool,
}

fn ended(status: ExitStatus) -> String {
    status.code().map_or("it was ended by a signal".to_owned(), |code| format!("it ended with {code}"))
}

/// In a group of its own, so that what it started can be ended with it.
#[cfg(unix)]
fn alone(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn alone(_: &mut Command) {}

/// Ends a channel that hangs, and what it started.
fn end(running: &mut Child) {
    if cfg!(unix) {
        let group = format!("-{}", running.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
    let _ = running.kill();
    let _ = running.wait();
}
