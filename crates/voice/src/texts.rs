//! What is said to children and to others: files, English first. A language is a folder of the same two files,
//! `questions.toml` and `letters.toml`, which is checked against what is shipped in English before it is used.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;

use crate::answer::Item;

/// How many faults of a language are told at once.
const TOLD: usize = 5;

/// A language by its tag: `en`, `cy`, `pt-br`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Language(String);

impl Language {
    /// English, which is shipped.
    pub fn english() -> Language {
        Language("en".to_owned())
    }

    /// Reads a tag: small letters, with hyphens between parts.
    pub fn parse(text: &str) -> Option<Language> {
        let part = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_lowercase());
        (text.len() <= 17 && text.split('-').all(part)).then(|| Language(text.to_owned()))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The texts of a language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Texts {
    questions: BTreeMap<String, BTreeMap<String, String>>,
    letters: BTreeMap<String, String>,
}

/// Why the texts of a language cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum TextsError {
    /// Not the form of the file.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// Which of the two.
        file: &'static str,
        /// Why.
        why: String,
    },
    /// Read, and not complete, or not the same as English.
    #[error("{}", told(.0))]
    Wrong(Vec<String>),
}

fn told(faults: &[String]) -> String {
    let more = faults.len().saturating_sub(TOLD);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    faults.iter().take(TOLD).cloned().collect::<Vec<_>>().join("; ") + &more
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    band: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Letters {
    letter: BTreeMap<String, String>,
}

impl Texts {
    /// The texts that the product ships, in English.
    pub fn shipped() -> Texts {
        Texts::parse(include_str!("../texts/en/questions.toml"), include_str!("../texts/en/letters.toml"))
            .expect("shipped texts are read in tests")
    }

    /// Reads the two files of a language.
    pub fn parse(questions: &str, letters: &str) -> Result<Texts, TextsError> {
        let questions: Questions = toml::from_str(questions).map_err(|why| unreadable("questions.toml", &why))?;
        let letters: Letters = toml::from_str(letters).map_err(|why| unreadable("letters.toml", &why))?;
        Ok(Texts { questions: questions.band, letters: letters.letter })
    }

    /// Whether everything is there, and nothing else: every item for each of the `bands` of the protocol, every letter of
    /// the English texts, and in each the same places to be filled in.
    pub fn check<'a>(&self, bands: impl IntoIterator<Item = &'a str>) -> Result<(), TextsError> {
        let (english, mut faults) = (Texts::shipped(), Vec::new());
        let bands: BTreeSet<&str> = bands.into_iter().collect();
        let nothing = BTreeMap::new();
        for band in &bands {
            let asked = self.questions.get(*band).unwrap_or(&nothing);
            for item in Item::ALL.map(Item::name) {
                same(&format!("questions.toml: [band.{band}] {item}"), asked.get(item), "", &mut faults);
            }
        }
        for (band, asked) in &self.questions {
            if !bands.contains(band.as_str()) {
                faults.push(format!("questions.toml: no version of the protocol has a band {band}"));
            }
            for item in asked.keys().filter(|item| !Item::ALL.iter().any(|known| known.name() == item.as_str())) {
                faults.push(format!("questions.toml: [band.{band}] {item} is no item"));
            }
        }
        for (letter, text) in &english.letters {
            same(&format!("letters.toml: {letter}"), self.letters.get(letter), text, &mut faults);
        }
        for letter in self.letters.keys().filter(|letter| !english.letters.contains_key(*letter)) {
            faults.push(format!("letters.toml: {letter} is no letter"));
        }
        if faults.is_empty() { Ok(()) } else { Err(TextsError::Wrong(faults)) }
    }

    /// What a band is asked about an item.
    pub fn question(&self, band: &str, item: Item) -> Option<&str> {
        self.questions.get(band)?.get(item.name()).map(String::as_str)
    }

    /// A letter or notice by name.
    pub fn letter(&self, name: &str) -> Option<&str> {
        self.letters.get(name).map(String::as_str)
    }
}

fn unreadable(file: &'static str, error: &toml::de::Error) -> TextsError {
    TextsError::Unreadable { file, why: error.to_string().trim_end().to_owned() }
}

/// Finds fault with a text that is missing or blank, or that has other places to be filled in than the English one.
fn same(what: &str, text: Option<&String>, english: &str, faults: &mut Vec<String>) {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return faults.push(format!("{what} is missing"));
    };
    match (places(text), places(english)) {
        (mine, theirs) if mine == theirs => {}
        (_, theirs) if theirs.is_empty() => {
            faults.push(format!("{what} has nothing to be filled in: take out the braces"))
        }
        (_, theirs) => {
            let theirs: Vec<String> = theirs.into_iter().map(|place| format!("{{{place}}}")).collect();
            faults.push(format!("{what} must have {} to be filled in, and nothing else", theirs.join(" ")));
        }
    }
}

/// What stands in braces, in order, each once; a brace that is not closed is a place of its own.
fn places(text: &str) -> BTreeSet<&str> {
    let open = text.split('{').skip(1).map(|rest| rest.split_once('}').map_or("{", |(place, _)| place));
    let closed = text.split('}').skip(1).count();
    let opened = text.split('{').skip(1).count();
    open.chain((closed != opened).then_some("}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    const QUESTIONS: &str = include_str!("../texts/en/questions.toml");
    const LETTERS: &str = include_str!("../texts/en/letters.toml");

    fn wrong(questions: &str, letters: &str) -> String {
        let protocol = Protocol::shipped();
        let read = Texts::parse(questions, letters);
        read.and_then(|texts| texts.check(protocol.bands())).unwrap_err().to_string()
    }

    #[test]
    fn every_band_is_asked_every_item_and_told_where_words_go() {
        let (texts, protocol) = (Texts::shipped(), Protocol::shipped());
        assert_eq!(texts.check(protocol.bands()), Ok(()));
        for letter in ["before-words", "invitation", "reply", "after-silence", "conversation", "advocate"] {
            assert!(texts.letter(letter).is_some(), "{letter}");
        }
        // What a provider is sent is the same whatever was answered: it has no place for an answer.
        assert!(!texts.letter("conversation").unwrap().contains('{'));
    }

    #[test]
    fn what_a_language_lacks_or_has_too_much_is_named() {
        let lacks = wrong(&QUESTIONS.replace("settled = \"Does it feel like home here?\"\n", ""), LETTERS);
        assert_eq!(lacks, "questions.toml: [band.faces] settled is missing");
        let blank = wrong(&QUESTIONS.replace("Does it feel like home here?", " "), LETTERS);
        assert_eq!(blank, "questions.toml: [band.faces] settled is missing");
        let extra = format!("{QUESTIONS}\nhappy = \"Are you happy?\"\n[band.babies]\n");
        assert_eq!(
            wrong(&extra, LETTERS),
            "questions.toml: no version of the protocol has a band babies; \
             questions.toml: [band.steps-and-words] happy is no item"
        );
        assert!(wrong("", "").starts_with("questions.toml cannot be read"));
        let none = wrong(QUESTIONS, "[letter]\n");
        assert!(none.starts_with("letters.toml: advocate is missing") || none.contains("after-silence is missing"));
        assert!(none.ends_with("; and 1 more"), "{none}");
    }

    #[test]
    fn a_letter_has_the_same_places_to_be_filled_in() {
        let wrong = |from: &str, to: &str| wrong(QUESTIONS, &LETTERS.replace(from, to));
        let places = "letters.toml: after-silence must have {date} {person} to be filled in, and nothing else";
        assert_eq!(wrong("come to see you by \\\n{date}", "come soon"), places);
        assert_eq!(wrong("come to see you by \\\n{date}", "come by {date} to {place}"), places);
        assert_eq!(wrong("come to see you by \\\n{date}", "come by {date} {"), places);
        let conversation = "letters.toml: conversation has nothing to be filled in: take out the braces";
        assert_eq!(wrong("The ordinary conversation", "{person} said no. The ordinary conversation"), conversation);
        assert_eq!(wrong("advocate = ", "lawyer = ").split("; ").count(), 2, "one missing, one too many");
    }

    #[test]
    fn a_language_is_a_tag() {
        for tag in ["en", "cy", "pt-br", "xx-test"] {
            assert_eq!(Language::parse(tag).unwrap().as_str(), tag);
        }
        for text in ["", "e", "EN", "../en", "en/", "en-", "welsh and english"] {
            assert_eq!(Language::parse(text), None, "{text}");
        }
    }
}
