//! The shared language: closed lists of words, each list a set of bits. The needs and risks follow the open Placements
//! Data Standard (SocialCareData/placements-standard, version 1, 2023), without its cost fields; the words are ours.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident, $(#[$set_doc:meta])* $set:ident($repr:ty) {
            $($(#[$word_doc:meta])* $word:ident = $text:literal),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[$word_doc])* #[doc = concat!("`", $text, "`")] $word),*
        }

        impl $name {
            /// Every word of the list, in its order.
            pub const ALL: &[$name] = &[$($name::$word),*];

            /// As it is written in files and shown.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$word => $text),*
                }
            }

            /// The word, if it is one of the list.
            pub fn parse(text: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|word| word.word() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                $name::parse(&text).ok_or_else(|| {
                    let known: Vec<&str> = $name::ALL.iter().map(|word| word.word()).collect();
                    serde::de::Error::custom(format!("`{text}` is none of: {}", known.join(", ")))
                })
            }
        }

        $(#[$set_doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $set($repr);

        impl $set {
            /// None of the words.
            pub const NONE: $set = $set(0);
            /// All of the words.
            pub const ALL: $set = $set(((1u64 << $name::ALL.len()) - 1) as $repr);

            /// From bits, the first word lowest; bits that are no word are dropped.
            pub fn from_bits(bits: u64) -> $set {
                $set(bits as $repr & Self::ALL.0)
            }

            /// As bits, the first word lowest.
            pub fn bits(self) -> u64 {
                self.0.into()
            }

            /// Whether the word is one of these.
            pub fn has(self, word: $name) -> bool {
                self.0 >> word as u32 & 1 == 1
            }

            /// Whether there is none.
            pub fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Words in either.
            pub fn or(self, other: $set) -> $set {
                $set(self.0 | other.0)
            }

            /// Words in both.
            pub fn and(self, other: $set) -> $set {
                $set(self.0 & other.0)
            }

            /// Words of this that are not in the other.
            pub fn without(self, other: $set) -> $set {
                $set(self.0 & !other.0)
            }

            /// The words, in the order of the list.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                $name::ALL.iter().copied().filter(move |&word| self.has(word))
            }
        }

        impl From<$name> for $set {
            fn from(word: $name) -> $set {
                $set(1 << word as u32)
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(words: I) -> $set {
                words.into_iter().fold($set::NONE, |all, word| all.or(word.into()))
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let words: Vec<&str> = self.iter().map(|word| word.word()).collect();
                f.pad(&if words.is_empty() { "none".to_owned() } else { words.join(", ") })
            }
        }

        impl fmt::Debug for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "[{self}]")
            }
        }

        impl Serialize for $set {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }

        impl<'de> Deserialize<'de> for $set {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$set, D::Error> {
                Ok(Vec::<$name>::deserialize(deserializer)?.into_iter().collect())
            }
        }
    };
}

words! {
    /// What sort of home.
    Kind,
    /// Sorts of home.
    Kinds(u8) {
        Foster = "foster",
        Kinship = "kinship",
        Adoptive = "adoptive",
        ChildrensHome = "childrens-home",
        Secure = "secure",
        Supported = "supported",
        School = "residential-school",
        ParentAndChild = "parent-and-child",
    }
}

words! {
    /// A sex, as registrations of homes have it.
    Sex,
    /// The sexes a home is registered for.
    Sexes(u8) { Girl = "girl", Boy = "boy" }
}

words! {
    /// What a child needs a home to be able to do.
    Need,
    /// Needs.
    Needs(u32) {
        LearningEnglish = "learning-english",
        SignLanguage = "sign-language",
        Makaton = "makaton",
        Learning = "learning",
        Autism = "autism",
        Medical = "medical",
        Therapy = "therapy",
        MentalHealth = "mental-health",
        Supervision = "supervision",
        WakingNight = "waking-night",
        Respite = "respite",
        SchoolTransport = "school-transport",
        Culture = "culture",
        ParentAndChild = "parent-and-child",
        SelfHarm = "self-harm",
        SexualExploitation = "sexual-exploitation",
        CriminalExploitation = "criminal-exploitation",
        DrugsAndAlcohol = "drugs-and-alcohol",
        Eating = "eating",
        GoingMissing = "going-missing",
        HarmToOthers = "harm-to-others",
        SexualHarm = "sexual-harm",
        FireSetting = "fire-setting",
        HarmToAnimals = "harm-to-animals",
    }
}

words! {
    /// What a house has for a body that needs it.
    Access,
    /// Accessibility.
    Accesses(u8) {
        StepFree = "step-free",
        Wheelchair = "wheelchair",
        WetRoom = "wet-room",
        Hoist = "hoist",
        GroundFloorBed = "ground-floor-bed",
        HearingLoop = "hearing-loop",
    }
}

words! {
    /// What one bedroom is.
    RoomFact,
    /// What one bedroom is, or has to be.
    RoomFacts(u8) {
        OwnRoom = "own-room",
        GroundFloor = "ground-floor",
        EnSuite = "en-suite",
        Adapted = "adapted",
        NextToStaff = "next-to-staff",
    }
}

words! {
    /// What it can matter to live with: of a child, a resident or a household.
    Trait,
    /// Traits.
    Traits(u16) {
        UnderFive = "under-5",
        FiveToNine = "5-to-9",
        TenToFifteen = "10-to-15",
        SixteenUp = "16-and-over",
        Girl = "girl",
        Boy = "boy",
        Dog = "dog",
        Cat = "cat",
        OtherAnimal = "other-animal",
        Smoker = "smoker",
        HarmsOthers = "harms-others",
        SexualHarm = "sexual-harm",
        FireSetting = "fire-setting",
        HarmsAnimals = "harms-animals",
        ExploitsOthers = "exploits-others",
        DrugsAndAlcohol = "drugs-and-alcohol",
    }
}

words! {
    /// A language spoken at home, English taken for granted.
    Language,
    /// Languages.
    Languages(u32) {
        Albanian = "albanian",
        Amharic = "amharic",
        Arabic = "arabic",
        Bengali = "bengali",
        BritishSign = "british-sign-language",
        Cantonese = "cantonese",
        Dari = "dari",
        Farsi = "farsi",
        French = "french",
        Gujarati = "gujarati",
        Kurdish = "kurdish",
        Mandarin = "mandarin",
        Pashto = "pashto",
        Polish = "polish",
        Portuguese = "portuguese",
        Punjabi = "punjabi",
        Romanian = "romanian",
        Romani = "romani",
        Somali = "somali",
        Tigrinya = "tigrinya",
        Turkish = "turkish",
        Urdu = "urdu",
        Vietnamese = "vietnamese",
        Welsh = "welsh",
    }
}

words! {
    /// A faith, as a household can support it.
    Faith,
    /// Faiths.
    Faiths(u16) {
        Buddhist = "buddhist",
        Catholic = "catholic",
        Christian = "christian",
        Hindu = "hindu",
        Jehovah = "jehovahs-witness",
        Jewish = "jewish",
        Muslim = "muslim",
        Orthodox = "orthodox",
        Rastafari = "rastafari",
        Sikh = "sikh",
    }
}

impl Trait {
    /// The band of an age in whole years.
    pub fn of_age(age: i16) -> Trait {
        match age {
            ..5 => Trait::UnderFive,
            5..10 => Trait::FiveToNine,
            10..16 => Trait::TenToFifteen,
            _ => Trait::SixteenUp,
        }
    }

    /// The trait that a sex is to those one lives with.
    pub fn of_sex(sex: Sex) -> Trait {
        match sex {
            Sex::Girl => Trait::Girl,
            Sex::Boy => Trait::Boy,
        }
    }
}

impl Traits {
    /// Any other child or young person.
    pub fn any_child() -> Traits {
        [Trait::UnderFive, Trait::FiveToNine, Trait::TenToFifteen, Trait::SixteenUp].into_iter().collect()
    }
}

/// Every word of every list, and every name that inspection and accreditation have: for whoever checks what can be said.
pub fn every_word() -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::with_capacity(128);
    all.extend(Kind::ALL.iter().map(|word| word.word()));
    all.extend(Sex::ALL.iter().map(|word| word.word()));
    all.extend(Need::ALL.iter().map(|word| word.word()));
    all.extend(Access::ALL.iter().map(|word| word.word()));
    all.extend(RoomFact::ALL.iter().map(|word| word.word()));
    all.extend(Trait::ALL.iter().map(|word| word.word()));
    all.extend(Language::ALL.iter().map(|word| word.word()));
    all.extend(Faith::ALL.iter().map(|word| word.word()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_no_two_are_alike() {
        for need in Need::ALL {
            assert_eq!(Need::parse(need.word()), Some(*need));
        }
        assert_eq!(Needs::ALL.iter().count(), Need::ALL.len());
        assert_eq!(Traits::ALL.bits(), 0xFFFF);
        assert_eq!(Trait::of_age(15), Trait::TenToFifteen);
    }
}
