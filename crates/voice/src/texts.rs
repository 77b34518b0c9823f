//! What is said to children and to others: files, English first. A language is a folder of the same two files.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::answer::Item;

/// A language that texts are there in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// English.
    English,
}

/// The texts of a language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Texts {
    questions: BTreeMap<String, BTreeMap<String, String>>,
    letters: BTreeMap<String, String>,
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
    /// The texts that the product ships.
    pub fn shipped(language: Language) -> Texts {
        let (questions, letters) = match language {
            Language::English => (include_str!("../texts/en/questions.toml"), include_str!("../texts/en/letters.toml")),
        };
        let questions: Questions = toml::from_str(questions).expect("shipped texts are read in tests");
        let letters: Letters = toml::from_str(letters).expect("shipped texts are read in tests");
        Texts { questions: questions.band, letters: letters.letter }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    #[test]
    fn every_band_is_asked_every_item_and_told_where_words_go() {
        let (texts, protocol) = (Texts::shipped(Language::English), Protocol::shipped());
        let version = protocol.on(kernel::Night::parse_iso("2026-01-01").unwrap());
        for band in &version.band {
            for item in Item::ALL {
                assert!(texts.question(&band.name, item).is_some(), "{} {}", band.name, item.name());
            }
        }
        for letter in ["before-words", "invitation", "reply", "after-silence", "conversation", "advocate"] {
            assert!(texts.letter(letter).is_some(), "{letter}");
        }
        // What a provider is sent is the same whatever was answered: it has no place for an answer.
        assert!(!texts.letter("conversation").unwrap().contains('{'));
    }
}
