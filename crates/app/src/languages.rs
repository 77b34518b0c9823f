//! The languages in which children are asked: English, which is shipped, and those that were loaded. Policy of the care
//! wing.

use ::voice::{Language, Texts};
use kernel::Seq;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, PolicyFile, Wing};

use crate::office::{Committed, Office};
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::reference::sha256;

/// The two files of a language, as stored.
#[derive(Serialize, Deserialize)]
struct Files {
    questions: String,
    letters: String,
}

/// The name of a language among the policy files of the care wing.
fn name(language: &Language) -> String {
    format!("voice-texts/{}", language.as_str())
}

/// The texts of a language: the last that were loaded, or those shipped.
pub(crate) fn texts(db: &mut Db, language: &Language) -> Result<Texts, Problem> {
    let tag = language.as_str();
    match db.care_policy(&name(language), Seq::NOW)? {
        Some(file) => {
            let damaged = || Fault::Damaged(format!("the texts in {tag} cannot be read"));
            let files: Files = serde_json::from_str(&file.body).map_err(|_| damaged())?;
            Ok(Texts::parse(&files.questions, &files.letters).map_err(|_| damaged())?)
        }
        None if *language == Language::english() => Ok(Texts::shipped()),
        None => {
            let why =
                format!("there are no texts in {tag}; load them with `carebank voice language {tag} --from FOLDER`");
            Err(Problem::not_found("voice.language", why))
        }
    }
}

impl Office {
    /// Loads the texts of a language, in the words of its two files, if they are complete. Whether anything changed.
    pub fn load_language(&self, language: &Language, questions: &str, letters: &str) -> Result<bool, Problem> {
        let mut db = self.open(Wing::Care)?;
        let wrong = |why: ::voice::TextsError| Problem::refused("voice.texts", format!("{}: {why}", language.as_str()));
        let texts = Texts::parse(questions, letters).map_err(wrong)?;
        texts.check(protocol(&mut db)?.bands()).map_err(wrong)?;
        let (name, files) = (name(language), Files { questions: questions.to_owned(), letters: letters.to_owned() });
        let body = serde_json::to_string(&files).expect("two texts are plain data");
        let committed = self.commit(&mut db, "policy load", &sha256(&body), |db, seq| {
            if db.care_policy(&name, Seq::NOW)?.is_some_and(|file| file.body == body) {
                return Ok(None);
            }
            let (name, sha256) = (name.clone(), sha256(&body));
            db.record_care_policy(&PolicyFile { name, seq, sha256, body: body.clone() })?;
            Ok(Some(()))
        })?;
        Ok(matches!(committed, Committed::Recorded(..)))
    }
}
